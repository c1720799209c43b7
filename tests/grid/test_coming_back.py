"""What people had ended and what comes back: engine, tables and orders together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fleet.columns import to_datetime
from fleet.model import Act, Change, Severity
from fleet.store import alerts, orders
from fleet.store.db import Connection, rows
from tests.grid.harbour import Day, alert, at, build, day, engine
from tests.grid.port import BLUE, IN_03, ORANGE, RED, T0, YELLOW

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"


async def says(today: Day, act: Act, minute: float, severity: Severity, **more: Any) -> list[str]:
    """The engine says this of the alert, and the worker brings it to the orders."""
    told = Change(
        today.case.kind, 7, 0, T0, act, at(minute), severity, "how", *IN_03, {"how": "terminal"}
    )
    now = at(minute)
    cases, happened = await alerts.apply(today.conn, [replace(told, **more)], now)
    return await today._keep(happened + await orders.open_orders(today.conn, cases, now))


async def test_a_false_alarm_of_the_milder_stage_does_not_silence_the_worse(
    conn: Connection,
) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await today.verdict("commander", "false_alarm", 3, reason="in port")
    assert (await today.order())["status"] == "void"
    found = await says(today, Act.RAISE, 90, ORANGE)
    assert found == ["raise alert", "reopen", "offer"]
    raised, order = await today.alert(), await today.order()
    assert (raised["status"], raised["severity"]) == ("active", 3)
    assert [raised[k] for k in ("verdict", "closed", "acknowledged")] == [None] * 3
    assert (order["status"], order["severity"], order["lead"]) == ("offered", 3, "wang")
    assert (await today.outbox())[-1] == "wang/order order.offered"
    assert await today.tick(96) == ["time_out", "escalate"], "and it climbs"


async def test_a_closed_alert_that_gets_worse_asks_whoever_had_closed_its_order(
    conn: Connection,
) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await today.does("wang", "accept")
    await today.alerts("commander", "close", 5, reason="radio contact")
    assert (await today.order())["status"] == "closed"
    assert await says(today, Act.RAISE, 240, RED) == ["raise alert", "reopen", "offer"]
    assert {"sun/notice notice", "qian/notice notice"} <= set(await today.outbox())
    assert await says(today, Act.RAISE, 241, RED) == [], "the same said twice is nothing"


async def test_an_acknowledged_alert_without_order_gets_one_when_it_is_red(
    conn: Connection,
) -> None:
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, "boundary", BLUE))
    await today.alerts("commander", "acknowledge")
    assert await says(today, Act.RAISE, 5, RED) == ["raise alert", "offer"]
    assert (await today.alert())["acknowledged"] is None


async def test_who_is_at_work_is_paged_and_the_list_rings_again(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="boundary")
    await today.does("wang", "accept")
    assert await says(today, Act.RAISE, 5, RED) == ["raise alert", "raise"]
    assert (await today.order())["status"] == "accepted"
    assert (await today.alert())["status"] == "active"
    assert "wang/order order.raised" in await today.outbox()
    assert await today.alerts("wang", "acknowledge", 6) == ["acknowledge alert"]


@pytest.mark.parametrize("kind", ["distress", "mob"])
@pytest.mark.parametrize("said", ["false_alarm", "rescued"])
async def test_a_call_that_goes_on_after_its_end_rings_again(
    conn: Connection, kind: str, said: str
) -> None:
    today = await day(conn, EVERYBODY, kind=kind, severity=RED)
    await today.does("wang", "accept")
    if said == "rescued":
        await today.alerts("commander", "close", 5, reason=said)
    else:
        await today.verdict("commander", said, 5, reason="a drill")
    before = (await today.alert())["occurrences"]
    assert await says(today, Act.REPEAT, 14.9, RED) == ["repeat alert"], "counted, no more"
    assert (await today.alert())["status"] in {"closed", "invalid"}
    assert await says(today, Act.REPEAT, 15, RED) == ["raise alert", "reopen", "offer"]
    found = await today.alert()
    assert (found["status"], found["reason"]) == ("active", "calls_again")
    assert (found["verdict"], found["closed"], found["occurrences"]) == (None, None, before + 2)
    assert (await today.order())["outcome"] == ""
    notices = await rows(conn, "select state from outbox where recipient like '%%qian/notice'")
    assert [row["state"] for row in notices] == ["cancelled", "queued"], "the chief hears it again"
    assert await says(today, Act.REPEAT, 16, RED) == ["repeat alert"]


async def test_other_kinds_only_count_what_repeats(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.verdict("commander", "false_alarm", 5, reason="a buoy")
    assert await says(today, Act.REPEAT, 300, YELLOW) == ["repeat alert"]
    assert (await today.alert())["status"] == "invalid"


@pytest.mark.parametrize("first", [BLUE, YELLOW])
async def test_red_is_not_shelved_whether_it_had_an_order_or_not(
    conn: Connection, first: Severity
) -> None:
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, "boundary", first))
    await today.open()
    await today.alerts("commander", "shelve", 1, until=at(600), reason="on the way home")
    found = await says(today, Act.RAISE, 5, RED)
    assert found[:2] == ["raise alert", "unshelve alert"]
    assert ((await today.alert())["status"], (await today.order())["status"]) == (
        "active", "offered",
    )  # fmt: skip
    assert await today.tick(7) == ["time_out", "escalate"]


async def test_red_again_after_it_was_lowered_and_shelved(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=RED)
    await says(today, Act.REVISE, 1, YELLOW)
    await today.alerts("commander", "shelve", 2, until=at(600), reason="known")
    assert "unshelve alert" in await says(today, Act.RAISE, 5, RED)
    assert (await today.alert())["status"] == "active"


async def test_a_lead_who_was_told_it_is_over_hears_that_it_is_not(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=ORANGE)
    await today.does("wang", "accept")
    for minute in (10, 20):
        await says(today, Act.RETRACT, minute, ORANGE)
        assert await today.tick(minute + 1) == ["inform"]
        assert await says(today, Act.OPEN, minute + 2, YELLOW) == ["open alert", "raise"]
        assert (await today.outbox())[-1] == "wang/order order.raised"
        assert "wang/order order.ended" not in await today.outbox(), "overtaken"
    assert (await today.order())["status"] == "accepted"


async def test_what_comes_back_milder_climbs_as_the_milder(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=RED)
    await says(today, Act.RETRACT, 1, RED)
    assert await today.tick(2) == ["void"]
    assert await says(today, Act.OPEN, 3, YELLOW) == ["open alert", "reopen", "offer"]
    order = await today.order()
    assert (order["severity"], order["accept_by"]) == (2, to_datetime(at(18)))
    assert await says(today, Act.RAISE, 4, ORANGE) == ["raise alert", "raise"]


@pytest.mark.parametrize(
    "damage",
    [
        "update work_order set basis = 'nonsense' where id = %s",
        "update work_order set status = 'unassigned', lead = null where id = %s",  # still asked
    ],
)
async def test_one_bad_order_stops_no_other(conn: Connection, damage: str) -> None:
    await build(conn, EVERYBODY)
    cases = [await alert(conn, episode=at(i)) for i in range(3)]
    days = [Day(conn, case) for case in cases]
    for each in days:
        await each.open()
    bad = (await days[1].order())["id"]
    await conn.execute(damage.encode(), [bad])
    happened = await days[0].tick(20)
    assert happened.count("time_out") == 2
    for each in (days[0], days[2]):
        assert (await each.order())["step"] > 0, "it climbed"
    assert (await days[1].order())["step"] == 0
    await engine(conn, cases[0], status="retracted")
    assert await days[0].tick(21) == ["void"], "and the clock goes on"


@pytest.mark.parametrize("said", ["test", "false_alarm"])
@pytest.mark.parametrize("at_work", [False, True])
async def test_true_after_a_slip_brings_alert_and_order_back(
    conn: Connection, said: str, at_work: bool
) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    if at_work:
        await today.does("wang", "accept")
    await today.verdict("commander", said, 2, reason="slip of the hand")
    found = await today.verdict("commander", "true", 3, reason="it still transmits")
    assert found == ["verdict alert", "raise alert", "reopen", "offer"]
    back, order = await today.alert(), await today.order()
    assert (back["status"], back["verdict"], back["reason"]) == (
        "active", "true", "verdict_corrected",
    )  # fmt: skip
    assert (back["closed"], back["acknowledged"]) == (None, None)
    assert (order["status"], order["outcome"], order["closed"]) == ("offered", "", None)
    assert [e.actor for e in today.log[-4:]] == [900, 900, 900, None]
    assert any(line.endswith("order.offered") for line in await today.outbox())
    assert "escalate" in await today.tick(10), "and it climbs"


async def test_true_after_it_had_passed_comes_back_as_passed(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.verdict("commander", "false_alarm", 2, reason="slip")
    await says(today, Act.CLEAR, 3, YELLOW)
    found = await today.verdict("commander", "true", 4, reason="photo")
    assert found == ["verdict alert", "raise alert", "clear alert", "reopen", "offer"]
    assert ((await today.alert())["status"], (await today.order())["status"]) == (
        "cleared", "offered",
    )  # fmt: skip
    assert await today.alerts("wang", "acknowledge", 5) == ["acknowledge alert", "accept"]
