"""What rules need from outside: groups, trips, permits, certificates, capacities, wind, depth.

The commander writes, all rows or none; everybody reads what concerns the boats they see. Every
write is told to the workers in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter

from fleet.api.auth import Commander, Conn, See
from fleet.api.errors import FieldError, Problem
from fleet.api.schemas.base import Actor, In
from fleet.api.schemas.facts import (
    CertificatesIn,
    DepthIn,
    FactKind,
    FactKinds,
    FactRows,
    GroupsIn,
    PermitsIn,
    PortsIn,
    TripsIn,
    WindIn,
)
from fleet.store import fact_edits
from fleet.store.db import Connection
from fleet.store.scope import Scope

router = APIRouter(prefix="/facts", tags=["facts"])
Kind = Literal["groups", "trips", "permits", "certificates", "ports"]
REFERS = {"reg_no": "vessel", "port": "zone", "zone": "zone", "area": "zone"}
SPANS = (("valid_from", "valid_to"), ("departs", "returns"), ("issued", "deadline"))


@router.get("", summary="How much there is of each kind, and who changed it last")
async def kinds(scope: See, conn: Conn) -> FactKinds:
    rows = await fact_edits.summary(conn, scope)
    return FactKinds(
        facts=[
            FactKind(
                kind=r["kind"],
                n=r["n"],
                at=r["at"],
                actor=Actor(id=r["actor"], name=r["actor_name"] or "") if r["actor"] else None,
            )
            for r in rows
        ]
    )


@router.get("/{kind}", summary="Rows of one kind about the boats in scope")
async def listed(kind: Kind, scope: See, conn: Conn) -> FactRows:
    return FactRows(kind=kind, rows=await fact_edits.listed(conn, kind, scope))


@router.put("/groups", summary="Sailing groups, pairs, mother boats, tows (command centre)")
async def groups(body: GroupsIn, me: Commander, scope: See, conn: Conn) -> FactRows:
    return await _put(conn, scope, "groups", body.rows, me.account.id)


@router.put("/trips", summary="Declared trips (command centre)")
async def trips(body: TripsIn, me: Commander, scope: See, conn: Conn) -> FactRows:
    return await _put(conn, scope, "trips", body.rows, me.account.id)


@router.put("/permits", summary="Permits (command centre)")
async def permits(body: PermitsIn, me: Commander, scope: See, conn: Conn) -> FactRows:
    return await _put(conn, scope, "permits", body.rows, me.account.id)


@router.put("/certificates", summary="What boats' papers say (command centre)")
async def certificates(body: CertificatesIn, me: Commander, scope: See, conn: Conn) -> FactRows:
    return await _put(conn, scope, "certificates", body.rows, me.account.id)


@router.put("/ports", summary="How many boats ports hold (command centre)")
async def ports(body: PortsIn, me: Commander, scope: See, conn: Conn) -> FactRows:
    return await _put(conn, scope, "ports", body.rows, me.account.id)


@router.put("/wind", status_code=204, summary="One field of wind (command centre)")
async def wind(body: WindIn, me: Commander, conn: Conn) -> None:
    """Takes the place of the same cycle's field for the same time."""
    points = {(p.lat, p.lon): p.wind_ms for p in body.points}
    key = (body.kind == "observed", body.issued, body.valid)
    await fact_edits.write_wind(conn, {key: points}, me.account.id)


@router.put("/depth", status_code=204, summary="The depths (command centre)")
async def depth(body: DepthIn, me: Commander, conn: Conn) -> None:
    """Takes the place of the grid that was there."""
    points = {(p.lat, p.lon): p.depth_m for p in body.points}
    await fact_edits.write_depth(conn, points, me.account.id)


async def _put(
    conn: Connection, scope: Scope, kind: Kind, rows: Sequence[In], actor: int
) -> FactRows:
    values = [row.model_dump() for row in rows]
    await refuse(conn, values)
    await fact_edits.write(conn, kind, _once(kind, values), actor)
    return FactRows(kind=kind, rows=await fact_edits.listed(conn, kind, scope))


KEYS = {
    "groups": ("group", "reg_no", "valid_from"), "trips": ("trip",), "permits": ("permit",),
    "certificates": ("reg_no", "kind"), "ports": ("port",),
}  # fmt: skip


def _once(kind: Kind, values: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each key once; 422 names the second."""
    seen: dict[tuple[Any, ...], int] = {}
    for i, row in enumerate(values):
        first = seen.setdefault(tuple(row[name] for name in KEYS[kind]), i)
        if first != i:
            raise Problem.of(422, f"body.rows[{i}]", f"is there already in rows[{first}]")
    return list(values)


async def refuse(conn: Connection, values: Sequence[dict[str, Any]]) -> None:
    """422 naming every code that stands for nothing and every span that ends before it begins."""
    errors: list[FieldError] = []
    for name, noun in REFERS.items():
        said = {row[name] for row in values if row.get(name) is not None}
        gone = await fact_edits.unknown(conn, noun, said)
        errors += [
            FieldError(field=f"body.rows[{i}].{name}", message=f"there is no {noun} {row[name]}")
            for i, row in enumerate(values)
            if row.get(name) in gone
        ]
    for i, row in enumerate(values):
        for first, last in SPANS:
            begin, end = row.get(first), row.get(last)
            if begin is not None and end is not None and end <= begin:
                message = f"is not after {first}"
                errors.append(FieldError(field=f"body.rows[{i}].{last}", message=message))
    if errors:
        raise Problem(422, "the rows do not fit what is stored", errors=errors[:50])
