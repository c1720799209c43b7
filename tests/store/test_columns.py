from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fleet.columns import EPOCH_OFFSET, from_datetime, group, to_datetime

small = st.integers(0, 3)


@given(st.lists(st.tuples(small, small, small)))
def test_group_equals_a_dictionary_of_sets(rows: list[tuple[int, int, int]]) -> None:
    a, b, member = (np.array([r[i] for r in rows], np.int64) for i in range(3))
    first, (offsets, members) = group((a, b), member)
    oracle: dict[tuple[int, int], set[int]] = defaultdict(set)
    for x, y, m in rows:
        oracle[x, y].add(m)
    got = [members[i:j].tolist() for i, j in pairwise(offsets)]
    assert [(a[i], b[i]) for i in first] == sorted(oracle)
    assert got == [sorted(oracle[key]) for key in sorted(oracle)]
    assert first.tolist() == [[r[:2] for r in rows].index(key) for key in sorted(oracle)]


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_survive_both_ways(at: datetime) -> None:
    assert to_datetime(from_datetime(at)) == at


def test_the_epoch_of_postgresql() -> None:
    assert to_datetime(EPOCH_OFFSET) == datetime(2000, 1, 1, tzinfo=UTC)
