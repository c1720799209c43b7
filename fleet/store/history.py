"""The stored past as the engine takes it: fixes in order of receipt, and the alerts of the time.

Invariant: read-only, in one transaction, so that what is read is one moment's truth. A fix is
what the first receiver brought: who else heard it is stored, when that was is not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.comparison import Raised
from fleet.columns import HEADER, TRAILER, from_datetime, to_datetime, unblock
from fleet.model import Batch
from fleet.store.db import Connection, connect, one, queries, rows
from fleet.store.positions import FIX

SQL = queries("history")
RECORD = {**FIX, "station": "int4", "heard": "timestamptz"}
PIECE = 20_000
"""Fixes judged at once."""
KINDS = {"f": np.float64, "i": np.int64}


@dataclass(frozen=True, slots=True)
class Stored:
    """How much there is of a stretch."""

    fixes: int
    first: int  #: fix time; 0 where there is none
    last: int


async def reader(url: str) -> Connection:
    """A connection that cannot write, and reads one moment's truth."""
    conn = await connect(url, "fleet-history")
    await conn.set_read_only(True)
    await conn.execute("set transaction isolation level repeatable read")
    return conn


async def stored(conn: Connection, start: int, end: int) -> Stored:
    row = await one(conn, SQL["count"], start=to_datetime(start), end=to_datetime(end))
    first, last = (from_datetime(row[n]) if row[n] else 0 for n in ("first", "last"))
    return Stored(row["n"], first, last)


async def fixes(conn: Connection, start: int, end: int) -> AsyncIterator[Batch]:
    """The fixes of this stretch of fix time in order of receipt, PIECE at a time."""
    span = {"start": to_datetime(start), "end": to_datetime(end)}
    held: list[bytes] = []
    async with conn.cursor() as cursor, cursor.copy(SQL["fixes"], span) as copy:
        async for data in copy:
            body = bytes(data)
            held.append(body.removeprefix(HEADER) if not held else body)
            if len(held) >= PIECE:
                yield _batch(held)
                held = [b""]
    yield _batch(held)


def _batch(held: Sequence[bytes]) -> Batch:
    columns = unblock(RECORD, b"".join(held).removesuffix(TRAILER))
    wide: dict[str, Any] = {n: c.astype(KINDS[c.dtype.kind]) for n, c in columns.items()}
    return Batch(**wide)


async def raised(conn: Connection, start: int, end: int) -> list[Raised]:
    """What the service raised, as far as it touches this stretch."""
    found = await rows(conn, SQL["raised"], start=to_datetime(start), end=to_datetime(end))
    return [
        Raised(
            row["kind"], row["vessel"], row["other"], from_datetime(row["episode"]),
            from_datetime(row["ended"]) if row["ended"] else 0, row["severity"], row["child"],
        )
        for row in found
    ]  # fmt: skip


async def names(conn: Connection, ids: Sequence[int]) -> dict[int, str]:
    """What people call these boats."""
    return {r["id"]: r["name"] for r in await rows(conn, SQL["names"], ids=sorted(set(ids)))}
