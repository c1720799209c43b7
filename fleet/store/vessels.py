"""The register of vessels and identities, and what the air adds to it.

Invariant: one identity leads to one vessel at a time; a registered vessel is never overwritten by
what a transmitter says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from psycopg.types.json import Jsonb

from fleet.columns import to_datetime
from fleet.model import SECOND, IdentityKind, Ints, VesselClass
from fleet.store.db import Connection, one, plain, queries, rows
from fleet.vessels import Registry, Vessels

SQL = queries("vessels")


async def load(conn: Connection) -> tuple[Vessels, Registry]:
    """Everything the worker knows of vessels."""
    found = await rows(conn, SQL["load"])
    ids = np.array([row["id"] for row in found], np.int64)
    columns = Vessels(
        np.array([row["class"] for row in found], np.int64),
        np.array([row["registered"] for row in found], np.bool_),
        np.array([row["interval_s"] * SECOND for row in found], np.int64),
        np.array([row["length_m"] for row in found], np.float64),
    )
    return Vessels.empty(1).updated(ids, columns), _registry(await rows(conn, SQL["identities"]))


def _registry(found: Iterable[Mapping[str, Any]]) -> Registry:
    tables: dict[IdentityKind, dict[str, int]] = {kind: {} for kind in IdentityKind}
    for row in found:
        if row["kind"] != IdentityKind.MMSI or row["value"].isdecimal():
            tables[IdentityKind(row["kind"])][row["value"]] = row["vessel"]
    registry = Registry()
    for kind, table in tables.items():
        registry = registry.known(kind, table)
    return registry


async def fingerprint(conn: Connection) -> tuple[int, str]:
    """Something that differs whenever the register was changed by people."""
    row = await one(conn, SQL["fingerprint"])
    return row["vessels"], row["revisions"]


async def ensure(
    conn: Connection, kind: IdentityKind, wanted: Mapping[str, VesselClass]
) -> dict[str, int]:
    """The vessel of every wanted identity; unknown ones become vessels of the given class."""
    await conn.execute(SQL["lock"])
    asked: dict[str, Any] = {"kind": kind, "values": sorted(wanted)}
    known = {r["value"]: int(r["vessel"]) for r in await rows(conn, SQL["known"], **asked)}
    missing = sorted(wanted.keys() - known.keys())
    if missing:
        ids = [int(r["id"]) for r in await rows(conn, SQL["numbers"], n=len(missing))]
        classes = [int(wanted[value]) for value in missing]
        await conn.execute(SQL["create"], {"ids": ids, "classes": classes})
        await conn.execute(SQL["identify"], {"kind": kind, "values": missing, "ids": ids})
        known |= dict(zip(missing, ids, strict=True))
    return known


async def classify(conn: Connection, ids: Ints, now: Vessels) -> None:
    """Keep the class and length that the air gave these unregistered vessels."""
    await conn.execute(
        SQL["classify"],
        {"ids": ids.tolist(), "classes": now.cls.tolist(), "lengths": now.length_m.tolist()},
    )


async def statics(conn: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What these transmitters last said of themselves."""
    found = await rows(conn, SQL["statics"], ids=sorted(ids))
    return {row["vessel"]: row["body"] for row in found}


async def add_statics(conn: Connection, said: Mapping[int, tuple[int, Mapping[str, Any]]]) -> None:
    """Append what changed: vessel -> (time, everything it says now); names follow."""
    changes = [
        {"vessel": vessel, "t": to_datetime(t), "body": Jsonb(plain(body))}
        for vessel, (t, body) in sorted(said.items())
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(SQL["add_static"], changes)
    names = {vessel: plain(body["name"]) for vessel, (_, body) in said.items() if body.get("name")}
    ids = sorted(names)
    await conn.execute(SQL["rename"], {"ids": ids, "names": [names[i] for i in ids]})
