"""JT/T 808 terminals on real sockets: answered after the commit, bounded, none disturbs another."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds import jt808, tcp_listener
from fleet.ingest.feeds.common import networks
from fleet.ingest.feeds.jt808 import UNDONE, Jt808
from fleet.ingest.formats import FORMATS
from fleet.ingest.jt808.policy import read
from fleet.model import SECOND
from simulators.jt808 import Fix, Terminal
from tests.ingest.feeds.polling import dropped, until

START = int(time.time()) - 3600
FORM = FORMATS["jt808"]


class Store:
    """Takes what the feed delivers, and commits when it is told to."""

    def __init__(self, feed: Jt808) -> None:
        self.feed, self.waiting = feed, list[Delivery]()
        self.committed: list[Delivery] = []
        self.open = True  #: whether it commits at once

    async def take(self, deliveries: AsyncGenerator[Delivery, None]) -> None:
        async for delivery in deliveries:
            self.waiting.append(delivery)
            if self.open:
                await self.commit()

    async def commit(self) -> None:
        done, self.waiting = self.waiting, []
        self.committed += done
        await self.feed.acknowledge(done)

    def fixes(self) -> list[tuple[str, int]]:
        """Terminal and time of everything committed."""
        found = []
        for d in self.committed:
            r = FORM.decoder().feed(d.payload, d.station, d.received)
            found += [(r.names[k], t) for k, t in zip(r.fixes.key, r.fixes.t, strict=True)]
        return found


class Narrow(Jt808):
    """The kernel takes little of what is sent, so that a test need not fill megabytes."""

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        await super()._accept(reader, writer)


@asynccontextmanager
async def listening(port: int = 0, **options: Any) -> AsyncIterator[Store]:
    more = {k: options.pop(k) for k in ("allow", "greeting_s") if k in options}
    kind = options.pop("kind", Jt808)
    feed = kind("boats", ("127.0.0.1", port), FORM, read(options, b"secret"), **more)
    store = Store(feed)
    async with aclosing(feed.deliveries()) as deliveries:
        taking = asyncio.ensure_future(store.take(deliveries))
        await until(lambda: feed.state == "up")
        yield store
        await dropped(taking)


@asynccontextmanager
async def connected(store: Store, *terminals: Terminal) -> AsyncIterator[None]:
    try:
        for terminal in terminals:
            await terminal.connect("127.0.0.1", store.feed.bound)
        yield
    finally:
        for terminal in terminals:
            await terminal.close()


def fixes(n: int, **more: Any) -> Sequence[Fix]:
    return [Fix(START + i, 109.1 + i / 1000, 18.3, 10.0, 90, **more) for i in range(n)]


@pytest.mark.parametrize("edition", [2011, 2013, 2019])
async def test_a_terminal_of_every_edition_from_registration_to_an_empty_memory(
    edition: int,
) -> None:
    terminal = Terminal("13800000808", edition=edition)
    async with listening(codes=True) as store, connected(store, terminal):
        for fix in fixes(3):
            terminal.report(fix)
        terminal.burst(fixes(100))
        terminal.heartbeat()
        terminal.ask_time()
        await terminal.wait(lambda: not terminal.stored and 0x8004 in terminal.told)
        assert {result for _, _, result in terminal.answers} == {0}
    assert len(set(store.fixes())) == 100
    assert store.feed.counts == {}


async def test_nothing_is_answered_before_it_is_committed() -> None:
    terminal = Terminal("13800000808")
    async with listening() as store, connected(store, terminal):
        store.open = False
        for fix in fixes(5):
            terminal.report(fix)
        terminal.heartbeat()
        await terminal.wait(lambda: (7, 2, 0) in terminal.answers)
        assert len(terminal.stored) == 5
        assert not [a for a in terminal.answers if a[1] == 0x0200]
        await store.commit()
        await terminal.wait(lambda: not terminal.stored)


async def test_what_was_not_committed_when_the_worker_died_comes_again() -> None:
    terminal = Terminal("13800000808")
    async with listening() as store:
        port = store.feed.bound
        async with connected(store, terminal):
            terminal.report(fixes(3)[0])
            await terminal.wait(lambda: not terminal.stored)
            store.open = False
            for fix in fixes(3)[1:]:
                terminal.report(fix)
            await until(lambda: len(store.waiting) == 2)
        first = store.fixes()
    async with listening(port) as store, connected(store, terminal):
        await terminal.wait(lambda: not terminal.stored)
    assert [t // SECOND - START for _, t in first + store.fixes()] == [0, 1, 2]


async def test_a_batch_in_packets_is_lost_nowhere() -> None:
    terminal = Terminal("13800000808", edition=2019)
    async with listening() as store:
        store.open = False
        port = store.feed.bound
        async with connected(store, terminal):
            terminal.burst(fixes(200))
            await until(lambda: len(store.waiting) == 1)
            assert len(terminal.stored) > 5
    async with listening(port) as store, connected(store, terminal):
        await terminal.wait(lambda: not terminal.stored)
    assert len(store.fixes()) == 200


async def test_acknowledged_to_nobody() -> None:
    """The terminal has gone when its positions are committed."""
    terminal = Terminal("13800000808")
    async with listening() as store:
        store.open = False
        async with connected(store, terminal):
            terminal.report(fixes(1)[0])
            await until(lambda: len(store.waiting) == 1)
        await until(lambda: store.feed.detail == "0 connected")
        await store.commit()
        assert len(terminal.stored) == 1


async def test_garbage_of_one_disturbs_no_other() -> None:
    good, bad = Terminal("13800000808"), Terminal("13800000666")
    async with listening() as store, connected(store, good, bad):
        for fix in fixes(20):
            bad.send(b"\x7e" + b"\xff" * 5000 + b"\x7e\x7e\x02\x00\x7e")
            good.report(fix)
        await good.wait(lambda: not good.stored)
        bad.report(fixes(1)[0])
        await bad.wait(lambda: not bad.stored)
        assert store.feed.counts["frame: too long"] == 20
    assert len([t for name, t in store.fixes() if name == good.phone]) == 20


async def test_two_terminals_behind_one_connection() -> None:
    """A forwarder 转发平台."""
    a, b = Terminal("13800000001"), Terminal("13800000002")
    async with listening() as store, connected(store, a):
        b._writer = a._writer
        a.report(fixes(1)[0])
        b.report(fixes(1)[0])
        await until(lambda: len(store.committed) == 3)  # with the registration
        assert [d.station for d in store.committed] == [a.phone, a.phone, b.phone]


async def test_with_codes_a_stranger_is_told_no() -> None:
    terminal = Terminal("13800000808", code="made-up")
    async with listening(codes=True) as store, connected(store, terminal):
        terminal.report(fixes(1)[0])
        await terminal.wait(lambda: (1, 0x0200, 1) in terminal.answers)
        assert terminal.answers[0] == (0, 0x0102, 1)
        assert len(terminal.stored) == 1
        assert store.feed.counts == {"code not ours": 1, "not authenticated": 1}
    assert store.committed == []


async def test_who_is_not_admitted_gets_no_code() -> None:
    terminal = Terminal("13800000808")
    async with listening(terminals=["139*"]) as store, connected(store, terminal):
        assert terminal.refused
    assert store.committed == []


# Bounds


async def test_a_backlog_that_nobody_commits_is_not_read_for_ever() -> None:
    terminal = Terminal("13800000808")
    async with listening() as store, connected(store, terminal):
        store.open = False
        for fix in fixes(2000):
            terminal.report(fix)
        await until(lambda: len(store.waiting) >= UNDONE)
        await asyncio.sleep(0.1)
        # One chunk may hold some more; the registration is one piece besides.
        assert len(store.waiting) <= UNDONE + jt808.CHUNK // 40 + 1
        store.open = True
        await store.commit()
        await terminal.wait(lambda: not terminal.stored)
    assert len(set(store.fixes())) == 2000


async def test_a_flood_that_nobody_takes_stays_bounded() -> None:
    feed = Jt808("boats", ("127.0.0.1", 0), FORM, read({}, b""))
    async with aclosing(feed.deliveries()) as deliveries:
        first = asyncio.ensure_future(anext(deliveries))
        await until(lambda: feed.state == "up")
        boats = [Terminal(str(13800000000 + i), code="any") for i in range(8)]
        for boat in boats:
            await boat.connect("127.0.0.1", feed.bound)
            for fix in fixes(500):
                boat.report(fix)
        await first
        await until(feed._queue.full)
        for boat in boats:
            await boat.close()


async def test_who_says_nothing_whole_is_let_go() -> None:
    async with listening(greeting_s=0.3) as store:
        reader, writer = await asyncio.open_connection("127.0.0.1", store.feed.bound)
        with suppress(OSError):  # a byte at a time, for ever
            async with asyncio.timeout(5):
                while not reader.at_eof():
                    writer.write(b"\x7e\x02")
                    with suppress(TimeoutError):
                        await asyncio.wait_for(reader.read(1), 0.05)
        assert reader.at_eof() or writer.is_closing()
        writer.close()
        await until(lambda: store.feed.detail.startswith("0 connected"))


async def test_who_falls_silent_is_let_go() -> None:
    terminal = Terminal("13800000808")
    async with listening(idle_s=1) as store, connected(store, terminal):
        reading = terminal._reading
        assert reading
        await until(reading.done)


def deaf(store: Store) -> socket.socket:
    """A terminal that sends and never reads."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer.connect(("127.0.0.1", store.feed.bound))
    peer.setblocking(False)
    return peer


async def shout(peer: socket.socket, heartbeats: int) -> None:
    one = Terminal("13800000808").frame(0x0002, b"")
    with suppress(ConnectionError):
        for _ in range(heartbeats // 100):
            with suppress(BlockingIOError):
                peer.send(one * 100)
            await asyncio.sleep(0.001)


async def test_who_does_not_read_its_answers_is_cut_off() -> None:
    async with listening(kind=Narrow) as store:
        with deaf(store) as peer:
            await until(lambda: store.feed.detail == "1 connected")
            await shout(peer, 20_000)
            await until(lambda: store.feed.detail == "0 connected")


async def test_who_neither_reads_nor_speaks_is_gone_after_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it has not read must not keep its connection alive."""
    monkeypatch.setattr(tcp_listener, "LEAVE_S", 0.2)
    async with listening(kind=Narrow, idle_s=1) as store:
        before = len(asyncio.all_tasks())
        with deaf(store) as peer:
            await until(lambda: len(asyncio.all_tasks()) > before)
            await shout(peer, 2_000)
            assert store.feed.detail == "1 connected"
            await until(lambda: len(asyncio.all_tasks()) <= before)
            assert store.feed.detail == "0 connected"


async def test_so_many_connections_and_no_more() -> None:
    async with listening(connections=2) as store:
        boats = [Terminal(str(13800000000 + i), code="any") for i in range(2)]
        async with connected(store, *boats):
            reader, writer = await asyncio.open_connection("127.0.0.1", store.feed.bound)
            with suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            assert store.feed.counts == {"connections refused": 1}
            boats[0].report(fixes(1)[0])
            await boats[0].wait(lambda: not boats[0].stored)


async def test_only_who_is_allowed() -> None:
    async with listening(allow=networks(["192.0.2.0/24"])) as store:
        reader, writer = await asyncio.open_connection("127.0.0.1", store.feed.bound)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_packets_of_all_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jt808, "WAITING_PACKETS", 5000)
    a, b = Terminal("13800000001", code="any"), Terminal("13800000002", code="any")
    async with listening() as store, connected(store, a, b):
        frames = a.keep(0x0704, bytes(8000))
        a.send(b"".join(frames[:-1]))
        reading = a._reading
        assert reading
        await until(reading.done)
        assert store.feed.counts["packets: no memory left"] == 1
        assert store.feed._packets == 0
        b.burst(fixes(60))
        await b.wait(lambda: not b.stored)
