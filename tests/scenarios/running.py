"""Scenarios played several at a time, each in a process of its own, and what is said of each."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from simulators.scoring.command import HEAD, met, row
from simulators.scoring.figures import Score

from .goals import DAYS, demands
from .playing import drawn, scored

LISTED = 10
"""Of what was missed or false, so many are named."""


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario from its seed to its score."""

    name: str
    found: Score
    not_met: tuple[str, ...]
    seconds: float  #: of processor time

    def lines(self) -> Iterator[str]:
        """Its row, and what it lacks."""
        overall, red = self.found.overall, self.found.red
        yield _cells(
            self.name, (*row(overall)[1:], str(self.found.rollups)), f"{self.seconds:.0f} s"
        )
        if red.incidents:
            yield _cells("", (*row(red)[1:5], *[""] * 9), "red")
        if self.not_met:
            yield from (f"  not met: {demand}" for demand in self.not_met)
            yield from (f"  missed: {line}" for line in self.found.missed[:LISTED])
            yield from (f"  false: {line}" for line in self.found.false[:LISTED])


def play(name: str, seed: int) -> Played:
    """In a folder that is gone afterwards: a day is half a gigabyte."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory(prefix=f"fleet-{name}-") as folder:
        found = scored(drawn(name, seed, Path(folder)), every_kind=name in DAYS)
    lacks = tuple(demand for demand in demands(name) if not met(found, demand))
    return Played(name, found, lacks, time.process_time() - begun)


def playing(names: Sequence[str], seed: int, processes: int) -> Iterator[Played]:
    """Each as it ends."""
    with ProcessPoolExecutor(processes, max_tasks_per_child=1) as pool:
        for done in as_completed([pool.submit(play, name, seed) for name in names]):
            yield done.result()


def head() -> str:
    return _cells("scenario", (*HEAD[1:], "rolled"), "cpu")


def _cells(name: str, cells: Sequence[str], last: str) -> str:
    return f"{name:<21}" + "".join(f"{cell:>8}" for cell in cells) + f"{last:>8}"
