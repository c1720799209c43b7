"""The clock's questions on a year of history: no query of the tick reads a whole table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.store.db import connect, queries

HISTORY = """
insert into vessel (id, name) select g, 'v' || g from generate_series(1, 100) g;
insert into person (id, code, name) select g, 'p' || g, 'n' from generate_series(1, 40) g;
insert into duty_shift (person, level, starts, ends)
select g, 4, now() - interval '1 h', now() + interval '1 h' from generate_series(1, 40) g;
insert into alert (kind, vessel, episode, severity, status, last_seen, lon, lat)
select 'gap', 1 + g % 100, now() - make_interval(secs => g), 2,
       case when g % 50 = 0 then 'retracted' else 'closed' end, now(), 109, 18
from generate_series(1, 20000) g;
insert into work_order (alert, status, severity, lead)
select id, case when id % 1000 = 0 then 'accepted' else 'closed' end, 2, 1 + id % 40 from alert;
insert into assignment (work_order, person, level, answered, answer)
select id, lead, 1, now(), 'accepted' from work_order;
insert into outbox (key, channel, recipient, alert, body, state)
select 'k' || id, 'mqtt', 't', id, '{"type": "order.offered"}', 'sent' from alert;
analyze;
"""
CALLS = {"kinds": ["distress"], "waits": [timedelta(minutes=10)]}
PARAMS: dict[tuple[str, str], dict[str, Any]] = {
    ("orders", "due"): {"now": datetime.now(UTC), "most": 200, **CALLS},
    ("orders", "orphans"): {
        "now": datetime.now(UTC),
        "most": 200,
        "passed": timedelta(minutes=15),
        **CALLS,
    },
    ("shelves", "sweep"): {"now": datetime.now(UTC)},
    ("shelves", "of_keys"): {
        "now": datetime.now(UTC),
        "kinds": ["gap"],
        "vessels": [1],
        "others": [0],
    },
    ("people", "on_duty"): {"now": datetime.now(UTC)},
    ("outbox", "claim"): {"channel": "mqtt", "most": 32, "lease_s": 30.0},
    ("outbox", "cancel_alert"): {"alert": 7, "why": "", "types": ["order.offered"]},
    ("outbox", "cancel_order"): {"order": 7, "why": "", "types": ["order.offered"]},
    ("outbox", "flag"): {"old_s": 60.0},
    ("outbox", "recall"): {"keys": ["order:7:ended"]},
    ("outbox", "prune"): {"states": ["sent", "failed"], "ages": [9e6, 9e6], "most": 1000},
}
LARGE = ("work_order", "alert", "assignment", "outbox", "event")


@pytest.mark.slow
async def test_no_question_of_the_clock_reads_a_whole_table(database_url: str) -> None:
    async with await connect(database_url, "fleet-test") as conn:
        for statement in HISTORY.split(";")[:-1]:
            await conn.execute(statement.encode())
        for (noun, name), params in PARAMS.items():
            cursor = await conn.execute("explain " + queries(noun)[name], params)
            plan = "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())
            whole = [table for table in LARGE if f"Seq Scan on {table} " in plan]
            assert not whole, f"{noun}.{name} reads all of {whole}:\n{plan}"
