"""An evening off a port in which every kind of alert is raised, and cleared where it can be.

Forty-five boats and ships from 15:00 to 21:00 UTC (a night watch in Hainan), a fix each every two
minutes, together; calls for help in between. Places are miles east and north of `sea.ORIGIN`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from fleet.alerts import facts
from fleet.alerts.engine import RULES, Engine
from fleet.alerts.parameters import defaults, typed
from fleet.geo import Zone, Zones
from fleet.model import DAY, HOUR, SECOND, Signal, SignalKind, Source, VesselClass
from tests.alerts.sea import Row, fleet, leg, place
from tests.alerts.track import DAY0, clock, zone

SLOTS = 64
SWARM = range(20, 42)
"""Boats that leave port together."""


def box(e: float, n: float, size: float) -> BaseGeometry:
    """A square of so many miles a side around a place."""
    return shapely.box(*place(e - size / 2, n - size / 2), *place(e + size / 2, n + size / 2))


def line(*points: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString([place(*p) for p in points])


ZONES: tuple[Zone, ...] = (
    zone(id=101, code="reserve", geometry=box(0, 0, 4)),
    zone(id=102, code="cable", kind="cable", geometry=box(20, 0, 4)),
    zone(id=103, code="fence", kind="fence", rule="keep_in", geometry=box(40, 0, 6)),
    zone(id=104, code="port", kind="port", rule="area", geometry=box(0, 60, 3), limit_kn=5.0),
    zone(id=105, code="risk", kind="risk", rule="area", geometry=box(60, 0, 6)),
    zone(id=106, code="closed", kind="moratorium", rule="area", geometry=box(80, 0, 8)),
    zone(id=107, code="line", kind="boundary", rule="line", geometry=line((-40, 40), (-40, -40))),
    zone(id=108, code="coast", kind="coast", rule="line", geometry=line((-80, 65), (120, 65))),
    zone(id=109, code="called", kind="called", rule="area", geometry=box(100, 0, 6)),
)


def engine() -> Engine:
    params = {r.key: typed(r, defaults()[r.key].values) for r in RULES}
    vessels = fleet(SLOTS, v4=VesselClass.MERCHANT)
    return Engine(RULES, params, Zones.build(ZONES), vessels, _facts())


def _facts() -> facts.Facts:
    details = facts.Details.empty(SLOTS)
    details.wind_limit[:] = 9
    details.wind_limit[17] = 5
    details.nav_nm[18] = 20.0
    start, end, group = [DAY0] * 2, [DAY0 + 9 * DAY] * 2, int(facts.Tie.GROUP)
    x, y = np.array([place(-100, -60), place(140, 90)]).T
    lats, lons = np.linspace(y[0], y[1], 20), np.linspace(x[0], x[1], 20)
    times = DAY0 + np.arange(0, 72, 6) * HOUR
    issued = np.array([DAY0, DAY0 + HOUR])
    force = np.full((2, len(times), 20, 20), 6.0)
    return facts.Facts(
        details=details,
        ties=facts.Ties(*_ints([1, 1], [12, 13], [group] * 2, start, end)),
        trips=facts.Trips(*_ints([14], [DAY0], [clock("13:30")])),
        permits=facts.Permits(*_ints([63], [1], [0], [DAY0], [DAY0 + DAY])),
        recalls=facts.Recalls(*_ints([5], [109], [clock("14:00")], [clock("19:00")])),
        answers=facts.Answers(*_ints([5], [63], [1])),
        berths=facts.Berths(*_ints([104], [20])),
        expiries=facts.Expiries(np.array([63]), np.array(["hull"]), np.array([DAY0 + 9 * DAY])),
        wind=facts.Wind(issued, np.zeros(2, np.bool_), times, lats, lons, force),
        depth=facts.Depth(lats, lons, np.full((20, 20), 50.0)),
    )


def _ints(*columns: Sequence[int]) -> list[Any]:
    return [np.array(c, np.int64) for c in columns]


def sailed(boat: int, *legs: dict[str, Any], **always: Any) -> list[Row]:
    """Legs one after the other, each with its start, so a boat may be silent between them."""
    return [row for each in legs for row in leg(boat, **{"every_s": 120, **always, **each})]


def evening() -> list[Row | Signal]:
    """In order of receipt; what came at one moment stays in the order of the boats."""
    rows = [*_zones(), *_pairs(), *_lone(), *_port()]
    for row in rows:
        row.setdefault("station", 1)
    stream: list[Row | Signal] = [*rows, *_calls()]
    return sorted(stream, key=lambda x: x.received if isinstance(x, Signal) else x["received"])


def _zones() -> list[Row]:
    """Into, out of, beside and across what is drawn."""
    return [
        *sailed(1, {"start": "15:00", "minutes": 100, "e": -6, "sog": 4, "cog": 90},
                {"start": "17:00", "minutes": 200, "e": 8, "sog": 4, "cog": 90}),
        *sailed(2, {"start": "15:00", "minutes": 300, "e": 20, "sog": 0.3, "cog": 90}),
        *sailed(3, {"start": "15:00", "minutes": 40, "e": 40, "sog": 3, "cog": 0},
                {"start": "15:42", "minutes": 60, "e": 40, "n": 6, "sog": 3, "cog": 0},
                {"start": "17:00", "minutes": 60, "e": 40, "n": 0, "sog": 1, "cog": 0}),
        *sailed(5, {"start": "15:00", "minutes": 120, "e": 58.5, "sog": 1, "cog": 90},
                {"start": "17:02", "minutes": 60, "e": 68, "sog": 5, "cog": 90}),
        *sailed(6, {"start": "15:00", "minutes": 240, "e": 79, "sog": 2.5, "cog": 45}),
        *sailed(7, {"start": "15:00", "minutes": 150, "e": -30, "sog": 8, "cog": 270},
                {"start": "17:40", "minutes": 150, "e": -42, "sog": 8, "cog": 90}),
        *sailed(8, {"start": "15:00", "minutes": 300, "e": 100, "sog": 0.8, "cog": 180}),
        *sailed(18, {"start": "15:00", "minutes": 90, "e": 10, "n": 20, "sog": 4, "cog": 180},
                {"start": "17:00", "minutes": 60, "e": 10, "n": 55, "sog": 4, "cog": 0}),
    ]  # fmt: skip


def _pairs() -> list[Row]:
    """A ship that meets a boat, two side by side, one hull with two numbers, a group come apart."""
    return [
        *sailed(4, {"start": "16:00", "minutes": 60, "e": 5, "n": -20, "sog": 14, "cog": 90,
                    "every_s": 20}),
        *sailed(9, {"start": "16:00", "minutes": 60, "e": 14, "n": -20.1, "sog": 5, "cog": 270,
                    "every_s": 20}),
        *sailed(10, {"start": "15:00", "minutes": 120, "e": 30, "n": -30, "sog": 0.2}),
        *sailed(11, {"start": "15:00", "minutes": 120, "e": 30.1, "n": -30, "sog": 0.2},
                {"start": "17:02", "minutes": 120, "e": 33, "n": -30, "sog": 6, "cog": 90}),
        *sailed(12, {"start": "15:00", "minutes": 240, "e": 60, "n": -30, "sog": 3, "cog": 180}),
        *sailed(13, {"start": "15:00", "minutes": 60, "e": 61, "n": -30, "sog": 3, "cog": 180},
                {"start": "16:02", "minutes": 80, "e": 70, "n": -30, "sog": 3, "cog": 180},
                {"start": "17:24", "minutes": 90, "e": 61, "n": -37, "sog": 3, "cog": 180}),
        *(row for boat in (43, 44) for row in sailed(
            boat, {"start": "15:00", "minutes": 150, "e": -10, "n": -40, "sog": 6, "cog": 90})),
    ]  # fmt: skip


def _lone() -> list[Row]:
    """Each in trouble of its own; 14 is late from a trip, 19 leaps, 42 has two transmitters."""
    both = sailed(42, {"start": "15:00", "minutes": 60, "e": -20, "n": 10, "sog": 5, "cog": 0},
                  source=int(Source.TERMINAL), station=2)  # fmt: skip
    leaps = [
        {**row, "lon": row["lon"] + 2 * (i % 2)}
        for i, row in enumerate(
            sailed(19, {"start": "16:00", "minutes": 20, "e": -25, "n": -25, "sog": 5, "cog": 0})
        )
    ]
    return [
        *both, *leaps,
        *sailed(42, {"start": "15:01", "minutes": 200, "e": -20, "n": 10, "sog": 5, "cog": 0}),
        *sailed(19, {"start": "16:30", "minutes": 90, "e": -25, "n": -20, "sog": 5, "cog": 0}),
        *sailed(14, {"start": "15:00", "minutes": 20, "e": 5, "n": 30, "sog": 5},
                {"start": "18:00", "minutes": 60, "e": 8, "n": 30, "sog": 5}),
        *sailed(15, {"start": "15:00", "minutes": 40, "e": -5, "n": 30, "sog": 0.1, "status": 1},
                {"start": "15:42", "minutes": 60, "e": -4.8, "n": 30, "sog": 1.5, "status": 1},
                {"start": "16:44", "minutes": 30, "e": -4, "n": 31, "sog": 7, "cog": 0}),
        *sailed(16, {"start": "15:00", "minutes": 20, "e": -15, "n": 30, "sog": 8, "battery": 4},
                {"start": "15:22", "minutes": 60, "e": -15, "n": 33, "sog": 21, "battery": 90},
                {"start": "16:24", "minutes": 30, "e": -10, "n": 33, "sog": 0, "status": 6},
                {"start": "17:00", "minutes": 60, "e": -10, "n": 33, "sog": 6, "status": 0}),
        *sailed(17, {"start": "15:00", "minutes": 300, "e": -60, "n": -40, "sog": 4, "cog": 270},
                source=int(Source.TERMINAL)),
        *sailed(45, {"start": "15:00", "minutes": 60, "e": -70, "n": 20, "sog": 1.2, "cog": 90},
                {"start": "16:02", "minutes": 40, "e": -70, "n": 20, "sog": 6}, heading=0),
    ]  # fmt: skip


def _port() -> list[Row]:
    """Boats in port on a receiver of their own, which fails; then they leave, all at once."""
    out = []
    for i, boat in enumerate(SWARM):
        e = (i - len(SWARM) / 2) / 15
        out += sailed(
            boat, {"start": "15:00", "minutes": 30, "e": e, "n": 60},
            {"start": "16:10", "minutes": 50, "e": e, "n": 60},
            {"start": "17:00", "minutes": 90, "e": e, "n": 58, "sog": 8, "cog": 180}, station=3,
        )  # fmt: skip
    return out


def _calls() -> list[Signal]:
    kinds = (SignalKind.DISTRESS, "15:40", 12), (SignalKind.MOB, "17:10", 13)
    calls = [
        Signal(kind, boat, clock(at) + k * 90 * SECOND, clock(at) + k * 90 * SECOND, Source.AIS,
               how="sart")
        for kind, at, boat in kinds for k in range(3)
    ]  # fmt: skip
    told = clock("16:20")
    return [*calls, Signal(SignalKind.IDENTITY, 9, told, told, Source.AIS, how="name")]
