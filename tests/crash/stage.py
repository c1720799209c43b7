"""Real servers behind proxies, a real publisher, a worker that is killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from tests.crash.fleet_at_sea import RESERVE, FleetAtSea, Message
from tests.crash.proxy import Proxy

ENTRY = Path(__file__).with_name("worker.py")


def through(url: str, proxy: Proxy) -> str:
    """The address of a server, by way of a proxy."""
    parts = urlsplit(url)
    assert parts.port
    return urlunsplit(
        parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}"))
    )


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Publisher:
    """One QoS 1 client for all terminals; `acked` counts what the broker has taken over."""

    def __init__(self, broker: Broker) -> None:
        url = urlsplit(broker.url_of("simulator"))
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, "publisher", clean_session=False)
        self.client.username_pw_set(url.username, url.password)
        self.client.max_inflight_messages_set(100)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_publish = self._published
        self.acked = self.sent = 0
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()

    def _published(self, *_: Any) -> None:
        self.acked += 1

    def publish(self, message: Message) -> None:
        topic = f"fleet/v1/terminals/{message.terminal}/report"
        self.client.publish(topic, message.payload, qos=1)
        self.sent += 1

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Stage:
    """Everything of one fault run."""

    def __init__(self, cluster: Cluster, broker: Broker, database: str, folder: Path) -> None:
        self.cluster, self.broker, self.folder = cluster, broker, folder
        self.direct = cluster.url_of(database)
        self.db = Proxy(lambda: cluster.port)
        self.mq = Proxy(lambda: broker.port)
        self.log = (folder / "worker.log").open("ab")
        self.children: list[subprocess.Popen[bytes]] = []
        self.options = ""  #: of the broker's address
        self.starts = 0
        self.more: Callable[[], None] = lambda: None  #: lets some more messages go

    # The worker

    def start(self, data: str = "one") -> subprocess.Popen[bytes]:
        feed = {"name": "terminals", "kind": "mqtt", "format": "terminal",
                "topic": "fleet/v1/terminals/+/report"}  # fmt: skip
        settings = {
            "database_url": through(self.direct, self.db),
            "mqtt_url": through(self.broker.url, self.mq) + self.options,
            "data_dir": str(self.folder / data),
            "feeds": [feed],
        }
        env = {**os.environ, "CRASH_SETTINGS": json.dumps(settings)}
        child = subprocess.Popen(
            [sys.executable, str(ENTRY)], env=env, stdout=self.log, stderr=self.log
        )
        self.children.append(child)
        self.starts += 1
        return child

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        return self.children[-1]

    def kill(self) -> None:
        self.worker.kill()
        self.worker.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    # What the database says

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.direct) as conn:
            return conn.execute(query.encode()).fetchall()

    def seq(self) -> int:
        with contextlib.suppress(psycopg.OperationalError):
            found = self.ask("select seq from progress where part = 'all'")
            return int(found[0][0]) if found else 0
        return 0

    def batch(self) -> Any:
        """When the last batch of messages was committed."""
        with contextlib.suppress(psycopg.OperationalError):
            return self.ask("select max(batch_at) from worker")[0][0]
        return None

    def works(self, seconds: float = 90) -> None:
        """Let more messages go, and wait until the worker has committed one more batch."""
        before = self.batch()
        self.more()
        try:
            until(lambda: self.batch() not in {None, before}, seconds, "the worker to go on")
        except AssertionError:
            self.worker.send_signal(signal.SIGUSR1)
            time.sleep(1)
            told = [self.ask("select * from feed"), self.ask("select * from worker")]
            sys.stdout.write(f"{told}\n")
            raise

    # Faults

    def kill_at_random(self, delay: float) -> None:
        time.sleep(delay)
        self.restart()

    def kill_between_commit_and_ack(self) -> None:
        """Acknowledgements do not get through; after a commit that must bring some, it dies."""
        self.mq.hold()
        self.works()
        self.kill()
        self.mq.cut()
        self.start()

    def stop_and_start(self) -> None:
        """SIGTERM: it must end by itself, well, and soon."""
        begun = time.monotonic()
        self.worker.send_signal(signal.SIGTERM)
        assert self.worker.wait(10) == 0
        assert time.monotonic() - begun < 10
        self.start()

    def freeze_and_replace(self) -> None:
        """A worker that sleeps while another takes over must end when it wakes."""
        sleeper = self.worker
        sleeper.send_signal(signal.SIGSTOP)
        self.start(f"other{self.starts}")
        self.works()
        sleeper.send_signal(signal.SIGCONT)
        assert sleeper.wait(30) == 3

    def restart_broker(self) -> None:
        self.broker.stop()
        self.broker.start()

    def crash_database(self) -> None:
        self.cluster.kill9()
        self.cluster.start()

    def database_away(self, seconds: float) -> None:
        self.db.leave()
        time.sleep(seconds)
        self.db.come_back()

    def close(self) -> None:
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        self.db.close()
        self.mq.close()
        self.log.close()


def prepare(url: str, fleet: FleetAtSea) -> None:
    """The boats of the register, one zone, one sea grid."""
    ring = json.dumps({"type": "Polygon", "coordinates": [RESERVE]})
    with psycopg.connect(url) as conn:
        for boat in fleet.boats:
            conn.execute(
                "with v as (insert into vessel (reg_no, name, class, registered, interval_s)"
                " values (%(name)s, %(name)s, 1, true, 20) returning id)"
                " insert into vessel_identity (kind, value, vessel) select 'terminal', %(name)s, id"
                " from v",
                {"name": boat.name},
            )
        conn.execute(
            "insert into zone (code, kind, name, rule, geometry) values"
            " ('R1', 'reserve', '保护区', 'keep_out', %s)",
            [ring],
        )
        conn.execute(
            "insert into zone_version (zone, version, revision, body)"
            " select id, version, revision, to_jsonb(zone) from zone"
        )


class Background(threading.Thread):
    """Publishing goes on whatever happens: as much as was granted, at a steady rate."""

    def __init__(self, publisher: Publisher, fleet: FleetAtSea, rate: float) -> None:
        super().__init__(daemon=True)
        self.publisher, self.messages, self.pause = publisher, list(fleet.messages()), 1 / rate
        self.granted = 0.0
        self.start()

    def grant(self, share: float) -> None:
        """Let one more share of all messages go."""
        self.granted += share * len(self.messages)

    def run(self) -> None:
        for n, message in enumerate(self.messages):
            while n >= self.granted:
                time.sleep(0.01)
            self.publisher.publish(message)
            time.sleep(self.pause)
