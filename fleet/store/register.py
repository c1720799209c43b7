"""The register as files say it: organisations, people, grids, shifts, vessels, zones by code.

Invariant: a noun's rows are written by key, never deleted; zones and vessels that change carry a
new revision, and the workers get a hint when it commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, queries

SQL = queries("register")
REVISED = frozenset({"vessel", "identity", "zone"})
"""Nouns that the workers know by heart and must read again."""


async def lock(conn: Connection) -> None:
    """Let one import at a time compare and write; held to the end of the transaction."""
    await conn.execute(SQL["lock"])


async def current(conn: Connection, noun: str) -> list[dict[str, Any]]:
    """Every row of the noun, with codes in the place of ids."""
    return await (await conn.execute(SQL[f"{noun}_all"])).fetchall()


async def adopt(conn: Connection, identities: Sequence[Mapping[str, Any]]) -> int:
    """Give registration numbers to boats known only from the air; tell how many got one."""
    return (await conn.execute(SQL["vessel_adopt"], {"rows": _json(identities)})).rowcount


async def write(
    conn: Connection, noun: str, rows: Sequence[Mapping[str, Any]], reason: str
) -> None:
    """Insert or update whole rows by key."""
    if not rows:
        return
    values: dict[str, Any] = {"rows": _json(rows), "reason": reason}
    if noun in REVISED:
        values["revision"] = await _revision(conn)
    for step in ("free", "write", "finish"):
        statement = SQL.get(f"{noun}_{step}")
        if statement:
            await conn.execute(statement, values)


async def _revision(conn: Connection) -> int:
    row = await (await conn.execute(SQL["revision"])).fetchone()
    revision = int(row["revision"]) if row else 0
    await conn.execute(SQL["hint"], {"revision": revision})
    return revision


def _json(rows: Sequence[Mapping[str, Any]]) -> Jsonb:
    return Jsonb([{k: _plain(v) for k, v in row.items()} for row in rows])


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
