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


PLAIN = ("alert", "work_order", "vessel", "person", "grid", "act", "actor", "reason")


async def append(conn: Connection, events: Sequence[Event]) -> int:
    """Write the events, hint to listeners, and return the newest sequence number."""
    if not events:
        return 0
    last = int((await one(conn, SQL["take"], n=len(events)))["seq"])
    first = last - len(events) + 1
    columns: dict[str, list[Any]] = {n: [getattr(e, n) for e in events] for n in PLAIN}
    columns["seq"] = list(range(first, last + 1))
    columns["detail"] = [Jsonb(dict(e.detail)) for e in events]
    await conn.execute(SQL["append"], columns)
    await conn.execute(SQL["hint"], {"channel": CHANNEL, "seq": str(last)})
    return last
