from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, degrees, isnan, radians, sin, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.columns import to_datetime
from fleet.model import HOUR, SECOND, Batch, Flag
from fleet.store import positions, rollup
from fleet.store.db import Connection, rows

NOON = 1_790_000_000 * SECOND // HOUR * HOUR
LATER = to_datetime(NOON + 3 * HOUR)
Fix = tuple[int, int, int, float, float, float]  # vessel, seconds, source, lon, lat, sog


def batch(*fixes: Fix, delay_s: int = 1) -> Batch:
    made = Batch.empty(len(fixes))
    for i, (vessel, seconds, source, lon, lat, sog) in enumerate(fixes):
        made.vessel[i], made.t[i], made.source[i] = vessel, NOON + seconds * SECOND, source
        made.received[i] = made.t[i] + delay_s * SECOND
        made.lon[i], made.lat[i], made.sog[i], made.station[i] = lon, lat, sog, 1
    return made


async def rolled(conn: Connection, now: datetime = LATER) -> int:
    return sum([await rollup.roll(conn, hour) for hour in await rollup.due(conn, now)])


async def hours(conn: Connection) -> dict[tuple[int, datetime], dict[str, Any]]:
    found = await rows(conn, "select * from position_hour order by vessel, hour")
    return {(row["vessel"], row["hour"]): row for row in found}


async def marks(conn: Connection) -> list[int]:
    return [row["vessel"] for row in await rows(conn, "select vessel from position_dirty")]


def nm(a: Fix, b: Fix) -> float:
    half = sin(radians(b[4] - a[4]) / 2) ** 2
    half += cos(radians(a[4])) * cos(radians(b[4])) * sin(radians(b[3] - a[3]) / 2) ** 2
    return 2 * 60 * degrees(asin(sqrt(half)))


def expected(fixes: list[Fix]) -> dict[tuple[int, int], tuple[int, float, float, int, int]]:
    """By vessel and hour: fixes, miles, top speed, first and last second."""
    groups: dict[tuple[int, int], list[Fix]] = defaultdict(list)
    for fix in {f[:3]: f for f in reversed(fixes)}.values():  # the first that came is kept
        groups[fix[0], fix[1] // 3600].append(fix)
    out = {}
    for key, group in groups.items():
        way = sorted(group)
        legs = [(nm(a, b), b[1] - a[1]) for a, b in pairwise(way)]
        miles = sum(d for d, s in legs if d <= rollup.JUMP_KN * s / 3600)
        top = max((f[5] for f in way if not isnan(f[5])), default=-1.0)
        out[key] = (len(way), miles, top, way[0][1], way[-1][1])
    return out


FIX = st.tuples(
    st.integers(1, 2), st.integers(0, 3 * 3600 - 1), st.integers(1, 2),
    st.floats(109, 109.5), st.floats(18, 18.5), st.sampled_from([0.0, 5.5, float("nan")]),
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.lists(FIX, min_size=1), st.booleans()), max_size=4))
async def test_any_order_of_coming_gives_the_same_hours(
    conn: Connection, parts: list[tuple[list[Fix], bool]]
) -> None:
    """Each part may be rolled up at once, and may come a day late."""
    await conn.execute(
        "delete from position; delete from position_hour; delete from position_dirty"
    )
    for n, (fixes, at_once) in enumerate(parts):
        await positions.insert(conn, batch(*fixes, delay_s=n * 86_400))
        if at_once:
            await rolled(conn, LATER + timedelta(hours=1))
    await rolled(conn, LATER + timedelta(hours=1))
    found = {
        (vessel, (hour - to_datetime(NOON)) // timedelta(hours=1)): row
        for (vessel, hour), row in (await hours(conn)).items()
    }
    want = expected([fix for fixes, _ in parts for fix in fixes])
    assert found.keys() == want.keys()
    for key, (count, miles, top, first, last) in want.items():
        row = found[key]
        assert row["fixes"] == count
        assert row["distance_nm"] == pytest.approx(miles, rel=1e-4, abs=1e-4)
        assert row["sog_max"] == top or (top < 0 and isnan(row["sog_max"]))
        assert row["first_t"] == to_datetime(NOON + first * SECOND)
        assert row["last_t"] == to_datetime(NOON + last * SECOND)
    assert await marks(conn) == []


async def test_an_hour_waits_for_its_end_and_what_is_a_little_late(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 60, 1, 109, 18, 5)))
    end = to_datetime(NOON + HOUR)
    assert await rollup.due(conn, end + rollup.GRACE - timedelta(seconds=1)) == []
    assert await rollup.due(conn, end + rollup.GRACE) == [to_datetime(NOON)]


async def test_late_data_touches_only_its_own_vessel(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 60, 1, 109, 18, 5), (2, 60, 1, 109, 18, 5)))
    assert await marks(conn) == [rollup.EVERYBODY]
    assert await rolled(conn) == 2
    await positions.insert(conn, batch((2, 120, 1, 109, 18.01, 7), delay_s=86_400))
    assert await marks(conn) == [2]
    assert await rolled(conn) == 1
    row = (await hours(conn))[2, to_datetime(NOON)]
    assert (row["fixes"], row["sog_max"]) == (2, 7)
    assert row["distance_nm"] == pytest.approx(0.6, rel=1e-4)


async def test_a_jump_is_no_way_made_and_a_wrong_clock_no_time(conn: Connection) -> None:
    made = batch((1, 0, 1, 109, 18, 5), (1, 60, 1, 110, 18, 5), (1, 90, 1, 110, 18, 99))
    made.flags[2] = Flag.SKEWED
    await positions.insert(conn, made)
    await rolled(conn)
    ((_, row),) = (await hours(conn)).items()
    assert (row["fixes"], row["distance_nm"], row["sog_max"]) == (2, 0, 5)


async def test_what_retention_took_does_not_make_an_hour_poorer(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 0, 1, 109, 18, 5), (1, 60, 1, 109, 18, 5)))
    await rolled(conn)
    await conn.execute("delete from position")
    await positions.insert(conn, batch((1, 30, 1, 109, 18, 9), delay_s=86_400))
    assert await rolled(conn) == 0
    assert (await hours(conn))[1, to_datetime(NOON)]["fixes"] == 2


async def test_fixes_from_before_there_were_marks_are_found(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 0, 1, 109, 18, 5), (1, 2 * 3600, 1, 109, 18, 5)))
    await conn.execute("delete from position_dirty")
    span = (to_datetime(NOON), to_datetime(NOON + 3 * HOUR))
    assert await rollup.mark_unrolled(conn, *span) == 2
    await rolled(conn, LATER + timedelta(hours=1))
    assert len(await hours(conn)) == 2
    assert await rollup.mark_unrolled(conn, *span) == 0


async def test_nothing_is_marked_for_what_was_there_already(conn: Connection) -> None:
    made = batch((1, 0, 1, 109, 18, 5))
    await positions.insert(conn, made, np.ones(1, np.bool_))
    await conn.execute("delete from position_dirty")
    await positions.insert(conn, made)
    assert await marks(conn) == []
