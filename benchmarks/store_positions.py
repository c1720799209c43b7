"""Ways to store position fixes once, on the hypertable, against a bare COPY of the same rows.

    python -m benchmarks.store_positions [ROWS]

Prints rows a second and the ratio to the bare COPY of the same run; medians of the rounds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

import numpy as np

from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.model import HOUR, SECOND, Batch
from fleet.store import positions
from fleet.store.db import Connection, connect
from fleet.store.migrate import migrate

BATCH, ROUNDS, VESSELS = 5_000, 5, 20_000
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
Way = Callable[[Connection, Batch], Awaitable[object]]


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


WAYS: dict[str, tuple[Way, bool]] = {
    "bare COPY": (bare, False),
    "COPY in a savepoint (believed new)": (fresh, False),
    "COPY to a staging table, ON CONFLICT": (merged, False),
    "unnest of lists, ON CONFLICT": (unnest, False),
    "believed new, all there already": (fresh, True),
    "staging table, all there already": (merged, True),
}


async def timed(conn: Connection, way: Way, work: list[Batch]) -> float:
    """Rows a second, each batch in a transaction of its own."""
    begun = time.perf_counter()
    for batch in work:
        await way(conn, batch)
        await conn.commit()
    return sum(map(len, work)) / (time.perf_counter() - begun)


async def measure(url: str, rows: int) -> dict[str, float]:
    await migrate(url)
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    async with await connect(url, "benchmark") as conn:
        await timed(conn, bare, batches(BATCH, 99))
        for seed in range(ROUNDS):
            work = batches(rows, seed)
            for name, (way, there) in WAYS.items():
                if not there:
                    await conn.execute("truncate position")
                rates[name].append(await timed(conn, way, work))
    return {name: statistics.median(found) for name, found in rates.items()}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = scratch("benchmark")
    cluster = Cluster(folder / "postgres", fetch())
    try:
        cluster.start()
        rates = asyncio.run(measure(cluster.url, rows))
    finally:
        cluster.stop("immediate")
        discard(folder)
    for name, rate in rates.items():
        print(f"{name:40} {rate:10,.0f} rows/s   {rate / rates['bare COPY']:.2f} of a bare COPY")


if __name__ == "__main__":
    main()
