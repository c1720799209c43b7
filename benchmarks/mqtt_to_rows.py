"""Terminals' JSON over MQTT at QoS 1 to committed rows, against aiomqtt receiving it for nothing.

    python -m benchmarks mqtt_to_rows

One broker, one publisher, the same messages: once into a whole worker (all rules on, acknowledged
after the commit that holds them), once into a bare aiomqtt client in a process of its own. From the
first message published to the last one committed, or received.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import psycopg

from benchmarks._measure import Figure, Goal, Run, Timing, rate
from benchmarks._mqtt import terminal
from benchmarks._peers import AIOMQTT
from benchmarks._stack import Servers, child, cpu_s, heard, servers, told, wait

MESSAGES, TERMINALS, ROUNDS = 60_000, 5_000, 3


def register(url: str) -> None:
    """The boats of the port."""
    with psycopg.connect(url) as conn:
        conn.execute(
            "with v as (insert into vessel (reg_no, name, class, registered, interval_s)"
            " select n, n, 1, true, 60 from unnest(%(names)s::text[]) n returning id, name)"
            " insert into vessel_identity (kind, value, vessel) select 'terminal', name, id from v",
            {"names": [terminal(n) for n in range(TERMINALS)]},
        )


def bare(at: Servers, messages: int) -> Timing:
    """Receive with aiomqtt alone."""
    words = ("-m", "benchmarks._mqtt", "receive", at.broker.url, str(messages))
    receiver = child(*words, python=AIOMQTT.python())
    heard(receiver)
    took = _published(at, messages, lambda: float(heard(receiver)))
    receiver.wait()
    return took


def whole(at: Servers, messages: int, number: int) -> Timing:
    """A worker with a database of its own."""
    url = at.fresh(f"mqtt_{abs(number)}")
    register(url)
    process = child("-m", "fleet", "run", env=environment(at, url))
    with psycopg.connect(url, autocommit=True) as conn:

        def stored() -> int:
            found = conn.execute("select messages from feed where name = 'terminals'").fetchone()
            return int(found[0]) if found else -1

        wait(lambda: stored() >= 0, 30, "the worker")
        time.sleep(1)  # its subscription
        before = cpu_s(process.pid)

        def committed() -> float:
            wait(lambda: stored() >= messages, 300, "the rows")
            return cpu_s(process.pid) - before

        took = _published(at, messages, committed)
        (rows,) = conn.execute("select count(*) from position").fetchone() or (0,)
        if rows != messages:
            raise RuntimeError(f"{rows} rows of {messages} messages")
    process.terminate()
    process.wait()
    return took


def environment(at: Servers, url: str) -> dict[str, str]:
    feed = {"name": "terminals", "kind": "mqtt", "format": "terminal",
            "topic": "fleet/v1/terminals/+/report"}  # fmt: skip
    return {
        "FLEET_DATABASE_URL": url, "FLEET_MQTT_URL": at.broker.url,
        "FLEET_FEEDS": json.dumps([feed]), "FLEET_DATA_DIR": str(at.folder / url[-6:]),
        "FLEET_MQTT_CLIENT_ID": f"worker-{url[-6:]}", "FLEET_LOG_LEVEL": "warning",
    }  # fmt: skip


def _published(at: Servers, messages: int, arrived: Callable[[], float]) -> Timing:
    """From the first message published until everything has arrived."""
    url = at.broker.url_of("simulator")
    publisher = child("-m", "benchmarks._mqtt", "publish", url, str(messages), str(TERMINALS))
    heard(publisher)
    begun = time.perf_counter()
    told(publisher, "go")
    cpu = arrived()
    took = time.perf_counter() - begun
    heard(publisher)
    publisher.wait()
    return Timing(cpu, took)


def figures(run: Run) -> Iterator[Figure]:
    messages = MESSAGES // 6 if run.quick else MESSAGES
    with servers() as at:
        ways = {"aiomqtt": lambda _: bare(at, messages), "rows": lambda k: whole(at, messages, k)}
        took = run.interleaved(ways, rounds=1 if run.quick else ROUNDS)
    yield rate(
        "MQTT JSON at QoS 1 to committed rows", messages, "messages/s", took["rows"],
        against="aiomqtt receiving for nothing", peer=took["aiomqtt"], goal=Goal(0.7), clock="wall",
    )  # fmt: skip
    yield rate(
        "… CPU of the receiving process", messages, "messages/s", took["rows"],
        against="aiomqtt receiving for nothing", peer=took["aiomqtt"], clock="cpu",
    )  # fmt: skip
