"""What the outbox keeps, and what its connections may hold while they say nothing."""

from __future__ import annotations

import asyncio

import pytest

from deploy.local.mosquitto import Broker
from fleet.outbox import keeping, service
from fleet.store import outbox
from fleet.store.db import Connection, connect, pool, rows
from tests.grid.harbour import day
from tests.outbox.test_sender import PEOPLE, hearing, queue, sending, settings, until


async def test_connections_never_keep_a_lock_while_they_say_nothing(database_url: str) -> None:
    stop, found = asyncio.Event(), dict[str, str]()

    async def work(conn: Connection) -> None:
        await ask(conn)
        stop.set()

    async def ask(conn: Connection) -> None:
        for name in ("idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"):
            found[name] = str(next(iter((await rows(conn, f"show {name}"))[0].values())))

    bounds = {
        "idle_in_transaction_session_timeout": "10s", "lock_timeout": "10s",
        "statement_timeout": "30s",
    }  # fmt: skip
    await service._connected(database_url, work, stop)
    assert found == bounds
    found.clear()
    async with pool(database_url, "fleet-test", size=1) as api, api.connection() as conn:
        await ask(conn)
    assert found == bounds


OLD = """
insert into outbox (key, channel, recipient, body, state, created)
select s || g, 'mqtt', 't', '{"type": "alert"}', s, now() - make_interval(days => g)
from generate_series(1, 120) g, unnest(array['sent', 'cancelled', 'failed', 'queued']) s
"""


async def test_what_is_done_with_goes_by_state_and_age_a_little_at_a_time(
    conn: Connection,
) -> None:
    await conn.execute(OLD)
    keep = keeping.default()
    assert await outbox.prune(conn, keep.ages_s, 50) == 50
    while await outbox.prune(conn, keep.ages_s, 50):
        pass
    left = await rows(conn, "select state, count(*) as n from outbox group by state order by state")
    assert {row["state"]: row["n"] for row in left} == {
        "cancelled": 30, "failed": 90, "queued": 120, "sent": 30,
    }  # fmt: skip


async def test_messages_of_an_open_order_stay(conn: Connection) -> None:
    today = await day(conn, PEOPLE)
    await today.does("wang", "accept")
    await conn.execute("update outbox set created = now() - interval '1 year'")
    before = await rows(conn, "select work_order from outbox where work_order is not null")
    await outbox.prune(conn, keeping.default().ages_s, 1000)
    assert await rows(conn, "select work_order from outbox") == before
    await today.does("wang", "close", 3, outcome="resolved")
    await outbox.prune(conn, keeping.default().ages_s, 1000)
    assert await rows(conn, "select from outbox") == []


async def test_the_sender_prunes(database_url: str) -> None:
    async with await connect(database_url, "fleet-test") as conn:
        await conn.execute(OLD)
        await conn.commit()
        async with sending(settings(database_url)), asyncio.timeout(15):
            while len(await rows(conn, "select from outbox")) > 29 + 29 + 89 + 120:
                await conn.commit()
                await asyncio.sleep(0.05)


async def test_what_cannot_be_pruned_stops_no_message(database_url: str, broker: Broker) -> None:
    async with await connect(database_url, "fleet-test") as conn:
        await conn.execute(OLD)
        await conn.execute("delete from outbox where state = 'queued'")
        await conn.execute(
            "create function kept() returns trigger language plpgsql as"
            " $$ begin raise exception 'not mine to delete'; end $$"
        )
        await conn.execute(
            "create trigger kept before delete on outbox for each row execute function kept()"
        )
        await conn.commit()
        async with (
            hearing(broker) as heard,
            sending(settings(database_url, mqtt_url=broker.url)),
        ):
            await queue(conn, 1)
            await until(lambda: heard)


def test_what_waits_is_never_pruned() -> None:
    with pytest.raises(ValueError, match="queued"):
        keeping.parse("most = 1\nevery_s = 1\n[days]\nqueued = 1")
