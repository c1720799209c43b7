"""The alert kinds as the watch and the command centre see and change them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from fleet.alerts.facts import WHAT
from fleet.alerts.parameters import defaults
from fleet.alerts.rules import RULES
from fleet.store import engine, facts
from fleet.store import rules as stored
from fleet.store.db import connect
from tests.api.conftest import Port

SPEED = dict(defaults()["speed"].values)


def chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


async def by_kind(port: Port, login: str = "chief") -> dict[str, Any]:
    async with port.client(login) as http:
        return {rule["kind"]: rule for rule in (await http.get("/rules")).json()["rules"]}


async def put(port: Port, kind: str, body: Any, login: str = "chief") -> tuple[int, Any]:
    async with port.client(login) as http:
        answer = await http.put(f"/rules/{kind}", json=body)
    return answer.status_code, answer.json()


async def test_every_kind_says_what_it_watches_in_both_languages(port: Port) -> None:
    found = await by_kind(port)
    assert found.keys() == {rule.key for rule in RULES}
    for kind, rule in found.items():
        assert chinese(rule["about_zh"]), kind
        assert not chinese(rule["about_en"]), kind
        assert rule["about_en"].endswith("."), kind
    assert {kind for kind, rule in found.items() if rule["log"]} == {"fishing", "port_visit"}


async def test_a_rule_without_its_data_says_so(port: Port) -> None:
    before = await by_kind(port)
    assert before["overdue"]["data"] == {
        "state": "not_evaluated",
        "missing": ["trips"],
        "why_zh": "未评估，因为没有进出港报告",
        "why_en": "not evaluated, because no declared trips",
    }
    assert before["grounding"]["data"]["state"] == "in_part"
    assert before["nav_area"]["data"]["missing"] == ["nav_nm", "coast"]
    assert before["gap"]["data"]["state"] == "in_part", "its red stage goes by the wind too"
    assert before["speed"]["data"]["state"] == "evaluated"
    await port.sql("insert into trip (code, vessel, departs) values ('T', 1, now())")
    await port.sql("insert into depth values (1, '{18}', '{109}', '{40}')")
    after = await by_kind(port)
    assert after["overdue"]["data"]["state"] == "evaluated"
    assert after["grounding"]["data"] == {
        "state": "evaluated", "missing": [], "why_zh": "", "why_en": "",
    }  # fmt: skip


FACTS = {
    "ties": "insert into tie (code, kind, vessel) values ('A', 'sailing', 1)",
    "trips": "insert into trip (code, vessel, departs) values ('T', 1, now())",
    "permits": "insert into permit (code, vessel, activity, starts, ends)"
    " values ('P', 1, 'fish', now(), now() + interval '1 day')",
    "recalls": "insert into recall (id, code, action, issued, deadline)"
    " values (7, 'R', 'return', now(), now() + interval '1 day')",
    "answers": "insert into recall_answer (recall, vessel, answer) values (7, 1, 'ashore')",
    "berths": "update zone set places = 5",
    "wind": "insert into wind values (now(), now(), true, '{18}', '{109}', '{7}')",
    "depth": "insert into depth values (1, '{18}', '{109}', '{40}')",
    "wind_limit": "update vessel set wind_limit = 7 where id = 1",
    "nav_nm": "insert into certificate (vessel, kind, value) values (1, 'nav_area', 12)",
    "expiries": "insert into certificate (vessel, kind, expires)"
    " values (1, 'survey', now() + interval '30 days')",
}


async def test_what_is_said_to_be_there_is_what_the_engine_has(port: Port) -> None:
    """The same names from the tables as from the columns made of them, fact after fact."""
    assert FACTS.keys() | {"details"} == WHAT.keys()
    async with await connect(port.url, "test") as conn:
        await conn.execute("delete from recall")
        expected = {"details"}
        for name, statement in [("details", "select 1"), *FACTS.items()]:
            await conn.execute(statement.encode())
            expected.add(name)
            loaded = await facts.load(conn)
            assert (await stored.present(conn)).facts == expected
            assert set(WHAT) - set(loaded.lacks(WHAT)) == expected


async def test_counts_are_of_the_callers_scope_and_hold_the_logs(port: Port) -> None:
    await port.sql(
        "insert into episode_log (kind, vessel, other, opened, closed) values"
        " ('port_visit', 1, 1, now() - interval '2 days', null),"
        " ('port_visit', 1, 1, now() - interval '1 hour', now()),"
        " ('port_visit', 3, 1, now() - interval '3 days', now() - interval '2 days')"
    )
    chief, lin = await by_kind(port), await by_kind(port, "lin")
    assert (chief["gap"]["open"], chief["gap"]["day"]) == (1, 1)
    assert (lin["gap"]["open"], lin["gap"]["day"]) == (0, 0), "boat 2 is not Lin's"
    assert (lin["zone_enter"]["open"], lin["zone_enter"]["day"]) == (1, 1)
    assert (chief["port_visit"]["open"], chief["port_visit"]["day"]) == (1, 1)


async def test_status_names_the_rules_in_force_that_cannot_work(port: Port) -> None:
    assert (await put(port, "overdue", {"reason": "no reports here", "enabled": False}))[0] == 200
    async with port.client("lin") as http:
        rules = {r["kind"]: r for r in (await http.get("/status")).json()["rules"]}
    assert rules["group_sep"]["data"]["why_zh"] == "未评估，因为没有编组资料"
    assert rules["grounding"]["data"]["state"] == "in_part"
    assert not {"speed", "overdue"} & rules.keys(), "evaluated, and switched off"


async def test_a_change_is_a_version_and_may_be_taken_back(port: Port) -> None:
    name = next(iter(SPEED))
    new = {**SPEED, name: SPEED[name] + 1}
    status, rule = await put(port, "speed", {"params": new, "reason": "notice 7", "version": 1})
    assert status == 200
    assert (rule["version"], rule["params"], rule["source"]) == (2, new, "notice 7")
    assert rule["actor"]["name"] == "指挥"
    stale = await put(port, "speed", {"params": SPEED, "reason": "late", "version": 1})
    assert stale[0] == 409
    async with port.client("chief") as http:
        back = await http.post("/rules/speed/restore", json={"version": 1, "reason": "mistake"})
        assert (back.json()["version"], back.json()["params"]) == (3, SPEED)
        assert back.json()["source"] == defaults()["speed"].source
        gone = await http.post("/rules/speed/restore", json={"version": 9, "reason": "x"})
        assert gone.status_code == 404
        versions = (await http.get("/rules/speed/versions")).json()["versions"]
        assert (await http.get("/rules/whale/versions")).status_code == 404
    assert [(v["version"], v["reason"]) for v in versions] == [
        (3, "mistake"), (2, "notice 7"), (1, ""),
    ]  # fmt: skip
    assert versions[2]["at"] is None, "it ships with the service"
    async with await connect(port.url, "test") as conn:
        assert (await engine.parameters(conn))["speed"]["version"] == 3, "what workers read"


@pytest.mark.parametrize(
    ("params", "field", "words"),
    [
        ({"knots": 1, **SPEED}, "body.params.knots", "unknown"),
        (dict(list(SPEED.items())[1:]), f"body.params.{next(iter(SPEED))}", "missing"),
        ({**SPEED, next(iter(SPEED)): -1}, f"body.params.{next(iter(SPEED))}", "-1 is not"),
        ({**SPEED, next(iter(SPEED)): "9"}, f"body.params.{next(iter(SPEED))}", "'9' is not"),
        ({**SPEED, "a b": 1}, "body.params.'a b'", "unknown"),
        ({**SPEED, next(iter(SPEED)): 10**30}, f"body.params.{next(iter(SPEED))}", "10,000,000"),
    ],
)
async def test_what_is_wrong_is_named(
    port: Port, params: dict[str, Any], field: str, words: str
) -> None:
    status, body = await put(port, "speed", {"params": params, "reason": "x"})
    assert status == 422
    assert body["errors"][0]["field"] == field
    assert words in body["errors"][0]["message"]
    assert await port.sql("select count(*) as n from rule_version where kind = 'speed'") == [
        {"n": 0}
    ]


async def test_a_reason_is_asked_for(port: Port) -> None:
    assert (await put(port, "speed", {"params": SPEED, "reason": " "}))[0] == 422


async def test_only_a_commander_sets_thresholds(port: Port) -> None:
    for login in ("lin", "coop", "root"):
        assert (await put(port, "speed", {"reason": "x"}, login))[0] == 403


async def test_the_workers_are_told(port: Port) -> None:
    conn = await psycopg.AsyncConnection.connect(port.url, autocommit=True)
    async with conn:
        await conn.execute("listen fleet_config")
        await put(port, "speed", {"params": SPEED, "reason": "x"})
        async for note in conn.notifies(timeout=5, stop_after=1):
            assert note.payload == "speed"
            return
    pytest.fail("no notification")


SMALL = {"class": "fishing_small", "params": {"fishing_kn": 9}}


async def test_overrides_are_set_read_kept_and_taken_back(port: Port) -> None:
    area = await port.sql("select code from zone where ended is null and rule <> 'line' limit 1")
    near = {"zone": area[0]["code"], "season": "typhoon", "params": {"lasting_min": 1}}
    told = [SMALL, {**near, "class": None}]
    status, rule = await put(port, "speed", {"scopes": told, "reason": "small boats"})
    assert (status, rule["version"], rule["params"]) == (200, 2, SPEED)
    shown = [
        {"class": "fishing_small", "zone": None, "season": None, "params": {"fishing_kn": 9}},
        {"class": None, **near},
    ]
    assert (await by_kind(port))["speed"]["scopes"] == shown
    assert (await put(port, "speed", {"params": SPEED, "reason": "x"}))[1]["scopes"] == shown
    assert (await put(port, "speed", {"scopes": [], "reason": "none"}))[1]["scopes"] == []
    async with port.client("chief") as http:
        back = await http.post("/rules/speed/restore", json={"version": 2, "reason": "again"})
        versions = (await http.get("/rules/speed/versions")).json()["versions"]
    assert back.json()["scopes"] == shown
    assert [len(v["scopes"]) for v in versions] == [2, 0, 2, 2, 0]
    async with await connect(port.url, "test") as conn:
        assert (await engine.parameters(conn))["speed"]["scopes"] == [SMALL, near], "for workers"


async def test_overrides_stay_when_their_zone_has_ended(port: Port) -> None:
    await port.sql("update zone set code = 'Z9', rule = 'keep_out', ended = null where id = 1")
    near = {"zone": "Z9", "params": {"fishing_kn": 5}}
    assert (await put(port, "speed", {"scopes": [near], "reason": "x"}))[0] == 200
    await port.sql("update zone set ended = now() where id = 1")
    assert (await put(port, "speed", {"enabled": False, "reason": "off"}))[0] == 200
    status, body = await put(port, "speed", {"scopes": [near], "reason": "x"})
    assert (status, body["errors"][0]["field"]) == (422, "body.scopes.0.zone")


@pytest.mark.parametrize(
    ("scopes", "field", "words"),
    [
        ([SMALL, {"params": {"fishing_kn": 9}}], "body.scopes.1", "names none of"),
        ([{**SMALL, "class": "trawlers"}], "body.scopes.0.class", "fishing_small"),
        ([{**SMALL, "zone": "nowhere"}], "body.scopes.0.zone", "no area in force"),
        ([{**SMALL, "season": "autumn"}], "body.scopes.0.season", "monsoon"),
        ([{**SMALL, "params": {"fishing_kn": "9"}}], "body.scopes.0.params.fishing_kn", "'9' is"),
        ([SMALL, SMALL], "body.scopes.1", "the same as scopes.0"),
        (["\u0000"], "body.scopes.0", "object"),
    ],
)
async def test_what_is_wrong_with_an_override_is_named(
    port: Port, scopes: list[Any], field: str, words: str
) -> None:
    status, body = await put(port, "speed", {"scopes": scopes, "reason": "x"})
    assert status == 422
    assert body["errors"][0]["field"] == field
    assert words in body["errors"][0]["message"]
