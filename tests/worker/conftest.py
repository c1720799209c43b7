"""A worker on a fresh database, and another that takes over from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from fleet.store.db import Connection, connect
from fleet.worker.loop import Worker
from tests.worker.scripted import Scripted, worker

Another: TypeAlias = Callable[[], Awaitable[Worker]]


@pytest.fixture
async def sql(database_url: str) -> AsyncIterator[Connection]:
    """A connection that commits every statement."""
    async with await connect(database_url, "test") as conn:
        await conn.set_autocommit(True)
        yield conn


@pytest.fixture
async def feed() -> Scripted:
    return Scripted()


@pytest.fixture
async def another(database_url: str, tmp_path: Path, feed: Scripted) -> AsyncIterator[Another]:
    """Makes and starts a worker; each takes over from the one before."""
    made: list[Worker] = []

    async def start() -> Worker:
        made.append(worker(database_url, tmp_path / str(len(made)), feed))
        await made[-1].start()
        return made[-1]

    yield start
    for one in made:
        await one.close()
        one.quarantine.close()


@pytest.fixture
async def started(another: Another) -> Worker:
    return await another()
