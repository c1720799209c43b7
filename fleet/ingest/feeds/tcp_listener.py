"""Receivers that connect to us, many at once; only from the networks that are allowed.

What is read and not yet taken is bounded; beyond it the connections are not read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import END, Backoff, Link, Networks, Stations, allowed, received_now
from fleet.ingest.format import Format

CHUNK = 16_384
WAITING = 64
"""Chunks read ahead, over all connections."""
CONNECTIONS = 256
LEAVE_S = 5.0

REFUSED = "connections refused"
"""From elsewhere, or too many."""


class TcpListener(Link):
    acks = False

    def __init__(
        self,
        name: str,
        address: tuple[str, int],
        form: Format,
        *,
        allow: Networks = (),
        idle_s: float = 300.0,
        connections: int = CONNECTIONS,
    ) -> None:
        super().__init__()
        self.name, self.form, self.allow, self.idle_s = name, form, allow, idle_s
        self.connections = connections
        self.host, self.port = address
        self.bound = 0  #: the port really listened on, where 0 was asked for
        self.backoff = Backoff()
        self._stations = Stations()
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue(WAITING)
        self._open: set[asyncio.Task[None] | None] = set()

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        server = await self._listen()
        try:
            while True:
                yield await self._queue.get()
        finally:
            server.close()
            tasks = [task for task in self._open if task]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """TCP has nobody to tell."""

    async def _listen(self) -> asyncio.Server:
        """Listen as soon as the address is free."""
        while True:
            try:
                server = await asyncio.start_server(
                    self._accept, self.host or None, self.port, limit=CHUNK
                )
            except OSError as error:
                self.down(error)
                await asyncio.sleep(self.backoff.pause())
                continue
            self.bound = server.sockets[0].getsockname()[1]
            self.up()
            return server

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, peer = asyncio.current_task(), writer.get_extra_info("peername")
        try:
            room = len(self._open) < self.connections
            if task and peer and room and allowed(peer[0], self.allow):
                self._open.add(task)
                self._show()
                await self._serve(reader, writer)
            else:
                self.counts[REFUSED] += 1
        except asyncio.CancelledError:
            pass  # the feed is being closed, and this task has nothing else to do
        finally:
            self._open -= {task}
            self._show()
            await _left(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its last."""
        host, port = writer.get_extra_info("peername")[:2]
        station = self._stations.name(host, port, 0.0)
        try:
            with suppress(OSError, TimeoutError):
                while chunk := await self._chunk(reader):
                    await self._put(station, chunk)
            await self._put(station, END)
        finally:
            self._stations.leave(host, port)

    async def _chunk(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self.idle_s):
            return await reader.read(CHUNK)

    async def _put(self, station: str, chunk: bytes) -> None:
        delivery = Delivery(self.name, station, self.form.key, chunk, received_now())
        await self._queue.put(delivery)

    def _show(self) -> None:
        refused = f", {n} refused" if (n := self.counts[REFUSED]) else ""
        self.detail = f"{len(self._open)} connected{refused}"


async def _left(writer: asyncio.StreamWriter) -> None:
    """Close; what the other side does not read by then, it never will."""
    writer.close()
    try:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await writer.wait_closed()
    finally:
        writer.transport.abort()
