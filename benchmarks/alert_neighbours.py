"""Who is near whom: one pass over 35,000 vessels at sea, against a bare k-d tree of the points.

A pass is what a look costs before any rule: places reckoned on, the shared search built, the
merchant ships asked who is within six miles, every pair within 500 m. The bare tree is SciPy's, of
the same places, built and asked the same two questions without sorting or looking anything up.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from benchmarks import _fleet
from benchmarks._measure import Figure, Goal, Run, clocked
from fleet.alerts.fleetwide import glance
from fleet.alerts.neighbours import on_sphere
from fleet.alerts.rule import Look
from fleet.geo import METRES_PER_NM
from fleet.model import SECOND, Floats, Ints, VesselClass

AROUND_NM, BESIDE_NM = 6.0, 500 / METRES_PER_NM
ROUNDS = 15


class Sea:
    """The fleet after two batches, all of it heard lately."""

    def __init__(self) -> None:
        where = _fleet.zones()
        fleet = _fleet.fleet(where)
        watch = _fleet.Watch(fleet, where)
        for batch in _fleet.batches(fleet, 2, 10 * SECOND):
            watch.judge(batch)
        self.setting, self.state = watch.engine.setting(), watch.state
        look = self.look()
        self.places = on_sphere(*look.place)[look.near.rows]
        self.ships = np.flatnonzero(look.cls[look.near.rows] == VesselClass.MERCHANT)

    def look(self) -> Look:
        return glance(self.setting, self.state, self.state.clock)

    def ours(self) -> int:
        look = self.look()
        one, _ = look.near.around(np.flatnonzero(look.cls == VesselClass.MERCHANT), AROUND_NM)
        return len(one) + len(look.near.pairs(BESIDE_NM)[0])


def bare(places: Floats, ships: Ints) -> int:
    tree = cKDTree(places)
    near = cKDTree(places[ships]).sparse_distance_matrix(tree, AROUND_NM, output_type="ndarray")
    return len(near) + len(tree.query_pairs(BESIDE_NM, output_type="ndarray"))


def figures(run: Run) -> Iterator[Figure]:
    run.note("laying out the fleet")
    sea = Sea()
    ways = {"ours": clocked(lambda _: sea.ours()),
            "bare": clocked(lambda _: bare(sea.places, sea.ships))}  # fmt: skip
    took = run.interleaved(ways, rounds=3 if run.quick else ROUNDS, warm=1)
    ours, theirs = ([t.cpu for t in took[name]] for name in ("ours", "bare"))
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    yield Figure(
        f"neighbour pass, {len(sea.places):,} vessels at sea", statistics.median(ours), "s",
        "a bare cKDTree of them", statistics.median(theirs), ratio,
        Goal(0.25, of="value", at_most=True), cpu=statistics.median(ours),
        wall=statistics.median(t.wall for t in took["ours"]),
    )  # fmt: skip
