from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.columns import to_datetime
from fleet.model import MINUTE, Act, Change, Severity
from fleet.store import alerts, events
from fleet.store.db import Connection, one, rows

T = 1_800_000_000_000_000
NAN = float("nan")


@pytest.fixture
async def boat(conn: Connection) -> int:
    return int((await one(conn, "insert into vessel (class) values (1) returning id"))["id"])


def change(boat: int, act: Act, t: int = 0, severity: Severity = Severity.WARNING) -> Change:
    return Change("speed", boat, 0, T, act, T + t, severity, "fast", 109.0, 18.0, {"kn": 20.5})


async def test_opened_raised_and_cleared(conn: Connection, boat: int) -> None:
    raised = change(boat, Act.RAISE, 60, Severity.ALARM)
    told = [change(boat, Act.OPEN), raised, change(boat, Act.CLEAR, 90)]
    cases, happened = await alerts.apply(conn, told, T)
    assert [(c.vessel, c.severity) for c in cases] == [(boat, Severity.ALARM)]
    assert [e.act for e in happened] == ["open", "raise", "clear"]
    row = await one(conn, "select * from alert")
    assert (row["severity"], row["status"], row["cleared"] is not None) == (3, "cleared", True)
    await events.append(conn, happened)


async def test_the_same_again_is_nothing(conn: Connection, boat: int) -> None:
    told = [change(boat, Act.OPEN), change(boat, Act.RAISE, 60, Severity.ALARM)]
    await alerts.apply(conn, told, T)
    assert await alerts.apply(conn, told, T) == ([], [])
    assert len(await rows(conn, "select 1 from alert")) == 1


async def test_what_people_closed_stays_closed_and_red_stays_acknowledged(
    conn: Connection, boat: int
) -> None:
    red = change(boat, Act.OPEN, severity=Severity.EMERGENCY)
    await alerts.apply(conn, [red], T)
    await conn.execute("update alert set status = 'acknowledged'")
    await alerts.apply(conn, [replace(red, act=Act.CLEAR)], T)
    assert (await one(conn, "select status, closed from alert")) == {
        "status": "acknowledged",
        "closed": None,
    }
    await conn.execute("update alert set status = 'closed'")
    await alerts.apply(conn, [replace(red, act=Act.CLEAR)], T)
    assert (await one(conn, "select status from alert"))["status"] == "closed"


async def test_late_data_lowers_and_retracts(conn: Connection, boat: int) -> None:
    opened = change(boat, Act.OPEN, severity=Severity.EMERGENCY)
    await alerts.apply(conn, [opened], T)
    revised = change(boat, Act.REVISE, 5, Severity.WARNING)
    await alerts.apply(conn, [revised, change(boat, Act.RETRACT, 6)], T)
    assert await alerts.apply(conn, [change(boat, Act.CLEAR, 9)], T) == ([], [])
    row = await one(conn, "select severity, status, closed from alert")
    assert (row["severity"], row["status"], row["closed"] is not None) == (2, "retracted", True)
    cases, _ = await alerts.apply(conn, [change(boat, Act.OPEN, 10, Severity.ALARM)], T)
    row = await one(conn, "select severity, status, closed from alert")
    assert row == {"severity": 3, "status": "active", "closed": None}
    assert [case.severity for case in cases] == [Severity.ALARM]


async def test_what_gets_worse_asks_again_whatever_people_made_of_it(
    conn: Connection, boat: int
) -> None:
    await alerts.apply(conn, [change(boat, Act.OPEN)], T)
    await conn.execute(
        "update alert set status = 'invalid', closed = now(), verdict = 'false_alarm', reason = 'x'"
    )
    assert (await alerts.apply(conn, [change(boat, Act.REPEAT, 5)], T))[0] == []
    assert (await one(conn, "select reason from alert"))["reason"] == "x"
    worse = change(boat, Act.RAISE, 60, Severity.EMERGENCY)
    cases, _ = await alerts.apply(conn, [worse], T)
    row = await one(conn, "select status, closed, verdict from alert")
    assert row == {"status": "active", "closed": None, "verdict": None}
    assert [case.severity for case in cases] == [Severity.EMERGENCY]


@pytest.mark.parametrize(("after", "status"), [(5 * MINUTE, "closed"), (11 * MINUTE, "active")])
async def test_a_call_that_goes_on_after_it_was_closed_is_raised_again(
    conn: Connection, boat: int, after: int, status: str
) -> None:
    call = replace(change(boat, Act.OPEN, severity=Severity.EMERGENCY), kind="distress")
    await alerts.apply(conn, [call], T)
    await conn.execute("update alert set status = 'closed', closed = %s", [to_datetime(T)])
    cases, _ = await alerts.apply(conn, [replace(call, act=Act.REPEAT, t=T + after)], T + after)
    assert (await one(conn, "select status from alert"))["status"] == status
    assert len(cases) == (status == "active")


async def test_a_clear_of_what_was_never_opened_is_nothing(conn: Connection, boat: int) -> None:
    assert await alerts.apply(conn, [change(boat, Act.CLEAR)], T) == ([], [])


async def test_an_unknown_place_keeps_the_last_known(conn: Connection, boat: int) -> None:
    gone = replace(change(boat, Act.REPEAT, 9), lon=NAN, lat=NAN, evidence={"x": NAN, "s": "a\0b"})
    await alerts.apply(conn, [change(boat, Act.OPEN), gone], T)
    row = await one(conn, "select lon, occurrences, evidence from alert")
    assert (row["lon"], row["occurrences"]) == (109.0, 2)
    assert row["evidence"] == {"kn": 20.5, "x": None, "s": "ab"}


act = st.sampled_from([Act.OPEN, Act.RAISE, Act.REPEAT, Act.CLEAR, Act.REVISE, Act.RETRACT])
told = st.tuples(act, st.integers(0, 9), st.sampled_from(Severity))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(told, max_size=8), st.integers(0, 8))
async def test_any_cut_gives_the_same_row_and_history(
    conn: Connection, boat: int, acts: list[tuple[Act, int, Severity]], cut: int
) -> None:
    changes = [change(boat, a, t, s) for a, t, s in acts]
    outcomes = []
    for parts in ([changes], [changes[:cut], changes[cut:]]):
        await conn.execute("delete from alert")
        happened = [e.act for part in parts for e in (await alerts.apply(conn, part, T))[1]]
        kept = await rows(conn, "select severity, status, last_seen, occurrences from alert")
        outcomes.append((happened, kept))
    assert outcomes[0] == outcomes[1]


def outage(act: Act = Act.OPEN) -> Change:
    """A receiver's outage: it concerns no boat."""
    return Change("feed", 0, 7, T, act, T, Severity.WARNING, "holds", NAN, NAN)


def under(boat: int) -> list[Change]:
    """A gap, and what explains it."""
    root = outage().key
    gap = change(boat, Act.OPEN)
    return [gap, replace(gap, act=Act.SUPPRESS, reason="receiver_outage", parent=root)]


async def test_an_alert_about_nobody(conn: Connection) -> None:
    cases, _ = await alerts.apply(conn, [outage()], T)
    assert [(c.kind, c.vessel) for c in cases] == [("feed", 0)]


async def test_a_child_of_a_root_is_nobodys_case(conn: Connection, boat: int) -> None:
    cases, _ = await alerts.apply(conn, [outage(), *under(boat)], T)
    assert [c.kind for c in cases] == ["feed"]
    found = await one(conn, "select a.status, p.kind from alert a join alert p on p.id = a.parent")
    assert found == {"status": "suppressed", "kind": "feed"}
    assert (await alerts.apply(conn, under(boat), T))[0] == []


async def test_a_root_that_people_ended_explains_nothing_any_more(
    conn: Connection, boat: int
) -> None:
    await alerts.apply(conn, [outage()], T)
    await conn.execute("update alert set status = 'closed'")
    cases, _ = await alerts.apply(conn, under(boat), T)
    assert [c.kind for c in cases] == ["speed"]


async def test_a_child_that_is_released_is_offered(conn: Connection, boat: int) -> None:
    await alerts.apply(conn, [outage(), *under(boat)], T)
    cases, _ = await alerts.apply(conn, [change(boat, Act.RELEASE)], T)
    assert [c.kind for c in cases] == ["speed"]


async def test_a_log_is_kept_and_is_no_alert(conn: Connection, boat: int) -> None:
    visit = replace(change(boat, Act.OPEN), kind="port_visit", other=3)
    left = replace(visit, act=Act.CLEAR, t=T + MINUTE)
    for _ in range(2):
        assert await alerts.apply(conn, [visit, left], T) == ([], [])
    assert await rows(conn, "select 1 from alert") == []
    (kept,) = await rows(conn, "select kind, vessel, other, opened, closed from episode_log")
    assert kept["closed"] == to_datetime(T + MINUTE)
