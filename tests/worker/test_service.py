"""The worker as it is run: real broker, real database, real sockets, signals."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from fleet.ingest.feeds.mqtt import broker as address
from fleet.settings import FeedSettings, Settings
from fleet.store.db import Connection, rows
from fleet.worker import service
from fleet.worker.service import NotMigratedError
from fleet.worker.spool import SpoolError
from tests.crash.proxy import Proxy
from tests.crash.stage import through

AIS = b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24\r\n"


def settings(url: str, folder: Path, **more: object) -> Settings:
    return Settings(database_url=url, data_dir=folder, **more)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(config: Settings) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(service.run(config, stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < end, "waited too long"
        await asyncio.sleep(0.05)


def terminals(broker: Broker) -> dict[str, object]:
    feed = FeedSettings(
        name="terminals", kind="mqtt", format="terminal", topic="fleet/v1/terminals/+/report"
    )
    return {"mqtt_url": broker.url, "feeds": (feed,), "mqtt_client_id": f"test-{time.time_ns()}"}


async def publish(broker: Broker, terminal: str, **more: object) -> None:
    at = address(broker.url_of("simulator"))
    body = {"v": 1, "t": datetime.now(UTC).isoformat(), "lon": 109.1, "lat": 18.3, **more}
    async with aiomqtt.Client(at.host, at.port, username=at.user, password=at.password) as client:
        await client.publish(f"fleet/v1/terminals/{terminal}/report", json.dumps(body), qos=1)


async def test_from_the_broker_to_an_order(
    database_url: str, broker: Broker, tmp_path: Path, sql: Connection
) -> None:
    async with running(settings(database_url, tmp_path, **terminals(broker))):
        await until(lambda: rows(sql, "select 1 from feed where state = 'up'"))
        await asyncio.sleep(0.5)
        await publish(broker, "T1", sos=True, battery_pct=15)
        await until(lambda: rows(sql, "select 1 from work_order"))
    (row,) = await rows(
        sql,
        "select a.kind, a.severity, p.battery, p.lon from alert a"
        " join position p using (vessel) join work_order w on w.alert = a.id",
    )
    assert row == {"kind": "distress", "severity": 4, "battery": 15.0, "lon": 109.1}


async def test_what_was_published_while_the_worker_was_away(
    database_url: str, broker: Broker, tmp_path: Path, sql: Connection
) -> None:
    config = settings(database_url, tmp_path, **terminals(broker))
    async with running(config):
        await until(lambda: rows(sql, "select 1 from feed where state = 'up'"))
        await asyncio.sleep(0.5)
    await publish(broker, "T1")
    async with running(config):
        await until(lambda: rows(sql, "select 1 from position"))


def free_port() -> int:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def udp(port: int) -> FeedSettings:
    return FeedSettings(name="ais", kind="udp", format="nmea", address=f"127.0.0.1:{port}")


def send(port: int, *sentences: bytes) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender:
        for sentence in sentences:
            sender.sendto(sentence, ("127.0.0.1", port))


@pytest.fixture
def far(database_url: str) -> Proxy:
    port = urlsplit(database_url).port
    assert port
    return Proxy(lambda: port)


def segments(folder: Path) -> list[Path]:
    return list((folder / "spool").glob("*.seg"))


async def test_datagrams_wait_on_the_disk_while_the_database_is_away(
    database_url: str, far: Proxy, tmp_path: Path, sql: Connection
) -> None:
    port = free_port()
    config = settings(through(database_url, far), tmp_path, feeds=(udp(port),))
    async with running(config):
        await until(lambda: rows(sql, "select 1 from feed where state = 'up'"))
        far.leave()
        await asyncio.sleep(1.5)
        send(port, *[AIS] * 20)
        await until(partial(asyncio.to_thread, segments, tmp_path))
        assert await rows(sql, "select 1 from position") == []
        far.come_back()
        await until(lambda: rows(sql, "select 1 from feed where name = 'ais' and messages = 20"))
        await until(lambda: asyncio.to_thread(lambda: not segments(tmp_path)))
    assert len(await rows(sql, "select 1 from position")) == 1
    far.close()


async def test_datagrams_survive_a_stop_while_the_database_is_away(
    database_url: str, far: Proxy, tmp_path: Path, sql: Connection
) -> None:
    port = free_port()
    far.leave()
    config = settings(through(database_url, far), tmp_path, feeds=(udp(port),))
    begun = time.monotonic()
    async with running(config):
        await asyncio.sleep(1)
        send(port, *[AIS] * 20)
        await asyncio.sleep(0.5)
    assert time.monotonic() - begun < 11.5
    far.come_back()
    async with running(config):
        await until(lambda: rows(sql, "select 1 from feed where name = 'ais' and messages = 20"))
    far.close()


async def test_an_unmigrated_database_is_named(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(NotMigratedError, match="run `fleet migrate`"):
        await service.run(settings(cluster.url, tmp_path), asyncio.Event())


async def test_two_workers_do_not_share_a_folder(database_url: str, tmp_path: Path) -> None:
    async with running(settings(database_url, tmp_path)):
        await asyncio.sleep(0.2)
        with pytest.raises(SpoolError, match="another worker uses"):
            await service.run(settings(database_url, tmp_path), asyncio.Event())
