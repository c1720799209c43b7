import struct
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.columns import (
    EPOCH_OFFSET,
    HEADER,
    TRAILER,
    array,
    block,
    from_datetime,
    group,
    to_datetime,
    unblock,
)

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


def test_an_array_of_rows_is_what_the_server_reads() -> None:
    """array_recv: dimensions, nulls, type, length, lower bound; record_recv in each element."""
    layout = {"a": "int4", "t": "timestamptz", "s": "int4[]", "x": "float8"}
    big = 3_000_000_000  # an oid is unsigned
    columns = {
        "a": np.array([7, -1]),
        "t": np.array([EPOCH_OFFSET, EPOCH_OFFSET + 5]),
        "s": (np.array([0, 1, 2]), np.array([3, 4])),
        "x": np.array([1.5, float("nan")]),
    }
    rows = [(7, 0, 3, 1.5), (-1, 5, 4, float("nan"))]
    wanted = struct.pack(">iiIii", 1, 0, big, 2, 1)
    for a, t, s, x in rows:
        members = struct.pack(">iiiiiii", 1, 0, 23, 1, 1, 4, s)
        record = struct.pack(">iiii", 4, 23, 4, a) + struct.pack(">iiq", 1184, 8, t)
        record += struct.pack(">ii", 1007, len(members)) + members + struct.pack(">iid", 701, 8, x)
        wanted += struct.pack(">i", len(record)) + record
    assert array(layout, columns, big) == wanted
    none = {name: np.zeros(0) for name in layout} | {"s": (np.zeros(1, int), np.zeros(0, int))}
    assert array(layout, none, big) == struct.pack(">iiI", 0, 0, big)


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_survive_both_ways(at: datetime) -> None:
    assert to_datetime(from_datetime(at)) == at


def test_the_epoch_of_postgresql() -> None:
    assert to_datetime(EPOCH_OFFSET) == datetime(2000, 1, 1, tzinfo=UTC)


def test_copy_records_are_read_back_and_null_is_refused() -> None:
    layout = {"vessel": "int4", "t": "timestamptz", "sog": "float4"}
    columns = {
        "vessel": np.array([1, 2]), "t": np.array([0, EPOCH_OFFSET + 5]),
        "sog": np.array([np.nan, 3.5]),
    }  # fmt: skip
    body = block(layout, columns).removeprefix(HEADER).removesuffix(TRAILER)
    found = unblock(layout, body)
    for name, column in columns.items():
        np.testing.assert_array_equal(found[name], column)
    null = struct.pack(">hiiii", 3, 4, 7, -1, -1)
    with pytest.raises(ValueError, match="NULL"):
        unblock(layout, null)
    with pytest.raises(ValueError, match="another layout"):
        unblock({**layout, "sog": "int4", "t": "int4"}, body)
