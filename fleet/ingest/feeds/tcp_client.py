"""A receiver or server that we connect to, and connect to again whenever it falls silent.

Reads only when asked: the peer is slowed down by TCP itself.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import END, Backoff, Link, received_now
from fleet.ingest.format import Format

CHUNK = 65_536
CONNECT_S = 10.0


class TcpClient(Link):
    acks = False

    def __init__(
        self, name: str, address: tuple[str, int], form: Format, *, idle_s: float = 120.0
    ) -> None:
        super().__init__()
        self.name, self.form, self.idle_s = name, form, idle_s
        self.host, self.port = address
        self.backoff = Backoff()

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        while True:
            chunk = b""
            async with aclosing(self._connection()) as chunks:
                async for chunk in chunks:
                    yield self._delivery(chunk)
            if chunk:
                yield self._delivery(END)
            await asyncio.sleep(self.backoff.pause())

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """TCP has nobody to tell."""

    async def _connection(self) -> AsyncGenerator[bytes, None]:
        """The bytes of one connection until it ends, for whatever reason."""
        self.state = "connecting"
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
        except (OSError, TimeoutError) as error:
            self.down(f"cannot connect: {str(error) or 'no answer'}")
            return
        _keep_alive(writer)
        self.up()
        try:
            while chunk := await self._read(reader):
                self.backoff.reset()
                yield chunk
            self.down(self.detail or "closed by the other side")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self.idle_s):
                return await reader.read(CHUNK)
        except TimeoutError:
            self.detail = f"silent for {self.idle_s:.0f} s"
        except OSError as error:
            self.detail = str(error)
        return b""

    def _delivery(self, chunk: bytes) -> Delivery:
        return Delivery(self.name, self.host, self.form.key, chunk, received_now())


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
