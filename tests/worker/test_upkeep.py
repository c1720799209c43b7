"""Housekeeping on a real TimescaleDB: what goes, what stays, and who does not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from fleet.columns import from_datetime
from fleet.model import HOUR, Batch
from fleet.settings import Settings
from fleet.store import positions, retention
from fleet.store.db import Connection, connect, one, rows
from fleet.worker import service, upkeep
from fleet.worker.upkeep import Went, retained

NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
OLD = NOW - timedelta(days=100)
KEEP = Settings.model_validate({"keep_positions_d": 90, "keep_history_d": 1827})


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Connection]:
    """Somebody else at work."""
    async with await connect(database_url, "test-other") as conn:
        yield conn


async def fixes(conn: Connection, *times: datetime) -> None:
    made = Batch.empty(len(times))
    made.vessel[:], made.source[:], made.station[:] = 1, 1, 1
    made.t[:] = [from_datetime(at) for at in times]
    made.received[:], made.lon[:], made.lat[:] = made.t, 109, 18
    await positions.insert(conn, made)


async def went(conn: Connection, keep: Settings = KEEP, *, dry_run: bool = False) -> list[Went]:
    return [step async for step in retained(conn, keep, NOW, dry_run=dry_run) if step.bytes]


async def count(conn: Connection, table: str) -> int:
    return int((await one(conn, f"select count(*) as n from {table}"))["n"])  # noqa: S608


async def test_a_dry_run_tells_what_a_run_does_and_changes_nothing(sql: Connection) -> None:
    await fixes(sql, OLD, OLD - timedelta(days=1), NOW - timedelta(hours=3))
    told = await went(sql, dry_run=True)
    assert [step.what for step in told] == [
        f"{OLD - timedelta(days=1):%Y-%m-%d}", f"{OLD:%Y-%m-%d}",
    ]  # fmt: skip
    assert all(step.bytes > 8192 for step in told)
    assert await count(sql, "position") == 3
    assert await count(sql, "position_dirty") == 3
    assert await went(sql) == told
    assert await count(sql, "position") == 1
    assert await went(sql) == []


async def test_nothing_is_dropped_before_its_hours_are_rolled_up(sql: Connection) -> None:
    await fixes(sql, OLD, OLD + timedelta(minutes=1), OLD - timedelta(hours=30))
    await sql.execute("delete from position_dirty where hour < %s", [OLD - timedelta(hours=12)])
    assert len(await went(sql)) == 2
    assert await count(sql, "position") == 0
    kept = await rows(sql, "select fixes from position_hour order by hour")
    assert [row["fixes"] for row in kept] == [1, 2]


async def test_for_ever_is_for_ever(sql: Connection) -> None:
    await fixes(sql, OLD)
    assert await went(sql, Settings.model_validate({"keep_positions_d": 0})) == []


async def test_who_reads_an_old_track_is_not_waited_for(sql: Connection, other: Connection) -> None:
    await fixes(sql, OLD, NOW - timedelta(hours=3))
    await other.execute("select * from position")
    begun = asyncio.get_running_loop().time()
    (step,) = await went(sql)
    assert step.waits == "somebody reads it"
    assert asyncio.get_running_loop().time() - begun < 10
    await other.rollback()
    (step,) = await went(sql)
    assert not step.waits


async def test_the_ingest_does_not_wait_for_retention(
    sql: Connection, other: Connection, database_url: str
) -> None:
    """Dropping must give up before whoever stores positions notices."""
    await fixes(sql, OLD, NOW - timedelta(hours=3))
    await other.execute("select * from position")
    dropping = asyncio.create_task(went(sql))
    await asyncio.sleep(0.3)
    async with await connect(database_url, "ingest") as ingest:
        await asyncio.wait_for(fixes(ingest, NOW), 5)
        await ingest.commit()
    await dropping


async def test_an_old_case_goes_whole_and_an_open_one_stays(sql: Connection) -> None:
    boat = (await one(sql, "insert into vessel (name) values ('A') returning id"))["id"]
    ids = [await case(sql, boat, n, status) for n, status in enumerate(("closed", "active"))]
    parent = await case(sql, boat, 2, "closed")
    await sql.execute("update alert set parent = %s where id = %s", [parent, ids[1]])
    gone = [s async for s in retained(sql, KEEP, NOW) if s.table in {"alert", "event"}]
    assert [(s.table, s.what) for s in gone] == [("alert", "1 rows")]
    left = {row["id"] for row in await rows(sql, "select id from alert")}
    assert left == {ids[1], parent}
    for table in ("work_order", "event", "outbox", "assignment"):
        assert await count(sql, table) == 2, table


async def case(sql: Connection, boat: int, n: int, status: str) -> int:
    """An alert of six years ago with an order, somebody asked, history and a message."""
    at = NOW - timedelta(days=6 * 365)
    given: dict[str, Any] = {"v": boat, "n": n, "status": status, "at": at, "body": Jsonb({})}
    row = await one(
        sql,
        "with p as (insert into person (code, name) values ('p' || %(n)s, 'p') returning id),"
        " a as (insert into alert (kind, vessel, episode, severity, status, opened, last_seen, lon,"
        " lat) values ('k' || %(n)s, %(v)s, %(at)s, 2, %(status)s, %(at)s, %(at)s, 0, 0)"
        " returning id),"
        " o as (insert into work_order (alert, status, severity) select id, 'closed', 2 from a"
        " returning id, alert),"
        " s as (insert into assignment (work_order, person, level)"
        " select o.id, p.id, 1 from o, p),"
        " e as (insert into event (seq, at, alert, work_order, act)"
        " select %(n)s + 100, %(at)s, o.alert, o.id, 'x' from o),"
        " m as (insert into outbox (key, channel, recipient, alert, work_order, body)"
        " select 'k' || %(n)s, 'mqtt', 'x', o.alert, o.id, %(body)s from o)"
        " select id from a",
        **given,
    )
    return int(row["id"])


async def test_samples_of_rejects_are_bounded_by_count_and_age(
    sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "REJECTS_KEPT", 20)
    monkeypatch.setattr(retention, "MOST", 7)
    await sql.execute(
        "insert into reject_sample (feed, reason, at, sample)"
        " select 'f', 'r' || n, now() - make_interval(days => 60 - n), '' "
        " from generate_series(1, 60) n"
    )
    steps = [s async for s in retained(sql, KEEP, NOW) if s.table == "reject_sample"]
    assert [s.what for s in steps] == ["40 rows"]
    assert await count(sql, "reject_sample") == 20
    await sql.execute("update reject_sample set at = at - interval '20 days'")
    assert [s async for s in retained(sql, KEEP, NOW) if s.table == "reject_sample"]
    assert 0 < await count(sql, "reject_sample") < 20


async def test_only_one_looks_after_it(sql: Connection, other: Connection) -> None:
    await fixes(sql, OLD)
    assert await retention.lock(other)
    await upkeep.once(sql, KEEP, NOW)
    assert await count(sql, "position") == 1
    await retention.unlock(other)
    await upkeep.once(sql, KEEP, NOW)
    assert await count(sql, "position") == 0


async def test_what_is_old_is_looked_for_once_a_day(sql: Connection) -> None:
    await upkeep.once(sql, KEEP, NOW)
    await fixes(sql, OLD)
    await upkeep.once(sql, KEEP, NOW)
    assert await count(sql, "position") == 1
    assert await count(sql, "position_hour") == 1, "rolled up all the same"
    await sql.execute(
        "update setting set value = jsonb_build_object('at', now() - interval '25 h')"
    )
    await upkeep.once(sql, KEEP, NOW)
    assert await count(sql, "position") == 0


async def test_a_clock_a_year_ahead_costs_a_week_at_most(sql: Connection) -> None:
    await fixes(sql, *(NOW - timedelta(days=n) for n in range(20)))
    await upkeep.once(sql, KEEP, NOW + timedelta(days=400))
    assert await count(sql, "position") == 20 - upkeep.MOST_CHUNKS
    assert await count(sql, "position_hour") == 20


async def test_the_apache_edition_says_why_it_does_not_compress(sql: Connection) -> None:
    if await retention.licence(sql) != "apache":
        pytest.skip("the database here is of the Community edition")
    await fixes(sql, NOW - timedelta(days=30))
    steps = [s async for s in retained(sql, KEEP, NOW) if s.what == "compression"]
    assert [s.waits for s in steps] == [retention.APACHE]
    for table in retention.HYPERTABLES[:2]:
        with pytest.raises(psycopg.errors.FeatureNotSupported, match="apache"):
            await sql.execute(table.compress)


async def test_the_worker_rolls_hours_up_by_itself(
    database_url: str, tmp_path: Path, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a minute in which it went wrong."""
    monkeypatch.setattr(upkeep, "EVERY_S", 0.1)
    calls = iter([KeyError("a bug"), OSError("no network")])
    right = upkeep.once

    async def once(conn: Connection, settings: Settings, now: datetime) -> None:
        for error in calls:
            raise error
        await right(conn, settings, now)

    monkeypatch.setattr(upkeep, "once", once)
    await fixes(sql, NOW - timedelta(hours=3))
    stop = asyncio.Event()
    config = Settings.model_validate({"database_url": database_url, "data_dir": tmp_path})
    task = asyncio.create_task(service.run(config, stop))
    try:
        for _ in range(200):
            if await count(sql, "position_hour"):
                break
            await asyncio.sleep(0.05)
    finally:
        stop.set()
        await task
    (row,) = await rows(sql, "select fixes, hour from position_hour")
    assert row["fixes"] == 1
    assert from_datetime(row["hour"]) % HOUR == 0
