"""What has been kept long enough: whole chunks of the hypertables, aged rows of the other tables.

Invariant: fixes go only when every hour of their chunk is rolled up, a case only when it is closed
and whole, with its history, orders and messages; what waits for somebody never goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from fleet.settings import Settings
from fleet.store.db import Connection, one, queries, rows

SQL = queries("retention")
MOST = 5_000
"""Rows deleted in one transaction: short, whatever has piled up."""
REJECTS_KEPT, REJECTS_KEPT_D = 10_000, 30
"""Samples of unreadable input, over all feeds and reasons; beside the few a reason (feeds.py)."""
APACHE = "the Apache-2 edition of TimescaleDB cannot compress; the Community edition would"


@dataclass(frozen=True, slots=True)
class Hypertable:
    name: str
    setting: str  #: days kept, a field of Settings
    compress: LiteralString  #: the statement that lets its chunks be compressed; "": never


@dataclass(frozen=True, slots=True)
class Rows:
    """A table without chunks, or a case over several tables."""

    name: str
    setting: str
    count: LiteralString
    delete: LiteralString


HYPERTABLES = (
    Hypertable("position", "keep_positions_d", SQL["compress_position"]),
    Hypertable("ais_record", "keep_records_d", SQL["compress_ais_record"]),
    Hypertable("position_hour", "keep_history_d", ""),
)
TABLES = (
    Rows("safety_message", "keep_history_d", SQL["count_texts"], SQL["delete_texts"]),
    Rows("alert", "keep_history_d", SQL["count_cases"], SQL["delete_cases"]),
    Rows("event", "keep_history_d", SQL["count_events"], SQL["delete_events"]),
    Rows("shelf", "keep_history_d", SQL["count_shelves"], SQL["delete_shelves"]),
    Rows("reject_sample", "", SQL["count_rejects"], SQL["delete_rejects"]),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    table: str
    name: str  #: with its schema
    start: datetime
    end: datetime
    bytes: int
    compressed: bool


def days(settings: Settings, setting: str) -> int:
    """How long this is kept; 0: for ever."""
    return int(getattr(settings, setting)) if setting else REJECTS_KEPT_D


async def chunks(conn: Connection, table: str, before: datetime) -> list[Chunk]:
    """Chunks whose every row is older, oldest first."""
    return [Chunk(**row) for row in await rows(conn, SQL["chunks"], table=table, before=before)]


async def unrolled(conn: Connection, chunk: Chunk) -> list[datetime]:
    """Hours of the chunk that are marked to be rolled up."""
    found = await rows(conn, SQL["unrolled"], start=chunk.start, end=chunk.end)
    return [row["hour"] for row in found]


async def drop(conn: Connection, chunk: Chunk) -> None:
    """Take the oldest chunk away; LockNotAvailable where somebody reads it for long."""
    await conn.execute(SQL["limits"])
    await conn.execute(SQL["drop"], {"table": chunk.table, "end": chunk.end})


async def expired(conn: Connection, table: Rows, before: datetime) -> int:
    """Rows that have been kept long enough."""
    given = {"before": before, "kept": REJECTS_KEPT}
    return int((await one(conn, table.count, **given))["n"])


async def delete(conn: Connection, table: Rows, before: datetime) -> int:
    """Delete some of them, oldest first; return how many of the table itself."""
    given = {"before": before, "kept": REJECTS_KEPT, "most": MOST}
    await conn.execute(SQL["limits"])
    return int((await one(conn, table.delete, **given))["n"])


async def licence(conn: Connection) -> str:
    """The edition: apache or timescale."""
    return str((await one(conn, SQL["licence"]))["licence"])


async def compressing(conn: Connection, table: Hypertable) -> bool:
    """Whether its chunks may be compressed already."""
    return bool((await one(conn, SQL["compressing"], table=table.name))["enabled"])


async def compress(conn: Connection, chunk: Chunk) -> None:
    """Compress one chunk, once its hypertable allows it; only on the Community edition."""
    await conn.execute(SQL["limits"])
    await conn.execute(SQL["compress"], {"chunk": chunk.name})


async def lock(conn: Connection) -> bool:
    """Whether this connection is the one that does it, until `unlock` or its end."""
    return bool((await one(conn, SQL["lock"]))["got"])


async def unlock(conn: Connection) -> None:
    await conn.execute(SQL["unlock"])


async def hours_since(conn: Connection) -> float | None:
    """Since what is old was last let go; None: never."""
    row = await (await conn.execute(SQL["last"])).fetchone()
    return float(row["hours"]) if row else None


async def note(conn: Connection) -> None:
    await conn.execute(SQL["note"])
