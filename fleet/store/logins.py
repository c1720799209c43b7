"""Accounts as their administrator sees them.

Invariant: locking or renewing an account ends every session of it in the same transaction.
"""

from __future__ import annotations

from typing import Any

from fleet.store.db import Connection, queries

SQL = queries("logins")


async def listed(conn: Connection) -> list[dict[str, Any]]:
    return await (await conn.execute(SQL["all"])).fetchall()


async def find(conn: Connection, login: str) -> dict[str, Any] | None:
    """The account, locked for the rest of the transaction."""
    return await (await conn.execute(SQL["one"], {"login": login})).fetchone()


async def person(conn: Connection, code: str) -> int | None:
    return await _id(conn, "person", code)


async def org(conn: Connection, code: str) -> int | None:
    return await _id(conn, "org", code)


async def _id(conn: Connection, noun: str, code: str) -> int | None:
    row = await (await conn.execute(SQL[noun], {"code": code})).fetchone()
    return int(row["id"]) if row else None


async def disable(conn: Connection, account: int) -> None:
    for step in ("disable", "end"):
        await conn.execute(SQL[step], {"id": account})


async def enable(conn: Connection, account: int, login: str) -> None:
    await conn.execute(SQL["enable"], {"id": account})
    await conn.execute(SQL["forget"], {"login": login.casefold()})


async def renew(conn: Connection, account: int, hashed: str, *, must_change: bool) -> None:
    values = {"id": account, "hash": hashed, "must_change": must_change}
    await conn.execute(SQL["renew"], values)
    await conn.execute(SQL["end"], {"id": account})


async def other_admins(conn: Connection, account: int) -> int:
    """How many administrators there are without this account."""
    row = await (await conn.execute(SQL["admins"], {"id": account})).fetchone()
    return int(row["n"]) if row else 0
