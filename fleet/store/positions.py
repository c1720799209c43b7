"""Position fixes in, once each: by COPY where they are new, by ON CONFLICT where they may not be.

Both are one statement of bytes that NumPy made: a COPY block, or an array of rows as a parameter.

Invariant: storing the same fix again changes nothing but the set of stations that heard it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import numpy as np
from psycopg.errors import UniqueViolation

from fleet.columns import Sets, block, from_datetime, group
from fleet.model import NEVER, Batch, Flag, Ints, Mask
from fleet.store import rollup
from fleet.store.binary import rows_of
from fleet.store.db import Connection, queries, rows, savepoint

SQL = queries("positions")
FIX = {
    "vessel": "int4", "t": "timestamptz", "source": "int2", "received": "timestamptz",
    "lon": "float8", "lat": "float8", "sog": "float4", "cog": "float4", "heading": "float4",
    "battery": "float4", "status": "int2", "flags": "int4",
}  # fmt: skip
POSITION = {**FIX, "stations": "int4[]", "heard": "timestamptz"}
"""In the order of the table, which an array of its rows must have."""
LATEST = {**FIX, "seq": "int8"}


async def insert(conn: Connection, batch: Batch, fresh: Mask | None = None) -> int:
    """Store the fixes that have a position; return how many rows were new or heard by more.

    `fresh` marks fixes believed new. Where that is wrong the database says so, and all of them
    go the slow way.
    """
    placed = np.isfinite(batch.lon) & np.isfinite(batch.lat)
    fresh = placed & fresh if fresh is not None else np.zeros(len(batch), np.bool_)
    rest = placed & ~fresh
    stored = await _copy(conn, batch.take(fresh)) if fresh.any() else 0
    if fresh.any() and not stored:
        rest = placed
    stored += await _merge(conn, batch.take(rest)) if rest.any() else 0
    if stored:
        await rollup.mark(conn, batch.take(placed))
    return stored


async def _copy(conn: Connection, batch: Batch) -> int:
    """Rows stored, or 0 and nothing done when one of them was there already."""
    first, stations = _grouped(batch)
    try:
        async with savepoint(conn):
            await _send(conn, SQL["copy"], POSITION, _columns(batch.take(first), stations))
    except UniqueViolation:
        return 0
    return len(first)


async def _merge(conn: Connection, batch: Batch) -> int:
    first, stations = _grouped(batch)
    given = await rows_of(conn, "position", POSITION, _columns(batch.take(first), stations))
    return (await conn.execute(SQL["merge"], {"rows": given})).rowcount


def _grouped(batch: Batch) -> tuple[Ints, Sets]:
    return group((batch.vessel, batch.t, batch.source), batch.station)


def _columns(batch: Batch, stations: Sets) -> dict[str, Any]:
    heard = np.where(batch.heard == NEVER, batch.received, batch.heard)
    return {**{name: getattr(batch, name) for name in FIX}, "stations": stations, "heard": heard}


async def _send(
    conn: Connection, query: LiteralString, layout: Mapping[str, str], columns: Mapping[str, Any]
) -> None:
    async with conn.cursor() as cursor, cursor.copy(query) as copy:
        await copy.write(block(layout, columns))


async def upsert_latest(conn: Connection, batch: Batch, seq: int) -> int:
    """Show the newest trusted fix of every vessel in the batch; return how many moved on."""
    shown = np.isfinite(batch.lon) & np.isfinite(batch.lat) & (batch.flags & Flag.SKEWED == 0)
    newest = batch.take(shown)
    newest = newest.take(last_of_each(newest))
    if not len(newest):
        return 0
    columns = {name: getattr(newest, name) for name in FIX}
    columns["seq"] = np.full(len(newest), seq)
    given = await rows_of(conn, "vessel_latest", LATEST, columns)
    return (await conn.execute(SQL["latest_merge"], {"rows": given})).rowcount


def last_of_each(batch: Batch) -> Ints:
    """The row of each vessel's newest fix; of equal ones the first source's, first heard."""
    order = np.lexsort((-np.arange(len(batch)), -batch.source, batch.t, batch.vessel))
    vessel = batch.vessel[order]
    return order[np.append(vessel[1:] != vessel[:-1], True) if len(order) else order]


async def latest(conn: Connection) -> Batch:
    """The newest fix of every vessel; its station and when that heard it are not kept."""
    found = await rows(conn, SQL["latest"])
    batch = Batch.empty(len(found))
    for name in FIX:
        values = [row[name] for row in found]
        times = name in {"t", "received"}
        getattr(batch, name)[:] = [from_datetime(v) for v in values] if times else values
    return batch


async def stations(conn: Connection, names: Sequence[str] | None = None) -> dict[str, int]:
    """The ids of these stations, new ones made; of all that are known without names."""
    asked = sorted(names or ())
    if asked:
        await conn.execute(SQL["stations"], {"names": asked})
    found = await rows(conn, SQL["station_ids"], all=names is None, names=asked)
    return {row["name"]: row["id"] for row in found}
