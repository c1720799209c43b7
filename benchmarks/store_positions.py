"""Ways to store position fixes once, on the hypertable, against a bare COPY of the same rows.

Rows a second by the wall clock (most of the work is the server's), each batch in a transaction of
its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks._measure import Figure, Run, Timing, Way, clocked, rate
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.model import HOUR, SECOND, Batch
from fleet.store import positions
from fleet.store.db import Connection, connect
from fleet.store.migrate import migrate

BATCH, ROWS, VESSELS, WARM = 5_000, 100_000, 20_000, 1
START = 1_790_000_000 * SECOND
UNNEST = """
    insert into position as p (vessel, t, source, received, lon, lat, sog, cog, heading, battery,
                               status, flags, stations)
    select v, to_timestamp(t / 1e6), s, to_timestamp(r / 1e6), lon, lat, sog, cog, heading, battery,
           status, flags, array[station]
    from unnest(%s::int[], %s::bigint[], %s::smallint[], %s::bigint[], %s::float8[], %s::float8[],
                %s::real[], %s::real[], %s::real[], %s::real[], %s::smallint[], %s::int[],
                %s::int[]) f (v, t, s, r, lon, lat, sog, cog, heading, battery, status, flags,
                              station)
    on conflict (vessel, t, source) do update
    set stations = p.stations || excluded.stations where not p.stations @> excluded.stations"""
COLUMNS = (*positions.FIX, "station")
Storing = Callable[[Connection, Batch], Awaitable[object]]


def batches(rows: int, seed: int) -> list[Batch]:
    """A fleet's fixes in order of time, one source, no two alike."""
    dice = np.random.default_rng(seed)
    made = Batch.empty(rows)
    made.vessel[:] = np.arange(rows) % VESSELS + 1
    made.t[:] = START + np.arange(rows) // VESSELS * HOUR // 60 + seed * 24 * HOUR
    made.received[:], made.source[:], made.station[:] = made.t + SECOND, 1, 1
    made.lon[:], made.lat[:] = dice.uniform(107, 111, rows), dice.uniform(16, 20, rows)
    made.sog[:] = dice.uniform(0, 12, rows)
    return [made.take(slice(i, i + BATCH)) for i in range(0, rows, BATCH)]


async def bare(conn: Connection, batch: Batch) -> None:
    """What no idempotent way can beat: COPY, without a savepoint."""
    first, stations = positions._grouped(batch)  # noqa: SLF001 -- the same bytes
    columns = positions._columns(batch.take(first), stations)  # noqa: SLF001
    await positions._send(conn, positions.SQL["copy"], positions.POSITION, columns)  # noqa: SLF001


async def fresh(conn: Connection, batch: Batch) -> None:
    await positions.insert(conn, batch, np.ones(len(batch), np.bool_))


async def merged(conn: Connection, batch: Batch) -> None:
    await positions.insert(conn, batch)


async def unnest(conn: Connection, batch: Batch) -> None:
    order = np.lexsort((batch.t, batch.vessel))
    await conn.execute(UNNEST, [getattr(batch, name)[order].tolist() for name in COLUMNS])


BARE = "bare COPY"
WAYS: dict[str, tuple[Storing, bool]] = {
    BARE: (bare, False),
    "COPY in a savepoint (believed new)": (fresh, False),
    "COPY to a staging table, ON CONFLICT": (merged, False),
    "unnest of lists, ON CONFLICT": (unnest, False),
    "believed new, all there already": (fresh, True),
    "staging table, all there already": (merged, True),
}


class Table:
    """The database, for ways that are not asynchronous themselves."""

    def __init__(self, runner: asyncio.Runner, conn: Connection, rows: int) -> None:
        self.runner, self.conn, self.rows = runner, conn, rows

    def way(self, name: str) -> Way:
        """Store the rows of a round; in an empty table, unless they should be there already."""
        store, there = WAYS[name]

        def timed(number: int) -> Timing:
            work = batches(self.rows, number + WARM)
            if not there:
                self.runner.run(self._emptied())
            return clocked(lambda _: self.runner.run(self._stored(store, work)))(number)

        return timed

    async def _emptied(self) -> None:
        await self.conn.execute("truncate position")
        await self.conn.commit()

    async def _stored(self, store: Storing, work: list[Batch]) -> None:
        for batch in work:
            await store(self.conn, batch)
            await self.conn.commit()


@contextmanager
def table(rows: int) -> Iterator[Table]:
    """A database of its own, gone afterwards."""
    folder = scratch("benchmark")
    cluster = Cluster(folder / "postgres", fetch())
    try:
        cluster.start()
        with asyncio.Runner() as runner:
            runner.run(migrate(cluster.url))
            conn = runner.run(connect(cluster.url, "benchmark"))
            yield Table(runner, conn, rows)
            runner.run(conn.close())
    finally:
        cluster.stop("immediate")
        discard(folder)


def figures(run: Run) -> Iterator[Figure]:
    rows = 20_000 if run.quick else ROWS
    run.note("starting a database")
    with table(rows) as made:
        took = run.interleaved({name: made.way(name) for name in WAYS}, warm=WARM)
    for name in WAYS:
        yield rate(name, rows, "rows/s", took[name], against=BARE, peer=took[BARE], clock="wall")
