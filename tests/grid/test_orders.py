"""Orders in a real database: what the tables, the history and the outbox hold after each act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fleet.alerts import lifecycle
from fleet.columns import to_datetime
from fleet.grid.answers import Invalid, NotYours
from fleet.grid.lifecycle import NotAllowed
from fleet.store import orders
from fleet.store.db import Connection, one, rows
from tests.grid.harbour import Day, actor, alert, at, build, day, engine, shift
from tests.grid.port import BLUE, FAR_SOUTH_OF_05, ID, ORANGE, RED, YELLOW

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"


async def test_an_alert_becomes_an_order_with_its_reason(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    order = await today.order()
    assert (order["status"], order["lead"], order["level"], order["basis"]) == (
        "offered", "wang", 1, "position",
    )  # fmt: skip
    assert order["reason"] == "member_on_duty basis=position grid=03 load=0"
    assert order["accept_by"] == to_datetime(at(15))
    assert (await today.alert())["grid"] == order["grid"] == 3
    (event,) = today.log
    assert event.detail["zh"] == "位置所在网格 03，网格员在岗，在办 0 单"
    assert (event.person, event.grid, event.vessel) == (ID["wang"], 3, 7)
    assert await today.outbox() == ["wang/order order.offered", "BD-0007/alert alert"]


async def test_opening_twice_makes_nothing_twice(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    assert await today.open(1) == []
    await today.does("wang", "accept")
    await today.does("wang", "close", 3, outcome="resolved")
    assert await today.open(4) == []
    assert len(await rows(conn, "select from work_order")) == 1
    assert len(await today.outbox()) + len(await today.outbox("cancelled")) == 2


async def test_information_feeds_and_children_make_no_order(conn: Connection) -> None:
    await build(conn, EVERYBODY)
    blue = await alert(conn, "boundary", BLUE)
    feed = await alert(conn, "feed", ORANGE)
    child = replace(await alert(conn, "gap", ORANGE), parent=blue.alert)
    assert await orders.open_orders(conn, [blue, feed, child], at(0)) == []
    assert await rows(conn, "select from work_order") == []
    told = await rows(conn, "select alert from outbox")
    assert [row["alert"] for row in told] == [blue.alert], "the boat itself is told of a blue line"


async def test_the_next_of_several_orders_goes_to_the_colleague(conn: Connection) -> None:
    await build(conn, "wang 03, hai 03")
    cases = [await alert(conn, episode=at(i)) for i in range(4)]
    await orders.open_orders(conn, cases, at(0))
    leads = await rows(conn, "select lead from work_order order by alert")
    assert [row["lead"] for row in leads] == [ID[n] for n in ("wang", "hai", "wang", "hai")]


async def test_accepting_acknowledges_the_alert_and_silences_everything(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    assert len(await today.outbox()) == 4
    assert await today.does("wang", "accept") == ["accept", "acknowledge alert"]
    assert (await today.alert())["status"] == "acknowledged"
    assert (await today.order())["status"] == "accepted"
    assert await today.outbox() == []
    assert len(await today.outbox("cancelled")) == 4
    assert await today.asked() == ["wang accepted"]
    assert await today.tick(10.9) == []


async def test_a_second_tap_changes_nothing(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "accept")
    before = await today.order()
    assert await today.does("wang", "accept", 2) == []
    await today.does("wang", "close", 3, outcome="resolved")
    assert await today.does("wang", "close", 4, outcome="resolved") == []
    assert (await today.order())["version"] == before["version"] + 1


async def test_the_loser_hears_who_has_it(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "accept")
    with pytest.raises(NotAllowed, match="accepted: wang has it"):
        await today.does("chief", "accept")


async def test_who_has_not_been_asked_cannot_take_it(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    for who, act in (("zhao", "accept"), ("li", "decline"), ("li", "close"), ("wang", "reassign")):
        with pytest.raises(NotYours):
            await today.does(who, act, reason="x", outcome="resolved", person=ID["hai"])
    with pytest.raises(NotYours, match="no person"):
        await today.does("commander", "accept")
    admin = replace(actor("wang"), role="admin")
    with pytest.raises(NotYours):
        await orders.act(conn, (await today.order())["id"], "accept", admin, now=at(1))


async def test_whoever_was_asked_first_may_still_say_yes(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.tick(15)
    assert (await today.order())["lead"] == "li"
    await today.does("wang", "accept", 16)
    assert (await today.order())["lead"] == "wang"
    assert await today.asked() == ["wang timed_out", "li withdrawn", "wang accepted"]
    assert await today.outbox() == ["wang/order order.withdrawn", "li/order order.withdrawn"]


async def test_declining_needs_words_and_moves_on(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    with pytest.raises(Invalid, match="reason"):
        await today.does("wang", "decline")
    assert await today.does("wang", "decline", reason="boat in dock") == ["decline", "offer"]
    assert (await today.order())["lead"] == "li"
    assert await today.asked() == ["wang declined", "li"]
    with pytest.raises(NotYours):
        await today.does("wang", "accept", 2)


async def test_deadlines_that_passed_while_everything_was_down_fire_once(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, severity=ORANGE)
    assert await today.tick(4.9) == []
    assert await today.tick(25) == ["time_out", "escalate"]
    assert await today.tick(25) == []
    assert (await today.order())["lead"] == "sun"
    assert today.log[-1].detail["skipped"] == ["backup", "leader"]
    assert today.log[-2].detail["late_s"] == 20 * 60
    assert await today.asked() == ["wang timed_out", "sun"]


async def test_nobody_on_duty_then_somebody(conn: Connection) -> None:
    today = await day(conn, "", kind="gap", severity=ORANGE)
    order = await today.order()
    assert (order["status"], order["lead"], order["basis"]) == ("unassigned", None, "none")
    assert today.log[0].act == "alarm"
    assert await today.tick(1) == []
    await shift(conn, "hai 05", at(2))
    assert await today.tick(2) == ["offer"]
    assert (await today.order())["lead"] == "hai"


async def test_severity_tightens_and_tells_the_lead(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="boundary", at=FAR_SOUTH_OF_05)
    worse = Day(conn, replace(today.case, severity=RED))
    await engine(conn, today.case, severity=4)
    assert await worse.open(3) == ["raise"]
    order = await today.order()
    assert (order["severity"], order["accept_by"]) == (4, to_datetime(at(5)))
    assert await today.outbox() == [
        "wang/order order.offered", "BD-0007/alert alert", "wang/order order.raised",
        "sun/notice notice", "qian/notice notice", "BD-0007/alert alert",
    ]  # fmt: skip
    assert await worse.open(3) == []


async def test_a_retracted_alert_voids_what_waits_and_tells_a_lead_once(conn: Connection) -> None:
    waiting = await day(conn, EVERYBODY, kind="gap")
    taken = Day(conn, await alert(conn, "terminal_off", ORANGE))
    await taken.open()
    await taken.does("wang", "accept")
    for each in (waiting, taken):
        await engine(conn, each.case, status="retracted")
    assert sorted(await waiting.tick(2)) == ["inform", "void"]
    assert await waiting.tick(3) == []
    assert (await waiting.order())["status"] == "void"
    assert (await taken.order())["status"] == "accepted"
    assert sorted(await waiting.outbox()) == [
        "wang/order order.ended",
        "wang/order order.withdrawn",
    ]


async def test_a_voided_order_reopens_when_the_alert_comes_back(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await engine(conn, today.case, status="suppressed")
    assert await today.tick(1) == ["void"]
    await engine(conn, today.case, status="active")
    assert await today.open(2) == ["reopen", "offer"]
    assert (await today.order())["status"] == "offered"


async def test_a_released_alert_needs_nobody_to_say_so(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await engine(conn, today.case, status="suppressed")
    await today.tick(1)
    await engine(conn, today.case, status="active")
    assert await today.tick(2) == ["reopen", "offer"]
    assert await today.tick(2) == []


async def test_worse_after_closing_reopens(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="boundary")
    await today.does("wang", "accept")
    await today.does("wang", "close", 5, outcome="resolved")
    assert (await today.alert())["status"] == "acknowledged", "its condition still holds"
    worse = Day(conn, replace(today.case, severity=RED))
    assert await worse.open(9) == ["reopen", "offer"]
    order = await today.order()
    assert (order["status"], order["severity"], order["outcome"]) == ("offered", 4, "")


@pytest.mark.parametrize(
    ("outcome", "kind", "severity", "cleared", "status", "verdict"),
    [
        ("resolved", "speed", YELLOW, False, "acknowledged", "true"),
        ("resolved", "speed", YELLOW, True, "closed", "true"),
        ("no_action", "speed", YELLOW, False, "acknowledged", None),
        ("false_alarm", "speed", YELLOW, False, "invalid", "false_alarm"),
        ("test", "distress", RED, False, "invalid", "test"),
        ("handed_to_sar", "distress", RED, False, "closed", "true"),
        ("resolved", "boundary", RED, False, "acknowledged", "true"),
        ("resolved", "boundary", RED, True, "closed", "true"),
    ],
)
async def test_the_outcome_decides_about_the_alert(
    conn: Connection,
    outcome: str,
    kind: str,
    severity: object,
    cleared: bool,
    status: str,
    verdict: str | None,
) -> None:
    today = await day(conn, EVERYBODY, kind=kind, severity=severity)
    await today.does("wang", "accept")
    await today.does("wang", "progress", 2, step="on_scene", note="alongside")
    if cleared:
        await engine(conn, today.case, cleared=to_datetime(at(3)))
    await today.does("wang", "close", 4, outcome=outcome, note="done")
    found = await today.alert()
    assert (found["status"], found["verdict"]) == (status, verdict)
    assert (found["closed"] is not None) == (status in {"closed", "invalid"})
    order = await today.order()
    assert (order["status"], order["outcome"], order["note"]) == ("closed", outcome, "done")


async def test_red_that_passes_after_its_order_was_closed_closes_too(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="boundary", severity=RED)
    await today.does("wang", "accept")
    await today.does("wang", "close", 4, outcome="resolved", note="towed in")
    assert await today.tick(5) == []
    await engine(conn, today.case, cleared=to_datetime(at(6)))
    assert await today.tick(6) == ["close alert"]
    assert ((await today.alert())["status"], (await today.alert())["reason"]) == (
        "closed", "resolved",
    )  # fmt: skip


async def test_an_acknowledgement_by_the_person_asked_is_an_acceptance(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    assert await today.alerts("wang", "acknowledge") == ["acknowledge alert", "accept"]
    assert (await today.order())["lead"] == "wang"
    with pytest.raises(lifecycle.NotAllowed):
        await today.alerts("wang", "acknowledge", 2)


async def test_the_command_centre_looking_buys_time_and_takes_no_work_away(
    conn: Connection,
) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    assert await today.alerts("commander", "acknowledge") == ["acknowledge alert", "hold"]
    assert await today.outbox() == []
    assert await today.tick(10.9) == []
    assert await today.tick(11) == ["raise alert", "time_out", "escalate"]
    assert await today.does("li", "accept", 12) == ["accept", "acknowledge alert"]


async def test_shelving_is_quiet_until_it_ends(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    with pytest.raises(Invalid, match="reason"):
        await today.alerts("commander", "shelve", until=at(60))
    with pytest.raises(Invalid, match="until"):
        await today.alerts("commander", "shelve", until=at(0), reason="towed")
    shelved = await today.alerts("commander", "shelve", until=at(60), reason="being towed")
    assert shelved == ["shelve alert", "hold"]
    assert await today.outbox() == []
    assert await today.tick(59) == []
    await shift(conn, "li 03 backup", at(60))
    assert await today.tick(60) == ["unshelve alert", "withdraw", "offer"]
    assert (await today.order())["lead"] == "li"
    assert (await today.alert())["status"] == "active"


async def test_a_shelved_alert_that_becomes_worse_rings_again(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="boundary")
    await today.alerts("commander", "shelve", until=at(600), reason="on the way home")
    worse = Day(conn, replace(today.case, severity=RED))
    await engine(conn, today.case, severity=4)
    await shift(conn, "li 03 backup", at(5))
    assert await worse.open(5) == ["unshelve alert", "withdraw", "offer", "raise"]
    order = await today.order()
    assert (order["lead"], order["accept_by"]) == ("li", to_datetime(at(7)))


async def test_red_is_never_shelved_and_closes_only_by_a_reason_code(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    with pytest.raises(lifecycle.NotAllowed):
        await today.alerts("commander", "shelve", until=at(60), reason="noise")
    with pytest.raises(Invalid, match="reason"):
        await today.alerts("commander", "close", reason="because")
    with pytest.raises(NotYours):
        await today.alerts("zhao", "close", reason="rescued")
    assert await today.alerts("commander", "close", reason="rescued") == ["close alert", "void"]


async def test_a_verdict_of_the_command_centre_ends_the_order_at_work(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "accept")
    with pytest.raises(Invalid, match="verdict"):
        await today.verdict("commander", "maybe", reason="?")
    assert await today.verdict("commander", "false_alarm", 3, reason="GPS jump") == [
        "invalidate alert", "close",
    ]  # fmt: skip
    order = await today.order()
    assert (order["status"], order["outcome"]) == ("closed", "false_alarm")


async def test_a_true_verdict_after_the_fact_is_kept(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "accept")
    await today.does("wang", "close", 3, outcome="no_action")
    await engine(conn, today.case, status="closed")
    assert await today.verdict("commander", "true", 9, reason="photo") == ["verdict alert"]
    found = await today.alert()
    assert (found["status"], found["verdict"]) == ("closed", "true")


async def test_handing_over_and_reassigning(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.does("wang", "accept")
    with pytest.raises(Invalid, match="person"):
        await today.does("wang", "handover", 2, person=999, reason="end of shift")
    with pytest.raises(Invalid, match="already"):
        await today.does("wang", "handover", 2, person=ID["wang"], reason="end of shift")
    await today.does("wang", "handover", 2, person=ID["hai"], reason="end of shift")
    assert (await today.order())["lead"] == "hai"
    await today.does("hai", "accept", 3)
    await today.does("commander", "reassign", 4, person=ID["zhao"], reason="nearer")
    assert await today.asked() == ["wang relieved", "hai relieved", "zhao"]
    assert (await today.outbox())[-2:] == ["zhao/order order.offered", "hai/order order.withdrawn"]


async def test_a_stale_version_is_refused(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    seen = (await today.order())["version"]
    await today.tick(15)
    with pytest.raises(orders.StaleError, match="changed meanwhile"):
        await today.does("wang", "accept", 16, version=seen)
    with pytest.raises(orders.StaleError):
        await today.alerts("commander", "acknowledge", 16, version=99)


async def test_unknown_numbers(conn: Connection) -> None:
    with pytest.raises(orders.NotFoundError):
        await orders.act(conn, 10**9, "accept", actor("wang"))
    with pytest.raises(orders.NotFoundError):
        await orders.on_alert(conn, 10**9, "acknowledge", actor("wang"))


async def test_time_comes_from_the_database_when_nobody_gives_it(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await orders.act(conn, (await today.order())["id"], "accept", actor("wang"))
    row = await one(conn, "select now() as now")
    assert (await today.order())["accepted"] == row["now"]


@pytest.mark.parametrize(
    ("outcome", "note", "field"),
    [("no_action", "seen", "outcome"), ("resolved", " ", "note"), ("test", "", "note")],
)
async def test_red_ends_by_an_outcome_and_words(
    conn: Connection, outcome: str, note: str, field: str
) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    await today.does("wang", "accept")
    with pytest.raises(Invalid, match=field):
        await today.does("commander", "close", 3, outcome=outcome, note=note)
    assert (await today.order())["status"] == "accepted"
    await today.does("commander", "close", 4, outcome="resolved", note="all ashore")
    found = await today.alert()
    assert (found["status"], found["verdict"]) == ("closed", "true")
