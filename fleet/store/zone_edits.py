"""Writing zones: each edit is a version with its author and reason; nothing is ever deleted.

Undo is one more edit that brings an earlier version back. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, queries

SQL = queries("zone_edits")
FIELDS = (
    "code", "kind", "name", "name_en", "rule", "severity", "season", "classes", "limit_kn",
    "dwell_min", "geometry", "legal_basis",
)  # fmt: skip
"""What an author decides about a zone."""


class Conflict(Exception):
    """The zone has moved on since the author read it, or is ended already."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes it and why; account None is the service (seed, import)."""

    account: int | None
    reason: str = ""


def _params(fields: Mapping[str, Any]) -> dict[str, Any]:
    season = fields.get("season")
    return {
        "dwell_min": None,  # versions from before there was such a limit
        **{name: fields[name] for name in FIELDS if name in fields},
        "geometry": Jsonb(fields["geometry"]),
        "season": Jsonb(season) if season else None,
    }


async def create(conn: Connection, fields: Mapping[str, Any], author: Author) -> dict[str, Any]:
    """A new zone's row; a code in use raises psycopg's UniqueViolation."""
    row = await (await conn.execute(SQL["create"], _params(fields))).fetchone()
    return await _kept(conn, row, author)


async def update(
    conn: Connection,
    zone: int,
    fields: Mapping[str, Any],
    author: Author,
    *,
    version: int | None = None,
) -> dict[str, Any] | None:
    """The zone's next version, or None if there is no such zone.

    With `version`, the author's copy must be the newest, else Conflict.
    """
    old = await _locked(conn, zone)
    if old is None:
        return None
    if version is not None and version != old["version"]:
        raise Conflict(f"version {version} was edited, the newest is {old['version']}")
    row = await (await conn.execute(SQL["update"], {**_params(fields), "id": zone})).fetchone()
    return await _kept(conn, row, author)


async def end(conn: Connection, zone: int, author: Author) -> dict[str, Any] | None:
    """The zone ended; Conflict if it is already."""
    old = await _locked(conn, zone)
    if old is None:
        return None
    if old["ended"] is not None:
        raise Conflict("the zone is ended already")
    row = await (await conn.execute(SQL["end"], {"id": zone})).fetchone()
    return await _kept(conn, row, author)


async def restore(
    conn: Connection, zone: int, version: int, author: Author
) -> dict[str, Any] | None:
    """Bring an earlier version back as the newest; None if there is none such."""
    if await _locked(conn, zone) is None:
        return None
    params = {"id": zone, "version": version}
    kept = await (await conn.execute(SQL["version"], params)).fetchone()
    if kept is None:
        return None
    return await update(conn, zone, kept["body"], author)


async def _locked(conn: Connection, zone: int) -> dict[str, Any] | None:
    return await (await conn.execute(SQL["lock"], {"id": zone})).fetchone()


async def _kept(conn: Connection, row: dict[str, Any] | None, author: Author) -> dict[str, Any]:
    assert row is not None, "the row is locked or new"
    params = {"id": row["id"], "actor": author.account, "reason": author.reason}
    await conn.execute(SQL["keep"], params)
    await conn.execute(SQL["hint"], {"revision": str(row["revision"])})
    return row
