"""A topic map from a real broker to rows: a phone's call, a receiver's object, a boat's values."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker
from fleet.ingest.feeds.mqtt import broker as address
from fleet.settings import FeedSettings, Settings
from fleet.store.db import Connection, rows
from tests.worker.test_service import running, until

pytestmark = pytest.mark.stack
MAP = (
    {"filter": "owntracks/+/+/#", "format": "owntracks", "station": "{2}/{3}"},
    {"filter": "boats/+/#", "format": "signalk", "station": "{2}"},
    {
        "filter": "fleet/v1/receivers/+/aiscatcher",
        "format": "aiscatcher",
        "station": "{4}",
    },
)


def configured(url: str, broker: Broker, folder: Path) -> Settings:
    feed = FeedSettings(name="broker", kind="mqtt", topics=MAP)  # type: ignore[arg-type]
    return Settings.model_validate(
        {
            "database_url": url,
            "data_dir": folder,
            "mqtt_url": broker.url,
            "mqtt_client_id": f"mapped-{time.time_ns()}",
            "feeds": (feed,),
        }
    )


async def say(broker: Broker, *messages: tuple[str, object]) -> None:
    at = address(broker.url_of("simulator"))
    async with aiomqtt.Client(at.host, at.port, username=at.user, password=at.password) as client:
        for topic, body in messages:
            await client.publish(topic, json.dumps(body), qos=1)


async def test_three_formats_of_one_session_become_rows_and_a_call_becomes_an_order(
    database_url: str, broker: Broker, tmp_path: Path, sql: Connection
) -> None:
    now, place = int(time.time()), {"lon": 109.1, "lat": 18.3}
    ais = {"scaled": True, "mmsi": 412000002, "rxuxtime": now, "type": 18, "speed": 5.1, **place}
    named = {"scaled": True, "mmsi": 412000002, "rxuxtime": now, "type": 24, "shipname": "YU 01"}
    async with running(configured(database_url, broker, tmp_path)):
        await until(lambda: rows(sql, "select 1 from feed where state = 'up'"))
        await asyncio.sleep(0.5)
        await say(
            broker,
            ("owntracks/chen/iphone", {"_type": "location", "tst": now, **place, "poi": "SOS"}),
            ("boats/BD-7/vessels/self/navigation/speedOverGround", 3),
            (
                "boats/BD-7/vessels/self/navigation/position",
                {"longitude": 109.2, "latitude": 18.2},
            ),
            ("fleet/v1/receivers/yazhou/aiscatcher", ais),
            ("fleet/v1/receivers/yazhou/aiscatcher", named),
        )
        await until(lambda: rows(sql, "select 1 from work_order"))
        await until(lambda: rows(sql, "select 1 from vessel where name = 'YU 01'"))
    found = await rows(
        sql,
        "select i.kind, i.value, p.lon, round(p.sog::numeric, 1)::float8 sog, p.source"
        " from position p join vessel_identity i using (vessel) order by i.value",
    )
    assert [tuple(row.values()) for row in found] == [
        ("mmsi", "412000002", 109.1, 5.1, 1),
        ("terminal", "BD-7", 109.2, 5.8, 2),
        ("terminal", "chen/iphone", 109.1, 0.0, 2),
    ]
    (alert,) = await rows(
        sql, "select a.kind, a.severity from alert a join work_order w on w.alert = a.id"
    )
    assert tuple(alert.values()) == ("distress", 4)
    (feed,) = await rows(sql, "select address, format from feed where name = 'broker'")
    assert feed["format"] == "owntracks, signalk, aiscatcher"
    assert feed["address"].startswith("owntracks/+/+/#, boats/+/#, ")
