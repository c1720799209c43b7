"""A full disk stops no alert while there is ballast, and loses nothing acknowledged without.

The database lives on a small filesystem of its own, which a file fills to the last byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

import psycopg
import pytest

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.ingest.feed import Delivery
from fleet.store import ballast
from fleet.store.db import connect
from fleet.worker.spool import Spool, SpoolError
from tests.conftest import execute, migrated
from tests.crash.fleet_at_sea import FleetAtSea
from tests.crash.stage import Stage, until
from tests.crash.test_crash import alerts, arrived, positions, published, settled
from tests.crash.told import Ear, telling

MINUTES = 60
SIZE, BALLAST_MB = "300m", 48
BOATS, STEPS = 60, 60
UNTOLD = """
select (select count(*) from outbox where channel = 'webhook' and state = 'queued')
     + (select count(*) from event
        where seq > (select seq from progress where part = 'webhook'))"""
"""Messages that wait, and events that are no messages yet."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A small filesystem and the database on it."""

    place: Path
    cluster: Cluster
    broker: Broker

    @property
    def filler(self) -> Path:
        return self.place / "filler"

    def free(self) -> int:
        found = os.statvfs(self.place)
        return found.f_bavail * found.f_frsize

    def fill(self) -> None:
        """Leave nothing."""
        with self.filler.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
            try:
                while True:
                    file.write(bytes(512))
            except OSError:
                pass


@contextmanager
def small(place: Path, size: str) -> Iterator[None]:
    """A filesystem of this size, or the test is skipped."""
    place.mkdir(mode=0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small filesystem needs the right to mount one (root)")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


@pytest.fixture
def disk() -> Iterator[Disk]:
    folder = scratch("disk")
    try:
        with small(folder / "small", SIZE):
            yield from served(folder)
    finally:
        discard(folder)


def served(folder: Path) -> Iterator[Disk]:
    """The servers, the database on the small filesystem."""
    place = folder / "small"
    wal = {"max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "32MB"}
    programs = fetch()
    cluster = Cluster(place / "postgres", programs, {"fsync": "off", **wal})
    broker = Broker(folder / "mosquitto", programs)
    try:
        cluster.start()
        broker.start()
        yield Disk(place, cluster, broker)
    finally:
        broker.stop()
        (place / "filler").unlink(missing_ok=True)
        discard(place / "postgres")


@pytest.fixture
def stage(disk: Disk, tmp_path: Path) -> Iterator[Stage]:
    execute(disk.cluster, "create database small")
    migrated(disk.cluster.url_of("small"))
    made = Stage(disk.cluster, disk.broker, "small", tmp_path)
    yield made
    made.close()
    sys.stdout.write("".join((tmp_path / "worker.log").read_text().splitlines(True)[-40:]))


async def hold(url: str, megabytes: int) -> bool:
    async with await connect(url, "test") as conn:
        return await ballast.take(conn, megabytes)


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(5 * MINUTES)
def test_a_full_disk_stops_no_alert_and_loses_nothing(
    disk: Disk, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with telling(stage.direct, stage.folder / "outbox") as ear:
        _filled_twice(disk, stage, ear, capsys)


def _filled_twice(disk: Disk, stage: Stage, ear: Ear, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = FleetAtSea.made(7, BOATS, STEPS, int(time.time()))
    total = BOATS * STEPS
    publisher, background = published(stage, fleet, rate=400)
    assert asyncio.run(hold(stage.direct, BALLAST_MB))
    background.grant(0.25)
    until(lambda: arrived(stage) >= total // 4, 60, "the first quarter")

    disk.fill()
    assert disk.free() == 0
    before = len(ear.ids)
    background.grant(0.5)
    until(lambda: whole(stage, total * 3 // 4), 120, "everything, at the ballast's cost")
    until(lambda: untold(stage, ear) == 0, 60, "everybody to be told, at the ballast's cost")
    on_ballast, told = arrived(stage), len(ear.ids)
    assert told > before, "alerts go out on a full disk"
    assert "ballast given up" in (stage.folder / "worker.log").read_text() or died(disk)
    assert asyncio.run(hold(stage.direct, BALLAST_MB)) is False, "not taken again at once"

    disk.fill()
    background.grant(0.25)
    background.join()
    until(lambda: publisher.acked == publisher.sent, 60, "the broker to take everything over")
    time.sleep(5)
    assert stage.worker.poll() is None, "the worker waits"
    assert silent(stage) > 4, "and does not say that it watches"

    disk.filler.unlink()
    stage.cluster.start()
    settled(stage, total, 60)
    until(lambda: untold(stage, ear) == 0, 60, "everybody to be told of the rest")
    publisher.close()
    with capsys.disabled():
        sys.stdout.write(
            f"\nfull disk: {total} messages, {on_ballast} stored before and on the ballast,"
            f" {arrived(stage)} once there was room again; {told} events told on the ballast,"
            f" {len(ear.ids)} in the end; server died: {died(disk)}\n"
        )
    assert positions(stage) == Counter((m.terminal, m.t) for m in fleet.messages())
    raised = alerts(stage)
    assert {key: n for key, n in raised.items() if n > 1} == {}
    assert fleet.alerts() <= raised.keys()
    seqs = [seq for (seq,) in stage.ask("select seq from event order by seq")]
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(5 * MINUTES)
def test_a_server_that_died_of_a_full_disk_comes_up_by_itself(disk: Disk, stage: Stage) -> None:
    """No room for another WAL segment is a crash; its recovery finds the ballast's room."""
    assert asyncio.run(hold(stage.direct, BALLAST_MB))
    with psycopg.connect(stage.direct) as conn:
        conn.execute("create table kept as select 1 as n")
    disk.fill()
    begun = time.monotonic()
    while not died(disk):
        assert time.monotonic() < begun + 60, "the server should have run out of WAL"
        with contextlib.suppress(psycopg.Error):
            stage.ask("select pg_switch_wal() from pg_logical_emit_message(true, 'x', 'y')")
    until(lambda: whole(stage, 0), 60, "the server to recover without help")
    assert disk.free() >= (BALLAST_MB - 20) << 20, "a WAL segment of 16 MB may be new"
    assert stage.ask("select n from kept") == [(1,)]
    assert asyncio.run(hold(stage.direct, BALLAST_MB)) is False, "it was needed: not taken at once"
    assert asyncio.run(given_up(stage.direct))


@pytest.mark.stack
def test_a_spool_on_a_full_disk_keeps_what_it_took(tmp_path: Path) -> None:
    """What the receivers sent while the database was away, and then there was no room for more."""
    with small(tmp_path / "disk", "1m"):
        lost: list[int] = []
        spool = Spool(tmp_path / "disk" / "spool", 1 << 30, lost=lost.append)
        spool.open()
        took = filled(spool)
        assert lost == [1]
        spool.close()
        again = Spool(tmp_path / "disk" / "spool", 1 << 30, lost=lost.append)
        again.open()
        assert lost == [1], "nothing torn is left behind"
        found = []
        while not again.drained:
            found += list(again._next())
        assert [d.payload for d in found] == [delivery(n).payload for n in range(took)]
        asyncio.run(again.acknowledge(found))
        again.append(delivery(took))
        assert again.waiting == 1
        assert (tmp_path / "disk" / "spool" / "mark").exists()
        again.close()


def filled(spool: Spool) -> int:
    """How many deliveries went in before the disk was full."""
    for number in itertools.count():
        try:
            spool.append(delivery(number))
        except SpoolError:
            return number
    raise AssertionError


def delivery(number: int) -> Delivery:
    return Delivery(
        feed="ais", station="s", format="nmea", payload=b"%d " % number * 500, received=number
    )


async def given_up(url: str) -> bool:
    async with await connect(url, "test") as conn:
        return (await ballast.held(conn)).given_up_s is not None


def whole(stage: Stage, wanted: int) -> bool:
    """Whether so many are stored, of a server that may be recovering."""
    try:
        return arrived(stage) >= wanted
    except Exception:  # noqa: BLE001 -- it comes up again by itself
        return False


def untold(stage: Stage, ear: Ear) -> int:
    """Events that nobody was told of yet; some, where the server is down. What the outbox says it
    has sent was heard.
    """
    try:
        found = stage.ask("select key from outbox where channel = 'webhook' and state = 'sent'")
        assert {name for (name,) in found} <= ear.ids
        return int(stage.ask(UNTOLD)[0][0])
    except psycopg.Error:
        return 1


def silent(stage: Stage) -> float:
    """Seconds since the worker's heartbeat; endless where the server is down."""
    try:
        found = stage.ask("select extract(epoch from now() - beat)::float8 from worker")
    except psycopg.Error:
        return inf
    return float(found[0][0])


def died(disk: Disk) -> bool:
    """Whether the server crashed at all."""
    return "PANIC" in disk.cluster.log.read_text(errors="replace")
