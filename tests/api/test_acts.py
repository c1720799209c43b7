from __future__ import annotations

import pytest

from tests.api.conftest import Port


async def test_the_member_accepts_reports_and_closes(port: Port) -> None:
    async with port.client("lin") as http:
        accepted = (await http.post("/orders/1/accept", json={})).json()["order"]
        assert (accepted["status"], accepted["lead"]["person"]) == ("accepted", 1)
        alert = (await http.get("/alerts/1")).json()
        assert alert["alert"]["status"] == "acknowledged"
        step = {"step": "contacted", "note": "answered on channel 16"}
        assert (await http.post("/orders/1/progress", json=step)).status_code == 200
        done = {"outcome": "resolved", "note": "turned back"}
        closed = (await http.post("/orders/1/close", json=done)).json()["order"]
        assert (closed["status"], closed["outcome"]) == ("closed", "resolved")
        history = (await http.get("/orders/1")).json()["history"]
    assert [e["actor"]["name"] for e in history if e["actor"]] == ["林"] * len(
        [e for e in history if e["actor"]]
    )
    rows = await port.sql("select seq from event order by seq")
    assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1)), "no gap in the sequence"


async def test_an_acceptance_twice_is_one(port: Port) -> None:
    async with port.client("lin") as http:
        first = await http.post("/orders/1/accept", json={})
        again = await http.post("/orders/1/accept", json={})
    assert first.json() == again.json()


async def test_a_stale_version_is_refused(port: Port) -> None:
    async with port.client("lin") as http:
        await http.post("/orders/1/accept", json={"version": 1})
        stale = await http.post("/orders/1/progress", json={"step": "on_scene", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["errors"][0]["field"] == "body.version"


async def test_what_the_table_does_not_hold_is_a_conflict(port: Port) -> None:
    async with port.client("lin") as http:
        early = await http.post("/orders/1/progress", json={"step": "on_scene"})
    assert early.status_code == 409
    assert "offered" in early.json()["detail"]


async def test_a_refused_act_leaves_nothing_behind(port: Port) -> None:
    before = await port.sql("select * from stream")
    async with port.client("lin") as http:
        await http.post("/orders/1/progress", json={"step": "on_scene"})
        assert (await http.post("/orders/1/handover", json={"person": 999, "reason": "x"})).json()[
            "errors"
        ]
    assert before == await port.sql("select * from stream")


async def test_decline_needs_a_reason_and_passes_it_on(port: Port) -> None:
    async with port.client("lin") as http:
        bare = await http.post("/orders/1/decline", json={})
        assert bare.json()["errors"][0]["field"] == "body.reason"
        answer = await http.post("/orders/1/decline", json={"reason": "engine trouble"})
        assert answer.status_code == 200, "the answer comes though it is no longer theirs"
    rows = await port.sql("select answer, reason from assignment where person = 1")
    assert rows[0] == {"answer": "declined", "reason": "engine trouble"}


async def test_only_the_command_centre_reassigns(port: Port) -> None:
    body = {"person": 2, "reason": "nearer"}
    async with port.client("lin") as http:
        assert (await http.post("/orders/1/reassign", json=body)).status_code == 403
    async with port.client("chief") as http:
        answer = await http.post("/orders/1/reassign", json=body)
        assert answer.json()["order"]["lead"]["person"] == 2
        nobody = await http.post("/orders/1/reassign", json={"person": 77, "reason": "x"})
    assert nobody.json()["errors"][0]["field"] == "body.person"


async def test_acknowledge_shelve_unshelve(port: Port) -> None:
    async with port.client("chief") as http:
        for body in (
            {"reason": "x"},
            {"reason": "x", "period": "1h", "until": "2099-01-01T00:00:00Z"},
        ):
            assert (await http.post("/alerts/2/shelve", json=body)).status_code == 422
        shelved = await http.post("/alerts/2/shelve", json={"reason": "berth", "period": "2h"})
        assert shelved.json()["alert"]["status"] == "shelved"
        assert shelved.json()["alert"]["shelved_until"]
        back = await http.post("/alerts/2/unshelve", json={})
        assert back.json()["alert"]["status"] == "active"
        seen = await http.post("/alerts/2/acknowledge", json={"note": "calling"})
        assert seen.json()["alert"]["status"] == "acknowledged"


async def test_red_is_never_shelved_and_closes_by_code_only(port: Port) -> None:
    async with port.client("chief") as http:
        shelve = await http.post("/alerts/3/shelve", json={"reason": "x", "period": "1h"})
        assert shelve.status_code == 409
        words = await http.post("/alerts/3/close", json={"reason": "seems fine"})
        assert words.json()["errors"][0]["field"] == "body.reason"
        coded = await http.post("/alerts/3/close", json={"reason": "rescued"})
        assert coded.json()["alert"]["status"] == "closed"


async def test_verdict_ends_alert_and_order(port: Port) -> None:
    async with port.client("chief") as http:
        body = {"verdict": "false_alarm", "reason": "button stuck"}
        answer = await http.post("/alerts/3/verdict", json=body)
        assert answer.json()["alert"]["verdict"] == "false_alarm"
        order = (await http.get("/orders/3")).json()["order"]
    assert order["status"] in ("closed", "void")


async def test_an_acknowledgement_stops_what_is_queued(port: Port) -> None:
    await port.sql(
        "insert into outbox (key, channel, recipient, alert, work_order, body)"
        " values ('k', 'mqtt', 'P1', 1, 1, '{\"type\": \"order.offered\"}')"
    )
    async with port.client("lin") as http:
        await http.post("/alerts/1/acknowledge", json={})
    rows = await port.sql("select state from outbox where key = 'k'")
    assert rows == [{"state": "cancelled"}]


@pytest.mark.parametrize("login", ["root", "coop"])
async def test_admins_and_associations_look_on(port: Port, login: str) -> None:
    async with port.client(login) as http:
        assert (await http.post("/alerts/3/acknowledge", json={})).status_code == 403
        assert (await http.post("/orders/3/accept", json={})).status_code == 403
