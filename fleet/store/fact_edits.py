"""Writing what rules need from outside, by codes: reg_no of a boat, code of a zone or an order.

Invariant: a write and the word to the workers (`facts.changed`) are one transaction, the caller's;
the caller has made sure with `unknown` that every code stands for something.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from fleet.alerts.facts import beaufort, gridded
from fleet.store import facts
from fleet.store.db import Connection, many, rows
from fleet.store.reads import Rows
from fleet.store.scope import Scope, scoped

KINDS: Mapping[str, LiteralString] = {
    "groups": "group", "trips": "trip", "permits": "permit", "certificates": "certificate",
    "ports": "port", "orders": "order", "order_status": "order_status",
}  # fmt: skip
"""Kinds that are lists of rows, with the noun of one row."""
Points = Mapping[tuple[float, float], float]
"""Values by (latitude, longitude), degrees."""


async def listed(conn: Connection, kind: str, scope: Scope) -> Rows:
    """Rows of the kind about the boats that the caller may see."""
    return await rows(conn, scoped("fact_edits")[f"{KINDS[kind]}_all"], **scope.params())


async def summary(conn: Connection, scope: Scope) -> Rows:
    return await rows(conn, scoped("fact_edits")["summary"], **scope.params())


async def unknown(conn: Connection, noun: str, codes: Collection[str]) -> set[str]:
    """Which of these codes stand for nothing; `noun` is vessel, zone or order."""
    found = await rows(conn, scoped("fact_edits")[f"known_{noun}"], codes=list(codes))
    return set(codes) - {row["code"] for row in found}


async def write(
    conn: Connection, kind: str, values: Sequence[Mapping[str, Any]], actor: int | None = None
) -> None:
    """Insert or update rows of the kind by their key."""
    plain = [{k: _plain(v) for k, v in row.items()} for row in values]
    params = {"rows": Jsonb(plain), "actor": actor}
    await conn.execute(scoped("fact_edits")[f"{KINDS[kind]}_write"], params)
    if kind == "orders":
        await conn.execute(scoped("fact_edits")["order_status_spare"], params)
    await facts.changed(conn, kind, actor)


async def write_wind(
    conn: Connection, fields: Mapping[tuple[bool, datetime, datetime], Points], actor: int | None
) -> None:
    """Fields by (observed, issued, valid): wind in m/s at points, kept as Beaufort force."""
    values = []
    for (observed, issued, valid), points in sorted(fields.items()):
        lats, lons, speed = gridded(points)
        force = beaufort(speed).ravel().tolist()
        values.append(
            {"observed": observed, "issued": issued, "valid": valid, "lats": lats.tolist(),
             "lons": lons.tolist(), "force_bf": force}
        )  # fmt: skip
    await many(conn, scoped("fact_edits")["wind_write"], values)
    await conn.execute(scoped("fact_edits")["wind_over"])
    await facts.changed(conn, "wind", actor)


async def write_depth(conn: Connection, points: Points, actor: int | None) -> None:
    """Metres below chart datum at points; takes the place of the grid that was there."""
    lats, lons, metres = gridded(points)
    values = {"lats": lats.tolist(), "lons": lons.tolist(), "metres": metres.ravel().tolist()}
    await conn.execute(scoped("fact_edits")["depth_write"], values)
    await facts.changed(conn, "depth", actor)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


async def recalls(conn: Connection, scope: Scope, recall: int | None = None) -> Rows:
    return await rows(conn, scoped("fact_edits")["recalls"], **scope.params(id=recall))


async def end_recall(conn: Connection, recall: int, actor: int | None) -> bool:
    """The order is over; False where it was, or is none."""
    done = await conn.execute(scoped("fact_edits")["recall_end"], {"id": recall})
    await facts.changed(conn, "orders", actor)
    return done.rowcount > 0


async def recall_boats(conn: Connection, scope: Scope, recall: int) -> Rows:
    """Every boat in scope that an order may concern, with its last fix and its answer."""
    return await rows(conn, scoped("fact_edits")["recall_boats"], **scope.params(id=recall))


async def ports(conn: Connection, scope: Scope, since: datetime, berthed_kn: float) -> Rows:
    """Each port with the boats of the scope; in port and slower than this is berthed."""
    more = {"since": since, "berthed_kn": berthed_kn}
    return await rows(conn, scoped("fact_edits")["ports"], **scope.params(**more))


async def at_sea(conn: Connection, scope: Scope) -> int:
    """Registered fishing boats of the scope in no port."""
    return int((await rows(conn, scoped("fact_edits")["at_sea"], **scope.params()))[0]["n"])


async def port_visits(
    conn: Connection, scope: Scope, port: str | None, since: datetime, limit: int
) -> Rows:
    more = {"port": port, "since": since, "limit": limit}
    return await rows(conn, scoped("fact_edits")["port_visits"], **scope.params(**more))
