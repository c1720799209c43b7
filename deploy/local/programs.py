"""Which PostgreSQL and Mosquitto are run: the machine's own, or ones fetched into a private folder.

Invariant: `binaries()` never downloads; `fetch()` does, once.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import home, locked
from deploy.local.prefix import Prefix, Recipe
from deploy.local.say import Missing, say

#: The oldest PostgreSQL with the locale provider that `initdb` is asked for.
OLDEST = 17
#: The oldest Mosquitto that keeps its queues as configured.
TRIED = (2, 0, 18)
SERVERS = Recipe(
    what="PostgreSQL, TimescaleDB, Mosquitto",
    packages=(
        "postgresql-17",
        "postgresql-client-17",
        "postgresql-17-timescaledb",
        "mosquitto",
        "mosquitto-clients",
    ),
    programs=("usr/lib/postgresql/17/bin/*", "usr/sbin/mosquitto", "usr/bin/mosquitto*"),
    proof=("usr/lib/postgresql/17/bin/postgres", "--version"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    #: The folder of initdb, pg_ctl, postgres, psql, pg_dump.
    postgres: Path
    #: The broker's program.
    mosquitto: Path


def binaries() -> Binaries:
    """Return the servers' programs, installed or fetched; raise when neither is there."""
    postgres, mosquitto = installed_postgres(), installed_mosquitto()
    if postgres and mosquitto:
        return Binaries(postgres, mosquitto)
    prefix = Prefix(home() / "prefix")
    if not prefix.ready(SERVERS):
        raise Missing("the servers are not here yet: run `python3 -m deploy.local fetch`")
    return Binaries(
        postgres or prefix.root / "usr/lib/postgresql/17/bin",
        mosquitto or prefix.root / "usr/sbin/mosquitto",
    )


def fetch() -> Binaries:
    """Return the servers' programs, fetching them first where they are not here."""
    with locked("fetch"):
        try:
            return binaries()
        except Missing:
            previous = os.umask(0o022)
            try:
                Prefix(home() / "prefix").build(SERVERS, home() / "archive")
            finally:
                os.umask(previous)
            say("the servers are ready")
            return binaries()


def installed_postgres() -> Path | None:
    """Find an installed PostgreSQL that has TimescaleDB, the newest first."""
    found = Path("/usr/lib/postgresql").glob("*/lib/timescaledb.so")
    folders = [library.parents[1] for library in found if re.fullmatch(r"\d+", library.parts[-3])]
    folders = [folder for folder in folders if int(folder.name) >= OLDEST]
    folders = [folder for folder in folders if (folder / "bin/initdb").exists()]
    newest = max(folders, key=lambda folder: int(folder.name), default=None)
    return newest and newest / "bin"


def installed_mosquitto() -> Path | None:
    """Find an installed broker, unless it is older than the one this stack was tried with."""
    found = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if not found:
        return None
    told = subprocess.run([found, "-h"], check=False, capture_output=True, text=True).stdout
    version = re.search(r"version (\d+)\.(\d+)\.(\d+)", told)
    return Path(found) if version and tuple(map(int, version.groups())) >= TRIED else None
