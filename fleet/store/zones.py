"""Zones as the engine sees them, now or as they were at a revision."""

from __future__ import annotations

from fleet.geo import Zone, zone_of
from fleet.store.db import Connection, one, queries, rows

SQL = queries("zones")
CHANNEL = "fleet_config"
"""Notified, with the revision, by whoever changes zones, register or thresholds."""


async def load(conn: Connection, revision: int | None = None) -> list[Zone]:
    """The zones in force, as of a revision or now, by id."""
    if revision is None:
        return [zone_of(row) for row in await rows(conn, SQL["now"])]
    found = await rows(conn, SQL["then"], revision=revision)
    return [zone_of(row["body"]) for row in found]


async def revision(conn: Connection) -> int:
    """One number for every change of zones and register."""
    return int((await one(conn, SQL["revision"]))["revision"])
