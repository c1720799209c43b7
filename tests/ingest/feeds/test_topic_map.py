"""A topic map against a real Mosquitto: every format in one session, each as who it is.

What the broker delivers goes through the decoders that the worker has; the access list is the
shipped one, so a phone or a boat can speak for itself and for nobody else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiomqtt
import pytest

from deploy.local.mosquitto import Broker as Server
from fleet.ingest.feeds import build_feed
from fleet.ingest.feeds.common import received_now
from fleet.ingest.feeds.mqtt import Mqtt
from fleet.ingest.format import Reports
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND, IdentityKind, SignalKind, Source
from fleet.settings import FeedSettings, Settings
from fleet.worker.decode import Decoders
from fleet.worker.intake import Item
from tests.ingest.feeds.polling import until
from tests.ingest.wire import at, named

pytestmark = pytest.mark.stack

MAP = (
    {"filter": "fleet/v1/terminals/+/report", "format": "terminal"},
    {
        "filter": "fleet/v1/terminals/+/beidou",
        "format": "terminal",
        "identity": "beidou",
        "source": "vms",
    },
    {"filter": "fleet/v1/receivers/+/nmea", "format": "nmea"},
    {"filter": "fleet/v1/receivers/+/aiscatcher/#", "format": "aiscatcher", "station": "{4}"},
    {"filter": "owntracks/+/+/#", "format": "owntracks", "station": "{2}/{3}"},
    {"filter": "boats/+/#", "format": "signalk", "station": "{2}"},
    {"filter": "vessels-v2/#", "format": "digitraffic", "station": "digitraffic"},
)


class Heard(NamedTuple):
    """What one delivery came to."""

    station: str
    format: str
    reports: Reports

    @property
    def who(self) -> list[str]:
        r = self.reports
        keys = r.fixes.key.tolist()
        return [str(k) if r.kind == IdentityKind.MMSI else r.names[k] for k in keys]


def mapped(server: Server, client_id: str, *topics: dict[str, str]) -> Mqtt:
    settings = Settings.model_validate({"mqtt_url": server.url, "mqtt_client_id": client_id})
    feed = FeedSettings(name="broker", kind="mqtt", topics=topics or MAP)  # type: ignore[arg-type]
    made = build_feed(feed, settings)
    assert isinstance(made, Mqtt)
    return made


@asynccontextmanager
async def hearing(made: Mqtt) -> AsyncIterator[list[Heard]]:
    """Everything that arrives meanwhile, decoded and acknowledged."""
    heard, decoders = list[Heard](), Decoders(FORMATS)

    async def take() -> None:
        async for delivery in made.deliveries():
            (decoded,) = decoders.decode([Item(made, delivery)])
            assert decoded.reports is not None, decoded.broken
            heard.append(Heard(delivery.station, delivery.format, decoded.reports))
            await made.acknowledge([delivery])

    taking = asyncio.create_task(take())
    await until(lambda: made.state == "up")
    yield heard
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)


async def say(server: Server, topic: str, payload: object, user: str = "simulator") -> None:
    body = payload if isinstance(payload, bytes | str) else json.dumps(payload)
    client = aiomqtt.Client(
        "127.0.0.1", server.port, username=user, password=server.password_of(user)
    )
    async with client:
        await client.publish(topic, body, qos=1)


def seconds() -> int:
    """The time, for messages of now."""
    return received_now() // SECOND


async def test_one_message_of_every_format_finds_its_station_and_its_boat(broker: Server) -> None:
    made, t = mapped(broker, "every"), seconds()
    place = {"lon": 109.1, "lat": 18.3}
    messages: list[tuple[str, Any]] = [
        ("fleet/v1/terminals/T-1/report", {"t": t * 1000, **place}),
        ("fleet/v1/terminals/460001/beidou", {"t": t * 1000, **place}),
        ("fleet/v1/receivers/yazhou/nmea", at(412000001)),
        (
            "fleet/v1/receivers/nanshan/aiscatcher/412000002/18",
            {"mmsi": 412000002, "type": 18, "scaled": True, "rxuxtime": t, **place},
        ),
        ("owntracks/chen/iphone", {"_type": "location", "tst": t, **place, "vel": 11}),
        ("boats/BD-7/vessels/self/navigation/position", {"longitude": 109.1, "latitude": 18.3}),
        ("vessels-v2/230123250/location", {"time": t, **place, "sog": 3}),
    ]
    async with hearing(made) as heard:
        for topic, payload in messages:
            await say(broker, topic, payload)
        await until(lambda: len(heard) == len(messages))
    said = [(h.format, h.station, h.who, h.reports.kind, h.reports.source) for h in heard]
    terminal, mmsi = IdentityKind.TERMINAL, IdentityKind.MMSI
    assert said == [
        ("terminal", "T-1", ["T-1"], terminal, Source.TERMINAL),
        ("terminal", "460001", ["460001"], IdentityKind.BEIDOU, Source.VMS),
        ("nmea", "yazhou", ["412000001"], mmsi, Source.AIS),
        ("aiscatcher", "nanshan", ["412000002"], mmsi, Source.AIS),
        ("owntracks", "chen/iphone", ["chen/iphone"], terminal, Source.TERMINAL),
        ("signalk", "BD-7", ["BD-7"], terminal, Source.TERMINAL),
        ("digitraffic", "digitraffic", ["230123250"], mmsi, Source.AIS),
    ]
    places = [(h.reports.fixes.lon.tolist(), h.reports.fixes.lat.tolist()) for h in heard]
    assert places == [([109.1], [18.3])] * len(messages)
    assert not any(h.reports.rejects for h in heard)


async def test_a_phone_s_call_comes_through(broker: Server) -> None:
    async with hearing(mapped(broker, "call")) as heard:
        event = {"_type": "transition", "tst": seconds(), "event": "enter", "desc": "SOS"}
        await say(broker, "owntracks/chen/iphone/event", event)
        await until(lambda: len(heard) == 1)
    (call,) = heard[0].reports.calls
    assert (call.kind, heard[0].reports.names[call.key]) == (SignalKind.DISTRESS, "chen/iphone")
    assert heard[0].station == "chen/iphone"


async def test_parts_of_a_message_by_two_stations_are_not_joined_in_one_session(
    broker: Server,
) -> None:
    one, two = named(412000001, "QIONGSANYA YU 01")
    async with hearing(mapped(broker, "parts")) as heard:
        for station, part in (("a", one), ("b", two), ("a", two)):
            body = {"mmsi": 412000001, "nmea": [part.decode()]}
            await say(broker, f"fleet/v1/receivers/{station}/aiscatcher", body)
        await until(lambda: len(heard) == 3)
    assert [len(h.reports.statics) for h in heard] == [0, 0, 1]


async def test_what_no_entry_takes_is_counted_and_let_go(broker: Server) -> None:
    """Messages of an entry that was taken out still come to a session that outlives it."""
    async with hearing(mapped(broker, "gone")):
        pass
    narrow = mapped(broker, "gone", dict(MAP[0]))
    async with hearing(narrow) as heard:
        await say(broker, "vessels-v2/status", {"updated": 1})
        await say(broker, "fleet/v1/terminals/T-1/report", {"t": seconds() * 1000})
        await until(lambda: len(heard) == 1)
    assert [h.format for h in heard] == ["terminal"]
    assert narrow.counts == {"of another topic": 1}


async def test_the_access_list_lets_each_speak_for_itself_only(broker: Server) -> None:
    for user in ("chen", "BD-7"):
        broker.add(user, "a password")
    async with hearing(mapped(broker, "acl")) as heard:
        fix = {"_type": "location", "tst": seconds(), "lat": 18, "lon": 109}
        for user, topic, payload in (
            ("chen", "owntracks/wang/phone", fix),
            ("chen", "boats/BD-7/vessels/self/navigation/speedOverGround", "3"),
            ("BD-7", "vessels-v2/230123250/location", {"time": seconds()}),
            ("BD-7", "fleet/v1/receivers/yazhou/aiscatcher", {"mmsi": 1}),
            ("chen", "owntracks/chen/phone", fix),
            ("BD-7", "boats/BD-7/vessels/self/navigation/speedOverGround", "3"),
        ):
            await say(broker, topic, payload, user)
        await until(lambda: len(heard) == 2)
        await asyncio.sleep(0.2)
    assert [h.station for h in heard] == ["chen/phone", "BD-7"]


async def test_a_subscription_that_the_access_list_forbids_is_not_refused(broker: Server) -> None:
    """So docs/feeds.md says to name every filter there: Mosquitto does not tell."""
    made = mapped(broker, "unread", {"filter": "elsewhere/+", "format": "nmea"}, dict(MAP[2]))
    async with hearing(made) as heard:
        await say(broker, "fleet/v1/receivers/yazhou/nmea", at(412000001))
        await until(lambda: len(heard) == 1)
    assert (heard[0].station, made.state, made.detail) == ("yazhou", "up", "")
