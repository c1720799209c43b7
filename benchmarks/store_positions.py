"""Ways to store position fixes once, on the hypertable, against a bare COPY of the same rows.

Rows a second by the wall clock (most of the work is the server's), each batch in a transaction of
its own. "all there" stores the rows of the line before once more, "heard again" with one station
more a row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias

import numpy as np

from benchmarks import _store_ways as ways
from benchmarks._measure import Figure, Run, Timing, Way, clocked, rate
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.model import HOUR, SECOND, Batch
from fleet.store.db import Connection, connect
from fleet.store.migrate import migrate

BATCH, ROWS, VESSELS, WARM = 5_000, 100_000, 20_000, 1
START = 1_790_000_000 * SECOND
Storing: TypeAlias = Callable[[Connection, Batch], Awaitable[object]]
Seen: TypeAlias = Literal["new", "all there", "heard again", "moved on"]
BARE: tuple[str, Seen] = ("bare COPY", "new")
STAGING = "COPY to a staging table, ON CONFLICT"
ROWWISE = "one array of rows, ON CONFLICT"
NEWEST = "newest of each vessel"
WAYS: dict[tuple[str, Seen], Storing] = {
    BARE: ways.bare,
    ("COPY in a savepoint", "new"): ways.believed_new,
    ("COPY in a savepoint", "all there"): ways.believed_new,
    (ROWWISE, "new"): ways.rows,
    (ROWWISE, "all there"): ways.rows,
    (ROWWISE, "heard again"): ways.rows,
    (STAGING, "new"): ways.staging,
    (STAGING, "all there"): ways.staging,
    (STAGING, "heard again"): ways.staging,
    ("an array a column, ON CONFLICT", "new"): ways.arrays,
    ("an array a column, of Python lists", "new"): ways.lists,
    ("ask which are there, COPY the others", "new"): ways.asking,
    (f"{NEWEST}: {STAGING}", "moved on"): ways.latest_staging,
    (f"{NEWEST}: {ROWWISE}", "moved on"): ways.latest,
}


def batches(rows: int, seed: int, station: int) -> list[Batch]:
    """A fleet's fixes in order of time, one source, no two alike."""
    dice = np.random.default_rng(seed)
    made = Batch.empty(rows)
    made.vessel[:] = np.arange(rows) % VESSELS + 1
    made.t[:] = START + np.arange(rows) // VESSELS * HOUR // 60 + seed * 24 * HOUR
    made.received[:], made.source[:], made.station[:] = made.t + SECOND, 1, station
    made.lon[:], made.lat[:] = dice.uniform(107, 111, rows), dice.uniform(16, 20, rows)
    made.sog[:] = dice.uniform(0, 12, rows)
    return [made.take(slice(i, i + BATCH)) for i in range(0, rows, BATCH)]


class Table:
    """The database, for ways that are not asynchronous themselves."""

    def __init__(self, runner: asyncio.Runner, conn: Connection, rows: int) -> None:
        self.runner, self.conn, self.rows = runner, conn, rows

    def way(self, store: Storing, seen: Seen) -> Way:
        """Store the rows of a round, in an empty table or where they are already."""

        def timed(number: int) -> Timing:
            work = batches(self.rows, number + WARM, 2 if seen == "heard again" else 1)
            if seen == "new":
                self.runner.run(self._emptied("position"))
            elif seen == "moved on":
                self.runner.run(self._emptied("vessel_latest"))
            return clocked(lambda _: self.runner.run(self._stored(store, work)))(number)

        return timed

    async def _emptied(self, table: str) -> None:
        await self.conn.execute(f"truncate {table}".encode())
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
        named = {f"{how} ({seen})": made.way(store, seen) for (how, seen), store in WAYS.items()}
        took = run.interleaved(named, warm=WARM)
    bare = "{} ({})".format(*BARE)
    for name in named:
        yield rate(name, rows, "rows/s", took[name], against=bare, peer=took[bare], clock="wall")
