from __future__ import annotations

import copy
import json
from typing import Any

import psycopg
import pytest

from fleet.store import zones as stored
from fleet.store.db import connect
from tests.api.conftest import Port

RING = [[109.0, 18.0], [109.1, 18.0], [109.1, 18.1], [109.0, 18.0]]
FEATURE: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [RING]},
    "properties": {
        "code": "new-1", "kind": "restricted", "name": "新区", "rule": "keep_out", "severity": 3,
        "season": [{"from": "05-01T12:00", "to": "08-16T12:00"}], "classes": ["fishing"],
    },
}  # fmt: skip


def feature(**changes: Any) -> dict[str, Any]:
    made = copy.deepcopy(FEATURE)
    for path, value in changes.items():
        *folders, name = path.split("__")
        at = made
        for folder in folders:
            at = at[folder]
        at[name] = value
    return made


async def test_what_goes_in_comes_out(port: Port) -> None:
    async with port.client("chief") as http:
        made = (await http.post("/zones", json=FEATURE)).json()
        got = (await http.get(f"/zones/{made['id']}")).json()
        assert got == made
        assert got["geometry"] == FEATURE["geometry"]
        for name, value in FEATURE["properties"].items():
            if name != "season":
                assert got["properties"][name] == value
        assert got["properties"]["season"][0]["tz"] == "Asia/Shanghai"
        listed = await http.get("/zones", params={"format": "geojson"})
        assert listed.headers["content-type"] == "application/geo+json"
        assert [z["id"] for z in listed.json()["features"]] == [1, made["id"]]
        saved = await http.put(f"/zones/{made['id']}", json=got)
        assert saved.status_code == 200, "what was read may be written back"
    async with await connect(port.url, "test") as conn:
        assert {z.code for z in await stored.load(conn)} == {"Z1", "new-1"}, "the worker reads it"


async def test_each_edit_is_a_version_and_may_be_undone(port: Port) -> None:
    async with port.client("chief") as http:
        made = (await http.post("/zones", json=FEATURE, params={"reason": "order 7"})).json()
        path = f"/zones/{made['id']}"
        edited = feature(properties__name="改名", properties__version=1)
        assert (await http.put(path, json=edited)).json()["properties"]["version"] == 2
        stale = await http.put(path, json=edited)
        assert stale.status_code == 409
        assert (await http.delete(path)).json()["properties"]["ended"]
        assert (await http.delete(path)).status_code == 409
        assert made["id"] not in [z["id"] for z in (await http.get("/zones")).json()["features"]]
        assert (await http.get(path)).status_code == 200, "alerts still point to it"
        back = await http.post(f"{path}/restore", json={"version": 1, "reason": "mistake"})
        assert back.json()["properties"]["name"] == "新区"
        assert back.json()["properties"]["ended"] is None
        assert back.json()["properties"]["version"] == 4
        assert (await http.post(f"{path}/restore", json={"version": 99})).status_code == 404
        versions = (await http.get(f"{path}/versions")).json()["versions"]
    assert [v["version"] for v in versions] == [4, 3, 2, 1]
    assert versions[0]["reason"] == "mistake"
    assert versions[3]["reason"] == "order 7"
    assert {v["actor"]["name"] for v in versions} == {"指挥"}
    assert [v["revision"] for v in versions] == sorted(
        (v["revision"] for v in versions), reverse=True
    )


async def test_an_edit_is_told_to_the_worker(port: Port) -> None:
    conn = await psycopg.AsyncConnection.connect(port.url, autocommit=True)
    async with conn, port.client("chief") as http:
        await conn.execute("listen fleet_config")
        made = (await http.post("/zones", json=FEATURE)).json()
        async for note in conn.notifies(timeout=5, stop_after=1):
            assert note.payload == str(made["properties"]["revision"])
            return
    pytest.fail("no notification")


async def test_a_collection_goes_in_whole_or_not_at_all(port: Port) -> None:
    bad = feature(properties__code="new-2", properties__severity=9)
    async with port.client("chief") as http:
        answer = await http.post(
            "/zones", json={"type": "FeatureCollection", "features": [FEATURE, bad]}
        )
        assert answer.status_code == 422
        assert [e["field"] for e in answer.json()["errors"]] == [
            "body.features[1].properties.severity"
        ]
        good = feature(properties__code="new-2")
        made = await http.post(
            "/zones", json={"type": "FeatureCollection", "features": [FEATURE, good]}
        )
        assert made.status_code == 201
        assert len(made.json()["features"]) == 2
        twice = await http.post("/zones", json=FEATURE)
        assert twice.status_code == 409
        assert twice.json()["errors"][0]["field"] == "body.code"


GEOMETRY = "body.geometry"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"geometry__coordinates": [RING[:-1]]}, f"{GEOMETRY}.coordinates[0]", "four positions"),
        (
            {"geometry__coordinates": [[*RING[:-1], [109.05, 18.3], [109.0, 18.0001]]]},
            f"{GEOMETRY}.coordinates[0]",
            "not closed",
        ),
        (
            {"geometry__coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
            f"{GEOMETRY}.coordinates",
            "Self-intersection",
        ),
        (
            {"geometry__coordinates": [[[18.0, 109.0], *RING[1:]]]},
            f"{GEOMETRY}.coordinates[0][0]",
            "longitude comes first",
        ),
        (
            {"geometry__coordinates": [[[181, 18.0], *RING[1:]]]},
            f"{GEOMETRY}.coordinates[0][0]",
            "-180 and 180",
        ),
        (
            {"geometry__coordinates": [[[109.0, 18.0, 5.0], *RING[1:]]]},
            f"{GEOMETRY}.coordinates[0][0]",
            "heights",
        ),
        (
            {"geometry__coordinates": [[["109", 18.0], *RING[1:]]]},
            f"{GEOMETRY}.coordinates[0][0]",
            "numbers",
        ),
        (
            {"geometry__coordinates": [[[True, 18.0], *RING[1:]]]},
            f"{GEOMETRY}.coordinates[0][0]",
            "numbers",
        ),
        ({"geometry__coordinates": []}, f"{GEOMETRY}.coordinates", "not empty"),
        ({"geometry__coordinates": "x"}, f"{GEOMETRY}.coordinates", "list"),
        ({"geometry__coordinates": [[[1, 1]] * 5]}, f"{GEOMETRY}.coordinates", ""),
        ({"geometry__type": "Point"}, f"{GEOMETRY}.type", "one of"),
        ({"geometry": None}, f"{GEOMETRY}.type", "one of"),
        ({"properties__rule": "line"}, f"{GEOMETRY}.type", "LineString"),
        ({"properties__code": "a b"}, "body.properties.code", "pattern"),
        ({"properties__name": ""}, "body.properties.name", "at least 1"),
        ({"properties__name": "a\x00b"}, "body.properties.name", "control"),
        ({"properties__colour": "red"}, "body.properties.colour", "not permitted"),
        ({"properties__classes": ["whale"]}, "body.properties.classes", "whale"),
        (
            {"properties__season": [{"from": "13-01T00:00", "to": "05-01T00:00"}]},
            "body.properties.season",
            "",
        ),
        (
            {"properties__season": [{"from": "05-01T00:00", "to": "06-01T00:00", "tz": "../x"}]},
            "body.properties.season",
            "",
        ),
        ({"properties": None}, "body.properties", "dictionary"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:4490"}}}, "body.crs", "WGS-84"),
    ],
)
async def test_what_is_wrong_is_named(
    port: Port, change: dict[str, Any], field: str, words: str
) -> None:
    async with port.client("chief") as http:
        answer = await http.post("/zones", json=feature(**change))
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert any(e["field"] == field and words in e["message"] for e in errors), errors
    assert await port.sql("select count(*) as n from zone") == [{"n": 1}]


async def test_too_many_positions_are_refused(port: Port) -> None:
    ring = [[109 + i * 1e-6, 18.0] for i in range(20_001)]
    change = {"geometry__coordinates": [[*ring, [109, 18.1], [109, 18.0]]]}
    async with port.client("chief") as http:
        answer = await http.post("/zones", json=feature(**change))
        assert answer.status_code == 422
        assert "at most 20000" in answer.json()["errors"][0]["message"]
        huge = await http.post("/zones", content=b'{"type": "' + b"x" * 5_000_000 + b'"}')
    assert huge.status_code == 413


async def test_nan_is_no_coordinate(port: Port) -> None:
    ring = [[float("nan"), 1], [1, 1], [1, 2], [float("nan"), 1]]
    body = json.dumps(feature(geometry__coordinates=[ring]))
    assert "NaN" in body
    headers = {"Content-Type": "application/geo+json"}
    async with port.client("chief") as http:
        answer = await http.post("/zones", content=body.encode(), headers=headers)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("depth", [10, 300, 900, 5_000, 100_000])
@pytest.mark.parametrize("where", ["geometry", "properties", "coordinates", "bbox"])
async def test_no_depth_of_nesting_makes_it_fail(port: Port, where: str, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    body = {
        "geometry": f'{{"type":"Feature","properties":{{}},"geometry":{deep}}}',
        "properties": f'{{"type":"Feature","properties":{deep},"geometry":null}}',
        "coordinates": '{"type":"Feature","properties":{},"geometry":{"type":"MultiPolygon",'
        f'"coordinates":{deep}}}}}',
        "bbox": f'{{"type":"Feature","bbox":{deep}}}',
    }[where]
    headers = {"Content-Type": "application/json"}
    async with port.client("chief") as http:
        answer = await http.post("/zones", content=body.encode(), headers=headers)
    assert answer.status_code in (400, 422)
    assert len(answer.json()["errors"]) <= 50


async def test_a_document_of_errors_is_answered_in_short(port: Port) -> None:
    many = feature(geometry__coordinates=[[[]] * 5] * 50_000)
    async with port.client("chief") as http:
        answer = await http.post("/zones", json=many)
    assert answer.status_code == 422
    assert len(answer.content) < 10_000


@pytest.mark.parametrize(("login", "status"), [("lin", 403), ("coop", 403), ("root", 201)])
async def test_who_may_edit(port: Port, login: str, status: int) -> None:
    async with port.client(login) as http:
        assert (await http.post("/zones", json=FEATURE)).status_code == status
