"""From all feeds to one batch at a time.

Invariant: bounded in number and bytes; when the bound is reached feeds are not read, except those
that cannot be told to wait: what they bring goes to the spool, and so does what comes behind it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from fleet.ingest.feed import Delivery, Feed
from fleet.worker.spool import Spool, SpoolError

LOG = structlog.get_logger("fleet.worker")
MOST = 5_000
MOST_BYTES = 8 << 20
PATIENCE_S = 1.0
"""A feed that cannot wait is kept waiting so long before its input goes to the disk."""


@dataclass(frozen=True, slots=True)
class Item:
    feed: Feed  #: whom to acknowledge to
    delivery: Delivery


class Intake:
    """What was read and is not yet taken."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._some, self._room, self._full = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._room.set()

    def __len__(self) -> int:
        return len(self._items)

    def offer(self, item: Item) -> bool:
        """Take the item if there is room."""
        if len(self._items) >= self.most or self._bytes >= self.most_bytes:
            self._full.set()
            self._room.clear()
            return False
        self._items.append(item)
        self._bytes += len(item.delivery.payload)
        self._some.set()
        return True

    async def put(self, item: Item) -> None:
        """Take the item as soon as there is room."""
        while not self.offer(item):
            await self._room.wait()

    async def gather(self, patience: float, window: float) -> list[Item]:
        """Wait for a first item, then a little for its followers; all that is there."""
        if not await happens(self._some, patience):
            return []
        if window > 0:
            await happens(self._full, window)
        return self.drain()

    def drain(self) -> list[Item]:
        items = list(self._items)
        self._items.clear()
        self._bytes = 0
        self._some.clear()
        self._full.clear()
        self._room.set()
        return items


async def acknowledge(items: Sequence[Item]) -> None:
    """Tell the feeds. One that cannot hear it sends again, which changes nothing."""
    for feed, mine in groupby(items, key=lambda item: item.feed):
        try:
            await feed.acknowledge([item.delivery for item in mine])
        except Exception as error:  # noqa: BLE001 -- a connection lost, a feed's bug
            LOG.info("not acknowledged", feed=feed.name, error=str(error)[:200])


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event is set within the time."""
    if event.is_set():
        return True
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


class Reader:
    """Moves what one feed brings into the intake, or into the spool."""

    def __init__(self, feed: Feed, intake: Intake, spool: Spool, away: Callable[[], bool]) -> None:
        self.feed, self.intake, self.spool, self.away = feed, intake, spool, away

    async def run(self) -> None:
        async for delivery in self.feed.deliveries():
            item = Item(self.feed, delivery)
            if self.feed.acks:
                await self.intake.put(item)
            elif not await self._take(item):
                self._spool(delivery)

    async def _take(self, item: Item) -> bool:
        """Straight on, unless the store is away or earlier input waits on the disk."""
        if self.away() or not self.spool.drained:
            return False
        if self.intake.offer(item):
            return True
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.intake.put(item)
        except TimeoutError:
            return False
        return True

    def _spool(self, delivery: Delivery) -> None:
        try:
            self.spool.append(delivery)
        except SpoolError:
            return  # counted by the spool; the next may fit again
