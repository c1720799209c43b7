"""The alert engine over a fleet at sea: reports judged per CPU second, all rules on.

    python -m benchmarks alert_engine

35,000 vessels, one fix a vessel a batch, 500 zones of 60 sides and a line; about one boat in a
hundred is inside a zone. Prints the median of the rounds, and the ratio to copying the same columns
once (what no engine can beat), in the same run.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults, typed
from fleet.geo import Zone, Zones
from fleet.model import MINUTE, SECOND, Batch, Severity, VesselClass
from fleet.vessels import Vessels

VESSELS, ZONES, SIDES, ROUNDS = 35_000, 500, 60, 9
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


def copying(batch: Batch) -> float:
    """CPU seconds of one copy, over enough of them to be measured."""
    start = time.process_time()
    for _ in range(20):
        batch.copy()
    return (time.process_time() - start) / 20


def main() -> None:
    eng, state = engine(), State.empty(VESSELS + 1, RULES)
    spent, floor, raised = [], [], 0
    for k, batch in enumerate(batches()):
        start = time.process_time()
        state, said = feed(eng, state, Inputs(batch), 0)
        state, more = tick(eng, state, 2**62)
        seconds = time.process_time() - start
        raised += len(said) + len(more)
        if k >= 3:
            spent.append(seconds)
            floor.append(copying(batch))
    rate = VESSELS / statistics.median(spent)
    print(f"reports per CPU second     {rate:12,.0f}   goal 500,000")
    print(f"changes raised             {raised:12,}")
    share = statistics.median(floor) / statistics.median(spent)
    print(f"ratio to copying the columns once {share:8.4f}")


if __name__ == "__main__":
    main()
