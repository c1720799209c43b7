"""One vessel's hour in one row, for statistics that outlive the fixes they were made of.

Invariant: the commit that stores a fix marks its hour, so an hour is rolled up again whenever late
data came for it; an hour is never made poorer by fixes that retention took away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from fleet.model import HOUR, Batch, Flag
from fleet.store.binary import rows_of
from fleet.store.db import Connection, queries, rows

SQL = queries("rollup")
DIRTY = {"hour": "timestamptz", "vessel": "int4"}
ID_BITS = 31
EVERYBODY = 0
"""In a mark: the whole hour."""
GRACE = timedelta(minutes=10)
"""An hour is rolled up so long after its end: reports are late by their way and their batch."""
JUMP_KN = 60.0
"""A leg that would have been faster is no way made: two ships under one number, a bad fix."""


async def mark(conn: Connection, batch: Batch) -> None:
    """These hours must be rolled up (again): the whole hour while it lasts, later the vessel's."""
    hour = batch.t // HOUR * HOUR
    closed = batch.received >= hour + HOUR + GRACE // timedelta(microseconds=1)
    marks = np.unique(hour // HOUR << ID_BITS | np.where(closed, batch.vessel, EVERYBODY))
    columns = {"hour": (marks >> ID_BITS) * HOUR, "vessel": marks & (1 << ID_BITS) - 1}
    given = await rows_of(conn, "position_dirty", DIRTY, columns)
    await conn.execute(SQL["mark"], {"rows": given})


async def due(conn: Connection, now: datetime) -> list[datetime]:
    """The hours that are over and have marks, oldest first."""
    return [row["hour"] for row in await rows(conn, SQL["due"], until=now - GRACE)]


async def roll(conn: Connection, hour: datetime) -> int:
    """Roll one hour up in the caller's transaction; return the rows written.

    The marks go first and the fixes are read by a later statement: a commit between the two marks
    the hour again.
    """
    marks = {row["vessel"] for row in await rows(conn, SQL["unmark"], hour=hour)}
    if not marks:
        return 0
    everybody = EVERYBODY in marks
    asked = {"hour": hour, "everybody": everybody, "vessels": sorted(marks), "jump_kn": JUMP_KN}
    return (await conn.execute(SQL["roll"], {**asked, "skewed": int(Flag.SKEWED)})).rowcount


async def mark_unrolled(conn: Connection, start: datetime, end: datetime) -> int:
    """Mark the hours in a stretch that have fixes and were never rolled up; return how many.

    Fixes stored before there were marks have none.
    """
    span = {"start": start, "end": end, "skewed": int(Flag.SKEWED)}
    return (await conn.execute(SQL["mark_unrolled"], span)).rowcount
