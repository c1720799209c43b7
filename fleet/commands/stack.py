"""The local servers of a checkout, through `python -m deploy.local` and nothing else of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import fleet
from fleet.commands.app import App, CommandError
from fleet.settings import Settings

ROOT = Path(fleet.__file__).resolve().parents[1]
LOCAL = ROOT / ".local"


SERVERS = {"FLEET_DATABASE_URL": "PostgreSQL", "FLEET_MQTT_URL": "Mosquitto"}


def needs_checkout() -> None:
    if not (ROOT / "deploy" / "local").is_dir():
        raise CommandError(
            "this works in a checkout of the project only; elsewhere set FLEET_DATABASE_URL and "
            "FLEET_MQTT_URL, and see deploy/compose.yaml"
        )


def up(app: App) -> dict[str, str]:
    """Start what is not running and tell where everything is, in the names the service reads."""
    found: dict[str, str] = json.loads(_deploy(app, "up", "--json"))
    return found


def down(app: App) -> None:
    _deploy(app, "down")


def running(app: App) -> bool:
    """Whether any server of this checkout runs already; in a fresh clone there is none to ask."""
    done = _run(app, "status", stderr=subprocess.DEVNULL)
    words = [line.partition(": ")[2] for line in done.stdout.decode().splitlines()]
    return any(word.startswith("runs") for word in words)


def away(found: Mapping[str, str], settings: Settings) -> list[str]:
    """Servers of this checkout that take no connection; those the settings name are not ours."""
    given = servers(settings)
    ours = {name: found[key] for key, name in SERVERS.items() if key not in given}
    return [name for name, url in ours.items() if not listens(url)]


def listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=1).close()
    except OSError:
        return False
    return True


def _deploy(app: App, *words: str) -> str:
    """Run it; progress goes straight to the terminal, and what went wrong is said there too."""
    done = _run(app, *words)
    if done.returncode:
        raise CommandError(f"`deploy.local {words[0]}` ended with status {done.returncode}")
    return done.stdout.decode()


def _run(app: App, *words: str, stderr: int | None = None) -> subprocess.CompletedProcess[bytes]:
    needs_checkout()
    command = [sys.executable, "-m", "deploy.local", *words]
    env = {**os.environ, **servers(app.settings)}
    return subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=stderr, check=False
    )


def servers(settings: Settings) -> Mapping[str, str]:
    """Servers that the settings name, as variables, wherever they were set."""
    named = {
        "FLEET_DATABASE_URL": settings.database_url.get_secret_value(),
        "FLEET_MQTT_URL": settings.mqtt_url.get_secret_value(),
    }
    return {k: v for k, v in named.items() if v}
