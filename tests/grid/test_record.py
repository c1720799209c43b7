"""What the history keeps: who was told, when, and by whom."""

from __future__ import annotations

from fleet.columns import to_datetime
from fleet.store.db import Connection
from tests.grid.harbour import at, day
from tests.grid.port import ID, RED

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"


async def test_the_history_names_whom_it_asked_and_until_when(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.tick(15)
    await today.does("li", "accept", 16)
    await today.does("li", "handover", 17, person=ID["zhao"], reason="engine trouble")
    await today.does("commander", "reassign", 18, person=ID["wang"], reason="nearer")
    asking = [e for e in today.log if "to" in e.detail]
    assert [(e.act, e.detail["to"]) for e in asking] == [
        ("offer", {"person": ID["wang"], "name": "wang"}),
        ("escalate", {"person": ID["li"], "name": "li"}),
        ("handover", {"person": ID["zhao"], "name": "zhao"}),
        ("reassign", {"person": ID["wang"], "name": "wang"}),
    ]
    assert asking[0].detail["accept_by"] == to_datetime(at(15)).isoformat()
    assert all(isinstance(e.detail["accept_by"], str) for e in asking)


async def test_the_history_names_those_told_beside_the_lead(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    (event,) = today.log
    assert {"sun", "qian"} <= set(event.detail["told_names"])
    assert len(event.detail["told"]) == len(event.detail["told_names"])


async def test_the_offer_after_a_decline_is_the_service_s(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "decline", reason="boat in dock")
    declined, offered = today.log[-2:]
    assert (declined.act, declined.actor) == ("decline", ID["wang"])
    assert (offered.act, offered.actor, offered.person) == ("offer", None, ID["li"])
