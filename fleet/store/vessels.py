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
    found = await one(conn, SQL["load"])
    columns = Vessels(
        np.array(found["class"], np.int64),
        np.array(found["registered"], np.bool_),
        np.array(found["interval_s"], np.int64) * SECOND,
        np.array(found["length_m"], np.float64),
    )
    everybody = Vessels.empty(1).updated(np.array(found["id"], np.int64), columns)
    return everybody, _registry(await rows(conn, SQL["identities"]))


async def papers(conn: Connection) -> tuple[dict[int, tuple[list[str], list[str]]], frozenset[int]]:
    """(names, call signs) of every registered boat, and the strangers that were decided about."""
    found = {r["id"]: (r["names"], r["callsigns"]) for r in await rows(conn, SQL["papers"])}
    return found, frozenset(r["id"] for r in await rows(conn, SQL["decided"]))


def _registry(found: Iterable[Mapping[str, Any]]) -> Registry:
    registry = Registry()
    for row in found:
        table = dict(zip(row["names"], row["vessels"], strict=True))
        if row["kind"] == IdentityKind.MMSI:
            table = {name: vessel for name, vessel in table.items() if name.isdecimal()}
        registry = registry.known(IdentityKind(row["kind"]), table)
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
