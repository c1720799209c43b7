"""The headline: real processes are killed while known messages come in; nothing is lost or doubled.

FLEET_CRASH_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from tests.conftest import execute, migrated
from tests.crash.fleet_at_sea import FleetAtSea
from tests.crash.stage import Background, Publisher, Stage, prepare, until

SEED = int(os.environ.get("FLEET_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
MINUTES = 60
BOATS, STEPS = 200, 101


@dataclass(frozen=True, slots=True)
class Servers:
    cluster: Cluster
    broker: Broker


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """Servers that may be killed; what they acknowledged survives that."""
    folder, programs = scratch("crash"), fetch()
    cluster = Cluster(folder / "postgres", programs, {"fsync": "off"})
    broker = Broker(folder / "mosquitto", programs)
    cluster.start()
    broker.start()
    execute(cluster, "create database crash_template")
    migrated(cluster.url_of("crash_template"))
    yield Servers(cluster, broker)
    broker.stop()
    cluster.stop("immediate")
    discard(folder)


@pytest.fixture
def stage(servers: Servers, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    servers.cluster.start()
    servers.broker.stop()
    discard(servers.broker.folder / "data")  # no queue of the test before
    servers.broker.start()
    name = f"crash_{abs(hash(request.node.name)) % 10**6}"
    execute(servers.cluster, f"create database {name} template crash_template")
    made = Stage(servers.cluster, servers.broker, name, tmp_path)
    yield made
    made.close()
    sys.stdout.write("".join((tmp_path / "worker.log").read_text().splitlines(True)[-40:]))


def published(stage: Stage, fleet: FleetAtSea, rate: float) -> tuple[Publisher, Background]:
    """A worker at work, and messages coming."""
    prepare(stage.direct, fleet)
    stage.start()
    until(lambda: stage.seq() > 0, 30, "the first worker")
    time.sleep(1)  # its subscription: what is published before it is nobody's
    publisher = Publisher(stage.broker)
    return publisher, Background(publisher, fleet, rate)


def arrived(stage: Stage) -> int:
    return int(stage.ask("select count(*) from position")[0][0])


def settled(stage: Stage, expected: int, seconds: float) -> None:
    """Wait until everything has come, or for nothing more to come."""
    end, before = time.monotonic() + seconds, -1
    while time.monotonic() < end:
        now = arrived(stage)
        if now >= expected:
            break
        if now != before:
            before, end = now, time.monotonic() + seconds
        time.sleep(0.2)
    time.sleep(2)


def positions(stage: Stage) -> Counter[tuple[str, int]]:
    found = stage.ask(
        "select i.value, extract(epoch from t)::bigint from position p"
        " join vessel_identity i on i.vessel = p.vessel and i.kind = 'terminal'"
    )
    return Counter((name, int(t)) for name, t in found)


def alerts(stage: Stage) -> Counter[tuple[str, str]]:
    found = stage.ask(
        "select a.kind, i.value from alert a"
        " join vessel_identity i on i.vessel = a.vessel and i.kind = 'terminal'"
        " where a.status <> 'retracted'"
    )
    return Counter((kind, name) for kind, name in found)


def report(stage: Stage, fleet: FleetAtSea, faults: Counter[str], sent: int, acked: int) -> str:
    wanted = {(m.terminal, m.t) for m in fleet.messages()}
    got, raised = positions(stage), alerts(stage)
    taken = int(stage.ask("select coalesce(sum(messages), 0) from feed where kind = 'mqtt'")[0][0])
    return (
        f"seed {SEED} · faults {sum(faults.values())} ({dict(faults)}) · worker starts"
        f" {stage.starts} · messages {sent}, taken over by the broker {acked} · positions"
        f" {len(got)}, lost {len(wanted - got.keys())}, strange {len(got.keys() - wanted)},"
        f" duplicate {got.total() - len(got)} · alerts expected {len(fleet.alerts())}, lost"
        f" {len(fleet.alerts() - raised.keys())}, strange"
        f" {len(raised.keys() - fleet.alerts())}, duplicate {raised.total() - len(raised)}"
        f" · redeliveries {taken - acked}"
    )


def verify(stage: Stage, fleet: FleetAtSea) -> None:
    """Everything once."""
    assert positions(stage) == Counter((m.terminal, m.t) for m in fleet.messages())
    assert alerts(stage) == Counter(fleet.alerts())
    orders = stage.ask(
        "select a.id, count(w.id) from alert a left join work_order w on w.alert = a.id"
        " where a.status <> 'retracted' group by a.id having count(w.id) <> (a.severity > 1)::int"
    )
    assert orders == []
    assert stage.ask("select 1 from reject_sample") == []
    seqs = [seq for (seq,) in stage.ask("select seq from event order by seq")]
    assert seqs == list(range(1, len(seqs) + 1))


def schedule(stage: Stage, dice: random.Random) -> list[tuple[str, Callable[[], None]]]:
    """At least twenty kills, and the servers' own misfortunes, in random order."""
    faults: list[tuple[str, Callable[[], None]]] = []
    faults += [("kill", lambda: stage.kill_at_random(dice.uniform(0, 2)))] * 13
    faults += [("kill between commit and ack", stage.kill_between_commit_and_ack)] * 8
    faults += [("SIGTERM", stage.stop_and_start)] * 2
    faults += [("freeze, take over, wake", stage.freeze_and_replace)]
    faults += [("broker restart", stage.restart_broker)] * 2
    faults += [("database kill", stage.crash_database)] * 2
    faults += [("database away 30 s", lambda: stage.database_away(30))]
    dice.shuffle(faults)
    return faults


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(15 * MINUTES)
def test_nothing_is_lost_and_nothing_is_doubled(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(SEED)  # noqa: S311 -- repeatable
    fleet = FleetAtSea.made(SEED, BOATS, STEPS, int(time.time()))
    publisher, background = published(stage, fleet, rate=500)
    faults: Counter[str] = Counter()
    planned = schedule(stage, dice)
    stage.more = lambda: background.grant(0.4 / len(planned))
    for name, fault in planned:
        sys.stdout.write(f"{time.monotonic():.1f} {name}, {publisher.acked} messages\n")
        stage.more()
        fault()
        faults[name] += 1
        stage.works()
    background.grant(1)
    background.join()
    until(lambda: publisher.acked == publisher.sent, 60, "the broker to take everything over")
    settled(stage, BOATS * STEPS, 30)
    line = report(stage, fleet, faults, publisher.sent, publisher.acked)
    publisher.close()
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
    verify(stage, fleet)


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(5 * MINUTES)
def test_the_same_with_automatic_acknowledgement_loses(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """A test of the test: it sees the loss that acknowledging on arrival brings."""
    stage.options = "?ack=auto"
    dice = random.Random(SEED)  # noqa: S311 -- repeatable
    fleet = FleetAtSea.made(SEED, BOATS, 25, int(time.time()))
    publisher, background = published(stage, fleet, rate=500)
    stage.more = lambda: background.grant(0.1)
    for _ in range(5):
        stage.more()
        stage.kill_at_random(dice.uniform(0, 1))
        stage.works()
    background.grant(1)
    background.join()
    until(lambda: publisher.acked == publisher.sent, 60, "the broker to take everything over")
    settled(stage, BOATS * 25, 5)
    line = report(stage, fleet, Counter(kill=5), publisher.sent, publisher.acked)
    publisher.close()
    with capsys.disabled():
        sys.stdout.write(f"\nautomatic acknowledgement: {line}\n")
    assert positions(stage).total() < BOATS * 25
