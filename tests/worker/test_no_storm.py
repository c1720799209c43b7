"""No storm, from the boat's report to the command centre's screen: worker and API together."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fleet.store import facts
from fleet.store.db import Connection, one, rows
from fleet.worker.loop import Worker
from tests.worker import desk as desk_module
from tests.worker import scripted
from tests.worker.conftest import Another
from tests.worker.desk import AT_SEA, PEOPLE, Sea, asked, command_centre
from tests.worker.scripted import NOW, SECOND, Scripted, report

FAST, SLOW = 25.0, 5.0


@pytest.fixture(autouse=True)
def from_now_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What people do is dated by the database's clock, so the boats' day must begin with the test,
    not with the program that runs all of them.
    """
    for module in (scripted, desk_module, sys.modules[__name__]):
        monkeypatch.setattr(module, "NOW", int(time.time()) * SECOND)


@pytest.fixture(autouse=True)
async def people(sql: Connection) -> None:
    await sql.execute(PEOPLE.encode())


@pytest.fixture
async def desk(database_url: str, sql: Connection) -> AsyncIterator[httpx.AsyncClient]:
    async with command_centre(database_url, sql) as http:
        yield http


@pytest.fixture
def sea(started: Worker, feed: Scripted) -> Sea:
    return Sea(started, feed)


async def of(sql: Connection, kind: str) -> list[dict[str, Any]]:
    """The alerts of a kind in the order in which they opened."""
    return await rows(sql, "select * from alert where kind = %(kind)s order by id", kind=kind)


async def history(sql: Connection, alert: int) -> list[tuple[str, str]]:
    found = await rows(
        sql,
        "select act, reason from event where alert = %(a)s and work_order is null order by seq",
        a=alert,
    )
    return [(row["act"], row["reason"]) for row in found]


# Shelving


async def test_a_key_that_is_shelved_stays_silent_in_its_next_episode_and_after_a_restart(
    sea: Sea, another: Another, feed: Scripted, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.runs(0, 4, FAST)
    (first,) = await of(sql, "speed")
    told = {"period": "2h", "reason": "sea trial"}
    shelved = await asked(desk, "POST", f"/alerts/{first['id']}/shelve", **told)
    assert shelved["alert"]["status"] == "shelved"
    (shelf,) = (await asked(desk, "GET", "/shelves"))["shelves"]
    assert (shelf["kind"], shelf["vessel"]["id"], shelf["reason"]) == ("speed", 101, "sea trial")
    assert shelf["by"]["name"] == "值班长"
    assert (shelf["alert"], shelf["shelved"], shelf["born"]) == (first["id"], 1, 0)
    await sea.runs(5, 15, SLOW)
    assert [row["status"] for row in await of(sql, "speed")] == ["closed"], "it had been looked at"

    later = Sea(await another(), feed)
    await later.runs(16, 20, FAST)
    _, second = await of(sql, "speed")
    assert (second["status"], second["shown"]) == ("shelved", None)
    assert await history(sql, second["id"]) == [("open", "holds"), ("shelve", "sea trial")]
    assert await rows(sql, "select 1 from work_order where alert = %(a)s", a=second["id"]) == []
    load = await asked(desk, "GET", "/alert-load?to=2099-01-01T00:00:00Z&from=2098-12-31T00:00:00Z")
    assert load["alerts"] == 0

    await later.waits(130)
    _, second = await of(sql, "speed")
    assert (second["status"], second["shown"] is not None) == ("active", True)
    assert (await history(sql, second["id"]))[-1] == ("unshelve", "expired")
    order = await one(sql, "select status from work_order where alert = %(a)s", a=second["id"])
    assert order["status"] == "offered"
    assert (await asked(desk, "GET", "/shelves"))["shelves"] == []


async def test_undoing_a_shelf_brings_back_what_was_born_under_it(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.runs(0, 4, FAST)
    (first,) = await of(sql, "speed")
    await asked(desk, "POST", f"/alerts/{first['id']}/shelve", period="1m", reason="known")
    await sea.runs(5, 15, SLOW)
    await sea.runs(16, 20, FAST)
    (shelf,) = (await asked(desk, "GET", "/shelves"))["shelves"]
    assert (shelf["shelved"], shelf["born"]) == (1, 1)
    assert await asked(desk, "POST", f"/shelves/{shelf['id']}/end") == {"shelves": []}
    assert await asked(desk, "POST", f"/shelves/{shelf['id']}/end") == {"shelves": []}, "twice"
    _, second = await of(sql, "speed")
    assert second["status"] == "active"
    assert (await history(sql, second["id"]))[-1] == ("unshelve", "unshelved")
    ended = await one(sql, "select why, ended_by from shelf")
    assert (ended["why"], ended["ended_by"] is not None) == ("unshelved", True)


async def test_this_occurrence_and_no_other(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.runs(0, 4, FAST)
    (first,) = await of(sql, "speed")
    body = {"period": "occurrence", "reason": "towed"}
    shelved = await asked(desk, "POST", f"/alerts/{first['id']}/shelve", **body)
    assert (shelved["alert"]["status"], shelved["alert"]["shelved_until"]) == ("shelved", None)
    (shelf,) = (await asked(desk, "GET", "/shelves"))["shelves"]
    assert shelf["until"] is None
    await sea.waits(4.5)
    assert [row["status"] for row in await of(sql, "speed")] == ["shelved"]
    await sea.runs(5, 15, SLOW)
    await sea.waits(15)
    assert (await asked(desk, "GET", "/shelves"))["shelves"] == []
    await sea.runs(16, 20, FAST)
    assert [row["status"] for row in await of(sql, "speed")] == ["closed", "active"]


async def test_a_shelved_silence_that_becomes_worse_is_heard(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    """Boat 1 falls silent, boat 2 goes on: yellow after half an hour, orange after two."""
    await _silent(sea, 0, 40)
    (gap,) = await of(sql, "gap")
    assert gap["severity"] == 2
    await asked(desk, "POST", f"/alerts/{gap['id']}/shelve", period="1d", reason="new antenna")
    await _silent(sea, 41, 130)
    (gap,) = await of(sql, "gap")
    assert (gap["severity"], gap["status"], gap["shelved_until"]) == (3, "active", None)
    assert ("unshelve", "worse") in await history(sql, gap["id"])
    assert (await one(sql, "select why from shelf"))["why"] == "worse"


async def _silent(sea: Sea, first: int, last: int) -> None:
    """Boat 2 reports every minute; boat 1 did at minute 0 only."""
    if first == 0:
        await sea.sends(0, "T1", sog_kn=SLOW)
    for minute in range(first, last + 1):
        await sea.sends(minute, "T2", sog_kn=SLOW)
    await sea.waits(last)


# Revision


async def test_late_fixes_disprove_a_silence_and_say_so(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    """The terminal was out of reach, not off: what it had stored comes after it is back."""
    await _silent(sea, 0, 40)
    (gap,) = await of(sql, "gap")
    await sea.sends(41, "T1", sog_kn=SLOW)
    for minute in range(1, 41):
        await sea.worker.batch([sea.feed.item(_stored(minute))])
    await sea.worker.settle()
    (after,) = await of(sql, "gap")
    assert (after["id"], after["status"], after["reason"]) == (gap["id"], "retracted", "late_data")
    shown = await asked(desk, "GET", f"/alerts/{gap['id']}")
    assert (shown["alert"]["status"], shown["history"][-1]["act"]) == ("retracted", "retract")
    await sea.waits(42)
    order = await one(sql, "select status, reason from work_order where alert = %(a)s", a=gap["id"])
    assert (order["status"], order["reason"]) == ("void", "retracted")


def _stored(minute: int) -> Any:
    """What boat 1 saw at that minute and could only send at minute 41."""
    made = report("T1", minute * 60, *AT_SEA, sog_kn=SLOW)
    return replace(made, received=NOW + 41 * 60 * SECOND)


async def test_severity_only_rises_within_an_episode(sea: Sea, sql: Connection) -> None:
    await _silent(sea, 0, 130)
    (gap,) = await of(sql, "gap")
    assert gap["severity"] == 3
    await sea.sends(131, "T1", sog_kn=SLOW)
    (gap,) = await of(sql, "gap")
    assert (gap["severity"], gap["status"]) == (3, "active"), "one fix ends nothing, lowers nothing"
    seen = await rows(
        sql, "select (detail ->> 'severity')::int as s from event where act in ('open', 'raise')"
        " and work_order is null order by seq",
    )  # fmt: skip
    assert [row["s"] for row in seen] == [2, 3]


# Calls for help


async def test_a_call_that_nobody_has_ended_rings_again_after_ten_minutes(
    sea: Sea, another: Another, feed: Scripted, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.sends(0, sos=True, sog_kn=SLOW)
    (call,) = await of(sql, "distress")
    await asked(desk, "POST", f"/alerts/{call['id']}/acknowledge", note="calling the skipper")
    await sea.waits(9)
    assert (await of(sql, "distress"))[0]["status"] == "acknowledged"

    later = Sea(await another(), feed)
    await later.waits(15)
    (again,) = await of(sql, "distress")
    assert (again["status"], again["acknowledged"]) == ("active", None)
    assert again["occurrences"] == call["occurrences"] + 1
    assert (await history(sql, call["id"]))[-1] == ("raise", "still_open")
    ringing = await rows(
        sql, "select body ->> 'type' as type from outbox where state = 'queued' order by id"
    )
    assert {row["type"] for row in ringing} & {"notice", "order.raised", "order.offered"}

    await asked(desk, "POST", f"/alerts/{call['id']}/close", reason="rescued")
    await later.waits(60)
    (done,) = await of(sql, "distress")
    assert (done["status"], done["verdict"]) == ("closed", "true")


async def test_what_a_call_explained_comes_up_when_people_end_the_call(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.sends(0, sos=True, sog_kn=FAST)
    await sea.runs(0.5, 4, FAST)
    (call,), (child,) = await of(sql, "distress"), await of(sql, "speed")
    assert (child["status"], child["parent"], child["shown"]) == ("suppressed", call["id"], None)
    shown = await asked(desk, "GET", f"/alerts/{call['id']}")
    assert shown["children"] == 1
    under = await asked(desk, "GET", f"/alerts?status=all&under={call['id']}")
    assert [a["id"] for a in under["alerts"]] == [child["id"]]

    body = {"verdict": "false_alarm", "reason": "sat on the button"}
    await asked(desk, "POST", f"/alerts/{call['id']}/verdict", **body)
    await sea.waits(5)
    (child,) = await of(sql, "speed")
    assert (child["status"], child["parent"], child["reason"]) == ("active", None, "root_closed")
    assert (await history(sql, child["id"]))[-1] == ("release", "root_closed")
    order = await one(sql, "select status from work_order where alert = %(a)s", a=child["id"])
    assert order["status"] == "offered"


# Rules that are switched off


async def test_alerts_of_a_kind_that_is_switched_off_end_and_say_so(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.runs(0, 4, FAST)
    await asked(desk, "PUT", "/rules/speed", enabled=False, reason="regatta")
    await sea.worker.configure()
    (speed,) = await of(sql, "speed")
    assert (speed["status"], speed["reason"]) == ("closed", "rule_off")
    assert await history(sql, speed["id"]) == [
        ("open", "holds"), ("clear", "rule_off"), ("close", "rule_off"),
    ]  # fmt: skip
    await sea.runs(6, 10, FAST)
    assert len(await of(sql, "speed")) == 1


async def test_red_stays_with_people_and_calls_for_help_are_always_heard(
    sea: Sea, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.sends(0, "T1", sog_kn=SLOW)
    for minute in range(0, 260, 9):
        await sea.sends(minute, "T2", sog_kn=SLOW)
    await sea.waits(260)
    (gap,) = await of(sql, "gap")
    assert gap["severity"] == 4
    await asked(desk, "PUT", "/rules/gap", enabled=False, reason="antenna works")
    await sea.worker.configure()
    (gap,) = await of(sql, "gap")
    assert (gap["status"], gap["reason"]) == ("cleared", "rule_off")
    for kind in ("distress", "mob"):
        refused = await desk.put(f"/rules/{kind}", json={"enabled": False, "reason": "regatta"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "body.enabled"


async def test_a_kind_that_is_switched_off_while_the_worker_is_away(
    sea: Sea, another: Another, desk: httpx.AsyncClient, sql: Connection
) -> None:
    await sea.runs(0, 4, FAST)
    await asked(desk, "PUT", "/rules/speed", enabled=False, reason="regatta")
    await another()
    assert [row["reason"] for row in await of(sql, "speed")] == ["rule_off"]


async def test_alerts_of_a_rule_that_has_nothing_to_go_by_any_more_are_shown_as_such(
    sea: Sea, sql: Connection
) -> None:
    await sql.execute(
        "insert into trip (code, vessel, departs, returns) values"
        " ('D1', 101, now() - interval '1 day', now() - interval '3 hours')"
    )
    await facts.changed(sql, "trips")
    await sea.worker.configure()
    await sea.runs(0, 3, SLOW)
    (late,) = await of(sql, "overdue")
    assert late["status"] == "active"
    await sql.execute("delete from trip")
    await facts.changed(sql, "trips")
    await sea.worker.configure()
    (late,) = await of(sql, "overdue")
    assert (late["status"], late["reason"]) == ("cleared", "no_data"), "nobody has looked yet"
