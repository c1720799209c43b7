"""What rules need from outside, through the API; and the roll call of a recall order."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from fleet.store import facts
from fleet.store.db import connect
from tests.api.conftest import Port

A, B, C = "琼三亚渔00001", "琼三亚渔00002", "琼三亚渔00003"
FROM, TO = "2036-05-01T00:00:00Z", "2036-06-01T00:00:00Z"
ROWS: dict[str, list[dict[str, Any]]] = {
    "groups": [
        {"group": "G", "kind": "sailing", "reg_no": A, "role": "lead", "valid_from": FROM},
        {"group": "G", "kind": "sailing", "reg_no": C, "valid_to": TO},
    ],
    "trips": [{"trip": "T1", "reg_no": A, "port": "Z1", "departs": FROM, "returns": TO}],
    "permits": [{"permit": "P1", "reg_no": A, "activity": "enter", "zone": "Z1"}],
    "certificates": [{"reg_no": C, "kind": "nav_area", "value": 12.5}],
    "ports": [{"port": "Z1", "capacity": 40}],
}
ZONE = (
    '{"type":"Polygon","coordinates":[[[109.05,18.05],[109.15,18.05],[109.15,18.15],'
    "[109.05,18.15],[109.05,18.05]]]}"
)


async def put(port: Port, kind: str, body: Any, login: str = "chief") -> tuple[int, Any]:
    async with port.client(login) as http:
        answer = await http.put(f"/facts/{kind}", json=body)
    return answer.status_code, answer.json() if answer.content else None


async def listed(port: Port, kind: str, login: str) -> list[dict[str, Any]]:
    async with port.client(login) as http:
        rows: list[dict[str, Any]] = (await http.get(f"/facts/{kind}")).json()["rows"]
    return rows


@pytest.mark.parametrize("kind", sorted(ROWS))
async def test_what_goes_in_comes_out_and_the_workers_are_told(port: Port, kind: str) -> None:
    conn = await psycopg.AsyncConnection.connect(port.url, autocommit=True)
    async with conn:
        await conn.execute("listen fleet_config")
        status, body = await put(port, kind, {"rows": ROWS[kind]})
        assert status == 200, body
        heard = [note async for note in conn.notifies(timeout=5, stop_after=1)]
    assert heard
    assert len(body["rows"]) == len(ROWS[kind])
    for sent in ROWS[kind]:
        assert any(sent.items() <= row.items() for row in body["rows"]), body
    async with await connect(port.url, "test") as conn2:
        loaded = await facts.load(conn2)
    name = {"groups": "ties", "certificates": "nav_nm", "ports": "berths"}.get(kind, kind)
    assert not loaded.lacks([name]), "the worker reads it"
    async with port.client("chief") as http:
        kinds = {k["kind"]: k for k in (await http.get("/facts")).json()["facts"]}
    assert kinds[kind]["n"] == len(ROWS[kind])
    assert kinds[kind]["actor"]["name"] == "指挥"


async def test_who_reads_what(port: Port) -> None:
    for kind in ("groups", "permits", "certificates"):
        await put(port, kind, {"rows": ROWS[kind]})
    assert {row["reg_no"] for row in await listed(port, "groups", "lin")} == {A}
    assert {row["reg_no"] for row in await listed(port, "groups", "coop")} == {C}
    assert await listed(port, "permits", "coop") == []
    assert await listed(port, "certificates", "lin") == []


async def test_every_mistake_is_named_and_nothing_is_written(port: Port) -> None:
    rows = [
        {"trip": "T1", "reg_no": "V9", "departs": FROM, "port": "Z9"},
        {"trip": "T2", "reg_no": A, "departs": TO, "returns": FROM},
    ]
    status, body = await put(port, "trips", {"rows": rows})
    assert status == 422
    assert {e["field"] for e in body["errors"]} == {
        "body.rows[0].reg_no", "body.rows[0].port", "body.rows[1].returns",
    }  # fmt: skip
    status, body = await put(port, "trips", {"rows": ROWS["trips"] * 2})
    assert (status, body["errors"][0]["field"]) == (422, "body.rows[1]")
    assert await port.sql("select count(*) as n from trip") == [{"n": 0}]


async def test_wind_and_depth_reach_the_engine(port: Port) -> None:
    points = [{"lon": 109 + i, "lat": 18, "wind_ms": s} for i, s in enumerate((5.4, 17.2))]
    field = {"kind": "forecast", "issued": FROM, "valid": FROM, "points": points}
    assert await put(port, "wind", field) == (204, None)
    depth = {"points": [{"lon": 109, "lat": 18, "depth_m": 40}]}
    assert await put(port, "depth", depth) == (204, None)
    async with await connect(port.url, "test") as conn:
        loaded = await facts.load(conn)
    assert loaded.wind.force.ravel().tolist() == [3, 8], "Beaufort"
    assert loaded.depth.metres.tolist() == [[40]]


async def test_a_roll_call_says_where_everybody_stands(port: Port) -> None:
    """Boat 1 lies in port, boat 2 is heard and says nothing, boat 3 has been silent for an hour."""
    await port.sql("update zone set kind = 'port', geometry = %(g)s::jsonb", g=ZONE)
    async with port.client("chief") as http:
        made = await http.post(
            "/recalls", json={"order": "R7", "title": "台风", "issued": FROM, "deadline": TO}
        )
        assert made.status_code == 201, made.text
        path = f"/recalls/{made.json()['recalls'][0]['id']}"
        boats = await states(http, path)
        assert boats == {A: "sheltered", B: "out", C: "silent"}
        await port.sql("update vessel_latest set sog = 6, cog = 225 where vessel = 2")
        assert (await states(http, path))[B] == "on_way", "towards the port, south-west of it"
        await port.sql("update vessel_latest set cog = 45 where vessel = 2")
        said = [{"reg_no": B, "status": "acknowledged"}, {"reg_no": C, "status": "ashore"}]
        answer = await http.post(f"{path}/answers", json={"rows": said})
        assert answer.status_code == 200, answer.text
        assert await states(http, path) == {A: "sheltered", B: "answered", C: "settled"}
        assert answer.json()["counts"]["settled"] == 1
        assert (await http.post(f"{path}/end")).json()["ended"]
    async with port.client("coop") as http:
        assert await states(http, path) == {C: "settled"}, "its own boats"
        assert (await http.post(f"{path}/end")).status_code == 403
        assert (await http.get("/recalls/99")).status_code == 404


async def states(http: Any, path: str) -> dict[str, str]:
    return {b["reg_no"]: b["state"] for b in (await http.get(path)).json()["boats"]}


async def test_an_order_for_an_area_concerns_who_is_in_it(port: Port) -> None:
    await port.sql("update zone set geometry = %(g)s::jsonb", g=ZONE)
    body = {"order": "R8", "area": "Z1", "issued": FROM, "deadline": TO}
    async with port.client("chief") as http:
        made = (await http.post("/recalls", json=body)).json()["recalls"][0]
        assert await states(http, f"/recalls/{made['id']}") == {A: "out"}
        bad = await http.post("/recalls", json={**body, "area": "Z9", "order": "R9"})
        assert bad.status_code == 422
