"""Going on where the last worker stopped: snapshot, journal, and the fence that ends the other.

Invariant: the head that comes out is, bit for bit, the one that was lost, unless neither snapshot
nor journal can be used; then it is built from the newest fixes, and open alerts keep their keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import structlog

from fleet.model import Change
from fleet.store import alerts, engine, events, orders
from fleet.store.db import Connection
from fleet.store.engine import Entry
from fleet.worker import codec, world
from fleet.worker.commit import PART, snapshot
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


async def restore(conn: Connection, register: Register, now: int) -> tuple[Head, World]:
    """The head to go on from; from here on any other worker of this part is fenced off."""
    seq = await engine.begin(conn, PART)
    before = await _replayed(conn, seq)
    await register.load(conn)
    present = await world.load(conn)
    changes: list[Change] = []
    if before is None:
        head = await rebuilt(conn, present, register, seq)
    else:
        head, changes = world.moved(before[0], before[1], present, now)
    head = with_vessels(head, register.vessels)
    await take(conn, Move(head, present, changes, now))
    return following(head), present


async def take(conn: Connection, move: Move) -> None:
    """Count one batch that is no input but a new world, and keep the head as it is after it."""
    head = following(move.head)
    entry = Entry(head.seq, move.now, "config", b"")
    if not await engine.count(conn, PART, entry):
        return
    cases, happened = await alerts.apply(conn, move.changes, move.now, head.versions)
    happened += await orders.open_orders(conn, cases, move.now)
    shot = snapshot(head, move.world.revision, world.fingerprint())
    await engine.keep(conn, PART, shot)
    await events.append(conn, happened)


async def _replayed(conn: Connection, seq: int) -> tuple[Head, World] | None:
    """The lost head, from the snapshot and what was fed since; None where that is impossible."""
    found = await engine.snapshot(conn, PART)
    if found is None or found.layout != world.fingerprint():
        return None
    journal = await engine.entries(conn, PART, found.seq)
    if [entry.seq for entry in journal] != list(range(found.seq + 1, seq + 1)):
        LOG.error("journal does not reach from snapshot to progress", snapshot=found.seq, seq=seq)
        return None
    try:
        state, vessels, versions, residue = codec.seen(found.body)
        then = await world.load(conn, found.revision, versions)
        head = Head(found.seq, state, then.engine(vessels), then.versions, residue)
        for entry in journal:
            head = again(head, entry)
    except psycopg.Error:
        raise
    except Exception:
        LOG.exception("the engine's state cannot be read; it is built anew")
        return None
    return head, then
