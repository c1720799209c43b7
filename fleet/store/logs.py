"""What rules keep and alert nobody of: port visits 进出港, apparent fishing 作业.

Invariant: an episode is one row by its key; telling it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from fleet.columns import to_datetime
from fleet.model import Act, Change
from fleet.store.db import Connection, many, queries

SQL = queries("logs")
WHAT = {Act.OPEN: "open", Act.CLEAR: "close", Act.RETRACT: "retract"}


async def keep(conn: Connection, changes: Sequence[Change]) -> None:
    """Write what began, ended or never was; in order within each key."""
    for act, query in WHAT.items():
        mine = [c for c in changes if c.act == act]
        values = [
            {"kind": c.kind, "vessel": c.vessel, "other": c.other,
             "opened": to_datetime(c.episode), "closed": to_datetime(c.t)}
            for c in sorted(mine, key=lambda c: (c.kind, c.vessel, c.other, c.episode))
        ]  # fmt: skip
        await many(conn, SQL[query], values)
