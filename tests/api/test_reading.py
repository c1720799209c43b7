from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from fleet.alerts.parameters import defaults
from fleet.store import rollup
from fleet.store.db import connect
from tests.api.conftest import Port


async def test_alerts_worst_first_and_in_full(port: Port) -> None:
    async with port.client("chief") as http:
        found = (await http.get("/alerts")).json()
    assert [a["id"] for a in found["alerts"]] == [3, 2, 1]
    assert found["next"] is None
    zone = found["alerts"][2]
    assert zone["vessel"] == {"id": 1, "name": "琼三亚渔00001", "mmsi": "412000001"}
    assert zone["zone_name"] == "珊瑚保护区"
    assert zone["title_en"]
    assert zone["title_zh"]
    assert zone["order"]["lead"]["phone"] == "13800000001"
    assert "位置所在网格" in zone["order"]["reason_zh"]
    assert found["alerts"][1]["lon"] is None, "NaN is null"


async def test_pages_follow_each_other_without_gap(port: Port) -> None:
    seen: list[int] = []
    cursor: dict[str, str] = {}
    async with port.client("chief") as http:
        for status in ("open", "all"):
            while True:
                query = {"limit": "1", "status": status} | cursor
                page = (await http.get("/alerts", params=query)).json()
                seen += [a["id"] for a in page["alerts"]]
                if page["next"] is None:
                    break
                cursor = {"cursor": page["next"]}
            cursor = {}
    assert sorted(seen) == [1, 1, 2, 2, 3, 3]
    assert seen[:3] == [3, 2, 1]


async def test_filters(port: Port) -> None:
    async with port.client("chief") as http:

        async def ids(**query: str) -> list[int]:
            return [a["id"] for a in (await http.get("/alerts", params=query)).json()["alerts"]]

        assert await ids(kind="gap") == [2]
        assert await ids(severity="3") == [3, 2]
        assert await ids(vessel="1") == [1]
        assert await ids(to="2020-01-01T00:00:00Z") == []
        assert len(await ids(**{"from": "2020-01-01T08:00:00+08:00"})) == 3


async def test_alert_detail_has_evidence_history_and_order(port: Port) -> None:
    async with port.client("lin") as http:
        found = (await http.get("/alerts/1")).json()
    assert found["evidence"] == {"fixes": 3}
    assert [e["act"] for e in found["history"]] == ["open", "offer"]
    assert found["order"]["lead"]["phone"] == "13800000001", "the lead sees the own phone"
    assert found["order"]["alert"]["order"] is None, "no order inside the alert of an order"


async def test_vessels_come_by_etag(port: Port) -> None:
    async with port.client("chief") as http:
        first = await http.get("/vessels")
        again = await http.get("/vessels", headers={"If-None-Match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert [v["id"] for v in first.json()] == [1, 2, 3, 4]
        assert first.json()[3]["name"] == "EVER <b>GREEN</b>", "hostile names pass as they are"
        await port.sql("update vessel set name = 'X' where id = 4")
        changed = await http.get("/vessels", headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200


async def test_vessel_detail_masks_phones_by_role(port: Port) -> None:
    phones = {}
    for login in ("chief", "lin", "root"):
        async with port.client(login) as http:
            found = (await http.get("/vessels/1")).json()
        phones[login] = found["owner"]["phone"]
        assert found["owner"]["phone_masked"] == "139****0001"
    assert phones == {"chief": "13900000001", "lin": "13900000001", "root": None}
    assert found["latest"]["sog_kn"] == 5.5
    assert found["latest"]["heading_deg"] is None
    assert found["latest"]["flags"] == ["in_port"]
    assert {i["kind"] for i in found["identities"]} == {"mmsi", "terminal"}
    assert found["identities"][0]["valid_from"] is None, "-infinity is null"
    assert found["transmitted"]["body"] == {"callsign": "BABC"}


async def test_track_is_simplified_and_keeps_times(port: Port) -> None:
    async with port.client("lin") as http:
        raw = (await http.get("/vessels/1/track", params={"tolerance_m": 0})).json()
        slim = (await http.get("/vessels/1/track", params={"tolerance_m": 30})).json()
    assert len(raw["geometry"]["coordinates"]) == 100
    assert len(slim["geometry"]["coordinates"]) == 3, "two straight legs"
    assert slim["properties"]["fixes"] == 100
    assert len(slim["properties"]["coordTimes"]) == len(slim["properties"]["sog"]) == 3
    assert slim["properties"]["coordTimes"] == sorted(slim["properties"]["coordTimes"])
    known = {tuple(c) for c in raw["geometry"]["coordinates"]}
    assert all(tuple(c) in known for c in slim["geometry"]["coordinates"]), "no point is moved"


async def test_track_is_thinned_where_there_is_too_much(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.api.routers.vessels.MOST_FIXES", 20)
    async with port.client("lin") as http:
        found = (await http.get("/vessels/1/track", params={"tolerance_m": 0})).json()
    assert found["properties"]["thinned_s"] > 1
    assert found["properties"]["fixes"] <= 20


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [(timedelta(days=32), timedelta(0), 422), (timedelta(0), timedelta(hours=1), 422)],
)
async def test_track_range_is_bounded(
    port: Port, start: timedelta, end: timedelta, status: int
) -> None:
    now = datetime.now(UTC)
    query = {"from": (now - start).isoformat(), "to": (now - end).isoformat()}
    async with port.client("chief") as http:
        answer = await http.get("/vessels/1/track", params=query)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == "query.from"


async def test_track_of_nothing_has_no_geometry(port: Port) -> None:
    async with port.client("chief") as http:
        found = (await http.get("/vessels/2/track")).json()
    assert found["geometry"] is None


async def test_grids_show_people_in_scope_only(port: Port) -> None:
    async with port.client("lin") as http:
        first, second = (await http.get("/grids")).json()["features"]
    assert [m["name"] for m in first["properties"]["members"]] == ["林"]
    assert [m["name"] for m in first["properties"]["on_duty"]] == ["林"]
    assert second["geometry"]["type"] == "Polygon"
    assert second["properties"]["members"] == second["properties"]["on_duty"] == []


async def test_members_show_load_and_mask_phones(port: Port) -> None:
    async with port.client("chief") as http:
        everybody = (await http.get("/members")).json()["members"]
    async with port.client("lin") as http:
        own = (await http.get("/members")).json()["members"]
    assert [m["person"] for m in everybody] == [1, 2, 3, 9]
    assert everybody[0]["open_orders"] == 1
    assert everybody[0]["on_duty"] is True
    assert [m["person"] for m in own] == [1]
    assert own[0]["grids"][0] == {
        "id": 1, "name": "一号网格", "name_en": "", "rank": 1, "leader": False
    }  # fmt: skip


async def test_orders_mine_and_by_status(port: Port) -> None:
    async with port.client("chief") as http:

        async def ids(**query: str) -> list[int]:
            return [o["id"] for o in (await http.get("/orders", params=query)).json()["orders"]]

        assert await ids() == [3, 2, 1]
        assert await ids(mine="true") == []
        assert await ids(status="unassigned") == [3]
        assert await ids(limit="1", cursor="3") == [2]
    async with port.client("wang") as http:
        assert await ids(mine="true") == [2]


async def test_order_detail(port: Port) -> None:
    async with port.client("wang") as http:
        found = (await http.get("/orders/2")).json()
    assert found["assignments"][0]["name"] == "王"
    assert found["order"]["alert"]["id"] == 2


async def test_feeds_and_rules(port: Port) -> None:
    async with port.client("chief") as http:
        feeds = (await http.get("/feeds")).json()["feeds"]
        rules = (await http.get("/rules")).json()["rules"]
    assert feeds[0]["rejects"] == {"checksum": 3}
    by_kind = {rule["kind"]: rule for rule in rules}
    assert by_kind.keys() == defaults().keys()
    assert by_kind["gap"]["params"] == {"yellow_min": 30}, "the database's own version"
    assert by_kind["speed"]["params"] == defaults()["speed"].values, "what ships"
    assert by_kind["speed"]["title_zh"] != "speed"


async def test_terminal_schema_is_public(port: Port) -> None:
    async with port.client() as http:
        found = await http.get("/schemas/terminal-v1.json")
    assert found.status_code == 200
    assert found.json()["$schema"].startswith("https://json-schema.org/")


async def test_a_long_history_shows_its_end(port: Port) -> None:
    """A beacon that called for days hides neither the acknowledgement nor the close."""
    async with port.pool.connection() as conn:
        await conn.execute(
            """insert into event (seq, alert, vessel, act)
               select s.seq + g, 1, 1, case when g = 2500 then 'close' else 'repeat' end
               from stream s, generate_series(1, 2500) g where s.name = 'event'"""
        )
        await conn.execute("update stream set seq = seq + 2500 where name = 'event'")
    async with port.client("chief") as http:
        history = (await http.get("/alerts/1")).json()["history"]
    assert (len(history), history[-1]["act"]) == (2000, "close")
    assert [e["seq"] for e in history] == sorted(e["seq"] for e in history)


async def test_a_track_is_as_fine_as_the_map_shows(port: Port) -> None:
    async with port.client("lin") as http:
        points = []
        for zoom in (3, 12, 24):
            found = (await http.get("/vessels/1/track", params={"zoom": zoom})).json()
            points.append(len(found["geometry"]["coordinates"]))
            pixel = 40_075_016.686 * math.cos(math.radians(18.1)) / 2**zoom / 512
            assert found["properties"]["tolerance_m"] == pytest.approx(pixel, rel=1e-3)
    assert points[0] == 2
    assert points[1] == 3


async def test_hours_add_up_over_their_edges(port: Port) -> None:
    """Ten knots due north: an hour is ten miles, whatever the hour's first and last fix are."""
    await port.sql(
        "insert into position select 2, '2026-11-01T00:00Z'::timestamptz + n * interval '7 min', 1,"
        " now(), 109, 18 + n * 7 / 360.0, 10, 0, 'NaN', 'NaN', 0, 0, '{1}'"
        " from generate_series(0, 24) n"
    )
    await port.sql("insert into position_dirty values ('2026-11-01T00:00Z', 0),"
                   " ('2026-11-01T01:00Z', 0), ('2026-11-01T02:00Z', 2)")  # fmt: skip
    async with await connect(port.url, "test") as conn:
        for hour in await rollup.due(conn, datetime.now(UTC)):
            await rollup.roll(conn, hour)
    span = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}
    async with port.client("wang") as http:
        found = (await http.get("/vessels/2/hours", params=span)).json()["hours"]
        assert (await http.get("/vessels/1/hours", params=span)).status_code == 404
    assert [h["fixes"] for h in found] == [9, 9, 7]
    assert sum(h["distance_nm"] for h in found) == pytest.approx(24 * 7 / 6, rel=1e-4)
    assert found[0]["sources"] == ["ais"]
    assert found[1]["sog_mean"] == 10


async def test_safety_texts_are_found_by_their_words(port: Port) -> None:
    said = ["MAYDAY FIRE ON BOARD", "SART TEST", "NOTHING TO SAY"]
    for n, text in enumerate(said):
        row = f"{1 + n % 2}, now(), now(), 14, {n}, '{text}'"
        columns = "(vessel, t, received, type, addressee, text)"
        await port.sql(f"insert into safety_message {columns} values ({row})")  # noqa: S608
    async with port.client("chief") as http:
        found = (await http.get("/messages", params={"q": "fire may"})).json()
        (message,) = found["messages"]
        assert (message["text"], message["mmsi"], message["to"]) == (said[0], "412000001", None)
        page = (await http.get("/messages", params={"limit": 2})).json()
        assert [m["text"] for m in page["messages"]] == said[:0:-1]
        assert page["messages"][0]["to"] == 2
        rest = (await http.get("/messages", params={"limit": 2, "cursor": page["next"]})).json()
        assert [m["text"] for m in rest["messages"]] == said[:1]
        assert rest["next"] is None
    async with port.client("lin") as http:
        assert (await http.get("/messages")).status_code == 403
