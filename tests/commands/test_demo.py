import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.mosquitto import Broker
from deploy.local.temporary import discard, scratch
from fleet.alerts.rules import RULES
from fleet.alerts.standing import standing
from fleet.commands.children import Record, end
from fleet.store import rules as stored
from fleet.store.db import connect
from fleet.store.rules import Present

Sql = Callable[..., list[dict[str, Any]]]
PARTS = {"run", "api", "outbox", "simulators"}


class Demonstration:
    """`fleet demo` on servers of the tests, in a folder of its own."""

    def __init__(self, folder: Path, url: str, broker: Broker) -> None:
        self.folder, self.url, self.broker = folder, url, broker
        self.out = folder / "out.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and return the screen."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("FLEET_")}
        env |= {
            "FLEET_DATABASE_URL": self.url,
            "FLEET_MQTT_URL": self.broker.url,
            "FLEET_SIMULATOR_MQTT_URL": self.broker.url_of("simulator"),
        }
        command = [sys.executable, "-m", "fleet", "demo", "--folder", str(self.folder)]
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=env, stdout=out, stderr=out, start_new_session=True
            )
        wait(lambda: "Ctrl-C stops everything" in self.said(), 90, self.said)
        return self.said()

    def said(self) -> str:
        return self.out.read_text(encoding="utf-8", errors="replace")

    def record(self) -> Record:
        return Record.read(self.folder / "demo.json")

    def signal(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(30)

    def ask(self, statement: str) -> list[Any]:
        with psycopg.connect(self.url) as conn:
            return conn.execute(statement.encode()).fetchall()


def wait(holds: Callable[[], object], seconds: float, said: Callable[[], str]) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, said()
        time.sleep(0.2)


@pytest.fixture
def demonstration(database_url: str, broker: Broker) -> Iterator[Demonstration]:
    folder = scratch("demo")
    made = Demonstration(folder, database_url, broker)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    end(made.record().processes, grace=1)
    discard(folder)


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(400)
def test_a_demonstration_from_end_to_end(demonstration: Demonstration) -> None:
    shown = demonstration.start()
    address = next(w for w in shown.split() if w.startswith("http://"))
    with urllib.request.urlopen(address + "healthz", timeout=5) as answer:  # noqa: S310
        assert answer.status == 200
    raised_and_offered(demonstration)
    evaluates_every_rule(demonstration)
    signs_in(address, shown)

    first = demonstration.record().processes
    assert {p.name for p in first} == PARTS
    demonstration.signal(signal.SIGKILL)
    assert all(p.alive() for p in first), "a kill -9 leaves them"

    begun = time.monotonic()
    assert "ended what an earlier run left" in demonstration.start()
    assert time.monotonic() - begun < 60
    assert not any(p.alive() for p in first)

    second = demonstration.record().processes
    worker = next(p for p in second if p.name == "run")
    os.kill(worker.pid, signal.SIGKILL)
    wait(lambda: "run ended with SIGKILL" in demonstration.said(), 20, demonstration.said)
    wait(lambda: demonstration.record().processes != second, 20, demonstration.said)

    third = demonstration.record().processes
    assert demonstration.signal(signal.SIGINT) == 0
    assert not any(p.alive() for p in (*second, *third)), "Ctrl-C leaves nothing"
    assert not (demonstration.folder / "demo.json").exists()


def raised_and_offered(demonstration: Demonstration) -> None:
    """Three kinds of alert within two minutes, offered to somebody, none of them seeded."""
    kinds = "select distinct kind from alert"
    wait(lambda: len(demonstration.ask(kinds)) >= 3, 120, demonstration.said)
    offered = "select 1 from work_order where status = 'offered' and lead is not null"
    wait(lambda: demonstration.ask(offered), 10, demonstration.said)


def evaluates_every_rule(demonstration: Demonstration) -> None:
    """All that rules need is there, but for a recall order: that is the commander's to give."""

    async def present() -> Present:
        async with await connect(demonstration.url, "test") as conn:
            return await stored.present(conn)

    there = asyncio.run(present())
    states = {rule.key: standing(rule, there.facts, there.kinds).state for rule in RULES}
    assert {kind for kind, state in states.items() if state != "evaluated"} == {"recall"}


def signs_in(address: str, shown: str) -> None:
    """What the screen says opens the door."""
    password = shown.partition("password  ")[2].split(maxsplit=1)[0]
    body = json.dumps({"login": "command", "password": password}).encode()
    headers = {"Content-Type": "application/json", "Origin": address.rstrip("/")}
    request = urllib.request.Request(address + "api/v1/session", body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert json.load(answer)["account"]["role"] == "commander"


def test_a_demonstration_that_cannot_start_leaves_nothing(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLEET_")}
    env |= {
        "FLEET_DATABASE_URL": "postgresql://u@127.0.0.1:1/x",
        "FLEET_MQTT_URL": "mqtt://u@127.0.0.1:1",
    }
    command = [sys.executable, "-m", "fleet", "demo", "--folder", str(tmp_path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "the database is not reachable" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "demo.json").exists()
