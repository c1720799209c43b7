"""What the live stream reads: the fleet by batch, the events by sequence number.

Events come in commit order without gaps, so "everything after N" is never missing one.
"""

from __future__ import annotations

from collections.abc import Sequence

from fleet.store.db import Connection, one, rows
from fleet.store.reads import Rows
from fleet.store.scope import Scope, scoped


async def cursors(conn: Connection) -> tuple[int, int]:
    """The newest event and the newest batch."""
    row = await one(conn, scoped("live")["cursors"])
    return row["event_seq"], row["tick"]


async def latest(conn: Connection, since: int) -> Rows:
    return await rows(conn, scoped("live")["latest"], since=since)


async def events(conn: Connection, scope: Scope, since: int, until: int, limit: int) -> Rows:
    """The events in (since, until], in order."""
    params = scope.params(since=since, until=until, limit=limit)
    return await rows(conn, scoped("live")["events"], **params)


async def visible(conn: Connection, scope: Scope, alerts: Sequence[int]) -> set[int]:
    found = await rows(conn, scoped("live")["visible"], **scope.params(ids=sorted(set(alerts))))
    return {r["id"] for r in found}


async def vessels(conn: Connection, scope: Scope) -> tuple[list[int], list[int]]:
    """The ids of all vessels in scope, and those of them that are the caller's own."""
    found = await rows(conn, scoped("live")["vessels"], **scope.params())
    return [r["id"] for r in found], [r["id"] for r in found if r["own"]]
