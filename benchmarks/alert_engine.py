"""The alert engine over a fleet at sea: reports judged per CPU second, all rules on, facts filled.

35,000 vessels, 500 zones of 60 sides and what covers the whole sea, every table of facts filled,
and looks at the whole fleet as they fall due (every ten seconds of the stream). A fix of every
vessel every ten seconds, as AIS class A sends, so a look a batch; and one every three minutes, as
terminals send, where eighteen looks are most of the work. Held against copying the same columns
once, which no engine can beat.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import _fleet
from benchmarks._measure import Figure, Goal, Run, clocked, rate
from fleet.model import SECOND, Batch

ROUNDS, WARM = 9, 7
COPIES = 20
"""Of one batch, so that it is long enough to be measured."""
SPACINGS = {"a fix every 10 s": 10, "a fix every 3 min": 180}


def copied(batch: Batch) -> None:
    for _ in range(COPIES):
        batch.copy()


def figures(run: Run) -> Iterator[Figure]:
    run.note("laying out zones, facts and courses")
    where = _fleet.zones()
    fleet = _fleet.fleet(where)
    rounds = 2 if run.quick else ROUNDS
    for name, spacing in SPACINGS.items():
        yield from judged(run, _fleet.Watch(fleet, where), fleet, name, spacing, rounds)


def judged(
    run: Run, watch: _fleet.Watch, fleet: _fleet.Fleet, name: str, spacing: int, rounds: int
) -> Iterator[Figure]:
    sea = _fleet.batches(fleet, WARM + rounds, spacing * SECOND)

    def one(k: int) -> None:
        if k == 0:
            watch.raised.clear()  # what opened while warming up does not count
        watch.judge(sea[k + WARM])

    ways = {"engine": clocked(one), "copying": clocked(lambda k: copied(sea[k + WARM]))}
    took = run.interleaved(ways, rounds=rounds, warm=WARM)
    goal = Goal(500_000, of="value") if spacing == SPACINGS["a fix every 10 s"] else None
    floor = [type(t)(t.cpu / COPIES, t.wall / COPIES) for t in took["copying"]]
    yield rate(f"reports judged, {name}", _fleet.VESSELS, "reports/s", took["engine"],
               against="copying the columns once", peer=floor, goal=goal)  # fmt: skip
    share = 100 * len(watch.raised) / _fleet.VESSELS
    yield Figure("… vessels that raised something", share, "%", goal=Goal(1.0, of="value"))
