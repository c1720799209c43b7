"""A recorded NMEA file and the truth beside it, for replay, tests and benchmarks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from simulators import radio, register, terminals
from simulators.geo import HOUR, MINUTE
from simulators.world import Run, World

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Recording:
    out: Path
    seed: int
    start: float
    hours: float
    register: Path
    reports: Path | None = None  #: the terminals' reports, too: one JSON object a line

    @property
    def until(self) -> float:
        return self.start + self.hours * HOUR

    @property
    def play(self) -> float:
        """When the incidents begin: late enough for what leads up to them to be on record."""
        return self.start + min(90 * MINUTE, self.hours * HOUR / 2)


def record(recording: Recording) -> int:
    """Write the files; the number of sentences."""
    boats = register.read(recording.register)
    world = World(recording.seed, boats, (Run(recording.play),))
    reports = recording.reports.open("w", encoding="utf-8") if recording.reports else None
    with recording.out.open("wb") as out:
        sentences = _write(world, recording, out, reports)
    if reports is not None:
        reports.close()
    truth = recording.out.with_name(recording.out.name + ".truth.json")
    truth.write_text(_truth(world, recording), encoding="utf-8")
    return sentences


def _write(world: World, what: Recording, out: IO[bytes], reports: IO[str] | None) -> int:
    sentences = 0
    for number, item in enumerate(radio.sent(world, what.start, what.until)):
        if isinstance(item, radio.Radio):
            for heard in radio.heard(item, number):
                out.write(heard.lines)
                sentences += heard.lines.count(b"\n")
        elif reports is not None:
            line = {"topic": terminals.topic(item.terminal), "due": item.due, "body": item.body}
            reports.write(json.dumps(line) + "\n")
    return sentences


def _truth(world: World, what: Recording) -> str:
    incidents = [i.as_dict() for i in world.incidents(what.until) if i.t >= what.start]
    document = {
        "format": FORMAT,
        "seed": what.seed,
        "start": what.start,
        "until": what.until,
        "incidents": incidents,
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
