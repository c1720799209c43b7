"""The worker as a program: feeds in, signals heard, everything closed in the right order.

Invariant: on SIGTERM nothing more is read, what was read is committed and acknowledged, and what
cannot be (the database is away) is on the disk or still the broker's.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
import structlog

from fleet.ingest.feed import Feed
from fleet.ingest.feeds import build, formats
from fleet.ingest.feeds.jt808 import Jt808
from fleet.model import SECOND, IdentityKind
from fleet.settings import Settings
from fleet.store import migrate, zones
from fleet.store.db import Connection, connect
from fleet.store.feeds import Health
from fleet.worker import upkeep
from fleet.worker.intake import Intake, Reader
from fleet.worker.loop import Worker
from fleet.worker.sources import Sources
from fleet.worker.spool import Spool, SpoolError

LOG = structlog.get_logger("fleet.worker")
GRACE_S = 6.0
"""How long the last batch may take after SIGTERM."""
SYNC_S = 0.2
LONGEST_PAUSE_S = 30.0


class NotMigratedError(Exception):
    """The database is not as this program needs it."""


async def serve(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Raises Fenced when another worker has taken over."""
    with Folder(settings.data_dir) as folder:
        service = Service(settings, folder.path)
        await service.run(stop)


class Folder:
    """The data folder, held so that two workers never share one spool."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    def __enter__(self) -> Self:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.path / "worker.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SpoolError(f"another worker uses {self.path}; set FLEET_DATA_DIR") from None
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)


class Service:
    """One worker with its feeds, for one run."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        most = settings.spool_mb << 20
        self.settings, self.url = settings, settings.database_url.get_secret_value()
        self.spool = Spool(folder / "spool", most)
        quarantine = Spool(folder / "quarantine", most, "quarantine")
        self.feeds = build(settings)
        healths = [
            Health(f.name, f.kind, f.where, ", ".join(f.formats), "up") for f in settings.feeds
        ]
        self.sources = Sources(list(zip(self.feeds, healths, strict=True)), self.spool)
        self.intake = Intake()
        self.worker = Worker(self.url, formats(settings), self.intake, quarantine, self.sources)
        self.worker.window = int(settings.dedup_window_s * SECOND)
        self.worker.register.allowance.per_minute = settings.new_vessels_per_min
        for feed in self.feeds:
            if isinstance(feed, Jt808):
                feed.registered = partial(self.worker.register.registered, IdentityKind.TERMINAL)

    async def run(self, stop: asyncio.Event) -> None:
        self.spool.open()
        self.worker.quarantine.open()
        helpers = [asyncio.create_task(c) for c in (*self._reading(), *self._tending())]
        work = asyncio.create_task(self._work(stop))
        try:
            await _until(work, stop)
        finally:
            await _cancelled([work, *helpers])
            self._save()
            await self.worker.close()
            self.spool.close()
            self.worker.quarantine.close()

    async def _work(self, stop: asyncio.Event) -> None:
        await self.worker.main.done(_migrated)
        await self.worker.run(stop)

    # Helpers

    def _reading(self) -> list[Coroutine[Any, Any, None]]:
        feeds: Sequence[Feed] = (self.spool, *self.feeds)
        readers = [Reader(f, self.intake, self.spool, lambda: self.worker.away) for f in feeds]
        return [self._read(reader) for reader in readers]

    async def _read(self, reader: Reader) -> None:
        """Read for ever; a feed that breaks its promise and raises is begun again."""
        pause, name = 1.0, reader.feed.name
        while True:
            try:
                return await reader.run()
            except Exception as error:
                LOG.exception("feed failed", feed=name)
                self.sources.failures[name] = f"{type(error).__name__}: {error}"[:200]
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            del self.sources.failures[name]

    def _tending(self) -> list[Coroutine[Any, Any, None]]:
        return [self._syncing(), self._listening(), upkeep.tend(self.url, self.settings)]

    async def _syncing(self) -> None:
        """Bring the spool to the disk a few times a second."""
        while True:
            await asyncio.sleep(SYNC_S)
            try:
                await asyncio.to_thread(self.spool.sync)
            except (OSError, ValueError) as error:  # ValueError: the segment ended meanwhile
                LOG.warning("spool not synced", error=str(error))

    async def _listening(self) -> None:
        """Hear of changes at once; a poll behind it finds what was not heard."""
        while True:
            with suppress(psycopg.Error, OSError):
                async with await connect(self.url, "fleet-worker-config") as conn:
                    await conn.set_autocommit(True)
                    await conn.execute(f"listen {zones.CHANNEL}".encode())
                    async for _ in conn.notifies():
                        self.worker.config.set()
            await asyncio.sleep(5)

    def _save(self) -> None:
        """What was read, is not stored, and nobody would send again."""
        items = [*self.worker.held, *self.intake.drain()]
        for item in items:
            if not item.feed.acks:
                with suppress(SpoolError):
                    self.spool.append(item.delivery)


async def _migrated(conn: Connection) -> None:
    missing = await migrate.pending(conn)
    if missing:
        raise NotMigratedError(f"the database lacks {missing[0]}: run `fleet migrate`")


async def _until(work: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait for the work; once told to stop, only so long."""
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([work, stopping], return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await asyncio.wait([work], timeout=GRACE_S)
        if work.done():
            work.result()
    finally:
        stopping.cancel()


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until they are done: `asyncio.wait_for` of Python 3.11 may swallow a cancellation."""
    for _ in range(4):
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=0.5)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()
