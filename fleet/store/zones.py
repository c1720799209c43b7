"""Zones as the engine sees them, now or as they were at a revision."""

from __future__ import annotations

from typing import Any

from fleet.geo import Zone, zone_of
from fleet.store.db import Connection, one, queries, rows

SQL = queries("zones")
CHANNEL = "fleet_config"
"""Notified, with the revision, by whoever changes zones, register or thresholds."""


async def load(conn: Connection, revision: int | None = None) -> list[Zone]:
    """The zones in force, as of a revision or now, by id; ValueError where one makes no sense."""
    return [zone_of(row) for row in await rows_of(conn, revision)]


async def rows_of(conn: Connection, revision: int | None = None) -> list[dict[str, Any]]:
    """The same as rows of the table."""
    if revision is None:
        return await rows(conn, SQL["now"])
    return [row["body"] for row in await rows(conn, SQL["then"], revision=revision)]


async def fingerprint(conn: Connection) -> tuple[int, str]:
    """Something that differs whenever a zone was changed."""
    row = await one(conn, SQL["fingerprint"])
    return row["zones"], row["revisions"]


async def revision(conn: Connection) -> int:
    """One number for every change of zones and register."""
    return int((await one(conn, SQL["revision"]))["revision"])
