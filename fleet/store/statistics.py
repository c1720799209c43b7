"""What was heard hour by hour 逐时统计, from the roll-ups of single vessels.

Invariant: one query an answer, over whole hours and the vessels in scope.
"""

from __future__ import annotations

from datetime import datetime

from fleet.model import Source
from fleet.store.db import Connection, rows
from fleet.store.reads import Rows
from fleet.store.scope import Scope, scoped

SOURCES = {source.name.lower(): int(source) for source in Source}


async def hours(conn: Connection, scope: Scope, since: datetime, until: datetime) -> Rows:
    """Reports, vessels, miles and vessels by source of each hour in [since, until)."""
    values = scope.params(since=since, until=until, **SOURCES)
    return await rows(conn, scoped("statistics")["hours"], **values)
