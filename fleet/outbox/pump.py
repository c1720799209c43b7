"""One channel's loop: claim under a lease, look once more, send, write down what became of it.

A message is looked at again just before it is sent, so that an acknowledgement or another lead in
the meantime stops it. Each outcome is committed before the next message.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from fleet.outbox.breaker import Breaker, pause_s
from fleet.outbox.channel import Deliver, Undelivered
from fleet.store import outbox
from fleet.store.db import Connection
from fleet.store.outbox import LEASE_S, Due

LOG = structlog.get_logger("fleet.outbox")
POLL_S = 1.0
KEEP_S = 24 * 3600.0
"""A message older than this is given up: nobody is helped by yesterday's alarm."""


class Pump:
    """The loop of one channel over one connection; made anew when the database comes back."""

    def __init__(self, deliver: Deliver, breaker: Breaker | None = None) -> None:
        self.deliver = deliver
        self.breaker = breaker or Breaker()
        self.wake = asyncio.Event()
        self.held: list[Due] = []  #: under our lease, not dealt with yet

    async def run(
        self,
        conn: Connection,
        stop: asyncio.Event,
        before: Callable[[Connection], Awaitable[None]] | None = None,
    ) -> None:
        """Send until told to stop; `before` makes rows of its own each time round."""
        await self._give_back(conn)
        while not stop.is_set():
            self.wake.clear()
            if before is not None:
                await before(conn)
                await conn.commit()
            if not await self._round(conn, stop):
                await self._wait(stop)

    async def _round(self, conn: Connection, stop: asyncio.Event) -> bool:
        """One lease full; True if there may be more at once."""
        most = self.breaker.room(time.monotonic(), self.deliver.most)
        if not most:
            return False
        self.held = await outbox.claim(conn, self.deliver.channel, most, LEASE_S)
        full = len(self.held) == most
        await conn.commit()
        while self.held and not stop.is_set() and self.breaker.room(time.monotonic(), 1):
            await self._one(conn, self.held[0])
            await conn.commit()
            self.held.pop(0)
        await self._give_back(conn)
        return full and not self.breaker.tripped

    async def _give_back(self, conn: Connection) -> None:
        """Free what was claimed and not tried, also after the database was away."""
        for due in self.held:
            await outbox.release(conn, due)
        await conn.commit()
        self.held = []

    async def _one(self, conn: Connection, due: Due) -> None:
        ours, current = await outbox.check(conn, due)
        await conn.commit()
        if not ours:
            return
        if not current:
            await outbox.supersede(conn, due, "overtaken: somebody else, or nobody, is asked now")
            return
        try:
            await self.deliver.send(due)
        except Undelivered as error:
            await self._failed(conn, due, str(error))
        else:
            await outbox.sent(conn, due)
            self.breaker = self.breaker.succeeded()

    async def _failed(self, conn: Connection, due: Due, error: str) -> None:
        chance, channel = random.random(), str(self.deliver.channel)  # noqa: S311 - jitter
        before, self.breaker = self.breaker, self.breaker.failed(time.monotonic(), chance)
        if self.breaker.tripped and not before.tripped:
            LOG.warning("channel down", channel=channel, error=error)
        if due.age_s > KEEP_S:
            await outbox.fail(conn, due, error)
        else:
            await outbox.again(conn, due, pause_s(due.attempts, chance), error)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Until the hint, or a second, or the end."""
        waits = [asyncio.create_task(e.wait()) for e in (self.wake, stop)]
        try:
            await asyncio.wait(waits, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
