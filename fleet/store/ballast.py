"""Room held on the database's disk by a table of nothing, given up when the disk is full.

Invariant: alerts go on being stored until that room is used up as well. The table is unlogged:
where PostgreSQL dies because the disk is full, its recovery removes the table's file before all
else, and so comes up again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.store.db import Connection, one, queries

SQL = queries("ballast")
PAGE = 8192
PAUSE_S = 3600.0
"""It is not taken again sooner after it was given up."""


@dataclass(frozen=True, slots=True)
class Held:
    bytes: int
    known: bool  #: whether it was ever taken
    given_up_s: float | None  #: how long ago; None: it is held, or was lost in a crash

    @property
    def lost(self) -> bool:
        """Removed by the recovery after a crash: it was needed, or may have been."""
        return self.known and not self.bytes and self.given_up_s is None


async def held(conn: Connection) -> Held:
    return Held(**await one(conn, SQL["size"]))


async def take(conn: Connection, megabytes: int) -> bool:
    """Hold so much, unless it is held or was given up lately; whether it is held from now on.

    DiskFull where there is no room: then the transaction leaves nothing behind.
    """
    found, pages = await held(conn), (megabytes << 20) // PAGE
    if found.lost:
        await conn.execute(SQL["note_given_up"])
    if found.lost or found.bytes == pages * PAGE or (found.given_up_s or PAUSE_S) < PAUSE_S:
        return False
    await conn.execute(SQL["empty"])
    await conn.execute(SQL["fill"], {"pages": pages})
    await conn.execute(SQL["note_taken"])
    return pages > 0


async def give_up(conn: Connection) -> int:
    """Let go of it; return how many bytes that frees once committed. `note` it after that."""
    freed = (await held(conn)).bytes
    if freed:
        await conn.execute(SQL["empty"])
    return freed


async def note(conn: Connection) -> None:
    """It was given up: not to be taken again for a while."""
    await conn.execute(SQL["note_given_up"])
