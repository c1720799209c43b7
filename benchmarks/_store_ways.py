"""Ways to store a batch of fixes, or each vessel's newest, weighed against each other.

What the service does is called by its name; the others live here alone.
"""
# ruff: noqa: S608 -- the statements are made of this file's own words

from __future__ import annotations

from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray

from fleet.columns import EPOCH_OFFSET, FORMATS, OIDS, to_datetime
from fleet.model import Batch, Ints
from fleet.store import positions
from fleet.store.binary import Raw, rows_of
from fleet.store.db import Connection

COLUMNS = "vessel, t, source, received, lon, lat, sog, cog, heading, battery, status, flags"
MERGE: LiteralString = """
    on conflict (vessel, t, source) do update
    set stations = array(select distinct s from unnest(p.stations || excluded.stations) s)
    where not p.stations @> excluded.stations"""
STAGE: LiteralString = """
    create temp table if not exists staged_position (like position) on commit delete rows"""
STAGE_COPY: LiteralString = f"copy staged_position ({COLUMNS}, stations, heard) from stdin binary"
STAGED: LiteralString = f"""
    insert into position as p ({COLUMNS}, stations, heard)
    select {COLUMNS}, stations, heard from staged_position order by vessel, t, source {MERGE}"""
LISTS: LiteralString = f"""
    insert into position as p ({COLUMNS}, stations)
    select v, to_timestamp(t / 1e6), s, to_timestamp(r / 1e6), lon, lat, sog, cog, heading, battery,
           status, flags, array[station]
    from unnest(%s::int[], %s::bigint[], %s::smallint[], %s::bigint[], %s::float8[], %s::float8[],
                %s::real[], %s::real[], %s::real[], %s::real[], %s::smallint[], %s::int[],
                %s::int[]) f (v, t, s, r, lon, lat, sog, cog, heading, battery, status, flags,
                              station) {MERGE}"""
ARRAYS: LiteralString = f"""
    insert into position as p ({COLUMNS}, heard, stations)
    select {COLUMNS}, heard, (%(members)s::int4[])[first + 1:past]
    from unnest(%(vessel)s::int4[], %(t)s::timestamptz[], %(source)s::int2[],
                %(received)s::timestamptz[], %(lon)s::float8[], %(lat)s::float8[],
                %(sog)s::float4[], %(cog)s::float4[], %(heading)s::float4[], %(battery)s::float4[],
                %(status)s::int2[], %(flags)s::int4[], %(heard)s::timestamptz[],
                %(first)s::int4[], %(past)s::int4[]) f ({COLUMNS}, heard, first, past) {MERGE}"""
KNOWN: LiteralString = """
    select k.flags as row from unnest(%(rows)s::public.position[]) k
    join position p on p.vessel = k.vessel and p.t = k.t and p.source = k.source
                    and p.t between %(low)s and %(high)s"""
LATEST_STAGE: LiteralString = """
    create temp table if not exists staged_latest (like vessel_latest) on commit delete rows"""
LATEST_COPY: LiteralString = f"copy staged_latest ({COLUMNS}, seq) from stdin binary"
LATEST_STAGED: LiteralString = f"""
    insert into vessel_latest as l ({COLUMNS}, seq) select {COLUMNS}, seq from staged_latest
    on conflict (vessel) do update
    set (t, source, received, lon, lat, sog, cog, heading, battery, status, flags, seq) =
        (excluded.t, excluded.source, excluded.received, excluded.lon, excluded.lat, excluded.sog,
         excluded.cog, excluded.heading, excluded.battery, excluded.status, excluded.flags,
         excluded.seq)
    where excluded.t > l.t"""


def grouped(batch: Batch) -> tuple[Batch, dict[str, Any]]:
    """The rows as the service stores them."""
    first, stations = positions._grouped(batch)  # noqa: SLF001 -- the same bytes
    kept = batch.take(first)
    return kept, positions._columns(kept, stations)  # noqa: SLF001


async def bare(conn: Connection, batch: Batch) -> None:
    """What no idempotent way can beat: COPY, without a savepoint."""
    _, columns = grouped(batch)
    await positions._send(conn, positions.SQL["copy"], positions.POSITION, columns)  # noqa: SLF001


async def believed_new(conn: Connection, batch: Batch) -> None:
    await positions.insert(conn, batch, np.ones(len(batch), np.bool_))


async def rows(conn: Connection, batch: Batch) -> None:
    await positions.insert(conn, batch)


async def staging(conn: Connection, batch: Batch) -> None:
    _, columns = grouped(batch)
    await conn.execute(STAGE)
    await positions._send(conn, STAGE_COPY, positions.POSITION, columns)  # noqa: SLF001
    await conn.execute(STAGED)


async def lists(conn: Connection, batch: Batch) -> None:
    order = np.lexsort((batch.t, batch.vessel))
    names = (*positions.FIX, "station")
    await conn.execute(LISTS, [getattr(batch, name)[order].tolist() for name in names])


async def arrays(conn: Connection, batch: Batch) -> None:
    _, columns = grouped(batch)
    offsets, members = columns.pop("stations")
    layout = {n: kind for n, kind in positions.POSITION.items() if n != "stations"}
    given = {name: column(kind, columns[name]) for name, kind in layout.items()}
    given["members"] = column("int4", members)
    given |= {"first": column("int4", offsets[:-1]), "past": column("int4", offsets[1:])}
    await conn.execute(ARRAYS, given)


def column(kind: str, values: NDArray[Any]) -> Raw:
    """One column as a binary array."""
    element = np.dtype([("size", ">i4"), ("value", FORMATS[kind])])
    out = np.zeros(len(values), element)
    out["size"] = element["value"].itemsize
    out["value"] = values - EPOCH_OFFSET if kind == "timestamptz" else values
    return Raw(np.array([1, 0, OIDS[kind], len(values), 1], ">i4").tobytes() + out.tobytes())


async def asking(conn: Connection, batch: Batch) -> None:
    """Ask which keys are there; COPY the others, merge those."""
    kept, columns = grouped(batch)
    numbered = {**columns, "flags": np.arange(len(kept))}
    given = await rows_of(conn, "position", positions.POSITION, numbered)
    span = {"low": to_datetime(int(kept.t.min())), "high": to_datetime(int(kept.t.max()))}
    found = await (await conn.execute(KNOWN, {"rows": given, **span})).fetchall()
    fresh = np.ones(len(kept), np.bool_)
    fresh[[row["row"] for row in found]] = False
    await positions.insert(conn, kept, fresh)


async def latest(conn: Connection, batch: Batch) -> None:
    await positions.upsert_latest(conn, batch, int(batch.t.max()))


async def latest_staging(conn: Connection, batch: Batch) -> None:
    newest = batch.take(positions.last_of_each(batch))
    columns = {name: getattr(newest, name) for name in positions.FIX}
    seq: Ints = np.full(len(newest), int(batch.t.max()))
    await conn.execute(LATEST_STAGE)
    await positions._send(conn, LATEST_COPY, positions.LATEST, {**columns, "seq": seq})  # noqa: SLF001
    await conn.execute(LATEST_STAGED)
