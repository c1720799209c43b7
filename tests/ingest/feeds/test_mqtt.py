"""The MQTT feed against a real Mosquitto: nothing published is lost, nothing is taken early."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker as Server
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import FeedError
from fleet.ingest.feeds.mqtt import Mqtt
from fleet.ingest.feeds.mqtt import broker as parsed
from fleet.ingest.feeds.topics import Route, Topic
from fleet.ingest.formats import FORMATS
from tests.ingest.feeds.polling import dropped, until

pytestmark = pytest.mark.stack
TERMINALS = "fleet/v1/terminals/+/report"


def feed(url: str, client_id: str, *, in_flight: int = 100, topic: str = TERMINALS) -> Mqtt:
    form = FORMATS["nmea" if topic.endswith("nmea") else "terminal"]
    routes = [Route(Topic(topic), form)]
    made = Mqtt("boats", parsed(url), routes, client_id, in_flight=in_flight)
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


@pytest.fixture
def own() -> Iterator[Server]:
    """A broker that this test may stop."""
    folder = scratch("mqtt")
    made = Server(folder / "mosquitto", fetch())
    made.start()
    yield made
    made.stop()
    discard(folder)


async def test_a_restart_of_the_broker_is_survived_and_brings_the_unacknowledged_again(
    own: Server,
) -> None:
    made = feed(own.url, "restart")
    await subscribed(feed(own.url, "restart"))
    await publish(own, 0, 4)
    async with asyncio.timeout(30), aclosing(made.deliveries()) as deliveries:
        before = [await anext(deliveries) for _ in range(4)]
        await made.acknowledge(before[:2])
        await asyncio.sleep(0.1)
        await asyncio.to_thread(own.stop)
        waiting = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "down")
        await asyncio.to_thread(own.start)
        again = [await waiting, await anext(deliveries)]
        assert [d.payload for d in again] == [b"2", b"3"] == [d.payload for d in before[2:]]
        # The old numbers mean nothing on the new connection; saying them must not lose "2", "3".
        await made.acknowledge(before)
        await asyncio.sleep(0.1)
    third = await take(feed(own.url, "restart"), 2)
    assert [d.payload for d in third] == [b"2", b"3"]


async def test_no_more_are_on_the_way_than_agreed(broker: Server) -> None:
    await subscribed(feed(broker.url, "bound"))
    await publish(broker, 0, 30)
    made, got = feed(broker.url, "bound", in_flight=5), list[Delivery]()
    async with aclosing(made.deliveries()) as deliveries:

        async def pull() -> None:
            async for delivery in deliveries:
                got.append(delivery)

        pulling = asyncio.ensure_future(pull())
        await until(lambda: len(got) == 5)
        await asyncio.sleep(0.3)
        assert len(got) == 5
        await made.acknowledge(got[:2])
        await until(lambda: len(got) == 7)
        pulling.cancel()
        await asyncio.gather(pulling, return_exceptions=True)


async def test_qos_0_beyond_the_bound_is_dropped_and_counted(broker: Server) -> None:
    made = feed(broker.url, "qos0", in_flight=5)
    async with aclosing(made.deliveries()) as deliveries:
        first = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        await publish(broker, 0, 1, qos=0)
        assert (await first).handle is None
        await publish(broker, 1, 40, qos=0)  # nobody takes them meanwhile
        await until(lambda: made.counts["QoS-0 messages lost"] > 0)
        assert "QoS-0 messages lost" in made.detail
        kept = [await anext(deliveries) for _ in range(10)]
        assert [d.payload for d in kept] == [str(i).encode() for i in range(1, 11)]


async def test_the_largest_message_that_the_broker_takes_arrives(own: Server) -> None:
    """One limit, the broker's: what is larger never gets a place in our session."""
    await subscribed(feed(own.url, "large"))
    topic, most = "fleet/v1/terminals/t0/report", 256 << 10
    async with publisher(own) as client:
        await client.publish(topic, b"x" * (most + 1), qos=1)
        await client.publish(topic, b"y" * most, qos=1)
    (delivery,) = await take(feed(own.url, "large"), 1)
    assert delivery.payload == b"y" * most


async def test_a_newer_worker_takes_the_session_and_keeps_it(broker: Server) -> None:
    older, newer = feed(broker.url, "taken"), feed(broker.url, "taken")
    older.backoff.most = newer.backoff.most = 60
    first = asyncio.ensure_future(anext(older.deliveries()))
    await until(lambda: older.state == "up")
    second = asyncio.ensure_future(anext(newer.deliveries()))
    await until(lambda: older.state == "down")
    assert "taken over" in older.detail
    await asyncio.sleep(0.3)
    assert (older.state, newer.state) == ("down", "up")
    for reading in (first, second):
        await dropped(reading)


async def test_acknowledged_on_arrival_is_lost_with_a_crash(broker: Server) -> None:
    """The mode of the crash test's own test: never the default, only by the address."""
    auto = f"{broker.url}?ack=auto"
    await subscribed(feed(auto, "auto"))
    await publish(broker, 0, 3)
    assert len(await take(feed(auto, "auto"), 3, ack=False)) == 3
    with pytest.raises(TimeoutError):
        await take(feed(auto, "auto"), 1, seconds=0.5)


async def test_a_refused_sign_in_is_shown_and_tried_again(broker: Server) -> None:
    made = feed(f"mqtt://fleet:wrong@127.0.0.1:{broker.port}", "wrong")
    reading = asyncio.ensure_future(anext(made.deliveries()))
    await until(lambda: made.state == "down")
    assert "authori" in made.detail.lower()
    await dropped(reading)


async def test_raw_nmea_comes_with_its_line_ended(broker: Server) -> None:
    made = feed(broker.url, "nmea", topic="fleet/v1/receivers/+/nmea")
    async with aclosing(made.deliveries()) as deliveries:
        first = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        async with publisher(broker) as client:
            await client.publish("fleet/v1/receivers/yazhou/nmea", "!AIVDM,cut", qos=1)
        delivery = await first
    assert (delivery.station, delivery.payload) == ("yazhou", b"!AIVDM,cut\n")


async def test_messages_of_an_older_subscription_are_let_go(broker: Server) -> None:
    await subscribed(feed(broker.url, "moved", topic="fleet/v1/receivers/+/nmea"))
    async with publisher(broker) as client:
        await client.publish("fleet/v1/receivers/yazhou/nmea", "x", qos=1)
    await publish(broker, 0, 1)
    made = feed(broker.url, "moved")
    await subscribed(made)
    await publish(broker, 1, 2)
    made = feed(broker.url, "moved")
    assert [d.payload for d in await take(made, 1)] == [b"1"]


def test_addresses() -> None:
    at = parsed("mqtt://me:s%40cret@example.org")
    assert (at.host, at.port, at.user, at.password) == ("example.org", 1883, "me", "s@cret")
    assert not at.auto_ack
    assert "s@cret" not in repr(at)
    assert parsed("mqtts://example.org").port == 8883
    for wrong in ("http://example.org", "mqtt://", "mqtt://example.org?acks=auto"):
        with pytest.raises(FeedError):
            parsed(wrong)


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(which("openssl") is None, reason="needs openssl to make a certificate")
async def test_over_tls_and_only_to_whom_the_certificate_names(
    broker: Server, tmp_path: Path
) -> None:
    key, cert = tmp_path / "key", tmp_path / "cert"
    subprocess.run(  # noqa: ASYNC221 - before anything else runs
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    server = await asyncio.start_server(relay(broker.port), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    login = f"fleet:{broker.password_of('fleet')}"
    async with server:
        made = feed(f"mqtts://{login}@localhost:{port}?ca={cert}", "tls")
        await subscribed(made)
        await publish(broker, 0, 1)
        assert [d.payload for d in await take(made, 1)] == [b"0"]
        stranger = feed(f"mqtts://{login}@127.0.0.1:{port}?ca={cert}", "tls")
        reading = asyncio.ensure_future(anext(stranger.deliveries()))
        await until(lambda: stranger.state == "down")
        assert "certificate" in stranger.detail.lower()
        await dropped(reading)


def relay(
    port: int,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Ends TLS in front of the broker."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

    return serve
