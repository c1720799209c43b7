"""What several stations heard without a time of its own is one report; the rest stays apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TypeAlias

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fleet.model import SECOND, Batch, Flag
from fleet.worker import dedup
from fleet.worker.dedup import SLACK, WINDOW, Recent, aligned, repeated

START = 1_790_000_000 * SECOND
Told: TypeAlias = tuple[
    int, int, int, float, bool
]  #: vessel, seconds, station, lon, has no time of its own


def batch(told: Sequence[Told]) -> Batch:
    made = Batch.empty(len(told))
    made.source[:] = 1
    for i, (vessel, second, station, lon, timeless) in enumerate(told):
        made.vessel[i], made.t[i], made.station[i] = vessel, START + second * SECOND, station
        made.received[i] = made.t[i]
        made.lon[i] = np.nan if lon < 0 else lon
        made.flags[i] = int(Flag.NO_CLOCK) if timeless else 0
    return made


def times(told: Sequence[Told], *cuts: int) -> list[int]:
    """Seconds of each, fed in pieces that end at the cuts."""
    recent, out = Recent(), []
    whole = batch(told)
    for lo, hi in zip([0, *cuts], [*cuts, len(told)], strict=True):
        recent, part = aligned(recent, whole.take(slice(lo, hi)))
        out += ((part.t - START) // SECOND).tolist()
    return out


def test_the_second_station_takes_the_time_of_the_first() -> None:
    assert times([(1, 0, 1, 109, True), (1, 4, 2, 109, True), (1, 9, 3, 109, True)]) == [0, 0, 0]


def test_a_station_that_tells_the_same_again_tells_something_new() -> None:
    moored = [
        (1, 0, 1, 109, True),
        (1, 1, 2, 109, True),
        (1, 10, 2, 109, True),
        (1, 11, 1, 109, True),
    ]
    assert times(moored) == [0, 0, 10, 10]


def test_what_is_not_the_same_report_keeps_its_time() -> None:
    first = (1, 0, 1, 109.0, True)
    assert times([first, (1, 1, 2, 109.1, True)]) == [0, 1]
    assert times([first, (2, 1, 2, 109.0, True)]) == [0, 1]
    assert times([first, (1, 1, 2, 109.0, False)]) == [0, 1]
    assert times([first, (1, WINDOW // SECOND + 1, 2, 109.0, True)]) == [0, 31]
    assert times([first, (1, WINDOW // SECOND, 2, 109.0, True)]) == [0, 0]
    assert times([(1, 0, 1, -1, True), (1, 1, 2, -1, True)]) == [0, 0]  # both without a position


def test_a_report_that_comes_in_out_of_order_takes_the_nearest() -> None:
    two = [(1, 0, 1, 109, True), (1, 20, 1, 109, True)]
    assert times([*two, (1, 12, 2, 109, True)]) == [0, 20, 20]
    assert times([*two, (1, 10, 2, 109, True)]) == [0, 20, 0]


TELLINGS = st.lists(
    st.tuples(
        st.integers(1, 2), st.integers(0, 400), st.integers(1, 3),
        st.sampled_from([109.0, 110.0, -1]),        st.sampled_from([True, True, True, False]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


def slowly(told: Sequence[Told]) -> list[int]:
    """The same by its definition, one report after the other, forgetting nothing."""
    seen: list[tuple[int, float, int, int]] = []
    newest, out = 0, []
    for vessel, second, station, lon, timeless in told:
        t = second
        if timeless:
            newest = max(newest, second)
            mine = [(f, by) for v, x, f, by in seen if (v, x) == (vessel, lon)]
            heard = {f for f, by in mine if by == station}
            near = [f for f, _ in mine if f not in heard and abs(f - second) <= WINDOW // SECOND]
            if near and second >= newest - SLACK // SECOND:
                t = min(near, key=lambda f: (abs(f - second), f))
            seen.append((vessel, lon, t, station))
        out.append(t)
    return out


@given(TELLINGS, st.data())
def test_the_outcome_does_not_depend_on_the_cuts(told: list[Told], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(told)), max_size=5)))
    assert times(told, *cuts) == times(told) == slowly(told)


def test_what_is_remembered_is_bounded() -> None:
    recent = Recent()
    for second in range(0, 2000, 10):
        recent, _ = aligned(recent, batch([(v, second, 1, 109, True) for v in range(1, 20)]))
        assert len(recent.seen) <= 19 * (SLACK + WINDOW) // SECOND // 10 + 19
    many = [(1, 0, 1, float(n), True) for n in range(200)]
    before, dedup.MOST = dedup.MOST, 50
    try:
        recent, _ = aligned(Recent(), batch(many))
    finally:
        dedup.MOST = before
    assert len(recent.seen) == 50


def test_the_batch_that_is_given_is_left_alone() -> None:
    given_ = batch([(1, 0, 1, 109, True), (1, 4, 2, 109, True)])
    before = given_.copy()
    aligned(Recent(), given_)
    for f in fields(Batch):
        np.testing.assert_array_equal(getattr(given_, f.name), getattr(before, f.name))


def test_what_was_told_before_is_counted() -> None:
    last = batch([(0, 0, 0, 0, False), (1, 5, 1, 109, False)])
    told = batch(
        [(1, 5, 2, 109, False), (1, 6, 1, 109, False), (1, 6, 2, 109, False), (3, 6, 1, 109, False)]
    )
    assert repeated(told, last).tolist() == [True, False, True, False]
