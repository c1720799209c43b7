"""A zone is changed, ended or deleted while its alerts are with people."""

from __future__ import annotations

import pytest

from fleet.model import Act, Change, Severity
from fleet.store import alerts, zone_gone
from fleet.store.db import Connection
from tests.grid.harbour import Day, at, day
from tests.grid.port import IN_03, RED, T0, YELLOW

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"
KIND = "zone_enter"


async def goes(today: Day, reason: str, minute: float, severity: Severity = YELLOW) -> list[str]:
    """The worker takes over a world without the zone."""
    told = Change(KIND, 7, 0, T0, Act.CLEAR, at(minute), severity, reason, *IN_03, {})
    _, happened = await alerts.apply(today.conn, [told], at(minute))
    return await today._keep(happened + await zone_gone.let_go(today.conn, [told], at(minute)))


@pytest.mark.parametrize("reason", ["zone_changed", "zone_ended", "zone_deleted"])
@pytest.mark.parametrize("shelved", [False, True])
async def test_nobody_is_asked_about_a_zone_that_is_gone(
    conn: Connection, reason: str, shelved: bool
) -> None:
    today = await day(conn, EVERYBODY, kind=KIND)
    if shelved:
        await today.alerts("commander", "shelve", 2, until=at(600), reason="known")
    closed = [] if shelved else ["close alert"]
    assert await goes(today, reason, 3) == ["clear alert", *closed, "void"]
    found, order = await today.alert(), await today.order()
    assert (found["status"], found["reason"]) == ("closed", reason)
    assert (order["status"], order["reason"]) == ("void", reason)
    assert await today.outbox() == ["wang/order order.withdrawn"]
    assert await today.tick(60) == [], "and nothing climbs"


async def test_an_alert_seen_but_not_accepted_loses_its_order_too(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind=KIND)
    await today.alerts("commander", "acknowledge", 2)
    assert await goes(today, "zone_ended", 3) == ["clear alert", "void"]
    assert (await today.alert())["status"] == "closed"
    assert (await today.order())["reason"] == "zone_ended"


async def test_a_lead_at_work_is_told(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind=KIND)
    await today.does("wang", "accept", 2)
    assert await goes(today, "zone_changed", 3) == ["clear alert", "inform"]
    assert (await today.order())["status"] == "accepted"
    assert (await today.outbox())[-1] == "wang/order order.ended"


async def test_red_stays_with_people(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind=KIND, severity=RED)
    assert await goes(today, "zone_changed", 1, RED) == ["clear alert"]
    assert ((await today.alert())["status"], (await today.order())["status"]) == (
        "cleared", "offered",
    )  # fmt: skip


async def test_what_passes_by_itself_is_still_asked_about(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind=KIND)
    assert await goes(today, "left", 3) == ["clear alert"]
    assert (await today.order())["status"] == "offered"


async def test_an_order_that_refuses_keeps_no_zone_out(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind=KIND)
    await conn.execute("update work_order set basis = 'nonsense'")
    assert await goes(today, "zone_ended", 3) == ["clear alert"]
    assert (await today.alert())["status"] == "cleared"
