"""Demonstration data, marked row by row: what is there, and how all of it goes.

Invariant: removal is one transaction and touches rows marked `demo` and what hangs on them; a real
row that pointed at one stays, pointing at nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, queries

SQL = queries("demonstration")
STEPS = tuple(sorted(name for name in SQL if name.startswith("remove_")))


@dataclass(frozen=True, slots=True)
class Ownership:
    """What a database is used for; both None: nothing yet."""

    demo: Mapping[str, Any] | None
    port: Mapping[str, Any] | None


async def ownership(conn: Connection) -> Ownership:
    row = await (await conn.execute(SQL["marked"])).fetchone()
    return Ownership(row["demo"], row["port"]) if row else Ownership(None, None)


async def mark(conn: Connection, facts: Mapping[str, Any]) -> None:
    """Note that this is a demonstration, and its feeds and sign-ins."""
    await conn.execute(SQL["mark"], {"value": Jsonb(dict(facts))})


async def own(conn: Connection, facts: Mapping[str, Any]) -> None:
    """Note that this is a real port from now on."""
    await conn.execute(SQL["own"], {"value": Jsonb(dict(facts))})


async def found(conn: Connection) -> dict[str, int]:
    """How many demonstration rows there are, by noun; only nouns that have any."""
    row = await (await conn.execute(SQL["found"])).fetchone()
    return {noun: n for noun, n in (row or {}).items() if n}


async def registered(conn: Connection) -> bool:
    """Whether there is a register of real boats."""
    row = await (await conn.execute(SQL["registered"])).fetchone()
    return bool(row and row["there"])


async def working(conn: Connection) -> Mapping[str, Any] | None:
    """A worker that is alive, if there is one."""
    return await (await conn.execute(SQL["working"])).fetchone()


async def remove(conn: Connection, feeds: Sequence[str]) -> None:
    """Take every demonstration row away."""
    for step in STEPS:
        await conn.execute(SQL[step], {"feeds": list(feeds)})
