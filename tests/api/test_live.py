"""The live stream over real sockets: a real uvicorn on a free port of loopback."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from deploy.local.postgres import Cluster
from fleet.api.live import socket as live_socket
from fleet.api.serve import serve
from fleet.settings import Settings
from fleet.store import events
from tests.api.conftest import Port
from tests.conftest import execute

RECORD = struct.Struct("<IiiHHHBB")
SNAPSHOT, DELTA = 0x46573053, 0x46573031


@dataclass
class Heard:
    """A client that remembers everything."""

    socket: ClientConnection
    frames: list[dict[str, Any]] = field(default_factory=list)
    fleet: list[tuple[int, int, dict[int, tuple[int, ...]]]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [f for f in self.frames if f["type"] == kind]

    async def until(self, done: Callable[[Heard], object], seconds: float = 8) -> None:
        async with asyncio.timeout(seconds):
            while not done(self):
                self.take(await self.socket.recv())

    async def for_a_while(self, seconds: float = 1.5) -> None:
        with suppress(TimeoutError):
            await self.until(lambda _: False, seconds)

    def take(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.frames.append(json.loads(message))
        else:
            self.fleet.append(decode(message))


def decode(frame: bytes) -> tuple[int, int, dict[int, tuple[int, ...]]]:
    """(magic, tick, {vessel: the rest}), written anew from the contract."""
    magic, low, high, count = struct.unpack_from("<IIII", frame)
    assert len(frame) == 16 + 20 * count
    records = list(RECORD.iter_unpack(frame[16:]))
    return magic, low + (high << 32), {r[0]: r[1:] for r in records}


@dataclass
class Live:
    port: Port
    number: int
    task: asyncio.Task[None]

    @asynccontextmanager
    async def client(
        self, login: str | None, fleet: int = 0, event: int = -1, **headers: str
    ) -> AsyncIterator[Heard]:
        async with self.socket(login, **headers) as socket:
            with suppress(ConnectionClosed):
                await socket.send(
                    json.dumps({"hello": {"fleet_since": fleet, "event_since": event}})
                )
            yield Heard(socket)

    def socket(self, login: str | None, **headers: str) -> websockets.connect:
        if login:
            headers.setdefault("Authorization", f"Bearer {self.port.tokens[login]}")
        url = f"ws://127.0.0.1:{self.number}/api/v1/live"
        return websockets.connect(url, additional_headers=headers, proxy=None)

    async def get(self, path: str, login: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.port.tokens[login]}"}
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.get(f"http://127.0.0.1:{self.number}{path}", headers=headers)

    async def happen(self, *alerts: int, act: str = "repeat") -> None:
        async with self.port.pool.connection() as conn:
            await events.append(conn, [events.Event(act, alert=a, vessel=a) for a in alerts])

    async def move(self, vessel: int, tick: int) -> None:
        await self.port.sql(
            "update vessel_latest set lon = lon + 0.01, t = now(), seq = %(tick)s"
            " where vessel = %(vessel)s",
            vessel=vessel,
            tick=tick,
        )


@pytest.fixture
async def live(port: Port) -> AsyncIterator[Live]:
    known = port.settings.model_dump() | {"port": 0}
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(Settings.model_validate(known), ready=listening.set_result))
    async with asyncio.timeout(10):
        number = await listening
    yield Live(port, number, task)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_hello_snapshot_status(live: Live) -> None:
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet and h.of("status") and h.of("ping"))
    hello = heard.frames[0]
    assert hello["type"] == "hello"
    assert (hello["event_seq"], hello["account"]["login"]) == (4, "chief")
    assert heard.of("status")[0]["monitoring"] == {
        "ok": True, "since": None, "lag_s": 0.2, "reason": ""
    }  # fmt: skip
    magic, tick, boats = heard.fleet[0]
    assert (magic, tick, set(boats)) == (SNAPSHOT, 3, {1, 2, 3, 4})
    lon, lat, cog, sog, age, cls, flags = boats[1]
    assert (lon, lat, cog, sog, cls) == (109_100_000, 18_100_000, 1234, 55, 1)
    assert flags == 1 | 4 | 8, "in port, registered, own"
    assert age < 60
    assert boats[2][2:4] == (65535, 65535), "not known"
    assert 3590 <= boats[3][4] <= 3700
    assert boats[3][6] == 2 | 4 | 8, "late, registered, own"
    assert boats[4][2] == 0, "359.99 degrees is north"


async def test_fleet_deltas_follow(live: Live) -> None:
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet)
        await live.move(2, 4)
        await heard.until(lambda h: len(h.fleet) > 1)
        magic, tick, boats = heard.fleet[1]
        assert (magic, tick) == (DELTA, 4)
        assert set(boats) == {2}
        assert boats[2][0] == 109_310_000
    async with live.client("chief", fleet=3) as again:
        await again.until(lambda h: h.fleet)
        assert again.fleet[0][0] == DELTA
        assert set(again.fleet[0][2]) == {2}, "only what it missed"
    async with live.client("chief", fleet=99) as confused:
        await confused.until(lambda h: h.fleet)
        assert confused.fleet[0][0] == SNAPSHOT, "a tick of another life"


async def test_events_arrive_at_once_and_in_order(live: Live) -> None:
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet)
        began = asyncio.get_running_loop().time()
        await live.happen(3, act="open")
        await heard.until(lambda h: h.of("alert"))
        assert asyncio.get_running_loop().time() - began < 2
        frame = heard.of("alert")[0]
        assert (frame["seq"], frame["act"], frame["alert"]["id"]) == (5, "open", 3)
        assert frame["alert"] == (await live.get("/api/v1/alerts/3", "coop")).json()["alert"]
        for _ in range(10):
            await live.happen(1, 2, 3)
        await heard.until(lambda h: len(h.of("alert")) >= 31)
    assert [f["seq"] for f in heard.of("alert")] == list(range(5, 36))


async def test_an_act_over_http_reaches_every_screen(live: Live) -> None:
    async with live.client("chief") as chief, live.client("lin") as lin:
        await chief.until(lambda h: h.fleet)
        await lin.until(lambda h: h.fleet)
        async with live.port.client("lin") as http:
            await http.post("/orders/1/accept", json={})
        for heard in (chief, lin):
            await heard.until(lambda h: [f for f in h.of("order") if f["act"] == "accept"])
            order = heard.of("order")[-1]
            assert order["order"]["status"] == "accepted"
            assert order["alert"]["status"] == "acknowledged"
            assert order["actor"]["name"] == "林"
            assert "13800000001" not in json.dumps(order), "frames are shared: no phone in them"


async def test_frames_are_scoped(live: Live) -> None:
    async with (
        live.client("lin") as lin,
        live.client("coop") as coop,
        live.client("root") as root,
    ):
        for heard in (lin, coop, root):
            await heard.until(lambda h: h.fleet)
        assert set(lin.fleet[0][2]) == {1}
        assert set(coop.fleet[0][2]) == {3}
        assert set(root.fleet[0][2]) == {1, 2, 3, 4}
        await live.happen(1, 2, 3)
        await live.move(1, 4)
        await live.move(2, 5)
        await live.move(3, 6)
        await root.until(lambda h: h.fleet[-1][1] == 6 and len(h.of("alert")) == 3)
        for heard, own in ((lin, 1), (coop, 3)):
            await heard.for_a_while()
            assert [f["alert"]["id"] for f in heard.of("alert")] == [own]
            assert {v for _, _, boats in heard.fleet for v in boats} == {own}
            await heard.until(lambda h: h.of("ping")[-1]["event_seq"] == 7)


async def test_a_boat_comes_into_view_with_its_order_and_leaves_with_it(live: Live) -> None:
    async with live.client("lin") as heard:
        await heard.until(lambda h: h.fleet)
        await live.port.sql("update work_order set lead = 1, status = 'offered' where id = 3")
        await live.happen(3)
        await heard.until(lambda h: 3 in h.fleet[-1][2])
        magic, _, boats = heard.fleet[-1]
        assert magic == SNAPSHOT, "an old fix is new to this client"
        assert boats[1][6] & 8
        assert not boats[3][6] & 8, "not their own"
        assert [f["alert"]["id"] for f in heard.of("alert")] == [3]
        await live.port.sql("update alert set status = 'closed' where id = 3")
        await live.happen(3)
        await heard.until(lambda h: set(h.fleet[-1][2]) == {1})
        assert heard.fleet[-1][0] == SNAPSHOT


async def test_nothing_is_lost_between_two_connections(live: Live) -> None:
    async with live.client("lin") as heard:
        await heard.until(lambda h: h.fleet)
        await live.happen(1)
        await heard.until(lambda h: h.of("alert"))
    last = heard.of("alert")[-1]["seq"]
    for _ in range(7):
        await live.happen(1, 2)
    async with live.client("lin", event=last) as again:
        await live.happen(2, 1)
        await again.until(lambda h: len(h.of("alert")) == 8)
        await again.for_a_while(1)
    seqs = [f["seq"] for f in again.of("alert")]
    assert seqs == sorted(set(seqs))
    assert len(seqs) == 8
    polled = (await live.get(f"/api/v1/live/events?since={last}", "lin")).json()
    assert [f["seq"] for f in polled["frames"]] == seqs
    assert polled["frames"][0] == again.of("alert")[0], "the same frames by HTTP"


async def test_too_far_behind_is_told_to_read_again(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "FARTHEST", 2)
    for since in (0, 999):
        async with live.client("chief", event=since) as heard:
            await heard.until(lambda h: h.of("reset"))
            assert not heard.of("alert")
        answer = (await live.get(f"/api/v1/live/events?since={since}", "chief")).json()
        assert answer == {"event_seq": 4, "reset": True, "frames": []}


async def test_fallback_gives_the_same_bytes(live: Live) -> None:
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet)
    answer = await live.get("/api/v1/live/fleet?since=0", "chief")
    magic, tick, boats = decode(answer.content)
    assert (magic, tick) == heard.fleet[0][:2]
    assert {v: b[:4] for v, b in boats.items()} == {v: b[:4] for v, b in heard.fleet[0][2].items()}
    assert answer.headers["x-fleet-tick"] == "3"
    empty = decode((await live.get("/api/v1/live/fleet?since=3", "chief")).content)
    assert empty == (DELTA, 3, {})
    lin = decode((await live.get("/api/v1/live/fleet?since=0", "lin")).content)
    assert set(lin[2]) == {1}


async def test_since_when_nobody_watches_is_pushed(live: Live) -> None:
    async with live.client("lin") as heard:
        await heard.until(lambda h: h.of("status"))
        await live.port.sql("update worker set beat = '2026-01-01T00:00:00Z'")
        await heard.until(lambda h: not h.of("status")[-1]["monitoring"]["ok"], 4)
        bad = heard.of("status")[-1]["monitoring"]
        assert (bad["since"], bad["reason"]) == ("2026-01-01T00:00:00Z", "no_heartbeat")
        await live.port.sql("update worker set beat = now()")
        await heard.until(lambda h: h.of("status")[-1]["monitoring"]["ok"], 4)


async def test_a_lost_database_is_said_and_nothing_is_missed(live: Live, cluster: Cluster) -> None:
    """The reader's connection is cut and new ones refused; then all is well again."""
    name = live.port.url.rpartition("/")[2].partition("?")[0]
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.of("status"))
        execute(cluster, f"alter database {name} allow_connections false")
        await live.port.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'fleet-live'"
        )
        await live.happen(1)
        await heard.until(lambda h: h.of("status")[-1]["monitoring"]["reason"] == "database", 15)
        execute(cluster, f"alter database {name} allow_connections true")
        await heard.until(lambda h: h.of("alert"), 15)
        await heard.until(lambda h: h.of("status")[-1]["monitoring"]["ok"], 10)
    assert [f["seq"] for f in heard.of("alert")] == [5]


async def test_a_restored_database_is_read_afresh(live: Live) -> None:
    """Sequence numbers may go back once: after a restore from a backup."""
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet)
        await live.port.sql("delete from event where seq > 2")
        await live.port.sql("update stream set seq = 2")
        await live.port.sql("update vessel_latest set seq = 1")
        await heard.until(lambda h: h.of("reset") and len(h.fleet) > 1)
        assert heard.fleet[-1][:2] == (SNAPSHOT, 1)
        await live.happen(1)
        await heard.until(lambda h: h.of("alert"))
        assert heard.of("alert")[-1]["seq"] == 3


CHANGES = {
    "revoked": "delete from session",
    "disabled": "update account set disabled = true",
    "another role": "update account set role = 'association', org = 2",
    "password due": "update account set must_change = true",
    "expired": "update session set expires = now()",
}


@pytest.mark.parametrize("change", sorted(CHANGES))
async def test_a_session_that_ends_ends_its_sockets(live: Live, change: str) -> None:
    async with live.client("lin") as heard:
        await heard.until(lambda h: h.fleet)
        await live.port.sql(CHANGES[change])
        with pytest.raises(ConnectionClosed) as closed:
            await heard.until(lambda _: False, 4)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401


async def test_who_may_not_in_is_told_in_a_close_code(live: Live) -> None:
    async with live.client(None) as heard:
        with pytest.raises(ConnectionClosed) as closed:
            await heard.until(lambda _: False)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401


async def test_a_foreign_page_gets_no_socket(live: Live) -> None:
    cookie = f"fleet={live.port.cookies['lin']}"
    for origin, good in (
        (f"http://127.0.0.1:{live.number}", True),
        ("http://evil.example", False),
        ("null", False),
    ):
        if good:
            async with live.client(None, Cookie=cookie, Origin=origin) as heard:
                await heard.until(lambda h: h.of("hello"))
        else:
            with pytest.raises(InvalidStatus):
                async with live.socket(None, Cookie=cookie, Origin=origin):
                    pass
    with pytest.raises(InvalidStatus):
        async with live.socket(None, Cookie=cookie):
            pass


@pytest.mark.parametrize("said", ['{"hello":{"event_since":"x"}}', "not json", b"\x00", "{}"])
async def test_a_wrong_hello_is_hung_up_on(live: Live, said: str | bytes) -> None:
    async with live.socket("lin") as socket:
        await socket.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4408


async def test_silence_instead_of_hello_is_hung_up_on(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "HELLO_S", 0.2)
    async with live.socket("lin") as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4408


async def test_a_stop_sends_clients_away_to_come_back(live: Live) -> None:
    async with live.client("chief") as heard:
        await heard.until(lambda h: h.fleet)
        live.task.cancel()
        with pytest.raises(ConnectionClosed) as closed:
            await heard.until(lambda _: False)
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012
    async with asyncio.timeout(10):
        await asyncio.gather(live.task, return_exceptions=True)


async def test_one_stuck_client_delays_nobody(live: Live) -> None:
    """One never reads; 8,000 boats report every half second; the others hear all of it in time."""
    await live.port.sql(
        "insert into vessel (id, name, class) overriding system value"
        " select i, 'V' || i, 1 from generate_series(1000, 9000) i"
    )
    fill = (
        "insert into vessel_latest select i, now(), 1, now(), 109, 18, 1, 1, 'NaN', 'NaN', 0, 0,"
        " %(tick)s from generate_series(1000, 9000) i on conflict (vessel) do update"
        " set seq = excluded.seq, t = excluded.t"
    )
    async with live.client("chief") as stuck, live.client("chief") as healthy:
        await stuck.until(lambda h: h.of("hello"))
        stuck.socket.transport.pause_reading()
        waits = []
        for tick in range(10, 22):
            await live.port.sql(fill, tick=tick)
            began = asyncio.get_running_loop().time()
            await healthy.until(lambda h: h.fleet and h.fleet[-1][1] >= tick)  # noqa: B023
            waits.append(asyncio.get_running_loop().time() - began)
        assert max(waits) < 3
        async with asyncio.timeout(8):
            while "fleet_live_dropped_total 1.0" not in (await live.get("/metrics", "chief")).text:
                await healthy.for_a_while(0.5)
        metrics = (await live.get("/metrics", "chief")).text
        assert "fleet_live_clients 1.0" in metrics, "the stuck one is gone from the books"
        stuck.socket.transport.abort()
