"""The append-only history of alerts and orders, which is also the live stream's text frames.

Sequence numbers are gapless and in commit order: they are taken under one row lock, so append
last in a transaction and once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, one, queries

SQL = queries("events")
CHANNEL = "fleet_live"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `act` is a model.Act or a grid order act as text."""

    act: str
    alert: int | None = None
    work_order: int | None = None
    vessel: int | None = None
    person: int | None = None
    grid: int | None = None
    actor: int | None = None
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


async def append(conn: Connection, events: Sequence[Event]) -> int:
    """Write the events, hint to listeners, and return the newest sequence number."""
    if not events:
        return 0
    last = int((await one(conn, SQL["take"], n=len(events)))["seq"])
    first = last - len(events) + 1
    async with conn.cursor() as cursor:
        await cursor.executemany(SQL["append"], [_row(first + i, e) for i, e in enumerate(events)])
    await conn.execute(SQL["hint"], {"channel": CHANNEL, "seq": str(last)})
    return last


def _row(seq: int, e: Event) -> dict[str, Any]:
    return {
        "seq": seq, "alert": e.alert, "work_order": e.work_order, "vessel": e.vessel,
        "person": e.person, "grid": e.grid, "act": e.act, "actor": e.actor,
        "reason": e.reason, "detail": Jsonb(dict(e.detail)),
    }  # fmt: skip
