"""A recording into the database, along the way that live positions take; nobody is called out.

Invariant: alerts of a recording are stored without orders: an old emergency rings no telephone. A
running worker is never pushed aside.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fleet import telemetry
from fleet.commands.app import CommandError, Exit
from fleet.commands.recording import FEED, Counts, Recording, Silent, Survey, size
from fleet.ingest.formats import FORMATS
from fleet.store import demonstration, health
from fleet.store.db import connect
from fleet.store.feeds import Health
from fleet.worker.decode import Decoded, Decoders
from fleet.worker.head import Step, look
from fleet.worker.intake import Intake, Item
from fleet.worker.loop import Worker
from fleet.worker.sources import Sources
from fleet.worker.spool import Spool


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows of a stretch of time."""

    positions: int
    alerts: Mapping[str, int]  #: by kind

    def since(self, before: Stored) -> Stored:
        """What was added."""
        more = {k: n - before.alerts.get(k, 0) for k, n in self.alerts.items()}
        return Stored(self.positions - before.positions, {k: n for k, n in more.items() if n})


class Replayed(Decoders):
    """Decoders whose reports were received when they were sent; what they read is counted."""

    def __init__(self, counts: Counts) -> None:
        super().__init__(FORMATS)
        self.counts = counts

    def decode(self, items: Sequence[Item]) -> list[Decoded]:
        return [self._dated(decoded) for decoded in super().decode(items)]

    def _dated(self, decoded: Decoded) -> Decoded:
        self.counts.note(decoded)
        reports = decoded.reports
        if reports is None:
            return decoded
        fixes = replace(reports.fixes, received=reports.fixes.t)
        return replace(decoded, reports=replace(reports, fixes=fixes))


class Quiet(Worker):
    """A worker whose clock is the recording's, and who opens no orders."""

    async def _commit(self, step: Step, work: Sequence[Decoded], *, desk: bool = True) -> None:
        del desk
        await super()._commit(step, work, desk=False)

    async def tick(self) -> None:
        step = look(self.head, self.clock())
        if step:
            await self._commit(step, [])
            self.tip = self.head


async def refuse_beside_worker(url: str) -> None:
    async with await connect(url, "fleet-replay") as conn:
        worker = await demonstration.working(conn)
    if worker is not None:
        raise CommandError(
            f"a worker is running (process {worker['pid']} on {worker['host']}): stop it first, or "
            "replay without --store",
            Exit.DATA,
        )


async def there(url: str, found: Survey) -> Stored:
    """What the database holds of the recording's time."""
    async with await connect(url, "fleet-replay") as conn:
        positions = await health.positions_between(conn, found.first, found.last)
        return Stored(positions, await health.alerts_between(conn, found.first, found.last))


@asynccontextmanager
async def worker(url: str, counts: Counts, form: str) -> AsyncIterator[Quiet]:
    """A worker without feeds; pieces are handed to it."""
    with tempfile.TemporaryDirectory(prefix="fleet-replay-") as folder:
        spool = Spool(Path(folder) / "spool", 1 << 20)
        quarantine = Spool(Path(folder) / "quarantine", 1 << 30, "quarantine")
        sources = Sources([(Silent(), Health(FEED, "file", "", form, "up"))], spool)
        made = Quiet(url, FORMATS, Intake(), quarantine, sources)
        made.decoders = Replayed(counts)
        made.clock = lambda: int(made.tip.state.heard.max()) if hasattr(made, "tip") else 0
        spool.open()
        quarantine.open()
        try:
            await made.start()
            yield made
        finally:
            await made.close()
            spool.close()
            quarantine.close()


async def store(
    url: str, recording: Recording, counts: Counts, played: Callable[[int, int], Awaitable[None]]
) -> None:
    """Play it all into the database; `played` is told bytes and watermark after each piece."""
    telemetry.configure("warning")
    async with worker(url, counts, recording.format.key) as made:
        for stretch in recording.stretches():
            await made.batch(stretch)
            await played(size(stretch), made.clock())
        await made.settle()
        await made.tick()
