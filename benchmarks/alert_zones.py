"""What a zone costs: 35,000 fixes a batch with all rules on, as zones grow from 10 to 5,000.

The zones, of 60 sides, cover the same part of the sea however many there are, so the boats in zones
are as many; what grows is the number to choose among. Sublinear: a point's cost is divided by that
of ten zones, and by how many times as many zones there are.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from functools import partial

from benchmarks import _fleet
from benchmarks._measure import Figure, Goal, Rounds, Run, Way, clocked
from fleet.model import SECOND, Batch

NUMBERS = (10, 100, 500, 1_000, 5_000)
ROUNDS, WARM = 5, 4


def figures(run: Run) -> Iterator[Figure]:
    numbers = NUMBERS[:3] if run.quick else NUMBERS
    ways: dict[str, Way] = {}
    for number in numbers:
        run.note(f"laying out {number} zones")
        where = _fleet.zones(number)
        fleet = _fleet.fleet(where)
        watch, sea = _fleet.Watch(fleet, where), _fleet.batches(fleet, ROUNDS + WARM, 10 * SECOND)
        ways[str(number)] = clocked(partial(judged, watch, sea))
    took = run.interleaved(ways, rounds=2 if run.quick else ROUNDS, warm=WARM)
    first = cost(took[str(numbers[0])])
    for number in numbers:
        mine = cost(took[str(number)])
        yield Figure(f"… with {number:,} zones", mine, "µs/report", f"with {numbers[0]} zones",
                     first, first / mine)  # fmt: skip
    growth = cost(took[str(numbers[-1])]) / first
    times = numbers[-1] // numbers[0]
    yield Figure(f"cost, with {times} times as many zones", growth, "times",
                 goal=Goal(times / 10, of="value", at_most=True))  # fmt: skip


def judged(watch: _fleet.Watch, sea: Sequence[Batch], k: int) -> None:
    watch.judge(sea[k + WARM])


def cost(rounds: Rounds) -> float:
    """Microseconds of processor time a report, the median of the rounds."""
    return statistics.median(t.cpu for t in rounds) / _fleet.VESSELS * 1e6
