"""The questions asked over and over find their rows by an index, whatever the tables grow to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.store.db import Connection, queries
from fleet.store.scope import Scope, scoped
from tests.api.conftest import WORLD

NOW = datetime.now(UTC)
ALL = Scope.of("commander", None, None).params
LIN = Scope.of("member", 1, None).params
TRACK: dict[str, Any] = {"id": 1, "since": NOW - timedelta(hours=1), "until": NOW, "limit": 9}
PLANS = {
    "session": (
        queries("accounts")["session"],
        {"hash": b"x", "idle": timedelta(minutes=30)},
        {"session": "session_pkey"},
    ),
    "track": (scoped("reads")["track"], LIN(**TRACK), {"position": "pkey"}),
    "alert": (scoped("reads")["alert"], LIN(id=1), {"alert": "alert_pkey"}),
    "order": (scoped("reads")["order"], LIN(id=1), {"work_order": "work_order_pkey"}),
    "history": (scoped("reads")["history"], LIN(id=1), {"event": "event_alert"}),
    "events": (
        scoped("live")["events"],
        ALL(since=1, until=9, limit=9),
        {"event": "event_pkey"},
    ),
    "latest": (scoped("live")["latest"], {"since": 4990}, {"vessel_latest": "vessel_latest_seq"}),
    "visible": (scoped("live")["visible"], LIN(ids=[1, 2]), {"alert": "alert_pkey"}),
}

#: So many that no plan is as good as any other.
MANY = """
insert into vessel (id, name) select g, '' from generate_series(1001, 5000) g;
insert into vessel_latest
select g, now(), 1, now(), 109, 18, 5, 90, 'NaN', 'NaN', 0, 0, g from generate_series(1001, 5000) g;
insert into alert (kind, vessel, episode, severity, status, last_seen, lon, lat)
select 'gap', 1001 + g % 4000, now() - make_interval(mins => g), 2, 'closed', now(), 109, 18
from generate_series(1, 4000) g;
analyze vessel; analyze vessel_latest; analyze alert"""


@pytest.mark.parametrize("name", sorted(PLANS))
async def test_the_index_is_used(conn: Connection, name: str) -> None:
    statement, params, wanted = PLANS[name]
    await conn.execute(WORLD.encode())
    await conn.execute(MANY.encode())
    await conn.execute("set local enable_seqscan = off")
    rows = await (await conn.execute(f"explain {statement}".encode(), params)).fetchall()
    plan = "\n".join(str(line) for row in rows for line in row.values())
    for table, index in wanted.items():
        assert index in plan, plan
        assert f"Seq Scan on {table} " not in plan, plan
