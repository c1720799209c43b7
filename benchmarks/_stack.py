"""Servers and processes of a benchmark: a database and a broker of its own, CPU time of others.

Invariant: everything started here is ended and removed when the block ends.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.store.migrate import migrate

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Servers:
    cluster: Cluster
    broker: Broker
    folder: Path

    def fresh(self, name: str, template: str = "made") -> str:
        """The address of a new migrated database, or a copy of one that nobody is connected to."""
        with psycopg.connect(self.cluster.url_of("postgres"), autocommit=True) as admin:
            admin.execute(f"drop database if exists {name} with (force)".encode())
            admin.execute(f"create database {name} template {template}".encode())
        return self.cluster.url_of(name)


@contextmanager
def servers() -> Iterator[Servers]:
    """TimescaleDB and Mosquitto as `make up` sets them: safe, fsync on."""
    folder, programs = scratch("benchmark"), fetch()
    cluster, broker = Cluster(folder / "postgres", programs), Broker(folder / "mosquitto", programs)
    try:
        cluster.start()
        broker.start()
        with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as admin:
            admin.execute("create database made")
        asyncio.run(migrate(cluster.url_of("made")))
        yield Servers(cluster, broker, folder)
    finally:
        broker.stop()
        cluster.stop("immediate")
        discard(folder)


def child(
    *arguments: str, env: dict[str, str] | None = None, python: Path | None = None
) -> subprocess.Popen[str]:
    """A Python process that is spoken to by lines; of our environment or a peer's."""
    return subprocess.Popen(
        [str(python or sys.executable), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
    )  # fmt: skip


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that it says."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"a process of the benchmark ended with {process.wait()}")
    return line.strip()


def told(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def cpu_s(pid: int) -> float:
    """User and system seconds that a process has used, its ended children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def wait(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)
