"""Whose number is this? Asked through the API, answered by the rules of a worker at work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pyais import encode_dict

from fleet.ingest.feed import Delivery
from fleet.model import VesselClass
from fleet.store.db import Connection, connect, rows
from fleet.worker.loop import Worker
from tests.api.conftest import Port
from tests.worker.scripted import NOW, SECOND, Scripted, worker

STRANGER, BOAT = 413_555_001, "琼三亚渔00001"


def sent(seconds: int, **fields: Any) -> Delivery:
    lines = encode_dict({"mmsi": STRANGER, **fields}, radio_channel="A", talker_id="AI")
    payload = "".join(f"{line}\r\n" for line in lines).encode()
    return Delivery("ais", "receiver", "nmea", payload, NOW + seconds * SECOND)


def fix(seconds: int) -> Delivery:
    return sent(seconds, type=1, lon=109.11, lat=18.11, speed=5, course=90, second=60)


def static(seconds: int, ship_type: int = 30) -> Delivery:
    return sent(seconds, type=5, shipname="YUEYU 9", callsign="BX9", ship_type=ship_type,
                to_bow=20, to_stern=9, to_port=3, to_starboard=3)  # fmt: skip


@pytest.fixture
async def sql(port: Port) -> AsyncIterator[Connection]:
    async with await connect(port.url, "test") as conn:
        await conn.set_autocommit(True)
        await conn.execute("update vessel_latest set t = to_timestamp(%s / 1e6)", [NOW])
        yield conn


@pytest.fixture
async def sea(port: Port, sql: Connection, tmp_path: Path) -> AsyncIterator[Sea]:
    made = Sea(port, sql, tmp_path)
    await made.restart()
    await made.hear(fix(0), static(1), fix(2))
    yield made
    await made.end()


class Sea:
    """A worker that can be stopped, and what the air says to it."""

    def __init__(self, port: Port, sql: Connection, folder: Path) -> None:
        self.port, self.sql, self.folder, self.n = port, sql, folder, 0
        self.feed = Scripted()
        self.worker: Worker | None = None

    @property
    def at_work(self) -> Worker:
        assert self.worker is not None
        return self.worker

    async def end(self) -> None:
        if self.worker:
            await self.worker.close()
            self.worker.quarantine.close()

    async def restart(self) -> None:
        await self.end()
        self.n += 1
        self.worker = worker(self.port.url, self.folder / str(self.n), self.feed)
        await self.worker.start()

    async def hear(self, *deliveries: Delivery) -> None:
        await self.at_work.batch([self.feed.item(d) for d in deliveries])
        await self.at_work.settle()

    async def ask(self, what: str, body: Any = None, login: str = "chief") -> tuple[int, Any]:
        async with self.port.client(login) as http:
            method = "GET" if body is None else "POST"
            answer = await http.request(method, f"/identities{what}", json=body)
        return answer.status_code, answer.json()

    async def queue(self) -> list[dict[str, Any]]:
        status, body = await self.ask("")
        assert status == 200, body
        found: list[dict[str, Any]] = body["identities"]
        return found

    async def who(self) -> int:
        (one,) = await self.queue()
        return int(one["vessel"])

    async def decide(self, vessel: int, decision: str, **more: str) -> Any:
        said = {"decision": decision, "reason": "the port saw it", **more}
        status, body = await self.ask(f"/{vessel}/decide", said)
        assert status == 200, body
        await self.at_work.configure()
        return body

    async def stored(self) -> list[int]:
        found = await rows(self.sql, "select vessel from position where lon = 109.11 order by t")
        return [row["vessel"] for row in found]

    async def alerts(self) -> list[tuple[str, bool]]:
        found = await rows(
            self.sql,
            "select kind, cleared is null and status <> 'closed' as open from alert"
            " where vessel > 4 order by id",
        )
        return [(row["kind"], row["open"]) for row in found]


async def test_the_queue_says_what_is_known(sea: Sea) -> None:
    (one,) = await sea.queue()
    assert (one["kind"], one["value"], one["country"]) == ("mmsi", str(STRANGER), "China")
    assert (one["name"], one["callsign"], one["class_guess"]) == ("YUEYU 9", "BX9", "fishing")
    assert (one["length_m"], one["ship_type"]) == (29, 30)
    assert one["first_heard"]
    assert one["last_heard"]
    assert (one["lon"], one["lat"]) == (109.11, 18.11)
    assert one["nearest"]["reg_no"] == BOAT
    assert one["nearest"]["nm"] == pytest.approx(0.83, abs=0.02)
    assert await sea.alerts() == [("identity", True)]


async def test_a_merchant_ship_says_itself_what_it_is(sea: Sea) -> None:
    await sea.hear(static(3, ship_type=70))
    assert await sea.queue() == []
    _, everybody = await sea.ask("?everybody=true")
    assert {one["name"] for one in everybody["identities"]} == {"YUEYU 9"}


async def test_a_number_assigned_is_the_boats_from_then_on_and_back(sea: Sea) -> None:
    stranger = await sea.who()
    await sea.decide(stranger, "boat", reg_no=BOAT)
    assert await sea.queue() == []
    assert await sea.alerts() == [("identity", False)]
    await sea.hear(fix(10))
    await sea.restart()
    await sea.hear(fix(20))
    assert await sea.stored() == [stranger, stranger, 1, 1]
    status, _ = await sea.ask(f"/{stranger}/undo", {"reason": "it was not"})
    assert status == 200
    await sea.at_work.configure()
    await sea.hear(fix(30))
    assert await sea.stored() == [stranger, stranger, 1, 1, stranger]
    assert [one["vessel"] for one in await sea.queue()] == [stranger]
    found = await rows(sea.sql, "select vessel from vessel_identity where value = '412000001'")
    assert found == [{"vessel": 1}], "what was the boat's own stays so"


async def test_a_net_beacon_raises_nothing_whatever_it_says(sea: Sea) -> None:
    stranger = await sea.who()
    await sea.decide(stranger, "net_beacon")
    await sea.hear(static(10), fix(11), static(400, ship_type=70))
    await sea.restart()
    await sea.hear(static(800), fix(801))
    known = sea.at_work.head.engine.vessels
    assert known.class_of(stranger) == VesselClass.BEACON
    assert await sea.alerts() == [("identity", False)]
    assert await sea.queue() == []


async def test_a_merchant_is_a_ship_for_collision_and_a_foreigner_what_it_says(sea: Sea) -> None:
    stranger = await sea.who()
    await sea.decide(stranger, "merchant")
    await sea.hear(static(10), fix(11))
    known = sea.at_work.head.engine.vessels
    assert (known.class_of(stranger), known.length_m[stranger]) == (VesselClass.MERCHANT, 29)
    assert (await sea.ask(f"/{stranger}/undo", {"reason": "Vietnamese"}))[0] == 200
    await sea.decide(stranger, "foreign")
    await sea.hear(static(20), fix(21))
    assert sea.at_work.head.engine.vessels.class_of(stranger) == VesselClass.FISHING
    assert await sea.queue() == []
    assert not any(open_ for _, open_ in await sea.alerts())


async def test_what_was_decided_while_no_worker_ran_counts_when_one_does(sea: Sea) -> None:
    stranger = await sea.who()
    await sea.end()
    said = {"decision": "net_beacon", "reason": "found adrift"}
    assert (await sea.ask(f"/{stranger}/decide", said))[0] == 200
    sea.worker = None
    await sea.restart()
    await sea.hear(static(10), fix(11))
    await sea.at_work.configure()
    assert await sea.alerts() == [("identity", False)]


async def test_who_when_and_why_stay(sea: Sea) -> None:
    stranger = await sea.who()
    await sea.decide(stranger, "net_beacon")
    await sea.ask(f"/{stranger}/undo", {"reason": "a boat after all"})
    await sea.decide(stranger, "boat", reg_no=BOAT)
    _, body = await sea.ask(f"/{stranger}/decisions")
    new, old = body["decisions"]
    assert (new["decision"], new["reg_no"], new["undone"]) == ("boat", BOAT, None)
    assert (old["decision"], old["reason"]) == ("net_beacon", "the port saw it")
    assert old["actor"]["name"] == old["undone_by"]["name"] == "指挥"
    assert (old["undone_why"], old["value"]) == ("a boat after all", str(STRANGER))
    _, in_force = await sea.ask("/decisions")
    assert [d["id"] for d in in_force["decisions"]] == [new["id"]]


async def test_what_cannot_be_decided_is_refused_by_name(sea: Sea) -> None:
    stranger = await sea.who()
    where = f"/{stranger}/decide"
    for body, status in (
        ({"decision": "boat", "reason": "x"}, 422),
        ({"decision": "foreign", "reg_no": BOAT, "reason": "x"}, 422),
        ({"decision": "boat", "reg_no": "none", "reason": "x"}, 422),
        ({"decision": "foreign", "reason": ""}, 422),
        ({"decision": "foreign", "reason": "x"}, 200),
        ({"decision": "merchant", "reason": "x"}, 409),
    ):
        assert (await sea.ask(where, body))[0] == status, body
    assert (await sea.ask("/1/decide", {"decision": "foreign", "reason": "x"}))[0] == 409
    assert (await sea.ask("/1/undo", {"reason": "x"}))[0] == 409
    assert (await sea.ask(where, {"decision": "foreign", "reason": "x"}, "root"))[0] == 403
    assert (await sea.ask("", login="lin"))[0] == 403
