"""AIS sentences to committed rows, all rules on, against a bare binary COPY of the same rows.

A whole worker on a database of its own: bytes in 64 KiB pieces through reader, intake, decoder,
register, rules and one transaction a batch, acknowledged behind the commit. 35,000 boats on the
register, 500 zones, one boat in a hundred inside one, two in a hundred above the speed limit. The
peer copies the rows that came of it, made to COPY blocks by NumPy, into a hypertable of the same
shape, as many a transaction as the worker had.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
from psycopg.rows import TupleRow

from benchmarks import _sea
from benchmarks._measure import Figure, Goal, Run, Timing, rate
from benchmarks._sea import Piece
from benchmarks._stack import servers
from fleet import telemetry
from fleet.columns import block
from fleet.ingest.feed import Delivery
from fleet.ingest.formats import FORMATS
from fleet.store import positions
from fleet.store.feeds import Health
from fleet.worker.intake import Intake, Item, Reader
from fleet.worker.loop import Worker
from fleet.worker.sources import Sources
from fleet.worker.spool import Spool

STEPS, ROUNDS = 8, 5
"""Steps of ten seconds a round: 280,000 positions in 311,000 sentences."""
SIDES, RADIUS = 60, 0.33
"""Zones of 60 sides and 20 miles: together about a hundredth of the sea."""


class Feed:
    """Brings what it is given, and knows what was acknowledged."""

    name, acks = "ais", True

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.some, self.done = asyncio.Event(), asyncio.Event()
        self.open = 0
        self.clock = 0

    def give(self, pieces: Sequence[Piece]) -> None:
        self.waiting.extend(map(self.delivery, pieces))
        self.open += len(pieces)
        self.done.clear()
        self.some.set()

    def delivery(self, piece: Piece) -> Delivery:
        return Delivery(self.name, "receiver", "nmea", piece.payload, piece.received)

    def item(self, delivery: Delivery) -> Item:
        return Item(self, delivery)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        while True:
            await self.some.wait()
            while self.waiting:
                self.clock = self.waiting[0].received
                yield self.waiting.popleft()
            self.some.clear()

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        self.open -= len(deliveries)
        if not self.open:
            self.done.set()


@dataclass(slots=True)
class Bench:
    """One worker at work on one database, and the rows that its rounds brought."""

    url: str
    feed: Feed
    worker: Worker
    steps: int
    peer: str  #: the other database

    async def met(self) -> None:
        """The sea before it is measured: everybody was seen and has a name."""
        self.feed.give(_sea.pieces(0, 1, 0)[0])
        await self.feed.done.wait()

    async def ours(self, number: int) -> Timing:
        made, _, _ = _sea.pieces((number + 1) * self.steps + 1, self.steps, number)
        wall, cpu = time.perf_counter(), time.process_time()
        self.feed.give(made)
        await self.feed.done.wait()
        return Timing(time.process_time() - cpu, time.perf_counter() - wall)

    def theirs(self, number: int) -> Timing:
        """The rows of the round, COPY after COPY, each a transaction."""
        with psycopg.connect(self.url) as conn:
            blocks = copies(conn, self.since(number), self.since(number + 1))
        with psycopg.connect(self.peer) as conn:
            query = positions.SQL["copy"]
            wall, cpu = time.perf_counter(), time.process_time()
            for one in blocks:
                with conn.cursor().copy(query) as copy:
                    copy.write(one)
                conn.commit()
            return Timing(time.process_time() - cpu, time.perf_counter() - wall)

    def since(self, number: int) -> int:
        return _sea.START_S + ((number + 1) * self.steps + 1) * _sea.SPACING_S


def copies(
    conn: psycopg.Connection[TupleRow], since: int, until: int, size: int = 50_000
) -> list[bytes]:
    """COPY blocks of the rows between two times, in the order in which they were stored."""
    names = [name for name in positions.POSITION if name != "stations"]
    made = [f"extract(epoch from {n}) * 1e6" if n in TIMES else n for n in names]
    found = conn.execute(
        f"select {', '.join(made)}, stations[1] from position where t >= to_timestamp(%s)"  # noqa: S608
        f" and t < to_timestamp(%s) order by t, vessel".encode(),
        [since, until],
    ).fetchall()
    columns = dict(zip([*names, "station"], map(np.array, zip(*found, strict=True)), strict=True))
    for name in TIMES:
        columns[name] = columns[name].astype(np.int64)
    out = []
    for at in range(0, len(found), size):
        part = {name: column[at : at + size] for name, column in columns.items()}
        stations = (np.arange(len(part["t"]) + 1), part.pop("station"))
        out.append(block(positions.POSITION, {**part, "stations": stations}))
    return out


TIMES = ("t", "received", "heard")


def fill(url: str) -> None:
    """Every boat on the register, and the zones."""
    dice = np.random.default_rng(3)
    turn = np.linspace(0, 2 * np.pi, SIDES + 1)
    with psycopg.connect(url) as conn:
        conn.execute(
            "with v as (insert into vessel (reg_no, name, class, registered, interval_s, length_m)"
            " select n, n, 1, true, 10, 20 from unnest(%(names)s::text[]) n returning id, name)"
            " insert into vessel_identity (kind, value, vessel) select 'mmsi', name, id from v",
            {"names": [str(_sea.mmsi(v)) for v in range(_sea.VESSELS)]},
        )
        for n in range(_sea.ZONES):
            x, y = dice.uniform(_sea.WEST, _sea.EAST), dice.uniform(_sea.SOUTH, _sea.NORTH)
            radius = RADIUS / _sea.ZONES**0.5 * dice.uniform(1, 2)
            ring = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], -1)
            ring[-1] = ring[0]
            shape = json.dumps({"type": "Polygon", "coordinates": [ring.tolist()]})
            conn.execute(
                "insert into zone (code, kind, name, rule, geometry)"
                " values (%s, 'reserve', %s, 'keep_out', %s)",
                [f"R{n}", f"保护区{n}", shape],
            )
        conn.execute(
            "insert into zone_version (zone, version, revision, body)"
            " select id, version, revision, to_jsonb(zone) from zone"
        )


def worker(url: str, folder: Path, feed: Feed) -> Worker:
    spool, quarantine = Spool(folder / "spool", 1 << 26), Spool(folder / "aside", 1 << 26)
    quarantine.open()
    sources = Sources([(feed, Health("ais", "tcp_client", "", "nmea", "up"))], spool)
    return Worker(url, FORMATS, Intake(), quarantine, sources, clock=lambda: feed.clock)


async def measured(bench: Bench, rounds: int, run: Run) -> dict[str, list[Timing]]:
    found: dict[str, list[Timing]] = {"rows": [], "copy": []}
    await bench.met()
    for number in range(-1, rounds):
        run.note(f"round {max(number, 0) + 1} of {rounds}")
        ours = await bench.ours(number)
        theirs = await asyncio.to_thread(bench.theirs, number)
        if number >= 0:
            found["rows"].append(ours)
            found["copy"].append(theirs)
    return found


async def whole(bench: Bench, rounds: int, run: Run) -> dict[str, list[Timing]]:
    """The worker's life: started, fed, stopped."""
    stop = asyncio.Event()
    reader = Reader(bench.feed, bench.worker.intake, bench.worker.sources.spool, lambda: False)
    tasks = [asyncio.create_task(bench.worker.run(stop)), asyncio.create_task(reader.run())]
    try:
        return await measured(bench, rounds, run)
    finally:
        stop.set()
        tasks[1].cancel()
        await tasks[0]
        await bench.worker.close()


def figures(run: Run) -> Iterator[Figure]:
    steps, rounds = (2, 1) if run.quick else (STEPS, ROUNDS)
    telemetry.configure("warning")  # standard output is the table's
    with servers() as at:
        url, peer = at.fresh("sea"), at.fresh("peer")
        fill(url)

        async def work() -> dict[str, list[Timing]]:
            feed = Feed()
            bench = Bench(url, feed, worker(url, at.folder / "worker", feed), steps, peer)
            return await whole(bench, rounds, run)

        took = asyncio.run(work())
        with psycopg.connect(url) as conn:
            (raised,) = conn.execute("select count(distinct vessel) from alert").fetchone() or (0,)
    rows = steps * _sea.VESSELS
    against = "bare COPY of the same rows"
    for name, clock, goal in (
        ("sentences to committed rows, all rules on", "wall", Goal(0.5)),
        ("… CPU of the worker's process", "cpu", None),
    ):
        yield rate(name, rows, "rows/s", took["rows"], against=against, peer=took["copy"],
                   goal=goal, clock=clock)  # type: ignore[arg-type]  # fmt: skip
    yield Figure("… vessels that raised something", raised / _sea.VESSELS * 100, "%",
                 goal=Goal(1.0, of="value"))  # fmt: skip
