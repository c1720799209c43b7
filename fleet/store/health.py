"""How the installation is, for `fleet doctor` and whoever waits for it to come up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fleet.columns import to_datetime
from fleet.store.db import Connection, queries

SQL = queries("health")


async def feed_state(conn: Connection, name: str) -> str:
    """State of a feed that was heard of within a minute."""
    row = await (await conn.execute(SQL["feed_state"], {"name": name})).fetchone()
    return str(row["state"]) if row else ""


async def server(conn: Connection) -> dict[str, Any]:
    """Version, edition, clock and size of the database."""
    return await (await conn.execute(SQL["server"])).fetchone() or {}


async def workers(conn: Connection) -> list[dict[str, Any]]:
    return await (await conn.execute(SQL["workers"])).fetchall()


async def feeds(conn: Connection) -> list[dict[str, Any]]:
    return await (await conn.execute(SQL["feeds"])).fetchall()


async def data_folder(conn: Connection) -> Path | None:
    """Where the server keeps its data; None for an account that may not know."""
    row = await (await conn.execute(SQL["data_folder"])).fetchone()
    return Path(row["folder"]) if row else None


async def upkeep(conn: Connection) -> dict[str, Any]:
    """Hours that wait to be rolled up, and how long ago what is old was let go."""
    return await (await conn.execute(SQL["upkeep"])).fetchone() or {}


async def backlog(conn: Connection) -> dict[str, Any]:
    return await (await conn.execute(SQL["backlog"])).fetchone() or {}


async def alerts(conn: Connection) -> list[dict[str, Any]]:
    """How many alerts of each kind are open, and were raised within a day."""
    return await (await conn.execute(SQL["alerts"])).fetchall()


async def thresholds(conn: Connection) -> dict[str, dict[str, Any]]:
    """The newest thresholds by kind."""
    found = await (await conn.execute(SQL["thresholds"])).fetchall()
    return {row["kind"]: row for row in found}


async def positions_between(conn: Connection, first: int, last: int) -> int:
    """Positions with a fix time in the stretch."""
    span = {"first": to_datetime(first), "last": to_datetime(last)}
    row = await (await conn.execute(SQL["positions_between"], span)).fetchone()
    return int(row["n"]) if row else 0


async def alerts_between(conn: Connection, first: int, last: int) -> dict[str, int]:
    """Alerts that began in the stretch, by kind."""
    span = {"first": to_datetime(first), "last": to_datetime(last)}
    found = await (await conn.execute(SQL["alerts_between"], span)).fetchall()
    return {row["kind"]: int(row["n"]) for row in found}
