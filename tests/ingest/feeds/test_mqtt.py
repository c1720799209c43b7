"""The MQTT feed against a real Mosquitto: nothing published is lost, nothing is taken early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from urllib.parse import urlsplit

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker as Server
from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.mqtt import Mqtt, Topic, broker
from fleet.ingest.formats import FORMATS

pytestmark = pytest.mark.stack
TERMINALS = "fleet/v1/terminals/+/report"


def feed(url: str, client_id: str, *, in_flight: int = 100, topic: str = TERMINALS) -> Mqtt:
    form = FORMATS["nmea" if topic.endswith("nmea") else "terminal"]
    made = Mqtt("boats", broker(url), Topic(topic), form, client_id, in_flight=in_flight)
    made.backoff.first = made.backoff.most = 0.05
    made.backoff.reset()
    return made


@asynccontextmanager
async def publisher(server: Server) -> AsyncIterator[aiomqtt.Client]:
    parts = urlsplit(server.url_of("simulator"))
    client = aiomqtt.Client(
        "127.0.0.1", server.port, username="simulator", password=server.password_of("simulator")
    )
    assert parts.port == server.port
    async with client:
        yield client


async def take(made: Mqtt, n: int, *, ack: bool = True, seconds: float = 10) -> list[Delivery]:
    """The next n deliveries of a fresh run of the feed, which is then stopped."""
    out: list[Delivery] = []
    async with asyncio.timeout(seconds), aclosing(made.deliveries()) as deliveries:
        async for delivery in deliveries:
            out.append(delivery)
            if ack:
                await made.acknowledge([delivery])
            if len(out) == n:
                await asyncio.sleep(0.05)  # lets the acknowledgements out
                break
    return out


async def publish(server: Server, first: int, last: int, *, qos: int = 1) -> None:
    async with publisher(server) as client:
        for i in range(first, last):
            await client.publish(f"fleet/v1/terminals/t{i % 3}/report", str(i), qos=qos)


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - polled from outside
            await asyncio.sleep(0.01)


async def subscribed(made: Mqtt) -> None:
    """Runs the feed until the broker has its session."""
    async with aclosing(made.deliveries()) as deliveries:
        reading = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_what_is_published_while_we_are_away_waits(broker: Server) -> None:
    made = feed(broker.url, "away")
    await subscribed(made)
    await publish(broker, 0, 5)
    got = await take(feed(broker.url, "away"), 5)
    assert [d.payload for d in got] == [b"0", b"1", b"2", b"3", b"4"]
    assert [d.station for d in got] == ["t0", "t1", "t2", "t0", "t1"]


async def test_unacknowledged_messages_come_again_and_acknowledged_ones_do_not(
    broker: Server,
) -> None:
    await subscribed(feed(broker.url, "again"))
    await publish(broker, 0, 6)
    taken = await take(feed(broker.url, "again"), 3, ack=True)
    seen = await take(feed(broker.url, "again"), 3, ack=False)
    again = await take(feed(broker.url, "again"), 3, ack=True)
    assert [d.payload for d in taken] == [b"0", b"1", b"2"]
    assert [d.payload for d in seen] == [b"3", b"4", b"5"] == [d.payload for d in again]
