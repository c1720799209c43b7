"""Datagrams from receivers, each whole by itself; only from the networks that are allowed.

What waits is bounded in number and bytes. UDP cannot be told to wait: what the bound forces out
is counted and shown.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import (
    Backoff,
    Link,
    Networks,
    Stations,
    allowed,
    received_now,
    whole,
)
from fleet.ingest.format import Format

WAITING = 20_000
WAITING_BYTES = 8 << 20
KERNEL_BYTES = 4 << 20

LOST = "datagrams lost"
"""The bound forced them out."""
REFUSED = "datagrams from elsewhere"


class Udp(Link):
    acks = False

    def __init__(
        self, name: str, address: tuple[str, int], form: Format, *, allow: Networks = ()
    ) -> None:
        super().__init__()
        self.name, self.form, self.allow = name, form, allow
        self.host, self.port = address
        self.bound = 0  #: the port really listened on, where 0 was asked for
        self.backoff = Backoff()
        self._stations = Stations()
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._some = asyncio.Event()

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        transport = await self._listen()
        try:
            while True:
                while self._waiting:
                    delivery = self._waiting.popleft()
                    self._bytes -= len(delivery.payload)
                    yield delivery
                self._some.clear()
                await self._some.wait()
        finally:
            transport.close()

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """UDP has nobody to tell."""

    def take(self, payload: bytes, host: str, port: int) -> None:
        if not allowed(host, self.allow):
            return self._drop(REFUSED)
        if len(self._waiting) >= WAITING or self._bytes + len(payload) > WAITING_BYTES:
            return self._drop(LOST)
        station = self._stations.name(host, port, time.monotonic())
        payload = whole(payload, self.form)
        delivery = Delivery(self.name, station, self.form.key, payload, received_now())
        self._waiting.append(delivery)
        self._bytes += len(payload)
        return self._some.set()

    async def _listen(self) -> asyncio.DatagramTransport:
        """Listen as soon as the address is free."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                transport, _ = await loop.create_datagram_endpoint(
                    lambda: _Protocol(self),
                    local_addr=(self.host or "0.0.0.0", self.port),  # noqa: S104 - as configured
                )
            except OSError as error:
                self.down(error)
                await asyncio.sleep(self.backoff.pause())
                continue
            sock = transport.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)
            self.bound = sock.getsockname()[1]
            self.up()
            return transport

    def _drop(self, why: str) -> None:
        self.counts[why] += 1
        self.detail = f"{self.counts[LOST]} datagrams lost, {self.counts[REFUSED]} refused"


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, feed: Udp) -> None:
        self.feed = feed

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        self.feed.take(data, str(addr[0]), int(addr[1]))
