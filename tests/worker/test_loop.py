import asyncio
from asyncio import timeout
from contextlib import suppress

import pytest
from psycopg import OperationalError

from fleet.store import engine
from fleet.store.db import Connection, connect, rows
from fleet.store.engine import Fenced
from fleet.worker import commit, lateness, loop
from fleet.worker.intake import Item
from fleet.worker.loop import Worker
from tests.worker.conftest import Another
from tests.worker.scripted import Scripted, report


async def test_a_report_becomes_a_row_and_is_acknowledged(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    delivery = report("T1", 0, 109.1, 18.3, battery_pct=80)
    await started.batch([feed.item(delivery)])
    await started.settle()
    assert feed.acknowledged == [delivery]
    (row,) = await rows(
        sql, "select p.*, s.name from position p, station s where s.id = any(stations)"
    )
    assert (row["lon"], row["lat"], row["battery"], row["name"]) == (109.1, 18.3, 80, "T1")
    (latest,) = await rows(sql, "select vessel, seq from vessel_latest")
    assert latest["seq"] == started.head.seq
    (identity,) = await rows(sql, "select kind, value, vessel from vessel_identity")
    assert identity == {"kind": "terminal", "value": "T1", "vessel": latest["vessel"]}


async def test_a_call_for_help_becomes_one_alert_however_often_it_comes(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    for second in (0, 5, 70, 140):
        await started.batch([feed.item(report("T1", second, 109.1, 18.3, sos=True))])
    await started.settle()
    (alert,) = await rows(sql, "select kind, severity, status, occurrences from alert")
    assert alert == {"kind": "distress", "severity": 4, "status": "active", "occurrences": 3}
    acts = await rows(sql, "select act from event where act in ('open', 'repeat') order by seq")
    assert [row["act"] for row in acts] == ["open", "repeat", "repeat"]
    assert len(await rows(sql, "select 1 from work_order")) == 1


async def test_the_same_again_changes_nothing(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    deliveries = [report("T1", s, 109.1, 18.3, sos=s == 0) for s in range(3)]
    for _ in range(2):
        await started.batch([feed.item(d) for d in deliveries])
        await started.settle()
    assert len(await rows(sql, "select 1 from position")) == 3
    assert len(await rows(sql, "select 1 from alert")) == 1


async def test_unreadable_input_is_counted_sampled_and_acknowledged(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    delivery = report("T1", 0, 999.0, 18.3)
    await started.batch([feed.item(delivery)])
    await started.settle()
    assert feed.acknowledged == [delivery]
    (row,) = await rows(sql, "select rejects, messages, fixes from feed")
    assert (sum(row["rejects"].values()), row["messages"], row["fixes"]) == (1, 1, 0)
    (sample,) = await rows(sql, "select feed, sample from reject_sample")
    assert b"999" in sample["sample"]


async def test_a_second_worker_takes_over_and_the_first_ends(
    started: Worker, feed: Scripted, another: Another, sql: Connection
) -> None:
    await another()
    await started.batch([feed.item(report("T1", 0, 109.1, 18.3))])
    with pytest.raises(Fenced, match="another worker has taken over"):
        await started.settle()
    assert feed.acknowledged == []
    assert await rows(sql, "select 1 from position") == []
    with pytest.raises(Fenced):
        await started.tick()


async def test_a_worker_takes_over_from_one_that_is_busy(
    started: Worker, feed: Scripted, another: Another, sql: Connection
) -> None:
    async def busy() -> None:
        for second in range(10_000):
            await started.batch([feed.item(report("T1", second - 9000, 109.1, 18.3))])

    task = asyncio.create_task(busy())
    await asyncio.sleep(0.3)
    async with asyncio.timeout(20):
        second = await another()
        with pytest.raises(Fenced):
            await task
    await second.batch([feed.item(report("T1", 1, 109.1, 18.3))])
    await second.settle()
    stored = await rows(sql, "select count(*) as n from position")
    assert stored[0]["n"] == len(feed.acknowledged)


async def test_a_worker_that_froze_in_the_middle_of_a_copy_is_taken_over(
    started: Worker, another: Another, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FROZEN_S", 0.2)
    async with await connect(database_url, "fleet-worker", careful=True) as frozen:
        await frozen.execute("update progress set seq = seq")
        async with frozen.cursor() as cursor, timeout(20):
            with suppress(OperationalError):
                async with cursor.copy("copy position from stdin") as copy:
                    await copy.write("")
                    await asyncio.sleep(0.5)
                    assert (await another()).head.seq == started.head.seq + 1
    with pytest.raises(Fenced):
        await started.tick()


@pytest.mark.parametrize("after", ["snapshot", "journal", "tick"])
async def test_a_restart_goes_on_with_the_same_state(
    started: Worker, feed: Scripted, another: Another, after: str
) -> None:
    for at in range(0, 40, 10):
        await started.batch([feed.item(report("T1", at, 109.1, 18.3, sos=True))])
    await started.settle()
    if after == "tick":
        await started.tick()
    if after == "snapshot":
        await started._snapshot(started.head)
    second = await another()
    assert second.head.state.pack() == started.head.state.pack()
    assert second.head.seq == started.head.seq + 1


@pytest.mark.parametrize(
    "damage", [b"update snapshot set layout = 'x'", b"update snapshot set body = '\\x00'"]
)
async def test_a_lost_state_is_built_anew_and_open_episodes_go_on(
    started: Worker,
    feed: Scripted,
    another: Another,
    sql: Connection,
    damage: bytes,
) -> None:
    await started.batch([feed.item(report("T1", 0, 109.1, 18.3, sos=True))])
    await started.settle()
    await sql.execute(damage)
    second = await another()
    assert second.head.state.last.t.max() == started.head.state.last.t.max()
    await second.batch([feed.item(report("T1", 60, 109.1, 18.3, sos=True))])
    await second.settle()
    (alert,) = await rows(sql, "select occurrences from alert")
    assert alert == {"occurrences": 2}


async def test_poison_is_put_aside_and_its_neighbours_are_stored(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await sql.execute("alter table position add check (lon < 150)")
    deliveries = [report("T1", s, 160.0 if s == 5 else 109.1, 18.3) for s in range(9)]
    await started.batch([feed.item(d) for d in deliveries])
    await started.settle()
    assert len(await rows(sql, "select 1 from position")) == 8
    assert sorted(d.received for d in feed.acknowledged) == sorted(d.received for d in deliveries)
    (sample,) = await rows(sql, "select reason, sample from reject_sample")
    assert sample == {"reason": "refused: CheckViolation", "sample": deliveries[5].payload}
    assert started.quarantine.waiting == 1
    await started.batch([feed.item(report("T1", 20, 109.1, 18.3))])
    await started.settle()
    assert len(await rows(sql, "select 1 from position")) == 9


async def test_an_alert_outlives_a_dispatch_desk_that_fails(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await sql.execute("alter table work_order add check (severity < 0)")
    await started.batch([feed.item(report("T1", 0, 109.1, 18.3, sos=True))])
    await started.settle()
    assert len(feed.acknowledged) == 1
    assert [r["kind"] for r in await rows(sql, "select kind from alert")] == ["distress"]


async def test_a_missing_right_is_waited_out_not_blamed_on_the_data(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await sql.execute("alter table position rename to away")
    task = asyncio.create_task(started.batch([feed.item(report("T1", 0, 109.1, 18.3))]))
    await task
    settled = asyncio.create_task(started.settle())
    await asyncio.sleep(0.5)
    assert (started.away, settled.done()) == (True, False)
    await sql.execute("alter table away rename to position")
    await settled
    assert (started.away, len(feed.acknowledged)) == (False, 1)
    assert len(feed.acknowledged) == 1
    assert await rows(sql, "select 1 from reject_sample") == []


async def test_a_tick_beats_the_heart(started: Worker, sql: Connection) -> None:
    await started.tick()
    (beat,) = await rows(sql, "select part, beat > now() - interval '5 s' as alive from worker")
    assert beat == {"part": "all", "alive": True}


async def test_very_many_alerts_at_once_are_stored_in_slices(
    started: Worker, feed: Scripted, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "SLICE", 3)
    calls = [feed.item(report(f"T{n}", 0, 109.1, 18.3, sos=True)) for n in range(10)]
    await started.batch(calls)
    await started.settle()
    assert len(feed.acknowledged) == 10
    (found,) = await rows(
        sql,
        "select count(*) as alerts, sum(occurrences) as times, (select count(*) from work_order)"
        " as orders, (select count(*) from event where act = 'open') as opened from alert",
    )
    assert found == {"alerts": 10, "times": 10, "orders": 10, "opened": 10}


async def test_a_clock_that_is_set_back_does_not_blind_the_worker(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    def item(seconds: int, lon: float) -> Item:
        return feed.item(report("T1", seconds, lon, 18.3))

    await started.batch([item(3600, 109.5)])  # all clocks agree on the wrong hour
    await started.settle()
    await started.tick()
    await started.batch([item(1, 109.1)])
    await started.settle()
    assert started.head.state.last.lon[started.head.state.last.t > 0].tolist() == [109.1]
    assert (await rows(sql, "select lon from vessel_latest")) == [{"lon": 109.1}]


async def test_a_tick_that_fails_shows_as_a_worker_that_is_behind(
    started: Worker, feed: Scripted, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(loop, "look", broken)
    monkeypatch.setattr(lateness, "MISSED_TICKS", 0)
    await started.tick()
    await asyncio.sleep(0.05)
    await started.batch([feed.item(report("T1", 0, 109.1, 18.3))])
    await started.settle()
    (row,) = await rows(sql, "select lag_s from worker")
    assert row["lag_s"] >= 0.05
