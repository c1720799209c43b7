"""JT/T 808 through the real worker: killed before a commit, nothing is lost and nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fleet.store.db import Connection, rows
from simulators.jt808 import Fix, Terminal
from tests.crash.proxy import Proxy
from tests.crash.stage import ENTRY, through

START = int(time.time()) - 1800


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Port:
    """A worker process with one feed, and its database behind a proxy."""

    def __init__(self, url: str, folder: Path) -> None:
        database = urlsplit(url).port
        assert database
        self.far, self.folder, self.port = Proxy(lambda: database), folder, free_port()
        models = [{"name": "odd", "models": ["ODD-*"], "alarms": {"0": "none", "16": "sos"}}]
        feed = {
            "name": "boats",
            "kind": "jt808",
            "address": f"127.0.0.1:{self.port}",
            "options": {"codes": True, "models": models},
        }
        self.settings: dict[str, Any] = {
            "database_url": through(url, self.far),
            "data_dir": str(folder / "data"),
            "jt808_secret": "s3cret",
            "feeds": [feed],
        }
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {**os.environ, "CRASH_SETTINGS": json.dumps(self.settings)}
        with (self.folder / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, str(ENTRY)], env=env, stdout=log, stderr=log
            )

    def kill(self) -> None:
        if self.child:
            self.child.kill()
            self.child.wait()

    async def connect(self, terminal: Terminal) -> None:
        """As soon as it listens."""
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(OSError):
                    return await terminal.connect("127.0.0.1", self.port)
                await asyncio.sleep(0.05)


@pytest.fixture
def port(database_url: str, tmp_path: Path) -> Iterator[Port]:
    made = Port(database_url, tmp_path)
    made.start()
    yield made
    made.kill()
    made.far.close()


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    made = Terminal("13800000808", edition=2019)
    yield made
    await made.close()


def fix(i: int, **more: Any) -> Fix:
    return Fix(START + i, 109.1 + i / 10_000, 18.3, 12.0, 90, **more)


async def stored(sql: Connection) -> list[int]:
    """Seconds of everything stored."""
    found = await rows(sql, "select extract(epoch from t)::bigint as t from position order by t")
    return [row["t"] - START for row in found]


async def test_killed_before_the_commit(port: Port, terminal: Terminal, sql: Connection) -> None:
    await port.connect(terminal)
    for i in range(10):
        terminal.report(fix(i))
    await terminal.wait(lambda: not terminal.stored, 30)
    port.far.hold()  # what the worker says to its database does not arrive
    for i in range(10, 20):
        terminal.report(fix(i))
    terminal.burst(fix(i) for i in range(20, 90))
    terminal.heartbeat()
    await terminal.wait(lambda: any(kind == 2 for _, kind, _ in terminal.answers), 30)
    await asyncio.sleep(0.5)
    assert len(terminal.stored) >= 11
    port.kill()
    await terminal.close()
    port.far.cut()
    assert await stored(sql) == list(range(10))
    port.start()
    await port.connect(terminal)
    await terminal.wait(lambda: not terminal.stored, 60)
    assert await stored(sql) == list(range(90))


async def test_killed_again_and_again(port: Port, terminal: Terminal, sql: Connection) -> None:
    """Whenever it is killed, what was answered is stored, and what is stored is there once."""
    await port.connect(terminal)
    for life in range(4):
        for i in range(life * 50, life * 50 + 50):
            terminal.report(fix(i))
        await asyncio.sleep(0.03 * life)
        port.kill()
        await terminal.close()
        answered = set(range(life * 50 + 50)) - {index(f) for f in terminal.stored.values()}
        assert answered <= set(await stored(sql))
        port.start()
        await port.connect(terminal)
    await terminal.wait(lambda: not terminal.stored, 60)
    assert await stored(sql) == list(range(200))


async def test_while_the_database_is_away(port: Port, terminal: Terminal, sql: Connection) -> None:
    """Heartbeats are answered, positions wait, in the worker and in the terminal."""
    await port.connect(terminal)
    terminal.report(fix(0))
    await terminal.wait(lambda: not terminal.stored, 30)
    port.far.leave()
    for i in range(1, 20):
        terminal.report(fix(i))
    terminal.heartbeat()
    await terminal.wait(lambda: any(kind == 2 for _, kind, _ in terminal.answers), 30)
    assert len(terminal.stored) == 19
    port.far.come_back()
    await terminal.wait(lambda: not terminal.stored, 60)
    assert await stored(sql) == list(range(20))


def index(frame: bytes) -> int:
    """Which position a frame of ours holds, by its longitude."""
    data = frame.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    east = int.from_bytes(data[1 + 17 + 12 : 1 + 17 + 16], "big")
    return round((east / 1e6 - 109.1) * 10_000)


async def test_an_sos_becomes_a_distress(port: Port, terminal: Terminal, sql: Connection) -> None:
    await port.connect(terminal)
    terminal.report(fix(0, alarm=1))
    await terminal.wait(lambda: not terminal.stored, 30)
    query = (
        "select a.kind, i.value, v.name from alert a join vessel_identity i using (vessel)"
        " join vessel v on v.id = a.vessel where i.kind = 'terminal'"
    )
    found = await rows(sql, query)
    assert [(row["kind"], row["value"]) for row in found] == [("distress", "13800000808")]


async def test_a_model_that_means_something_else_by_bit_0(
    port: Port, terminal: Terminal, sql: Connection
) -> None:
    """Known by its registration, and after the worker's death by the code alone."""
    terminal.model = "ODD-1"
    await port.connect(terminal)
    assert terminal.code.startswith("odd.")
    port.kill()
    await terminal.close()
    port.start()
    await port.connect(terminal)
    terminal.report(fix(0, alarm=1))
    await terminal.wait(lambda: not terminal.stored, 30)
    assert await rows(sql, "select 1 from alert") == []
    terminal.report(fix(1, alarm=1 << 16))
    await terminal.wait(lambda: not terminal.stored, 30)
    assert len(await rows(sql, "select 1 from alert where kind = 'distress'")) == 1


async def test_only_terminals_of_the_register(
    port: Port, terminal: Terminal, sql: Connection
) -> None:
    """But a call for help from whoever it is."""
    port.kill()
    port.settings["feeds"][0]["options"] = {"registered": True}
    await sql.execute(
        "with boat as (insert into vessel (reg_no, registered) values ('琼渔1', true) returning id)"
        " insert into vessel_identity (kind, value, vessel)"
        " select 'terminal', '13800000808', id from boat"
    )
    port.start()
    await port.connect(terminal)
    stranger = Terminal("13900000000", code="any")
    await port.connect(stranger)
    terminal.report(fix(0))
    await terminal.wait(lambda: not terminal.stored, 30)
    stranger.report(fix(1))
    await stranger.wait(lambda: any(a[1:] == (0x0200, 1) for a in stranger.answers))
    stranger.report(fix(2, alarm=1))
    await stranger.wait(lambda: len(stranger.stored) == 1, 30)
    await stranger.close()
    assert await stored(sql) == [0, 2]


async def test_what_is_refused_is_counted_where_people_see_it(
    port: Port, terminal: Terminal, sql: Connection
) -> None:
    await port.connect(terminal)
    terminal.send(b"\x7enonsense nobody sends\x7e")
    other = Terminal("13900000000", code="made-up")
    await port.connect(other)
    await other.close()
    query = "select rejects from feed where name = 'boats'"
    deadline = time.monotonic() + 20
    reasons: set[str] = set()
    while not {"code not ours", "frame: checksum"} <= reasons and time.monotonic() < deadline:
        reasons = {why for row in await rows(sql, query) for why in row["rejects"]}
        await asyncio.sleep(0.1)
    assert {"code not ours", "frame: checksum"} <= reasons
