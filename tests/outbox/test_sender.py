"""The sender on real parts: database, Mosquitto, an HTTP receiver; and killed while it works."""

from __future__ import annotations

import asyncio
import functools
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiomqtt
import orjson
import pytest
from pydantic import SecretStr

from deploy.local.mosquitto import Broker
from fleet.ingest.feeds import mqtt
from fleet.model import Severity
from fleet.outbox import service
from fleet.outbox.channel import Undelivered
from fleet.outbox.mqtt import Mqtt
from fleet.settings import Settings
from fleet.store import events, orders, outbox
from fleet.store.db import Connection, connect, one, rows
from fleet.store.outbox import Channel, Due, Message
from tests.grid.harbour import Day, actor, at, day, shift
from tests.outbox.receiver import Receiver, receiving

PEOPLE = "wang 03, li 03 backup, qian chief"
SIMULATOR = "simulator"


def settings(url: str, **more: Any) -> Settings:
    more["database_url"] = url
    for name in {"database_url", "mqtt_url", "webhook_secret"} & more.keys():
        more[name] = SecretStr(more[name])
    return Settings(webhook_allow=("127.0.0.0/8",), **more)


@asynccontextmanager
async def sending(made: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(made, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 12)


@asynccontextmanager
async def hearing(broker: Broker, topic: str = "fleet/v1/notify/#") -> AsyncIterator[list[Any]]:
    """Everything that a phone or terminal under the topic hears."""
    heard: list[Any] = []
    where = mqtt.broker(broker.url_of(SIMULATOR))
    async with aiomqtt.Client(
        where.host, where.port, username=where.user, password=where.password
    ) as client:
        await client.subscribe(topic, qos=1)

        async def listen() -> None:
            async for message in client.messages:
                said = orjson.loads(bytes(message.payload))
                heard.append((str(message.topic), said))

        task = asyncio.create_task(listen())
        yield heard
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], Any], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.02)


async def until_all(conn: Connection, seconds: float, wanted: dict[str, int]) -> None:
    """Until the outbox looks like this."""
    async with asyncio.timeout(seconds):
        while await states(conn) != wanted:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.05)


async def until_begun(conn: Connection) -> None:
    """Until the sender has its place in the history."""
    async with asyncio.timeout(10):
        while not await rows(conn, "select from progress where part = 'webhook'"):
            await conn.commit()
            await asyncio.sleep(0.05)


async def states(conn: Connection) -> dict[str, int]:
    found = await rows(conn, "select state, count(*) as n from outbox group by state")
    await conn.commit()
    return {row["state"]: row["n"] for row in found}


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Connection]:
    async with await connect(url, "fleet-test") as conn:
        yield conn


async def queue(
    conn: Connection, n: int, *, first: int = 0, channel: Channel = Channel.MQTT
) -> None:
    """Messages m:first and on, committed in small transactions as decisions are."""
    for i in range(first, first + n):
        body = {"type": "order.ended", "event": {"id": f"m:{i}"}}
        await outbox.put(
            conn, [Message(f"m:{i}", "fleet/v1/notify/wang/order", body, None, None, channel)]
        )
        await conn.commit()


async def test_an_offer_reaches_the_phone_and_the_boat(database_url: str, broker: Broker) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        async with sending(settings(database_url, mqtt_url=broker.url)):
            today = await day(conn, PEOPLE)
            await conn.commit()
            await until(lambda: len(heard) == 2)
        said = dict(heard)
        phone = said["fleet/v1/notify/wang/order"]
        assert phone["type"] == "order.offered"
        assert phone["vessel_name"] == "琼三亚渔07007"
        assert phone["why"]["zh"] == "位置所在网格 03，网格员在岗，在办 0 单"
        assert phone["key"] == f"order:{(await today.order())['id']}:1"
        assert said["fleet/v1/notify/BD-0007/alert"]["kind"] == "speed"
        await conn.commit()
        assert await states(conn) == {"sent": 2}


async def test_an_acknowledgement_stops_what_is_queued_for_good(
    database_url: str, broker: Broker
) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        today = await day(conn, PEOPLE, kind="speed")
        await conn.commit()
        await today.alerts("commander", "acknowledge")
        await conn.commit()
        await queue(conn, 1)
        async with sending(settings(database_url, mqtt_url=broker.url)):
            await until(lambda: heard)
            await asyncio.sleep(0.3)
        assert [body["type"] for _, body in heard] == ["order.ended"]
        assert await states(conn) == {"cancelled": 2, "sent": 1}


async def test_who_is_not_the_lead_any_more_is_not_paged(database_url: str, broker: Broker) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        today = await day(conn, PEOPLE)
        await conn.execute("update work_order set lead = 2")  # behind the outbox's back
        await conn.execute("delete from outbox where recipient like '%BD%'")
        await conn.commit()
        async with sending(settings(database_url, mqtt_url=broker.url)):
            await asyncio.sleep(0.5)
        assert heard == []
        assert await states(conn) == {"cancelled": 1}
        assert (await today.order())["lead"] == "li"


async def test_the_told_are_told_only_while_on_duty(database_url: str, broker: Broker) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        await day(conn, PEOPLE, kind="distress", severity=Severity.EMERGENCY)
        clock = await one(conn, "select (extract(epoch from now()) * 1e6)::bigint as t")
        await shift(conn, "wang 03", clock["t"])
        await conn.commit()
        async with sending(settings(database_url, mqtt_url=broker.url)):
            await until(lambda: len(heard) == 2)
            await asyncio.sleep(0.2)
        assert sorted(topic.rsplit("/", 2)[1] for topic, _ in heard) == ["BD-0007", "wang"]


async def test_a_denied_topic_is_not_taken_for_delivered(broker: Broker) -> None:
    channel = Mqtt(mqtt.broker(broker.url))
    due = Due(1, "k", "fleet/v1/terminals/x/report", {"type": "alert"}, 1, 0.0)
    with pytest.raises(Undelivered, match=r"[Nn]ot authorized"):
        await channel.send(due)
    await channel.send(Due(1, "k", "fleet/v1/notify/x/alert", {"type": "alert"}, 1, 0.0))
    await channel.close()


async def test_a_broker_that_was_away_gets_everything_later(
    database_url: str, broker: Broker
) -> None:
    async with database(database_url) as conn:
        await asyncio.to_thread(broker.stop)
        try:
            async with sending(settings(database_url, mqtt_url=broker.url)):
                await queue(conn, 20)
                await asyncio.sleep(1.0)
                found = await one(conn, "select count(*) as n from outbox where error <> ''")
                await conn.commit()
                assert 0 < found["n"] <= 20, "visible while it lasts"
                await asyncio.to_thread(broker.start)
                async with hearing(broker) as heard:
                    await until_all(conn, 40, {"sent": 20})
                assert {body["key"] for _, body in heard} <= {f"m:{i}" for i in range(20)}
        finally:
            await asyncio.to_thread(broker.start)


async def test_what_reaches_nobody_for_a_minute_is_said_once(conn: Connection) -> None:
    today = await day(conn, PEOPLE)
    assert await outbox.flag_undelivered(conn, 60) == []
    await conn.execute("update outbox set created = now() - interval '61 s'")
    flagged = await outbox.flag_undelivered(conn, 60)
    assert {(e.act, e.detail["type"], e.detail["person"]) for e in flagged} == {
        ("undelivered", "order.offered", "wang"), ("undelivered", "alert", None),
    }  # fmt: skip
    assert {e.alert for e in flagged} == {today.case.alert}
    (due, *_) = await outbox.claim(conn, Channel.MQTT, 9, 30)
    await outbox.again(conn, due, 1, "no route")
    assert await outbox.flag_undelivered(conn, 60) == [], "once"


async def test_the_webhook_tells_the_history_from_its_first_start_on(database_url: str) -> None:
    async with database(database_url) as conn, receiving(["500", "drop", "accept-drop"]) as web:
        await events.append(conn, [events.Event("open")])
        await conn.commit()
        made = settings(
            database_url, webhook_url=f"http://127.0.0.1:{web.port}/", webhook_secret="s"
        )
        async with sending(made):
            await until_begun(conn)
            today = await day(conn, PEOPLE)
            await today.does("wang", "accept")
            await conn.commit()
            await until(lambda: len(set(web.ids)) == 2, 30)
        types = [orjson.loads(body)["type"] for _, body in web.requests]
        assert set(types) == {"fleet.order.accept", "fleet.alert.acknowledge"}, (
            "what rang was acknowledged meanwhile; what was before the first start is not told"
        )


async def test_a_hanging_webhook_does_not_hold_up_the_phones(
    database_url: str, broker: Broker
) -> None:
    async with (
        database(database_url) as conn,
        receiving(["hang"] * 50) as web,
        hearing(broker) as heard,
    ):
        made = settings(
            database_url,
            mqtt_url=broker.url,
            webhook_url=f"http://127.0.0.1:{web.port}/",
            webhook_secret="s",
        )
        async with sending(made):
            await queue(conn, 6, channel=Channel.WEBHOOK, first=100)
            await until(lambda: web.requests)
            await queue(conn, 30)
            await until(lambda: len(heard) == 30, 2.5)


async def test_a_database_that_drops_its_connections_loses_and_repeats_little(
    database_url: str, broker: Broker
) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        async with sending(settings(database_url, mqtt_url=broker.url)):
            for i in range(4):
                await queue(conn, 50, first=i * 50)
                await conn.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name = 'fleet-outbox' and datname = current_database()"
                )
                await conn.commit()
            await until_all(conn, 8, {"sent": 200})  # well before a lease of ten seconds ends
        keys = [body["key"] for _, body in heard]
        assert set(keys) == {f"m:{i}" for i in range(200)}
        assert len(keys) <= 204


# The sender as a process, killed


async def start(
    url: str, broker: Broker, web: Receiver | None = None
) -> asyncio.subprocess.Process:
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("FLEET_")},
        "FLEET_DATABASE_URL": url,
        "FLEET_MQTT_URL": broker.url,
    }
    if web:
        env["FLEET_WEBHOOK_URL"] = f"http://127.0.0.1:{web.port}/"
        env["FLEET_WEBHOOK_SECRET"] = "s"
        env["FLEET_WEBHOOK_ALLOW"] = '["127.0.0.0/8"]'
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fleet", "outbox", env=env, stderr=asyncio.subprocess.PIPE
    )


def more_than(n: int, *lists: list[Any]) -> bool:
    return sum(map(len, lists)) > n


@pytest.mark.slow
async def test_killed_at_any_moment_it_loses_nothing(database_url: str, broker: Broker) -> None:
    seed = random.randrange(10**6)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201
    dice, total, held = random.Random(seed), 1200, 0  # noqa: S311 - seeded, printed
    async with database(database_url) as conn, hearing(broker) as heard, receiving() as web:
        process = await start(database_url, broker, web)
        for i in range(8):
            before = len(heard) + len(web.requests)
            await queue(conn, 100, first=i * 100)
            await queue(conn, 50, first=1000 + i * 50, channel=Channel.WEBHOOK)
            await until(functools.partial(more_than, before + 5, heard, web.requests), 30)
            await asyncio.sleep(dice.uniform(0, 0.1))
            process.kill()
            await process.wait()
            # A lease runs out by itself in half a minute; the test has no patience.
            freed = await conn.execute(
                "update outbox set leased_until = null"
                " where state = 'queued' and leased_until is not null"
            )
            await conn.commit()
            held += freed.rowcount > 0
            process = await start(database_url, broker, web)
        await until_all(conn, 60, {"sent": total})
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        keys = [body["key"] for _, body in heard]
        assert set(keys) == {f"m:{i}" for i in range(800)}
        assert set(web.ids) == {f"m:{i}" for i in range(1000, 1400)}
        assert held >= 4, "most kills must fall while messages are under a lease"
        repeated = len(keys) + len(web.requests) - total
        print(f"8 kills, {held} under a lease, {total} messages, {repeated} repeated")  # noqa: T201
        assert repeated <= 8 * 2, "at the most the one under way on each channel"


async def test_sigterm_finishes_the_message_and_gives_the_rest_back(
    database_url: str, broker: Broker
) -> None:
    async with database(database_url) as conn, receiving(["hang"] * 9) as web:
        await queue(conn, 5, channel=Channel.WEBHOOK)
        process = await start(database_url, broker, web)
        await until(lambda: web.requests, 30)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        found = await rows(conn, "select attempts, leased_until from outbox order by id")
        assert [(r["attempts"], r["leased_until"]) for r in found] == [(1, None)] + [(0, None)] * 4


async def test_two_senders_share_the_work_and_repeat_nothing(
    database_url: str, broker: Broker
) -> None:
    async with database(database_url) as conn, hearing(broker) as heard:
        await queue(conn, 200)
        made = settings(database_url, mqtt_url=broker.url)
        async with sending(made), sending(made):
            await until(lambda: len(heard) >= 200, 30)
            await asyncio.sleep(0.3)
        assert sorted(body["key"] for _, body in heard) == sorted(f"m:{i}" for i in range(200))
        assert await states(conn) == {"sent": 200}


async def test_accepting_twice_at_once_leaves_one_winner(database_url: str) -> None:
    async with database(database_url) as conn:
        today = await day(conn, PEOPLE)
        await today.tick(15)
        await conn.commit()
        order = (await today.order())["id"]
        await conn.commit()

        async def accept(who: str) -> str:
            async with database(database_url) as mine:
                try:
                    _, found = await orders.act(mine, order, "accept", actor(who), now=at(16))
                    await events.append(mine, found)
                    await mine.commit()
                except Exception as refusal:  # noqa: BLE001 - the refusal is what is looked at
                    await mine.rollback()
                    return str(refusal)
                return who

        answers = await asyncio.gather(*(accept(who) for who in ("wang", "li", "chief")))
        winners = [a for a in answers if a in {"wang", "li", "chief"}]
        assert len(winners) == 1
        lead = (await Day(conn, today.case).order())["lead"]
        assert lead == {"chief": "qian"}.get(winners[0], winners[0])
        losers = [a for a in answers if a not in winners]
        assert losers == [f"cannot accept an order that is accepted: {lead} has it"] * 2
