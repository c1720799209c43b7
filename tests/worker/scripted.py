"""A feed that delivers what a test says, and remembers what was acknowledged."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fleet.ingest.feed import Delivery
from fleet.ingest.formats import FORMATS
from fleet.store.feeds import Health
from fleet.worker.intake import Intake, Item
from fleet.worker.loop import Worker
from fleet.worker.sources import Sources
from fleet.worker.spool import Spool

SECOND = 1_000_000
NOW = int(time.time()) * SECOND


class Scripted:
    """Delivers what is put in; `acknowledged` is what it was told."""

    def __init__(self, name: str = "terminals", *, acks: bool = True) -> None:
        self.name, self.acks = name, acks
        self.waiting: asyncio.Queue[Delivery] = asyncio.Queue()
        self.acknowledged: list[Delivery] = []

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while True:
            yield await self.waiting.get()

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        self.acknowledged += deliveries

    def item(self, delivery: Delivery) -> Item:
        return Item(self, delivery)


def report(terminal: str, seconds: float, lon: float, lat: float, **more: object) -> Delivery:
    """A native terminal's report, `seconds` after NOW."""
    at = datetime.fromtimestamp(NOW / SECOND + seconds, UTC)
    body = {"v": 1, "t": at.isoformat(), "lon": lon, "lat": lat, "sog_kn": 5.0, **more}
    received = NOW + int(seconds * SECOND)
    return Delivery("terminals", terminal, "terminal", json.dumps(body).encode(), received)


def worker(url: str, folder: Path, *feeds: Scripted) -> Worker:
    spool = Spool(folder / "spool", 1 << 20)
    quarantine = Spool(folder / "quarantine", 1 << 20, "quarantine")
    quarantine.open()
    health = Health("terminals", "mqtt", "", "terminal", "up")
    sources = Sources([(feed, health) for feed in feeds], spool)
    return Worker(url, FORMATS, Intake(), quarantine, sources)
