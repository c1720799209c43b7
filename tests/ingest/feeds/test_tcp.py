"""TCP feeds against real sockets: whole lines whatever breaks, and bounded whatever floods."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress

import pytest

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import END, Backoff, FeedError, Stations, host_port, networks
from fleet.ingest.feeds.tcp_client import TcpClient
from fleet.ingest.feeds.tcp_listener import WAITING, TcpListener
from fleet.ingest.formats import FORMATS
from tests.ingest.feeds.polling import dropped, until

NMEA = FORMATS["nmea"]


@asynccontextmanager
async def receiver(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object], port: int = 0
) -> AsyncIterator[int]:
    """Something that we connect to."""
    tasks = set[asyncio.Task[None] | None]()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        with suppress(OSError, asyncio.CancelledError):
            answer = serve(reader, writer)
            if asyncio.iscoroutine(answer):
                await answer
        writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(one, "127.0.0.1", port)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for task in tasks:
        if task:
            task.cancel()
            await task


def client(port: int, **more: float) -> TcpClient:
    made = TcpClient("feed", ("127.0.0.1", port), NMEA, **more)
    made.backoff = Backoff(0.01, 0.02)
    return made


async def take(deliveries: AsyncGenerator[Delivery, None], n: int) -> list[bytes]:
    async with asyncio.timeout(10):
        return [(await anext(deliveries)).payload for _ in range(n)]


async def test_a_line_cut_off_by_a_broken_connection_is_not_continued_by_the_next() -> None:
    async with receiver(lambda _, writer: writer.write(b"!AIVDM,half")) as port:
        made = client(port)
        async with aclosing(made.deliveries()) as deliveries:
            assert await take(deliveries, 4) == [b"!AIVDM,half", END, b"!AIVDM,half", END]


async def test_it_connects_when_the_receiver_comes_up_and_says_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = client(port)
    async with aclosing(made.deliveries()) as deliveries:
        first = asyncio.ensure_future(take(deliveries, 1))
        await until(lambda: made.state == "down")
        assert "cannot connect" in made.detail
        async with receiver(lambda _, writer: writer.write(b"x\n"), port):
            assert await first == [b"x\n"]
            assert made.state == "up"


async def test_a_silent_connection_is_given_up() -> None:
    async with receiver(lambda reader, _: reader.read()) as port:
        made = client(port, idle_s=0.05)
        async with aclosing(made.deliveries()) as deliveries:
            reading = asyncio.ensure_future(anext(deliveries))
            await until(lambda: "silent" in made.detail)
            await dropped(reading)


async def test_reading_no_faster_than_asked() -> None:
    sent = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while sent < 1 << 28:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async with receiver(flood) as port, aclosing(client(port).deliveries()) as deliveries:
        await take(deliveries, 1)
        await asyncio.sleep(0.2)
        assert sent < 1 << 25  # what the kernel's and the stream's buffers hold


def listener(**more: object) -> TcpListener:
    made = TcpListener("feed", ("127.0.0.1", 0), NMEA, **more)  # type: ignore[arg-type]
    made.backoff = Backoff(0.01, 0.02)
    return made


@asynccontextmanager
async def listening(made: TcpListener) -> AsyncIterator[AsyncGenerator[Delivery, None]]:
    async with aclosing(made.deliveries()) as deliveries:
        first = asyncio.ensure_future(anext(deliveries))
        await until(lambda: made.state == "up")
        yield _with(first, deliveries)
        await dropped(first)


async def _with(
    first: asyncio.Future[Delivery], rest: AsyncGenerator[Delivery, None]
) -> AsyncGenerator[Delivery, None]:
    yield await first
    async for delivery in rest:
        yield delivery


async def test_two_senders_of_one_address_are_two_stations() -> None:
    made = listener()
    async with listening(made) as deliveries:
        _, a = await asyncio.open_connection("127.0.0.1", made.bound)
        a.write(b"!AIVDM,2,1,")
        one = await anext(deliveries)
        _, b = await asyncio.open_connection("127.0.0.1", made.bound)
        b.write(b"!AIVDM,1,1,")
        two = await anext(deliveries)
        a.close()
        ended = await anext(deliveries)
        _, c = await asyncio.open_connection("127.0.0.1", made.bound)
        c.write(b"again")
        three = await anext(deliveries)
        assert [d.station for d in (one, two, ended, three)] == [
            "127.0.0.1", "127.0.0.1#2", "127.0.0.1", "127.0.0.1",
        ]  # fmt: skip
        assert ended.payload == END
        b.close()
        c.close()


async def test_only_who_is_allowed_is_heard() -> None:
    made = listener(allow=networks(["192.0.2.0/24", "2001:db8::/32"]))
    async with listening(made):
        reader, writer = await asyncio.open_connection("127.0.0.1", made.bound)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        assert made.counts == {"connections refused": 1}
        assert "1 refused" in made.detail
        writer.close()


async def test_a_flood_that_nobody_takes_stays_bounded_and_can_be_closed() -> None:
    made = listener()
    async with listening(made) as deliveries:
        _, writer = await asyncio.open_connection("127.0.0.1", made.bound)
        writer.write(b"x" * (8 << 20))
        await anext(deliveries)
        await until(made._queue.full)
        await asyncio.sleep(0.05)
        assert made._queue.qsize() == WAITING
        writer.transport.abort()


async def test_a_silent_peer_is_let_go() -> None:
    made = listener(idle_s=0.05)
    async with listening(made):
        reader, writer = await asyncio.open_connection("127.0.0.1", made.bound)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_an_address_in_use_is_waited_for() -> None:
    first = listener()
    async with listening(first):
        second = TcpListener("feed", ("127.0.0.1", first.bound), NMEA)
        second.backoff = Backoff(0.01, 0.02)
        async with aclosing(second.deliveries()) as deliveries:
            reading = asyncio.ensure_future(anext(deliveries))
            await until(lambda: second.state == "down")
            await dropped(reading)


def test_stations_are_few_whatever_comes() -> None:
    stations = Stations(hosts=3, most=4, quiet_s=60)
    names = {stations.name("192.0.2.1", port, 0.0) for port in range(100)}
    assert names == {"192.0.2.1", *(f"192.0.2.1#{n}" for n in (2, 3, 4))}
    assert stations.name("192.0.2.1", 0, 10.0) == "192.0.2.1"
    assert stations.name("192.0.2.1", 7777, 200.0) == "192.0.2.1"  # the first has been quiet
    for i in range(10):
        stations.name(f"192.0.2.{i}", 1, 0.0)
    assert len(stations._of) == 3


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.org:10110", ("example.org", 10110)),
        ("[::1]:5", ("::1", 5)),
        (":5", ("", 5)),
        ("*:5", ("", 5)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert host_port(text) == address


@pytest.mark.parametrize("text", ["", "example.org", "example.org:x", "example.org:99999"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(FeedError, match="host:port"):
        host_port(text)


def test_pauses_grow_to_a_bound_and_are_spread() -> None:
    backoff = Backoff(1, 8)
    pauses = [backoff.pause() for _ in range(6)]
    assert all(bound / 2 <= p <= bound for p, bound in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True))
    backoff.reset()
    assert backoff.pause() <= 1
