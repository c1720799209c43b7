"""What the API reads: one function a named query, every one of them scoped.

A function that finds nothing returns None or an empty list; whether the object does not exist
or is somebody else's is not told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, TypeAlias

from fleet.store.db import Connection, one, rows
from fleet.store.rollup import JUMP_KN
from fleet.store.scope import Scope, scoped

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[dict[str, Any]]


async def _all(conn: Connection, name: LiteralString, scope: Scope, **params: Any) -> Rows:
    return await rows(conn, scoped("reads")[name], **scope.params(**params))


async def _one(conn: Connection, name: LiteralString, scope: Scope, **params: Any) -> Row | None:
    return await (await conn.execute(scoped("reads")[name], scope.params(**params))).fetchone()


async def alerts(conn: Connection, scope: Scope, *, everything: bool, **filters: Any) -> Rows:
    """One page of alerts: the open ones worst first, or all of them newest first."""
    return await _all(conn, "alerts_all" if everything else "alerts_open", scope, **filters)


async def alert(conn: Connection, scope: Scope, alert_id: int) -> Row | None:
    return await _one(conn, "alert", scope, id=alert_id)


async def alerts_by_id(conn: Connection, scope: Scope, ids: Sequence[int]) -> Rows:
    return await _all(conn, "alerts_by_id", scope, ids=list(ids))


async def history(conn: Connection, scope: Scope, alert_id: int) -> Rows:
    return await _all(conn, "history", scope, id=alert_id)


async def orders(conn: Connection, scope: Scope, *, me: int | None, **filters: Any) -> Rows:
    return await _all(conn, "orders", scope, me=me, **filters)


async def order(conn: Connection, scope: Scope, order_id: int) -> Row | None:
    return await _one(conn, "order", scope, id=order_id)


async def assignments(conn: Connection, scope: Scope, order_id: int) -> Rows:
    return await _all(conn, "assignments", scope, id=order_id)


async def vessels(conn: Connection, scope: Scope) -> Rows:
    return await _all(conn, "vessels", scope)


async def vessel(conn: Connection, scope: Scope, vessel_id: int) -> Row | None:
    return await _one(conn, "vessel", scope, id=vessel_id)


async def identities(conn: Connection, scope: Scope, vessel_id: int) -> Rows:
    return await _all(conn, "identities", scope, id=vessel_id)


async def transmitted(conn: Connection, scope: Scope, vessel_id: int) -> Row | None:
    return await _one(conn, "transmitted", scope, id=vessel_id)


async def sees_vessel(conn: Connection, scope: Scope, vessel_id: int) -> bool:
    return await _one(conn, "seen", scope, id=vessel_id) is not None


async def track(
    conn: Connection, scope: Scope, vessel_id: int, since: datetime, until: datetime, limit: int
) -> tuple[Rows, float | None]:
    """Fixes in order, and the bucket in seconds they were thinned to where there were too many."""
    span = {"id": vessel_id, "since": since, "until": until, "limit": limit + 1}
    found = await _all(conn, "track", scope, **span)
    if len(found) <= limit:
        return found, None
    bucket = max(1.0, (until - since).total_seconds() / (limit - 1))
    return await _all(conn, "track_thinned", scope, **span, bucket=bucket), bucket


async def hours(
    conn: Connection, scope: Scope, vessel_id: int, since: datetime, until: datetime
) -> Rows:
    """What one vessel did hour by hour; also where its fixes are kept no longer."""
    span = {"id": vessel_id, "since": since, "until": until, "jump_kn": JUMP_KN}
    return await _all(conn, "hours", scope, **span)


async def zones(conn: Connection, scope: Scope, *, ended: bool) -> Rows:
    return await _all(conn, "zones", scope, ended=ended)


async def zone(conn: Connection, scope: Scope, zone_id: int) -> Row | None:
    return await _one(conn, "zone", scope, id=zone_id)


async def zone_versions(conn: Connection, scope: Scope, zone_id: int) -> Rows:
    return await _all(conn, "zone_versions", scope, id=zone_id)


async def grids(conn: Connection, scope: Scope) -> Rows:
    return await _all(conn, "grids", scope)


async def members(conn: Connection, scope: Scope) -> Rows:
    return await _all(conn, "members", scope)


async def feeds(conn: Connection, scope: Scope) -> Rows:
    return await _all(conn, "feeds", scope)


async def rules(conn: Connection, scope: Scope) -> Rows:
    return await _all(conn, "rules", scope)


async def rule_versions(conn: Connection, scope: Scope, kind: str) -> Rows:
    return await _all(conn, "rule_versions", scope, kind=kind)


async def rule_counts(conn: Connection, scope: Scope) -> dict[str, Row]:
    """Open and of the last day, by kind; a kind that is not there has none."""
    return {row["kind"]: row for row in await _all(conn, "rule_counts", scope)}


async def workers(conn: Connection) -> Rows:
    """The heartbeat is the one thing everybody may know: it holds nobody's data."""
    return await _all(conn, "workers", Scope())


async def overview(conn: Connection, scope: Scope) -> Row:
    return await one(conn, scoped("reads")["overview"], **scope.params())
