"""The rate budget: what was told, how fast, and how much of it was true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.store.db import Connection, connect
from fleet.store.scope import Scope, scoped
from tests.api.conftest import Port

T = datetime(2026, 3, 2, tzinfo=UTC)
DAY = {"from": T.isoformat(), "to": (T + timedelta(days=1)).isoformat()}
TOLD = """
insert into alert (kind, vessel, other, episode, severity, status, opened, last_seen, lon, lat,
                   verdict, shown, parent)
select %(kind)s, %(vessel)s, 0, t, 2, %(status)s, t, t, 109, 18, %(verdict)s,
       case when %(told)s then t end, %(parent)s
from unnest(%(times)s::timestamptz[]) t"""


async def told(port: Port, *minutes: float, **more: Any) -> None:
    """Alerts that came before the command centre at these minutes of the day."""
    columns = {
        "kind": "speed", "vessel": 1, "status": "closed", "verdict": None, "told": True,
        "parent": None, **more,
    }  # fmt: skip
    await port.sql(TOLD, times=[T + timedelta(minutes=m) for m in minutes], **columns)


async def load(port: Port, login: str = "chief", **query: Any) -> Any:
    async with port.client(login) as http:
        answer = await http.get("/alert-load", params={**DAY, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_empty_day(port: Port) -> None:
    found = await load(port)
    assert (found["alerts"], found["per_operator_hour"], found["precision"]) == (0, 0.0, None)
    assert found["worst"] == {"alerts": 0, "since": None, "until": None, "flood": False}
    assert found["within_budget"]
    assert found["kinds"] == found["steps"] == []


async def test_the_mean_is_of_an_operator_and_an_hour(port: Port) -> None:
    await told(port, *(10 * i for i in range(144)))
    one, three = await load(port), await load(port, operators=3)
    assert (one["alerts"], one["per_operator_hour"], one["within_budget"]) == (144, 6.0, True)
    assert three["per_operator_hour"] == 2.0
    assert [s["alerts"] for s in one["steps"]] == [6] * 24
    assert one["step_s"] == 3600


async def test_the_worst_ten_minutes_lie_across_any_border(port: Port) -> None:
    """Eleven alerts around one o'clock, six before and five after."""
    await told(port, *(55 + 0.9 * i for i in range(11)))
    await told(port, 300, 301, kind="gap")
    found = await load(port)
    assert (found["worst"]["alerts"], found["worst"]["flood"]) == (11, True)
    until = datetime.fromisoformat(found["worst"]["until"])
    assert until == T + timedelta(minutes=64)
    assert not found["within_budget"], "well below six an hour, and a flood all the same"
    speed, gap = found["kinds"]
    assert (speed["kind"], speed["alerts"], speed["worst"]["alerts"]) == ("speed", 11, 11)
    assert (gap["kind"], gap["worst"]["alerts"], gap["worst"]["flood"]) == ("gap", 2, False)
    assert [s["flood"] for s in found["steps"]] == [False, True, False]


async def test_ten_within_ten_minutes_are_no_flood(port: Port) -> None:
    await told(port, *(60 + 0.9 * i for i in range(10)))
    assert (await load(port))["worst"]["flood"] is False


async def test_children_and_what_is_born_shelved_were_told_to_nobody(port: Port) -> None:
    await told(port, 5, kind="mass_movement")
    (root,) = await port.sql("select id from alert where kind = 'mass_movement'")
    await told(port, *range(6, 30), status="suppressed", told=False, parent=root["id"])
    await told(port, 40, 41, status="shelved", told=False, kind="gap")
    found = await load(port)
    assert (found["alerts"], found["under_roots"], found["silenced"]) == (1, 24, 2)
    assert [k["kind"] for k in found["kinds"]] == ["mass_movement"]


async def test_precision_is_what_people_said(port: Port) -> None:
    for hour, verdict in enumerate(["true"] * 3 + ["false_alarm"] + ["test"] * 2 + [None] * 4):
        await told(port, 60 * hour, verdict=verdict)
    (speed,) = (await load(port))["kinds"]
    assert speed["verdicts"] == {"true": 3, "false_alarm": 1, "test": 2, "unsaid": 4}
    assert speed["precision"] == 0.75, "a test is neither true nor false"


async def test_the_caller_sees_the_load_of_their_own_scope(port: Port) -> None:
    await told(port, 1, 2, 3, vessel=3)
    assert (await load(port))["alerts"] == 3
    assert (await load(port, "coop"))["alerts"] == 3
    assert (await load(port, "lin"))["alerts"] == 0


async def test_the_list_of_kinds_says_how_much_was_true(port: Port) -> None:
    await port.sql(TOLD, times=[datetime.now(UTC)], kind="speed", vessel=1, status="closed",
                   verdict="false_alarm", told=True, parent=None)  # fmt: skip
    async with port.client("chief") as http:
        rules = {r["kind"]: r for r in (await http.get("/rules")).json()["rules"]}
        text = (await http.get(f"{http.base_url.copy_with(path='/metrics')}")).text
    assert rules["speed"]["precision"] == 0.0
    assert rules["speed"]["verdicts"] == {"true": 0, "false_alarm": 1, "test": 0, "unsaid": 0}
    assert rules["gap"]["precision"] is None
    for line in (
        'fleet_alerts_told{kind="speed"} 1',
        'fleet_alert_verdicts{kind="speed",verdict="false_alarm"} 1',
        'fleet_alert_precision{kind="speed"} 0',
        "fleet_alerts_told_10m 1",
        "fleet_alerts_told_10m_worst 1",
    ):
        assert line in text, text


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"from": "2024-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
        {"operators": "0"},
    ],
)
async def test_a_stretch_that_is_none_is_refused(port: Port, query: dict[str, str]) -> None:
    async with port.client("chief") as http:
        answer = await http.get("/alert-load", params=query)
    assert answer.status_code == 422


YEARS = """
insert into vessel (id, name) select g, 'v' || g from generate_series(1, 200) g;
insert into alert (kind, vessel, episode, severity, status, opened, last_seen, lon, lat, verdict,
                   shown)
select (array['speed', 'gap', 'zone_enter'])[1 + g % 3], 1 + g % 200,
       now() - make_interval(mins => 10 * g), 2, 'closed', now() - make_interval(mins => 10 * g),
       now(), 109, 18, case when g % 7 = 0 then 'true' end, now() - make_interval(mins => 10 * g)
from generate_series(1, 100000) g;
analyze alert"""


@pytest.mark.slow
async def test_two_years_of_alerts_are_not_read_for_a_day(database_url: str) -> None:
    """100,000 alerts, 144 a day: the index of `shown` (or of `opened`) finds the day's."""
    now = datetime.now(UTC)
    span = {"since": now - timedelta(days=1), "until": now}
    params = Scope.of("commander", None, None).params(
        **span, step=timedelta(hours=1), window=timedelta(minutes=10)
    )
    async with await connect(database_url, "test") as conn:
        for statement in YEARS.split(";"):
            await conn.execute(statement.encode())
        for name, text in scoped("alert_load").items():
            plan = await _plan(conn, text, params)
            assert "Seq Scan on alert" not in plan, f"{name}\n{plan}"
        for name in ("told", "rate"):
            plan = await _plan(conn, scoped("metrics")[name], None)
            assert "Seq Scan on alert" not in plan, f"{name}\n{plan}"


async def _plan(conn: Connection, text: str, params: Any) -> str:
    found = await conn.execute(f"explain {text}".encode(), params)
    return "\n".join(row["QUERY PLAN"] for row in await found.fetchall())
