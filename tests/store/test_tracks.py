"""A day of one vessel among 35,000 is one index range scan a chunk, of the chunks asked for."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.store.db import Connection, rows
from fleet.store.scope import Scope, scoped

VESSELS = 35_000
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 4
NOON = FIRST + timedelta(days=1, hours=12)
"""24 hours from here lie in two of the four chunks."""
FLEET = """
    insert into position (vessel, t, source, received, lon, lat, sog, cog, heading, battery, status,
                          flags, stations, heard)
    select v, day + interval '1 h' * (v %% 24), 1, day, 109, 18, 1, 1, 1, 1, 0, 0, '{1}', day
    from generate_series(1, %(vessels)s) v,
         generate_series(%(first)s::timestamptz, %(last)s, '1 day') day"""
ONE = """
    insert into position (vessel, t, source, received, lon, lat, sog, cog, heading, battery, status,
                          flags, stations, heard)
    select 777, t, 2, t, 109, 18, 1, 1, 1, 1, 0, 0, '{1}', t
    from generate_series(%(first)s::timestamptz, %(last)s, '1 min') t"""


@pytest.fixture
async def at_sea(conn: Connection) -> Connection:
    await conn.execute(
        "insert into vessel (id, name) overriding system value"
        " select v, 'V' || v from generate_series(1, %(n)s) v",
        {"n": VESSELS},
    )
    last = FIRST + timedelta(days=DAYS - 1)
    await conn.execute(FLEET, {"vessels": VESSELS, "first": FIRST, "last": last})
    await conn.execute(ONE, {"first": FIRST, "last": FIRST + timedelta(days=DAYS, minutes=-1)})
    await conn.execute("analyze position; analyze vessel; analyze vessel_identity; analyze alert")
    return conn


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


async def planned(conn: Connection, name: str, role: str) -> dict[str, Any]:
    asked = Scope.of(role, 1, 1).params(
        id=777, since=NOON, until=NOON + timedelta(days=1), limit=50_000, bucket=60.0
    )
    query = f"explain (analyze, buffers, format json) {scoped('reads')[name]}"
    (row,) = await rows(conn, query, **asked)
    plan: dict[str, Any] = row["QUERY PLAN"][0]["Plan"]
    return plan


async def test_a_day_of_one_vessel_is_a_range_of_two_indexes(at_sea: Connection) -> None:
    for name, role in itertools.product(("track", "track_thinned"), ("commander", "member")):
        plan = await planned(at_sea, name, role)
        scans = [n for n in nodes(plan) if str(n.get("Relation Name", "")).startswith("_hyper")]
        assert len(scans) == 2, "the other two chunks are not even looked at"
        for scan in scans:
            assert scan["Node Type"] in {"Index Scan", "Index Only Scan"}
            condition = scan["Index Cond"]
            assert "vessel = " in condition
            assert "t >= " in condition
            assert "t < " in condition
            assert scan["Shared Hit Blocks"] + scan["Shared Read Blocks"] < 100, "of some 1,000"
        if role == "commander":
            assert plan["Actual Rows"] >= 24 * 60
