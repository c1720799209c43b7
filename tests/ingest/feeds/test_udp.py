"""Datagrams from real sockets: each whole by itself, from allowed senders, bounded."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds import udp
from fleet.ingest.feeds.common import networks
from fleet.ingest.feeds.udp import Udp
from fleet.ingest.formats import FORMATS
from tests.ingest.feeds.polling import dropped, until
from tests.ingest.wire import at, lines, read

NMEA = FORMATS["nmea"]


@asynccontextmanager
async def listening(made: Udp) -> AsyncIterator[AsyncGenerator[Delivery, None]]:
    async with aclosing(made.deliveries()) as deliveries:
        start = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        made.take(b"start", "127.0.0.1", 1)
        await start
        yield deliveries


def send(port: int, *payloads: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for payload in payloads:
            sock.sendto(payload, ("127.0.0.1", port))


async def test_a_datagram_ends_where_it_ends() -> None:
    made = Udp("feed", ("127.0.0.1", 0), NMEA)
    a, b = at(412000001), at(412000002)
    async with listening(made) as deliveries:
        send(made.bound, a, a + b, lines(a, b), b"!AIVDM,cut", a)
        async with asyncio.timeout(5):
            got = [await anext(deliveries) for _ in range(5)]
    r = read(NMEA.decoder(), [d.payload for d in got])
    assert r.fixes.key.tolist() == [
        412000001,
        412000001,
        412000002,
        412000001,
        412000002,
        412000001,
    ]
    assert r.rejects == {"no checksum": 1}


async def test_only_who_is_allowed_is_heard() -> None:
    made = Udp("feed", ("127.0.0.1", 0), NMEA, allow=networks(["192.0.2.0/24"]))
    async with aclosing(made.deliveries()) as deliveries:
        reading = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        send(made.bound, b"x")
        await until(lambda: made.counts == {"datagrams from elsewhere": 1})
        assert not reading.done()
        made.take(b"y", "::ffff:192.0.2.7", 5)
        assert (await reading).payload == b"y\n"
        assert "1 refused" in made.detail


async def test_what_nobody_takes_is_bounded_and_counted() -> None:
    made = Udp("feed", ("127.0.0.1", 0), NMEA)
    async with listening(made):
        for _ in range(udp.WAITING + 5):
            made.take(b"x", "127.0.0.1", 1)
        assert made.counts == {"datagrams lost": 5}
        assert "5 datagrams lost" in made.detail
    big = Udp("feed", ("127.0.0.1", 0), NMEA)
    for _ in range(1000):
        big.take(b"x" * 60_000, "127.0.0.1", 1)
    assert big._bytes <= udp.WAITING_BYTES


async def test_an_address_in_use_is_waited_for() -> None:
    first = Udp("feed", ("127.0.0.1", 0), NMEA)
    async with listening(first):
        second = Udp("feed", ("127.0.0.1", first.bound), NMEA)
        async with aclosing(second.deliveries()) as deliveries:
            reading = asyncio.ensure_future(anext(deliveries))
            await until(lambda: second.state == "down")
            await dropped(reading)
