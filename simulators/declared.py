"""What the live sea's skippers and weather service have told: groups, declared trips, wind, depth.

Files in the format of a scenario's facts (see README.md), true of the same boats: who is in a group
sails in it, and whose trip is declared sails when it says. Wind and depth are invented.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulators import geo
from simulators.geo import HOUR, MINUTE
from simulators.world import World

BOX = (107.5, 17.25, 110.0, 18.5)  #: of wind and depth: west, south, east, north
WIND_STEP, DEPTH_STEP = 0.25, 0.05  #: degrees
CYCLES_H = (12, 6)  #: two forecast cycles, issued so long before the first time they are for
AHEAD_H = 36
EARLY = 30 * MINUTE  #: a trip is declared so long before it begins
SPARE = HOUR  #: a skipper promises no sooner than this after he means to be back
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Span:
    """Trips that begin in this time, or go on in it, are declared. Seconds since 1970."""

    since: float
    now: float
    until: float


def write(world: World, span: Span, folder: Path) -> dict[str, int]:
    """The files, and how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[str, Iterable[Row]]] = {
        "groups": ("group,kind,reg_no,role", groups(world)),
        "trips": ("trip,reg_no,port,departs,returns,reported_at", declared(world, span)),
        "wind": ("issued,kind,valid,lon,lat,wind_ms", wind(span.now)),
        "depth": ("lon,lat,depth_m", depth()),
    }
    return {name: _write(folder / f"{name}.csv", *table) for name, table in tables.items()}


def _write(path: Path, heading: str, rows: Iterable[Row]) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(heading.split(","))
        return sum(out.writerow(row) > 0 for row in rows)


def groups(world: World) -> Iterator[Row]:
    for group in world.groups:
        for n, boat in enumerate(group.members):
            yield group.code, group.kind, boat.reg_no, "member" if n else "lead"


def declared(world: World, span: Span) -> Iterator[Row]:
    """Every trip of every fishing boat, in the order of the register."""
    for number, boat in enumerate(world.boats):
        if boat.service:
            continue
        for cycle in range(world.cycle(number, span.since), world.cycle(number, span.until) + 1):
            trip = world.outing(number, cycle)
            if trip.leaves is not None and span.since < trip.track.end:
                back = math.ceil((trip.track.end + SPARE) / HOUR) * HOUR
                yield (
                    f"DEMO-{boat.number}-{cycle}", boat.reg_no, boat.port, _iso(trip.leaves),
                    _iso(back), _iso(trip.leaves - EARLY),
                )  # fmt: skip


def wind(now: float) -> Iterator[Row]:
    """A calm autumn: force 3 (3.4 to 5.4 m/s) inshore, force 4 south of the shelf."""
    newest = now // (6 * HOUR) * (6 * HOUR)
    for cycle in CYCLES_H:
        for valid in range(0, AHEAD_H + 1, 6):
            at = newest + valid * HOUR
            for lon, lat in _lattice(WIND_STEP):
                yield _iso(newest - cycle * HOUR), "forecast", _iso(at), lon, lat, _ms(at, lat)


def _ms(at: float, lat: float) -> float:
    """Stronger by day and offshore."""
    by_day = math.sin((at / HOUR + 8 - 9) / 24 * math.tau)
    offshore = min(1.0, max(0.0, (18.0 - lat) / 0.5))
    return round(4.4 + 0.8 * by_day + 1.8 * offshore, 1)


def depth() -> Iterator[Row]:
    """A shelf that falls off to the south, 8 m along the northern edge; no shoals."""
    for lon, lat in _lattice(DEPTH_STEP):
        yield lon, lat, round(8 + 90 * (BOX[3] - lat), 1)


def _lattice(step: float) -> Iterator[geo.Point]:
    west, south, east, north = BOX
    for i in range(round((north - south) / step) + 1):
        for j in range(round((east - west) / step) + 1):
            yield round(west + j * step, 3), round(south + i * step, 3)


def _iso(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat(timespec="seconds")
