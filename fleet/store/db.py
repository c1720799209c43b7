"""Connections, and the named queries of fleet/sql.

Every function in this package takes an open connection and never commits: the caller owns the
transaction. Write order inside one: vessels, positions, alerts, orders, outbox, events last.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString, TypeAlias

import numpy as np
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

Connection: TypeAlias = AsyncConnection[dict[str, Any]]
Pool: TypeAlias = AsyncConnectionPool[Connection]

NAME = "-- name: "
UTC = "-c timezone=UTC -c client_connection_check_interval=5s"
PATIENT = f"{UTC} -c idle_in_transaction_session_timeout=60s"
"""Whoever holds a lock and says nothing is cut off: all commits wait for the events' numbers."""
CAREFUL = (
    f"{UTC} -c idle_in_transaction_session_timeout=10s -c statement_timeout=30s -c lock_timeout=10s"
)


@cache
def queries(noun: str) -> Mapping[str, LiteralString]:
    """The queries of fleet/sql/<noun>.sql by name: `-- name: x`, a sentence, the statement."""
    text = files("fleet.sql").joinpath(f"{noun}.sql").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split(NAME)[1:])
    return {name.strip(): body for name, _, body in parts}


async def one(conn: Connection, query: LiteralString, **params: Any) -> dict[str, Any]:
    """Run a query that always has a row, and return its first."""
    row = await (await conn.execute(query, params)).fetchone()
    if row is None:
        raise LookupError(f"no row: {query.strip()}")
    return row


async def rows(conn: Connection, query: LiteralString, **params: Any) -> list[dict[str, Any]]:
    """Run a query and return all it found."""
    return await (await conn.execute(query, params)).fetchall()


async def many(conn: Connection, query: LiteralString, values: Sequence[Mapping[str, Any]]) -> None:
    """Run a query once for each row of values, in one go."""
    if values:
        async with conn.cursor() as cursor:
            await cursor.executemany(query, values)


def plain(value: Any) -> Any:
    """Anything as JSON and text that PostgreSQL takes: no NaN, no NUL, no NumPy, no enum."""
    match value:
        case str():
            return str(value).replace("\0", "").encode("utf-8", "replace").decode()
        case bool() | int() | None:
            return value
        case float():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {plain(str(k)): plain(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(v) for v in value]
        case np.generic() | np.ndarray():
            return plain(value.tolist())
        case _:
            return plain(str(value))


@asynccontextmanager
async def savepoint(conn: Connection) -> AsyncIterator[None]:
    """Undo what is done inside when it raises; never commit, even as the first thing done."""
    if conn.info.transaction_status == TransactionStatus.IDLE:
        await conn.execute("select 1")  # psycopg begins; its transaction() nests inside
    async with conn.transaction():
        yield


async def connect(url: str, application: str, *, careful: bool = False) -> Connection:
    """A single connection with rows as dictionaries and UTC times.

    `careful` bounds how long a statement may run or wait, and notices a peer that is gone.
    """
    return await AsyncConnection.connect(
        url,
        autocommit=False,
        row_factory=dict_row,
        application_name=application,
        options=CAREFUL if careful else PATIENT,
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=20_000,
        target_session_attrs="read-write" if careful else "any",
    )


def pool(url: str, application: str, *, size: int) -> Pool:
    """A closed pool; the composition root opens it."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        open=False,
        timeout=5,
        max_lifetime=1800,
        check=AsyncConnectionPool.check_connection,
        kwargs={
            "row_factory": dict_row,
            "application_name": application,
            "options": CAREFUL,
            "connect_timeout": 5,
        },
    )
