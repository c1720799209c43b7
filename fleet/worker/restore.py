"""Going on where the last worker stopped: snapshot, journal, and the fence that ends the other.

Invariant: the head that comes out is, bit for bit, the one that was lost, unless neither snapshot
nor journal can be used; then it is built from the newest fixes, and open alerts keep their keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

import structlog

from fleet.model import Change
from fleet.store import alerts, engine, events, zone_gone
from fleet.store.db import Connection
from fleet.store.engine import Entry, Snapshot
from fleet.worker import codec, world
from fleet.worker.commit import PART, snapshot
from fleet.worker.database import Database
from fleet.worker.dedup import WINDOW
from fleet.worker.head import Head, again, following, with_vessels
from fleet.worker.rebuild import rebuilt
from fleet.worker.register import Register
from fleet.worker.world import World

LOG = structlog.get_logger("fleet.worker")


@dataclass(frozen=True, slots=True)
class Move:
    """From one world to the next: the head before the count, and what ended with the old."""

    head: Head
    world: World
    changes: Sequence[Change]
    now: int


@dataclass(frozen=True, slots=True)
class Past:
    """The lost head as far as it was read, and the world that it lived in."""

    head: Head
    world: World


async def restore(
    database: Database, register: Register, now: int, window: int = WINDOW
) -> tuple[Head, World]:
    """The head to go on from; from here on any other worker of this part is fenced off.

    The long part, feeding the journal again, is done without a lock; what another worker committed
    meanwhile is caught up with under it.
    """
    while True:
        found = await database.done(_read)
        past = await asyncio.to_thread(_fed, *found) if found else None
        join = partial(_joined, past=past, register=register, now=now, window=window)
        joined = await database.done(join)
        if joined:
            return joined


async def _read(conn: Connection) -> tuple[Snapshot, World, list[Entry]] | None:
    """The snapshot, the world as it saw it, and what was fed since; None without a usable one."""
    seq = await engine.begin(conn, PART)
    found = await engine.snapshot(conn, PART)
    if found is None or found.layout != world.fingerprint():
        return None
    journal = await engine.entries(conn, PART, found.seq)
    if not _contiguous(journal, found.seq, seq):
        LOG.error("journal does not reach from snapshot to progress", snapshot=found.seq, seq=seq)
        return None
    try:
        versions = codec.versions(found.body)
    except Exception:
        LOG.exception("the snapshot cannot be read")
        return None
    return found, await world.load(conn, found.revision, versions), journal


def _contiguous(journal: Sequence[Entry], after: int, to: int) -> bool:
    return [entry.seq for entry in journal] == list(range(after + 1, to + 1))


def _fed(found: Snapshot, then: World, journal: Sequence[Entry]) -> Past | None:
    """Feed the journal to the snapshot's state; None where either cannot be read."""
    try:
        state, vessels, residue, recent = codec.seen(found.body)
        head = Head(found.seq, state, then.engine(vessels), then.versions, residue, recent)
        for entry in journal:
            head = again(head, entry)
    except Exception:
        LOG.exception("the engine's state cannot be read; it is built anew")
        return None
    return Past(head, then)


async def _joined(
    conn: Connection, past: Past | None, register: Register, now: int, window: int
) -> tuple[Head, World] | None:
    """Lock, catch up and take over; None where the past has moved away meanwhile."""
    seq = await engine.lock(conn, PART)
    await register.load(conn)
    present = (await world.load(conn)).usable()
    changes: list[Change] = []
    if past is None:
        head, changes = world.moved(
            await rebuilt(conn, present, register, seq), present, present, now
        )
    else:
        rest = await engine.entries(conn, PART, past.head.seq)
        if not _contiguous(rest, past.head.seq, seq):
            return None
        head, changes = world.moved(reduce(again, rest, past.head), past.world, present, now)
    head = with_vessels(head, register.vessels)
    head = replace(head, recent=replace(head.recent, window=window))
    await take(conn, Move(head, present, changes, now))
    return following(head), present


async def take(conn: Connection, move: Move) -> None:
    """Count one batch that is no input but a new world, and keep the head as it is after it."""
    head = following(move.head)
    entry = Entry(head.seq, move.now, "config", b"")
    if not await engine.count(conn, PART, entry):
        return
    _, happened = await alerts.apply(conn, move.changes, move.now, head.versions)
    happened += await zone_gone.let_go(conn, move.changes, move.now)
    shot = snapshot(head, move.world.revision, world.fingerprint())
    await engine.keep(conn, PART, shot)
    await events.append(conn, happened)
