"""Housekeeping beside the work: hours are rolled up every minute, what is old goes once a day.

Invariant: one at a time (an advisory lock), each step a short transaction of its own that waits two
seconds for a lock at most; what cannot be done now is said and done another time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import structlog

from fleet.settings import Settings
from fleet.store import ballast, retention, rollup
from fleet.store.db import Connection, connect
from fleet.store.retention import APACHE, HYPERTABLES, TABLES, Chunk, Hypertable, Rows, days

LOG = structlog.get_logger("fleet.upkeep")
EVERY_S, RETAIN_H = 60.0, 24.0
MOST_CHUNKS = 7
"""A week of fixes a day, at most: should this machine's clock be years ahead, or somebody shorten
the time by mistake, there are days to notice. `fleet retention` by hand knows no such bound."""


@dataclass(frozen=True, slots=True)
class Went:
    """One thing that went, was compressed, or would be; or why it was not."""

    table: str
    what: str  #: the chunk's first day, or how many rows
    bytes: int = 0
    waits: str = ""  #: "": it is done


async def tend(url: str, settings: Settings) -> None:
    """Look after the database until cancelled; nothing that goes wrong here stops the work."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            async with await connect(url, "fleet-upkeep") as conn:
                await conn.set_autocommit(True)
                await once(conn, settings, datetime.now(UTC))
        except (psycopg.Error, OSError) as error:
            LOG.warning("upkeep not done", error=str(error)[:200])
        except Exception:
            LOG.exception("upkeep not done")


async def once(conn: Connection, settings: Settings, now: datetime) -> None:
    """Roll up what is due; hold the ballast; let go what is old, if a day has passed.

    The connection commits each statement by itself.
    """
    if not await retention.lock(conn):
        return
    await roll_up(conn, now)
    async with conn.transaction():
        await ballast.take(conn, settings.ballast_mb)
    since = await retention.hours_since(conn)
    if since is None or since >= RETAIN_H:
        async for went in retained(conn, settings, now, most=MOST_CHUNKS):
            LOG.info("upkeep", table=went.table, what=went.what, bytes=went.bytes, waits=went.waits)
        await retention.note(conn)
    await retention.unlock(conn)


async def roll_up(conn: Connection, now: datetime) -> int:
    """Every hour that is due; return how many there were."""
    hours = await rollup.due(conn, now)
    for hour in hours:
        await _roll(conn, hour)
    return len(hours)


async def _roll(conn: Connection, hour: datetime) -> None:
    async with conn.transaction():
        await rollup.roll(conn, hour)


async def retained(
    conn: Connection,
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    most: int | None = None,
) -> AsyncIterator[Went]:
    """Drop, delete and compress what is old enough, oldest first; each step told once it is done.

    A dry run changes nothing and tells the same. With `most`, no more chunks of a table are dropped
    and no more slices of rows deleted.
    """
    for table in HYPERTABLES:
        if keep := days(settings, table.setting):
            old = await retention.chunks(conn, table.name, now - timedelta(days=keep))
            for chunk in old[:most]:
                waits = "" if dry_run else await _dropped(conn, chunk)
                yield Went(table.name, f"{chunk.start:%Y-%m-%d}", chunk.bytes, waits)
    for rows in TABLES:
        if keep := days(settings, rows.setting):
            before = now - timedelta(days=keep)
            if dry_run:
                gone = await retention.expired(conn, rows, before)
            else:
                gone = await _deleted(conn, rows, before, most)
            if gone:
                yield Went(rows.name, f"{gone:,} rows")
    async for went in _compressed(conn, now - timedelta(days=settings.compress_after_d), dry_run):
        yield went


async def _dropped(conn: Connection, chunk: Chunk) -> str:
    """Why it could not be dropped; "" when it was."""
    if chunk.table == "position":
        await rollup.mark_unrolled(conn, chunk.start, chunk.end)
        for hour in await retention.unrolled(conn, chunk):
            await _roll(conn, hour)
    try:
        async with conn.transaction():
            await retention.drop(conn, chunk)
    except psycopg.errors.LockNotAvailable:
        return "somebody reads it"
    return ""


async def _deleted(conn: Connection, rows: Rows, before: datetime, most: int | None) -> int:
    """Rows that went, a slice a transaction."""
    gone, last, slices = 0, retention.MOST, 0
    while last >= retention.MOST and slices != most:
        async with conn.transaction():
            last = await retention.delete(conn, rows, before)
        gone, slices = gone + last, slices + 1
    return gone


async def _compressed(conn: Connection, before: datetime, dry_run: bool) -> AsyncIterator[Went]:
    edition = await retention.licence(conn)
    if edition != "timescale":
        yield Went("position", "compression", waits=APACHE)
        return
    for table in (t for t in HYPERTABLES if t.compress):
        old = [c for c in await retention.chunks(conn, table.name, before) if not c.compressed]
        if old and not dry_run:
            await _allowed(conn, table)
        for chunk in old:
            waits = "" if dry_run else await _tight(conn, chunk)
            yield Went(table.name, f"{chunk.start:%Y-%m-%d} compressed", 0, waits)


async def _allowed(conn: Connection, table: Hypertable) -> None:
    """Let the chunks of a table be compressed, unless they may be."""
    if not await retention.compressing(conn, table):
        await conn.execute(table.compress)


async def _tight(conn: Connection, chunk: Chunk) -> str:
    try:
        async with conn.transaction():
            await retention.compress(conn, chunk)
    except psycopg.errors.LockNotAvailable:
        return "somebody writes to it"
    return ""
