"""Dry runs through the API: begun, watched, cancelled; judged by a process of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
import pytest

from fleet.alerts.parameters import defaults
from fleet.api.trials import Trials
from fleet.model import MINUTE, SECOND, Batch, Source
from fleet.store import positions
from fleet.store.db import connect
from tests.api.conftest import Port
from tests.api.test_zones import FEATURE

NOW = int(time.time()) * SECOND
FROM = datetime.fromtimestamp(NOW / SECOND, UTC) - timedelta(hours=1)
SPAN = {"from": FROM.isoformat(), "to": (FROM + timedelta(hours=2)).isoformat()}
SPEED = {"kind": "speed", **SPAN}


def hour(boat: int, sog: float) -> Batch:
    one, minute = Batch.empty(60), np.arange(60)
    one.vessel[:], one.source[:], one.station[:], one.status[:] = boat, Source.TERMINAL, 1, -1
    one.t[:] = NOW - (60 - minute) * MINUTE
    one.received[:] = one.heard[:] = one.t + SECOND
    one.sog[:], one.cog[:], one.lat[:] = sog, 90, 17 + boat / 10
    one.lon[:] = 109 + sog * minute / 3600
    return one


@pytest.fixture
async def sailed(port: Port) -> AsyncIterator[Port]:
    """Boats 1 and 2 for an hour, at 12 and at 20 kn."""
    async with await connect(port.url, "test") as conn:
        await conn.execute("delete from position")
        await conn.execute("update vessel set registered = true, class = 1 where id in (1, 2)")
        await positions.insert(conn, Batch.concat([hour(1, 12), hour(2, 20)]))
    yield port
    await cast("Trials", port.app.state.trials).close()


async def ask(port: Port, body: Any, login: str = "chief") -> tuple[int, Any]:
    async with port.client(login) as http:
        answer = await http.post("/dry-runs", json=body)
    return answer.status_code, answer.json()


async def ended(port: Port, run: int) -> dict[str, Any]:
    """The run once it is over."""
    async with port.client("chief") as http, asyncio.timeout(90):
        while True:
            found: dict[str, Any] = (await http.get(f"/dry-runs/{run}")).json()
            if found["status"] != "running":
                return found
            await asyncio.sleep(0.2)


async def test_a_commander_sees_the_cost_before_he_switches_it_on(sailed: Port) -> None:
    params = {**defaults()["speed"].values, "fishing_kn": 10}
    status, run = await ask(sailed, {**SPEED, "params": params})
    assert (status, run["status"], run["actor"]["name"]) == (202, "running", "指挥")
    assert (await ask(sailed, SPEED))[0] == 409, "one at a time"
    found = await ended(sailed, run["id"])
    assert (found["status"], found["share"], found["message"]) == ("done", 1, "")
    (speed,) = [k for k in found["result"]["kinds"] if k["kind"] == "speed"]
    assert (speed["would"]["alerts"], speed["present"]["alerts"]) == (2, 1)
    assert (speed["to_present"]["new"], speed["to_present"]["gone"]) == (1, 0)
    assert found["result"]["fixes"] == 120
    async with sailed.client("chief") as http:
        (listed,) = (await http.get("/dry-runs")).json()["runs"]
        assert (await http.get("/rules/speed")).json()["version"] == 1, "nothing is switched on"
    assert (listed["id"], listed["kind"], listed["result"]) == (run["id"], "speed", None)


async def test_a_zone_and_overrides_are_tried(sailed: Port) -> None:
    small = {"class": "fishing", "params": {"fishing_kn": 30}}
    _, run = await ask(sailed, {**SPEED, "scopes": [small], "zone": FEATURE})
    found = await ended(sailed, run["id"])
    assert (found["status"], found["zone"]) == ("done", FEATURE["properties"]["code"])
    (speed,) = [k for k in found["result"]["kinds"] if k["kind"] == "speed"]
    assert (speed["would"]["alerts"], speed["to_present"]["gone"]) == (0, 1)


async def test_a_run_is_cancelled_and_its_process_is_gone(sailed: Port) -> None:
    _, run = await ask(sailed, SPEED)
    async with sailed.client("chief") as http:
        answer = await http.post(f"/dry-runs/{run['id']}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    jobs = cast("Trials", sailed.app.state.trials)
    async with asyncio.timeout(30):
        await asyncio.gather(*jobs.going_on(), return_exceptions=True)
    found = await ended(sailed, run["id"])
    assert (found["status"], found["message"], found["result"]) == ("cancelled", "by chief", None)
    assert (await ask(sailed, SPEED))[0] == 202, "the next may begin"


async def test_what_the_process_refuses_is_told(port: Port) -> None:
    long_ago = {"from": "2020-07-01T00:00:00Z", "to": "2020-07-02T00:00:00Z"}
    _, run = await ask(port, {**SPEED, **long_ago})
    found = await ended(port, run["id"])
    assert (found["status"], found["message"]) == (
        "failed", "no positions are stored of this stretch",
    )  # fmt: skip


async def test_a_run_whose_process_is_gone_holds_up_nobody(port: Port) -> None:
    await port.sql(
        "insert into dry_run (asked, status, beat) values"
        ' (\'{"kind": "gap", "zone": null, "start": "2026-07-01T00:00Z", "end":'
        " \"2026-07-02T00:00Z\"}', 'running', now() - interval '2 minutes')"
    )
    assert (await ended(port, 1))["status"] == "failed"
    status, run = await ask(port, SPEED)
    assert status == 202
    await ended(port, run["id"])


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({**SPEED, "to": SPAN["from"]}, "body.to", "after from"),
        ({**SPEED, "to": "2027-12-01T00:00:00Z"}, "body.to", "31 days"),
        (SPAN, "body.kind", "a zone is needed"),
        ({**SPEED, "kind": "whale"}, "body.kind", "no such kind"),
        ({**SPEED, "kind": "mob"}, "body.kind", "calls are not stored"),
        ({**SPEED, "params": {"knots": 3}}, "body.params.clear_factor", "missing"),
        ({**SPEED, "scopes": [{"zone": "nowhere", "params": {"fishing_kn": 9}}]},
         "body.scopes.0.zone", "no area in force"),
        ({**SPAN, "zone": {"type": "Feature", "geometry": None, "properties": {}}},
         "body.zone.properties.code", "required"),
    ],
)  # fmt: skip
async def test_what_cannot_be_tried_is_named(
    port: Port, body: dict[str, Any], field: str, words: str
) -> None:
    status, answer = await ask(port, body)
    assert status == 422
    named = {e["field"]: e["message"] for e in answer["errors"]}
    assert field in named, named
    assert words in named[field]
    assert await port.sql("select id from dry_run") == []


async def test_only_the_command_centre_tries(port: Port) -> None:
    for login in ("lin", "coop", "root"):
        assert (await ask(port, SPEED, login))[0] == 403
        async with port.client(login) as http:
            assert (await http.get("/dry-runs")).status_code == 403
