"""What the demonstration starts, with what, and how it knows that it is up."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from fleet.commands import stack
from fleet.commands.app import CommandError
from fleet.commands.children import Command
from fleet.commands.demonstration import FEEDS
from fleet.settings import Settings
from fleet.store import health
from fleet.store.db import connect

HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated, and where its state is kept."""

    folder: Path
    hours: float  #: before now, told first
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    servers: Mapping[str, str]  #: FLEET_DATABASE_URL and the like
    settings: Settings
    config: Path | None  #: the file with settings, where there is one
    port: int
    ais_port: int  #: where the simulated receiver is listened to
    password: str
    world: World
    name: str  #: of this database's simulated world

    @property
    def url(self) -> str:
        return self.servers["FLEET_DATABASE_URL"]


def service(plan: Plan) -> list[Command]:
    """The service's own processes."""
    env = {
        **_environment(),
        "FLEET_DATABASE_URL": plan.url,
        "FLEET_MQTT_URL": plan.servers["FLEET_MQTT_URL"],
        "FLEET_FEEDS": json.dumps(feeds(plan)),
        "FLEET_PORT": str(plan.port),
        "FLEET_HOST": plan.settings.host,
        "FLEET_DATA_DIR": str(plan.world.folder / "var"),
        **({"FLEET_CONFIG": str(plan.config.absolute())} if plan.config else {}),
    }
    return [
        Command(name, [sys.executable, "-m", "fleet", name], env)
        for name in ("run", "api", "outbox")
    ]


def feeds(plan: Plan) -> list[dict[str, str]]:
    ais, terminals = FEEDS
    return [
        {"name": ais, "kind": "tcp_client", "format": "nmea", "address": f"{HERE}:{plan.ais_port}"},
        {
            "name": terminals,
            "kind": "mqtt",
            "format": "terminal",
            "topic": "fleet/v1/terminals/+/report",
        },
    ]


def simulators(plan: Plan) -> Command:
    """The boats; they know nothing of the service but its address."""
    argv = [
        *_simulators(plan, "demo"),
        *("--ais-port", str(plan.ais_port)),
        *("--state", str(plan.world.folder / f"world-{plan.name}.json")),
    ]
    env = {**_environment(), "SIM_MQTT_URL": plan.servers["FLEET_SIMULATOR_MQTT_URL"]}
    return Command("simulators", argv, env, stack.ROOT)


def told(plan: Plan) -> tuple[list[str], Path]:
    """How the simulators write what their skippers have declared, and the folder where."""
    folder = plan.world.folder / "declared"
    return [*_simulators(plan, "declared"), "--out", str(folder)], folder


def _simulators(plan: Plan, command: str) -> list[str]:
    """One and the same sea for every command."""
    return [
        *(sys.executable, "-m", "simulators", command),
        *("--register", str(Path("fleet", "demo", "vessels.csv"))),
        *("--seed", str(plan.world.seed)),
        *("--backfill-hours", str(plan.world.hours)),
    ]


def _environment() -> dict[str, str]:
    """The environment without secrets in files: they would be given twice."""
    given = ("FLEET_DATABASE_URL", "FLEET_MQTT_URL")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(given)}
    return {**kept, "PYTHONUNBUFFERED": "1"}


async def ready(plan: Plan, patience: float) -> None:
    """Wait until the API answers and the worker listens; says what did not come up."""
    until = time.monotonic() + patience
    missing = "the API"
    async with httpx.AsyncClient(base_url=f"http://{HERE}:{plan.port}", timeout=2) as client:
        while time.monotonic() < until:
            missing = await _missing(plan, client)
            if not missing:
                return
            await asyncio.sleep(0.2)
    raise CommandError(
        f"{missing} did not come up in {patience:.0f} s: see {plan.world.folder}/log/"
    )


async def _missing(plan: Plan, client: httpx.AsyncClient) -> str:
    try:
        answer = await client.get("/healthz")
    except httpx.HTTPError:
        return "the API"
    if answer.status_code != 200:
        return "the API"
    async with await connect(plan.url, "fleet-demo") as conn:
        state = await health.feed_state(conn, FEEDS[1])
    return "" if state == "up" else "the worker"
