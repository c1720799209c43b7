"""The demonstration against a real Mosquitto and a TCP client, as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker
from simulators import radio
from simulators.register import Boat
from simulators.serve import ended
from simulators.world import Run, World
from tests.simulators.desk import DEMO

ROOT = DEMO.parents[1]
pytestmark = pytest.mark.stack


class Shore:
    """Somebody who listens to both sides."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.bursts = 0
        self.lines: list[bytes] = []

    async def mqtt(self, url: str, ready: asyncio.Event, session: str | None = None) -> None:
        """Listen; a named session gets what came while nobody listened."""
        at = urlsplit(url)
        async with aiomqtt.Client(
            at.hostname or "",
            at.port or 0,
            username=at.username,
            password=at.password,
            identifier=session,
            clean_session=session is None,
        ) as client:
            await client.subscribe("fleet/v1/terminals/+/report", qos=1)
            ready.set()
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                body = json.loads(message.payload)
                self.bursts += isinstance(body, list)
                found = body if isinstance(body, list) else [body]
                assert {r["terminal"] for r in found} == {str(message.topic).split("/")[3]}
                self.reports += found

    async def ais(self, port: int) -> None:
        reader, writer = await connection(port)
        while line := await reader.readline():
            self.lines.append(line)
        writer.close()


async def connection(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    until = time.monotonic() + 20
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def listening(shore: Shore, url: str, session: str | None = None) -> AsyncIterator[None]:
    ready = asyncio.Event()
    task = asyncio.create_task(shore.mqtt(url, ready, session))
    await asyncio.wait_for(ready.wait(), 20)
    yield
    await ended([task])


@pytest.fixture
async def shore(broker: Broker) -> AsyncIterator[Shore]:
    made = Shore()
    async with listening(made, broker.url):
        yield made


async def started(url: str, *options: str) -> tuple[asyncio.subprocess.Process, int]:
    """The process and its AIS port, once it says that it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulators", "demo", *options,
        env={**os.environ, "SIM_MQTT_URL": url}, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    assert "ready: AIS on port " in line
    return process, int(line.split("port ")[1].split(",")[0])


async def stopped(process: asyncio.subprocess.Process, how: int = signal.SIGTERM) -> None:
    process.send_signal(how)
    assert process.stdout is not None
    rest = asyncio.create_task(process.stdout.read())
    assert await asyncio.wait_for(process.wait(), 10) == 0
    await rest


async def until(done: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "did not come about"
        await asyncio.sleep(0.05)


def times(reports: list[dict[str, Any]]) -> list[float]:
    return [datetime.fromisoformat(r["t"]).timestamp() for r in reports]


async def test_earlier_hours_come_first_then_life(broker: Broker, shore: Shore) -> None:
    began = time.time()
    process, port = await started(broker.url_of("simulator"), "--backfill-hours", "0.5")
    ais = asyncio.create_task(shore.ais(port))
    earlier = times(shore.reports)
    assert shore.bursts > 200
    assert min(earlier) < began - 1700
    assert all(t <= time.time() for t in earlier)
    assert len({r["terminal"] for r in shore.reports}) > 290
    count = len(shore.reports)
    await until(lambda: len(shore.lines) > 1000 and len(shore.reports) > count + 10)
    assert all(line.startswith(b"\\") and line.endswith(b"\r\n") for line in shore.lines)
    assert any(r.get("sos") for r in shore.reports) or time.time() < began + 25
    await stopped(process)
    await ais


async def test_a_second_run_goes_on_where_the_first_ended(
    broker: Broker, shore: Shore, tmp_path: Path
) -> None:
    options = ("--backfill-hours", "0.2", "--state", str(tmp_path / "a" / "world.json"))
    process, _ = await started(broker.url_of("simulator"), *options)
    await stopped(process, signal.SIGINT)
    first = times(shore.reports)
    shore.reports.clear()
    await asyncio.sleep(1.5)
    process, _ = await started(broker.url_of("simulator"), *options)
    await until(lambda: len(shore.reports) > 5)
    await stopped(process)
    assert min(times(shore.reports)) > max(first) - 5


async def test_reports_wait_aboard_while_the_broker_is_away(
    broker: Broker, boats: tuple[Boat, ...], tmp_path: Path
) -> None:
    state = tmp_path / "world.json"
    options = ("--backfill-hours", "0", "--state", str(state))
    process, _ = await started(broker.url_of("simulator"), *options)
    shore = Shore()
    async with listening(shore, broker.url, "patient"):
        pass  # the session is known; what comes now is kept for it
    broker.stop()
    away = time.time()
    await asyncio.sleep(4)
    back = time.time()
    broker.start()
    async with listening(shore, broker.url, "patient"):
        await until(lambda: bool(shore.reports) and max(times(shore.reports)) > back)
        await stopped(process)
    t0 = json.loads(state.read_text())["runs"][0]["t0"]
    world = World(1, boats, (Run(t0),))
    taken = {
        (r.terminal, r.t)
        for r in radio.sent(world, t0, back)
        if isinstance(r, radio.Report) and away < r.t == r.due
    }
    got = set(zip((r["terminal"] for r in shore.reports), times(shore.reports), strict=True))
    assert taken
    assert taken <= got


async def test_it_ends_even_without_a_broker() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulators", "demo", "--backfill-hours", "0", "--quiet",
        env={**os.environ, "SIM_MQTT_URL": "mqtt://127.0.0.1:1"}, cwd=ROOT,
    )  # fmt: skip
    await asyncio.sleep(3)
    assert process.returncode is None
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
