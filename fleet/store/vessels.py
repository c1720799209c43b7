"""The register of vessels and identities, and what the air adds to it.

Invariant: one identity leads to one vessel at a time; a registered vessel is never overwritten by
what a transmitter says of itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from fleet.model import SECOND, IdentityKind, Ints, VesselClass
from fleet.store.db import Connection, one, queries, rows
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
