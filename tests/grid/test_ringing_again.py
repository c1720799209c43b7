"""Calls that ring again, silence by key, and what comes up when its root has ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fleet.columns import to_datetime
from fleet.grid.answers import Invalid
from fleet.model import Act, Change, Severity
from fleet.store import alerts, orders, outbox
from fleet.store.db import Connection, one, rows
from tests.grid.harbour import Day, alert, at, build, day
from tests.grid.port import BLUE, IN_03, ORANGE, RED, T0, YELLOW

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"


def told(
    kind: str, minute: float, severity: Severity, act: Act = Act.OPEN, vessel: int = 7
) -> Change:
    """What the engine says of an episode that began at this minute."""
    return Change(kind, vessel, 0, at(minute), act, at(minute), severity, "holds", *IN_03)


async def says(today: Day, minute: float, *changes: Change) -> list[str]:
    cases, happened = await alerts.apply(today.conn, changes, at(minute))
    happened += await orders.open_orders(today.conn, cases, at(minute))
    return await today._keep(happened)


# Calls for help


@pytest.mark.parametrize("kind", ["distress", "mob"])
async def test_who_has_the_call_keeps_it_and_hears_it_every_ten_minutes(
    conn: Connection, kind: str
) -> None:
    today = await day(conn, EVERYBODY, kind=kind, severity=RED)
    await today.does("wang", "accept", 1)
    for minute in (11, 22, 33):
        assert await today.tick(minute - 0.1) == []
        assert await today.tick(minute) == ["raise alert", "raise"]
        assert (await today.order())["status"] == "accepted", "no work is taken away"
        assert "wang/order order.raised" in await today.outbox()
        assert await today.alerts("wang", "acknowledge", minute + 1) == ["acknowledge alert"]
        assert await today.outbox() == [], "an acknowledgement silences it everywhere"
    found = await today.alert()
    assert (found["occurrences"], found["reason"]) == (4, "still_open")
    await today.does("wang", "close", 40, outcome="resolved", note="all aboard")
    assert await today.tick(600) == []
    assert (await today.alert())["verdict"] == "true"


async def test_a_call_that_nobody_has_acknowledged_climbs_as_ever(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    assert await today.tick(2) == ["time_out", "escalate"]
    assert (await today.alert())["occurrences"] == 1


async def test_no_other_kind_rings_again(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=RED)
    await today.does("wang", "accept", 1)
    assert await today.tick(600) == []


# Silence by key


async def test_red_breaks_the_silence_of_its_key(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=ORANGE)
    await today.alerts("commander", "shelve", 1, until=at(600), reason="yard")
    assert "unshelve alert" in await says(
        today, 5, replace(told("gap", 0, RED, Act.RAISE), t=at(5))
    )
    assert (await today.alert())["status"] == "active"
    assert (await one(conn, "select why from shelf"))["why"] == "worse"


@pytest.mark.parametrize(("severity", "status"), [(YELLOW, "shelved"), (ORANGE, "active")])
async def test_a_later_episode_is_silent_unless_it_is_worse(
    conn: Connection, severity: Severity, status: str
) -> None:
    today = await day(conn, EVERYBODY, kind="gap", severity=YELLOW)
    await today.alerts("commander", "shelve", 1, until=at(600), reason="yard")
    await says(today, 10, replace(told("gap", 0, YELLOW, Act.CLEAR), t=at(10)))
    before = len(await today.outbox())
    await says(today, 30, told("gap", 30, severity))
    later = await one(conn, "select * from alert order by id desc limit 1")
    assert later["status"] == status
    assert (len(await today.outbox()) > before) == (status == "active")
    in_force = await rows(conn, "select 1 from shelf where ended is null")
    assert len(in_force) == (status == "shelved"), "what is worse ends it"


async def test_the_same_opening_told_twice_is_shelved_once(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await today.alerts("commander", "shelve", 1, until=at(600), reason="yard")
    opening = told("gap", 30, YELLOW)
    assert await says(today, 30, opening) == ["open alert", "shelve alert"]
    assert await says(today, 31, opening) == []


async def test_another_boat_and_another_kind_are_heard(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await conn.execute("insert into vessel (id, name) values (8, 'other')")
    await today.alerts("commander", "shelve", 1, until=at(600), reason="yard")
    await says(today, 30, told("speed", 30, YELLOW), told("gap", 30, YELLOW, vessel=8))
    found = await rows(conn, "select status from alert where episode = %(t)s", t=_time(30))
    assert [row["status"] for row in found] == ["active", "active"]


async def test_at_its_end_it_is_offered_to_who_is_on_duty(conn: Connection) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await today.alerts("commander", "shelve", 1, until=at(60), reason="yard")
    await says(today, 10, replace(told("gap", 0, YELLOW, Act.CLEAR), t=at(10)))
    await says(today, 30, told("gap", 30, YELLOW))
    assert await today.tick(59) == ["void"], "of the first one, which is over"
    assert await today.tick(60) == ["unshelve alert", "offer"]
    assert (await one(conn, "select why from shelf"))["why"] == "expired"


# Other systems


async def test_the_webhook_rings_for_what_people_hear_and_for_nothing_else(
    conn: Connection,
) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    await outbox.tail(conn)
    gap, root = told("gap", 1, YELLOW), ("distress", 7, 0, T0)
    await says(today, 1, gap, replace(gap, act=Act.SUPPRESS, reason="x", parent=root))
    assert await _sent(conn) == ["suppress alert"], "the call told of it"
    await today.does("wang", "accept", 1)
    await _sent(conn)
    await today.tick(11)
    assert await _sent(conn) == ["raise alert", "raise"], "it rings there too"
    await today.alerts("commander", "close", 12, reason="rescued")
    await today.tick(12)
    assert "release alert" in await _sent(conn)


async def test_the_webhook_is_silent_about_what_is_born_shelved_until_that_ends(
    conn: Connection,
) -> None:
    today = await day(conn, EVERYBODY, kind="gap")
    await today.alerts("commander", "shelve", 1, until=at(60), reason="yard")
    await outbox.tail(conn)
    await says(today, 30, told("gap", 30, YELLOW))
    assert await _sent(conn) == ["shelve alert"]
    await today.tick(60)
    assert "unshelve alert" in await _sent(conn)


async def _sent(conn: Connection) -> list[str]:
    """What the webhook is to say since the last time."""
    found = await outbox.tail(conn)
    return [row["act"] + ("" if row["work_order"] else " alert") for row in found]


# What a root explained


async def under(conn: Connection, root: str, severity: Severity) -> Day:
    """An alert of this kind, and a gap that it explains."""
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, root, severity))
    await today.open()
    child = told("gap", 1, YELLOW)
    parent = (root, 7, 0, T0)
    await says(today, 1, child, replace(child, act=Act.SUPPRESS, reason="x", parent=parent))
    return today


async def child(conn: Connection) -> tuple[str, str, bool]:
    row = await one(conn, "select status, reason, parent, shown from alert where episode > %(t)s",
                    t=_time(0.5))  # fmt: skip
    assert (row["shown"] is None) == (row["status"] != "active")
    return row["status"], row["reason"], row["parent"] is None


@pytest.mark.parametrize("root", ["distress", "mob", "spoof"])
async def test_of_one_boat_at_once(conn: Connection, root: str) -> None:
    today = await under(conn, root, RED)
    assert await today.tick(1.5) == []
    await today.alerts("commander", "close", 1.5, reason="rescued")
    assert (await today.tick(1.6)) == ["release alert", "offer"]
    assert await child(conn) == ("active", "root_closed", True)
    assert await today.tick(1.7) == [], "once"


@pytest.mark.parametrize("root", ["feed", "mass_movement"])
async def test_of_many_boats_after_a_quarter_of_an_hour(conn: Connection, root: str) -> None:
    today = await under(conn, root, YELLOW)
    await today.verdict("commander", "false_alarm", 2, reason="not so")
    assert "release alert" not in await today.tick(16.9)
    assert (await child(conn))[0] == "suppressed"
    assert await today.tick(17) == ["release alert", "offer"]
    assert await child(conn) == ("active", "root_closed", True)


async def test_a_doubt_that_passed_by_itself_leaves_its_children_time_to_pass_too(
    conn: Connection,
) -> None:
    today = await under(conn, "spoof", YELLOW)
    await today.does("wang", "accept", 2)
    await says(today, 3, replace(told("spoof", 0, YELLOW, Act.CLEAR), t=at(3)))
    assert (await today.alert())["status"] == "closed"
    assert "release alert" not in await today.tick(17.9)
    assert (await today.tick(18))[:1] == ["release alert"]


async def test_what_has_passed_meanwhile_does_not_come_up(conn: Connection) -> None:
    today = await under(conn, "distress", RED)
    await says(today, 1.2, replace(told("gap", 1, YELLOW, Act.CLEAR), t=at(1.2)))
    await today.alerts("commander", "close", 1.5, reason="rescued")
    assert await today.tick(60) == []
    assert (await child(conn))[0] == "closed"


async def test_a_root_that_is_only_acknowledged_explains_on(conn: Connection) -> None:
    today = await under(conn, "mass_movement", YELLOW)
    await today.does("wang", "accept", 2)
    assert "release alert" not in await today.tick(60)


async def test_a_red_child_is_heard_though_its_root_was_silenced(conn: Connection) -> None:
    """Red is never shelved, and so not by way of a root that is."""
    today = await under(conn, "spoof", YELLOW)
    await today.alerts("commander", "shelve", 2, until=at(600), reason="antenna known to jump")
    assert await today.tick(3) == []
    await says(today, 4, told("gap", 1, ORANGE, Act.RAISE))
    assert "release alert" not in await today.tick(5), "a lesser one is explained on"
    assert await says(today, 6, told("gap", 1, RED, Act.RAISE)) == ["raise alert"]
    assert await today.tick(6.1) == ["release alert", "offer"]
    assert (await child(conn))[0] == "active"


async def test_a_root_that_rings_nobody_explains_nothing_red(conn: Connection) -> None:
    today = await under(conn, "mass_movement", BLUE)
    assert await today.tick(2) == []
    await says(today, 3, told("gap", 1, RED, Act.RAISE))
    assert await today.tick(3.1) == ["release alert", "offer"]


@pytest.mark.parametrize(("root", "minutes"), [("feed", 30), ("mass_movement", 360)])
async def test_an_engine_that_knows_of_no_children_leaves_none_under_a_root_that_passed(
    conn: Connection, root: str, minutes: int
) -> None:
    """After an update the engine is rebuilt without them, and nobody may ever look at the root."""
    today = await under(conn, root, YELLOW)
    await says(today, 3, replace(told(root, 0, YELLOW, Act.CLEAR), t=at(3)))
    assert (await today.alert())["status"] == "cleared"
    assert "release alert" not in await today.tick(minutes + 2.9)
    assert "release alert" in await today.tick(minutes + 3.1)


async def test_what_the_engine_releases_is_offered_too(conn: Connection) -> None:
    """The engine's own release, when the root has passed by itself."""
    today = await under(conn, "mass_movement", YELLOW)
    happened = await says(today, 20, replace(told("gap", 1, YELLOW, Act.RELEASE), t=at(20)))
    assert happened == ["release alert", "offer"]
    assert (await child(conn))[2], "it is nobody's child any more"


# Verdicts


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [("rescued", "true"), ("handed_to_sar", "true"), ("false_alarm", "false_alarm"),
     ("test", "test")],
)  # fmt: skip
async def test_the_code_that_closes_a_red_alert_is_its_verdict(
    conn: Connection, reason: str, verdict: str
) -> None:
    today = await day(conn, EVERYBODY, kind="distress", severity=RED)
    await today.alerts("commander", "close", 1, reason=reason)
    assert (await today.alert())["verdict"] == verdict


async def test_words_that_close_a_yellow_one_are_no_verdict(conn: Connection) -> None:
    today = await day(conn, EVERYBODY)
    await today.alerts("commander", "close", 1, reason="seen on the camera")
    assert (await today.alert())["verdict"] is None


def _time(minute: float) -> object:
    return to_datetime(at(minute))


async def test_red_under_a_yellow_root_comes_up(conn: Connection) -> None:
    """Whatever is thought of a boat's position, that it is lost must be heard."""
    today = await under(conn, "spoof", YELLOW)
    await today.alerts("commander", "acknowledge", 2)
    await says(today, 3, told("gap", 1, ORANGE, Act.RAISE))
    assert "release alert" not in await today.tick(3.5)
    await says(today, 4, told("gap", 1, RED, Act.RAISE))
    assert await today.tick(4.1) == ["release alert", "offer"]
    assert (await child(conn))[0] == "active"


async def test_an_outage_is_as_grave_as_the_boats_beneath_it(conn: Connection) -> None:
    """Hundreds of silent boats are one red alert; who had looked at the yellow is asked anew."""
    today = await under(conn, "feed", YELLOW)
    await today.alerts("commander", "acknowledge", 2)
    await says(today, 3, told("gap", 1, RED, Act.RAISE))
    assert await today.tick(3.1) == ["raise alert"]
    root = await today.alert()
    assert (root["status"], root["severity"], root["reason"]) == ("active", RED, "red_beneath")
    assert (await child(conn))[0] == "suppressed"
    assert await today.tick(3.2) == [], "once"


async def test_a_silenced_outage_is_heard_when_boats_beneath_it_are_in_red(
    conn: Connection,
) -> None:
    today = await under(conn, "feed", YELLOW)
    await today.alerts("commander", "shelve", 2, until=at(600), reason="mast is painted")
    await says(today, 3, told("gap", 1, RED, Act.RAISE))
    await today.tick(3.1)
    await today.tick(3.2)
    assert (await today.alert())["status"] == "active"


async def test_who_called_again_after_the_end_is_looked_at_though_silent_now(
    conn: Connection,
) -> None:
    """A second, real press soon after one that was closed as a test."""
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, "distress", RED))
    await today.open()
    await today.alerts("commander", "close", 1, reason="test")
    await says(today, 6, replace(told("distress", 0, RED, Act.REPEAT), t=at(6)))
    assert await today.tick(10.9) == []
    happened = await today.tick(11.1)
    assert "raise alert" in happened, happened
    assert (await today.alert())["status"] == "active"
    await today.alerts("commander", "close", 12, reason="rescued")
    assert "raise alert" not in await today.tick(40), "ended for good"


async def test_the_last_burst_of_a_press_that_was_closed_is_no_second_one(
    conn: Connection,
) -> None:
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, "distress", RED))
    await today.open()
    await today.alerts("commander", "close", 1, reason="test")
    await says(today, 1.5, replace(told("distress", 0, RED, Act.REPEAT), t=at(1.5)))
    assert "raise alert" not in await today.tick(30)


async def test_a_member_silences_a_key_for_a_day_at_most(conn: Connection) -> None:
    await build(conn, EVERYBODY)
    today = Day(conn, await alert(conn, "gap", YELLOW))
    await today.open()
    await today.does("wang", "accept", 2)
    with pytest.raises(Invalid, match="a day away"):
        await today.alerts("wang", "shelve", 3, until=at(3 + 24 * 60 + 1), reason="at the yard")
    await today.alerts("wang", "shelve", 3, until=at(3 + 24 * 60), reason="at the yard")
    assert (await today.alert())["status"] == "shelved"
