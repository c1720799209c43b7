"""One connection that comes back, and the difference between bad luck and bad data.

Invariant: what fails for want of a database is tried again for ever, with growing pauses; what
fails for its content is raised at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import psycopg
import structlog

from fleet.store import ballast
from fleet.store.db import Connection, connect

T = TypeVar("T")
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
ANSWER_S = 60.0
"""A transaction that takes longer is given up together with its connection: it may be a network
that swallows everything."""

LOG = structlog.get_logger("fleet.worker")


def passing(error: BaseException) -> bool:
    """Whether trying again can help: the server is away, full, read-only or not as it should be.

    What is wrong with every statement alike (a missing table, a missing right) is never the fault
    of the data in hand.
    """
    match error:
        case psycopg.OperationalError() | psycopg.InterfaceError() | OSError() | TimeoutError():
            return True
        case psycopg.errors.ReadOnlySqlTransaction():
            return True
        case psycopg.Error():
            return (error.sqlstate or "").startswith(("42", "57", "53", "58", "08"))
        case _:
            return False


async def relieve(url: str) -> None:
    """The disk is full: give up what was held for this, so that alerts go on being stored."""
    with suppress(psycopg.Error, OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_S), await connect(url, "fleet-relief") as conn:
            freed = await ballast.give_up(conn)
            await conn.commit()
            if freed:
                LOG.error("the database's disk is full: ballast given up", bytes=freed)
                await ballast.note(conn)
                await conn.commit()


class Database:
    """A connection of the worker; `away` is true from the first failure to the next success."""

    def __init__(self, url: str, application: str) -> None:
        self.url, self.application = url, application
        self.away = True
        self._conn: Connection | None = None

    async def done(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do the work in one transaction, however long it takes for one to succeed.

        A commit whose answer was lost is done again: the work itself must recognise it.
        """
        pause = FIRST_PAUSE_S
        while True:
            try:
                result = await self._once(work)
            except Exception as error:
                if not passing(error):
                    raise
                self._failed(error)
                await self.close()
                if isinstance(error, psycopg.errors.DiskFull):
                    await relieve(self.url)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                self._succeeded()
                return result

    async def _once(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with asyncio.timeout(ANSWER_S), self._transaction() as conn:
            return await work(conn)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        if self._conn is None or self._conn.closed:
            self._conn = await connect(self.url, self.application, careful=True)
        async with self._conn.transaction():
            yield self._conn

    def _failed(self, error: BaseException) -> None:
        if not self.away:
            LOG.warning("database away", application=self.application, error=str(error)[:200])
        self.away = True

    def _succeeded(self) -> None:
        if self.away:
            LOG.info("database there", application=self.application)
        self.away = False

    async def close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()
