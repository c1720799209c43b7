"""The alert engine over a fleet at sea: reports judged per CPU second, all rules on.

35,000 vessels, one fix a vessel a batch, 500 zones of 60 sides and a line; about one boat in a
hundred is inside a zone. Held against copying the same columns once, which no engine can beat.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from benchmarks._measure import Figure, Goal, Run, clocked, rate
from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults, typed
from fleet.geo import Zone, Zones
from fleet.model import MINUTE, SECOND, Batch, Severity, VesselClass
from fleet.vessels import Vessels

VESSELS, ZONES, SIDES, ROUNDS, WARM = 35_000, 500, 60, 9, 3
COPIES = 20
"""Of one batch, so that it is long enough to be measured."""
START = 1_790_000_000 * SECOND
FISHING = frozenset({VesselClass.FISHING})


def zone(number: int, rule: str, kind: str, geometry: BaseGeometry) -> Zone:
    name = f"{kind}-{number}"
    nan = float("nan")
    return Zone(
        number, name, kind, name, name, rule, Severity.WARNING, (), FISHING, nan, geometry
    )  # fmt: skip


def zones() -> Zones:
    dice = np.random.default_rng(1)
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    made = []
    for i in range(1, ZONES + 1):
        radius = dice.uniform(0.005, 0.015) * (1 + 0.2 * dice.random(SIDES))
        x, y = dice.uniform(107, 112), dice.uniform(16, 20)
        ring = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], -1)
        made.append(zone(i, "keep_out", "reserve", shapely.Polygon(ring)))
    line = shapely.LineString([(107.5, 20), (107.2, 18), (107.9, 16)])
    return Zones.build([*made, zone(ZONES + 1, "line", "boundary", line)])


def engine() -> Engine:
    every = VESSELS + 1
    fleet = Vessels(
        np.full(every, int(VesselClass.FISHING)), np.ones(every, np.bool_),
        np.full(every, 3 * MINUTE), np.full(every, 20.0),
    )  # fmt: skip
    return Engine(RULES, {r.key: typed(r, defaults()[r.key].values) for r in RULES}, zones(), fleet)


def batches() -> list[Batch]:
    """Every vessel once a batch, three minutes apart, on a straight course at working speed."""
    dice = np.random.default_rng(2)
    lon, lat = dice.uniform(107, 112, VESSELS), dice.uniform(16, 20, VESSELS)
    cog, sog = dice.uniform(0, 360, VESSELS), dice.uniform(0, 10, VESSELS)
    out = []
    for k in range(ROUNDS + 3):
        batch = Batch.empty(VESSELS)
        step = sog * k * 3 / 60 / 60
        batch.vessel[:] = np.arange(1, VESSELS + 1)
        batch.t[:] = START + k * 3 * MINUTE + np.arange(VESSELS)
        batch.received[:], batch.source[:], batch.status[:] = batch.t, 1, -1
        batch.lon[:] = lon + step * np.sin(np.radians(cog))
        batch.lat[:] = lat + step * np.cos(np.radians(cog))
        batch.sog[:], batch.cog[:] = sog, cog
        out.append(batch)
    return out


class Watch:
    """An engine at work, batch after batch."""

    def __init__(self) -> None:
        self.engine, self.state, self.raised = engine(), State.empty(VESSELS + 1, RULES), 0

    def judge(self, batch: Batch) -> None:
        self.state, said = feed(self.engine, self.state, Inputs(batch), 0)
        self.state, more = tick(self.engine, self.state, 2**62)
        self.raised += len(said) + len(more)


def copied(batch: Batch) -> None:
    for _ in range(COPIES):
        batch.copy()


def figures(run: Run) -> Iterator[Figure]:
    run.note("laying out zones and courses")
    watch, sea = Watch(), batches()
    ways = {
        "engine": clocked(lambda k: watch.judge(sea[k + WARM])),
        "copying": clocked(lambda k: copied(sea[k + WARM])),
    }
    took = run.interleaved(ways, rounds=2 if run.quick else ROUNDS, warm=WARM)
    goal = Goal(500_000, of="value")
    yield rate("reports judged", VESSELS, "reports/s", took["engine"], goal=goal)
    floor = [type(t)(t.cpu / COPIES, t.wall / COPIES) for t in took["copying"]]
    against = "copying the columns once"
    yield rate("… against", VESSELS, "reports/s", took["engine"], against=against, peer=floor)
    yield Figure("changes raised", watch.raised, "changes")
