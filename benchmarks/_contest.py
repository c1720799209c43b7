"""Decoders as ways of a benchmark: each in a process of its own, given the same file.

Invariant: what cannot be had on this machine is kept with its reason; a ratio against it becomes a
line of the table that says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks._measure import (
    Figure,
    Goal,
    Rounds,
    Timing,
    Way,
    rate,
    spent_by_children,
    unmeasured,
)
from benchmarks._peers import AISCAT, LIBAIS, PYAIS, PYAIS2, gpsdecode
from deploy.local.say import Missing

SCRIPT = Path(__file__).with_name("_peers") / "decode.py"
WHOLE = 1 << 20
"""Bytes that a file is read in, where it is not the size of the pieces that is looked at."""
PYTHONS: Mapping[str, Callable[[], Path]] = {
    "fleet": lambda: Path(sys.executable),
    "fleet_live": lambda: Path(sys.executable),
    "pyais": PYAIS.python,
    "pyais2": PYAIS2.python,
    "libais": LIBAIS.python,
    "libais_bare": LIBAIS.python,
    "aiscat": AISCAT.python,
}
UNIT = "sentences/s"


def decoded(name: str, path: Path, piece: int = WHOLE) -> dict[str, Any]:
    """Let one decoder of `_peers/decode.py` read a file: messages, cpu, wall, peak."""
    command = [str(word) for word in (PYTHONS[name](), "-I", SCRIPT, name, path, piece)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise RuntimeError(f"{name} failed: {said[0]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@dataclass(slots=True)
class Contest:
    """Who takes part, how many messages each made of the file, and who could not come."""

    ways: dict[str, Way] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def enter(self, key: str, decoder: str, path: Path, piece: int = WHOLE) -> None:
        """Let a decoder take part under a name of this contest."""

        def way(number: int) -> Timing:
            del number
            found = decoded(decoder, path, piece)
            self.messages[key] = int(found["messages"])
            return Timing(found["cpu"], found["wall"])

        self.add(key, PYTHONS[decoder], way)

    def add(self, key: str, needs: Callable[[], object], way: Way) -> None:
        try:
            needs()
        except Missing as missing:
            self.absent[key] = str(missing)
        else:
            self.ways[key] = way

    def figure(
        self,
        name: str,
        sentences: int,
        took: Mapping[str, Rounds],
        pair: tuple[str, str],
        goal: Goal | None = None,
    ) -> Figure:
        """Hold one who took part against another, or say why that one is not there."""
        ours, theirs = pair
        for key in pair:
            if key in self.absent:
                return unmeasured(name, UNIT, theirs, self.absent[key], goal=goal)
        made = rate(name, sentences, UNIT, took[ours], against=theirs, peer=took[theirs], goal=goal)
        counts = [f"{self.messages[key]:,}" for key in pair if key in self.messages]
        return replace(made, why=f"messages {' / '.join(counts)}" if counts else "")


def program(command: Sequence[str | Path], path: Path, empty: Path) -> Way:
    """A program that reads standard input: its processor time, less that of an empty run."""

    def once(given: Path) -> Timing:
        wall, cpu = time.perf_counter(), spent_by_children()
        with given.open("rb") as file:
            subprocess.run(
                command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                check=True,
            )  # fmt: skip
        return Timing(spent_by_children() - cpu, time.perf_counter() - wall)

    def way(number: int) -> Timing:
        del number
        start, full = once(empty), once(path)
        return Timing(full.cpu - start.cpu, full.wall - start.wall)

    return way


def enter_gpsdecode(contest: Contest, path: Path, empty: Path) -> None:
    """Let gpsd's decoder take part: JSON, as its own option says."""
    empty.touch()

    def way(number: int) -> Timing:
        return program([gpsdecode(), "-j"], path, empty)(number)

    contest.add("gpsdecode", gpsdecode, way)
