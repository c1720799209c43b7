"""Dry runs 试运行: who tried what, how far it is, what came of it.

Invariant: at most one runs at a time, and the newest KEPT are kept. A run that says nothing for
SILENT_S is over, whoever started it. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, one, queries, rows

SQL = queries("dry_runs")
KEPT = 50
SILENT_S = 60.0
Row = dict[str, Any]


async def begin(conn: Connection, asked: Mapping[str, Any], actor: int | None) -> int:
    """A new run's number; psycopg's UniqueViolation while another one is going on."""
    await conn.execute(SQL["given_up"], {"silent_s": SILENT_S})
    await conn.execute(SQL["tidy"], {"kept": KEPT})
    found = await one(conn, SQL["begin"], asked=Jsonb(dict(asked)), actor=actor)
    return int(found["id"])


async def beat(conn: Connection, run: int, share: float) -> bool:
    """Say that it goes on; False where it was cancelled."""
    return bool(await rows(conn, SQL["beat"], id=run, share=share))


async def end(
    conn: Connection, run: int, status: str, message: str = "", result: Any = None
) -> None:
    """Write down how it ended, unless that is written already."""
    body = Jsonb(result) if result is not None else None
    values = {"id": run, "status": status, "message": message, "result": body}
    await conn.execute(SQL["end"], values)


async def runs(conn: Connection, run: int | None = None) -> list[Row]:
    """The newest first, without their results; or one with its result."""
    return await rows(conn, SQL["runs"], id=run, silent_s=SILENT_S)
