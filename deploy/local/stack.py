"""The two servers that a developer's machine runs: started, stopped, described.

Invariant: a server that the environment names already (FLEET_DATABASE_URL, FLEET_MQTT_URL) is used
as it is; nothing is fetched, started or stopped in its place.
"""

from __future__ import annotations

import os
from functools import cached_property

from deploy.local.account import remove
from deploy.local.mosquitto import SIMULATOR, Broker
from deploy.local.places import LOCAL, ROOT, home, locked
from deploy.local.postgres import Cluster
from deploy.local.programs import binaries, fetch
from deploy.local.say import Missing, say
from deploy.local.temporary import discard

DATABASE, BROKER = "FLEET_DATABASE_URL", "FLEET_MQTT_URL"
#: What `forget` removes beside the servers.
MADE = (
    ".venv",
    "build",
    "dist",
    "fleet/api/console",
    "web/node_modules",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".import_linter_cache",
)
SIMULATORS = "FLEET_SIMULATOR_MQTT_URL"


class Stack:
    """The servers of this checkout, as far as the environment does not name others."""

    @cached_property
    def cluster(self) -> Cluster | None:
        return None if os.environ.get(DATABASE) else Cluster(home() / "postgres", binaries())

    @cached_property
    def broker(self) -> Broker | None:
        return None if os.environ.get(BROKER) else Broker(home() / "mosquitto", binaries())

    def up(self) -> None:
        """Fetch what is missing and start what does not run."""
        if given():
            return
        fetch()
        with locked("stack"):
            for name, server in (("PostgreSQL", self.cluster), ("Mosquitto", self.broker)):
                if server and not server.running():
                    say(f"starting {name}")
                if server:
                    server.start()

    def down(self) -> None:
        try:
            servers = (self.broker, self.cluster)
        except Missing:
            return
        with locked("stack"):
            for server in servers:
                if server:
                    server.stop()

    def status(self) -> dict[str, str]:
        return {
            "PostgreSQL": word(DATABASE, self.cluster),
            "Mosquitto": word(BROKER, self.broker),
        }

    def env(self) -> dict[str, str]:
        """Tell where the servers are, in the names that the service reads."""
        told = {key: os.environ[key] for key in (DATABASE, BROKER, SIMULATORS) if key in os.environ}
        if self.cluster:
            told[DATABASE] = self.cluster.url
        if self.broker:
            told |= {BROKER: self.broker.url, SIMULATORS: self.broker.url_of(SIMULATOR)}
        return {**told, SIMULATORS: told.get(SIMULATORS, told[BROKER])}


def forget() -> None:
    """End what runs here and remove whatever was fetched, built or stored."""
    servers = home()
    discard(servers)
    for path in (servers, LOCAL, *(ROOT / name for name in MADE)):
        remove(path)


def given() -> bool:
    """Whether the environment names both servers."""
    return bool(os.environ.get(DATABASE) and os.environ.get(BROKER))


def word(variable: str, server: Cluster | Broker | None) -> str:
    if server is None:
        return f"given by {variable}"
    pid = server.pid
    return f"runs (pid {pid}, port {server.port}, log {server.log})" if pid else "does not run"
