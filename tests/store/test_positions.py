from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.columns import from_datetime, to_datetime
from fleet.model import Batch, Flag
from fleet.store import positions
from fleet.store.db import Connection, rows

NOON = from_datetime(to_datetime(0).replace(year=2026, month=11, day=1, hour=12))
Fix = tuple[int, int, int, int, float]  # vessel, seconds, source, station, lon


def batch(*fixes: Fix) -> Batch:
    made = Batch.empty(len(fixes))
    for i, (vessel, seconds, source, station, lon) in enumerate(fixes):
        made.vessel[i], made.t[i] = vessel, NOON + seconds * 1_000_000
        made.received[i] = made.t[i] + 500_000
        made.source[i], made.station[i], made.lon[i], made.lat[i] = source, station, lon, 18.3
    return made


async def stored(conn: Connection) -> list[dict[str, Any]]:
    return await rows(conn, "select * from position order by vessel, t, source")


async def heard(conn: Connection) -> dict[tuple[int, int, int], set[int]]:
    return {
        (r["vessel"], (from_datetime(r["t"]) - NOON) // 1_000_000, r["source"]): set(r["stations"])
        for r in await stored(conn)
    }


async def test_every_column_arrives_as_it_left(conn: Connection) -> None:
    made = batch((7, 0, 1, 3, 109.123456789))
    made.sog[0], made.cog[0], made.heading[0], made.battery[0] = 7.5, 181.5, np.nan, 80
    made.status[0], made.flags[0] = -1, int(Flag.LATE | Flag.IN_PORT)
    made.heard[0] = NOON + 100_000
    assert await positions.insert(conn, made) == 1
    (row,) = await stored(conn)
    assert (row["vessel"], row["source"], row["stations"]) == (7, 1, [3])
    assert (from_datetime(row["t"]), from_datetime(row["received"])) == (NOON, NOON + 500_000)
    assert from_datetime(row["heard"]) == NOON + 100_000
    assert (row["lon"], row["lat"], row["sog"], row["cog"]) == (109.123456789, 18.3, 7.5, 181.5)
    assert np.isnan(row["heading"])
    assert (row["battery"], row["status"], row["flags"]) == (80, -1, 5)


@pytest.mark.parametrize("fresh", [True, False])
async def test_twice_the_same_is_once(conn: Connection, fresh: bool) -> None:
    fixes = batch((1, 0, 1, 1, 109.0), (2, 0, 1, 1, 109.0), (1, 5, 1, 1, 109.0))
    believed = np.full(3, fresh)
    assert await positions.insert(conn, fixes, believed) == 3
    before = repr(await stored(conn))
    assert await positions.insert(conn, fixes, believed) == 0
    assert repr(await stored(conn)) == before


async def test_a_wrong_belief_costs_nothing_else_of_the_transaction(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 0, 1, 1, 109.0)))
    both = batch((1, 0, 1, 2, 109.0), (1, 9, 1, 2, 109.0))
    assert await positions.insert(conn, both, np.array([True, True])) == 2
    assert await heard(conn) == {(1, 0, 1): {1, 2}, (1, 9, 1): {2}}


async def test_what_no_receiver_dated_was_heard_when_received(conn: Connection) -> None:
    await positions.insert(conn, batch((1, 0, 1, 1, 109.0)))
    (row,) = await stored(conn)
    assert row["heard"] == row["received"]


async def test_a_fix_without_position_is_not_stored(conn: Connection) -> None:
    assert await positions.insert(conn, batch((1, 0, 1, 1, float("nan")))) == 0
    assert await stored(conn) == []


fix = st.tuples(
    st.integers(1, 2), st.integers(0, 2), st.integers(1, 2), st.integers(1, 4), st.just(109.0)
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.lists(fix, min_size=1), st.booleans()), max_size=5))
async def test_any_cut_and_any_belief_store_the_same_sets(
    conn: Connection, batches: list[tuple[list[Fix], bool]]
) -> None:
    await conn.execute("delete from position")
    oracle: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for fixes, fresh in batches:
        await positions.insert(conn, batch(*fixes), np.full(len(fixes), fresh))
        for vessel, seconds, source, station, _ in fixes:
            oracle[vessel, seconds, source].add(station)
    assert await heard(conn) == oracle


async def test_only_a_newer_fix_is_shown(conn: Connection) -> None:
    assert await positions.upsert_latest(conn, batch((1, 5, 1, 1, 109.5), (1, 3, 1, 1, 109.3)), 1)
    assert await positions.upsert_latest(conn, batch((1, 5, 2, 1, 108.0)), 2) == 0
    assert await positions.upsert_latest(conn, batch((1, 4, 1, 1, 109.4)), 3) == 0
    (shown,) = await rows(conn, "select lon, seq from vessel_latest")
    assert shown == {"lon": 109.5, "seq": 1}
    assert await positions.upsert_latest(conn, batch((1, 6, 1, 1, 109.6)), 4) == 1
    assert (await positions.latest(conn)).lon.tolist() == [109.6]


async def test_a_fix_from_the_future_is_never_shown(conn: Connection) -> None:
    future = batch((1, 10_000, 1, 1, 109.5))
    future.flags[:] = Flag.SKEWED
    assert await positions.upsert_latest(conn, future, 1) == 0


async def test_stations_are_made_once(conn: Connection) -> None:
    first = await positions.stations(conn, ["b", "a"])
    assert await positions.stations(conn, ["a", "b"]) == first
    assert set(first) == {"a", "b"}


async def plan(conn: Connection, query: str, **params: Any) -> str:
    await conn.execute("analyze position; analyze vessel_latest")
    found = await conn.execute(f"explain {query}".encode(), params)
    return "\n".join(row["QUERY PLAN"] for row in await found.fetchall())


@pytest.fixture
async def filled(conn: Connection) -> Connection:
    """Forty vessels over five days."""
    fixes = [(v, s, 1, 1, 109.0) for v in range(1, 41) for s in range(0, 5 * 86400, 1800)]
    made = batch(*fixes)
    await positions.insert(conn, made, np.ones(len(made), np.bool_))
    await positions.upsert_latest(conn, made, 1)
    return conn


async def test_a_track_is_an_index_range_of_the_days_asked_for(filled: Connection) -> None:
    asked = {"vessel": 7, "start": to_datetime(NOON), "end": to_datetime(NOON + 3600 * 10**6)}
    found = await plan(filled, positions.SQL["track"], **asked)
    assert "Seq Scan" not in found
    assert found.count("Index Scan") == 1, found  # one chunk of six
    assert "Index Cond: ((vessel = " in found
    assert "t >= " in found.split("Index Cond", 1)[1].splitlines()[0]


async def test_a_new_fix_stays_in_the_page_of_the_one_before(conn: Connection) -> None:
    """Heap-only updates: no index is touched, which is half of what showing a fix costs."""
    for seq in (1, 2, 3):
        fixes = [(v, seq, 1, 1, 109.0) for v in range(1, 2001)]
        assert await positions.upsert_latest(conn, batch(*fixes), seq) == 2000
    (told,) = await rows(
        conn,
        "select n_tup_upd, n_tup_hot_upd from pg_stat_xact_user_tables"
        " where relname = 'vessel_latest'",
    )
    assert told["n_tup_upd"] == 4000
    assert told["n_tup_hot_upd"] > 1200, "more cannot be: one transaction prunes nothing"


async def test_what_moved_since_reads_only_the_pages_where_something_moved(
    conn: Connection,
) -> None:
    await conn.execute("truncate vessel_latest")  # pages of its own, whatever ran before
    await conn.execute(
        "insert into vessel_latest select v, now(), 1, now(), 0, 0, 0, 0, 0, 0, 0, 0, 1"
        " from generate_series(1, 35000) v"
    )
    await conn.execute("select brin_summarize_new_values('vessel_latest_seq')")  # as a vacuum does
    await positions.upsert_latest(conn, batch((7, 10**9, 1, 1, 109.0)), 2)
    await conn.execute("analyze vessel_latest")
    query = "explain (analyze, format json) select * from vessel_latest where seq > 1"
    plan = (await rows(conn, query))[0]["QUERY PLAN"][0]["Plan"]
    assert plan["Actual Rows"] == 1
    assert plan["Node Type"] == "Bitmap Heap Scan"
    assert plan["Lossy Heap Blocks"] <= 8
