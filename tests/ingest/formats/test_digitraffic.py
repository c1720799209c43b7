"""Digitraffic: whose position it is stands in the topic, and its two times have two units."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Reports
from fleet.ingest.formats.digitraffic import Decoder
from fleet.ingest.told import tell
from fleet.model import HOUR, MINUTE, SECOND, Flag, IdentityKind, SignalKind, Source, VesselClass
from tests.ingest.wire import NOW, plain

SECONDS = NOW // SECOND
LOCATION = {
    "time": SECONDS, "sog": 10.7, "cog": 326.6, "navStat": 0, "rot": 0, "posAcc": True,
    "raim": False, "heading": 325, "lon": 20.345818, "lat": 60.03802,
}  # fmt: skip
METADATA = {
    "timestamp": NOW // 1000, "destination": "UST LUGA", "name": "ARUNA CIHAN", "draught": 68,
    "eta": 733376, "posType": 15, "refA": 160, "refB": 33, "refC": 20, "refD": 12,
    "callSign": "V7WW7", "imo": 9543756, "type": 70,
}  # fmt: skip


def heard(body: object, topic: str = "230123250/location", received: int = NOW) -> Reports:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Decoder().feed(payload, tell("digitraffic", f"vessels-v2/{topic}"), received)


def location(**changes: Any) -> Reports:
    return heard({**LOCATION, **changes})


def metadata(**changes: Any) -> dict[str, Any]:
    (row,) = plain(heard({**METADATA, **changes}, "230123250/metadata"))["statics"]
    return dict(row)


@pytest.mark.parametrize("kind", ["location", "locations"])
def test_a_location(kind: str) -> None:
    r = heard(LOCATION, f"230123250/{kind}")
    assert (r.kind, r.source, r.types) == (IdentityKind.MMSI, Source.AIS, {"location": 1})
    assert plain(r)["fixes"] == [
        {
            "key": 230123250, "t": NOW, "received": NOW, "lon": 20.345818, "lat": 60.03802,
            "sog": 10.7, "cog": 326.6, "heading": 325.0, "status": 0, "flags": 0,
            "battery": None, "heard": NOW,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"sog": 102.2}, "sog", 102.2),
        ({"sog": 102.3}, "sog", None),
        ({"cog": 360}, "cog", None),
        ({"heading": 511}, "heading", None),
        ({"lon": 181, "lat": 91}, "lon", None),
        ({"lon": None}, "lat", None),
        ({"navStat": None}, "status", -1),
        ({"navStat": 15}, "status", 15),
    ],
)
def test_what_is_not_available(changes: dict[str, Any], field: str, value: object) -> None:
    (row,) = plain(location(**changes))["fixes"]
    assert row[field] == value


def test_metadata_is_in_milliseconds_and_tenths_of_metres() -> None:
    assert metadata() == {
        "key": 230123250, "t": NOW, "name": "ARUNA CIHAN", "callsign": "V7WW7", "imo": 9543756,
        "ship_type": 70, "length_m": 193.0, "beam_m": 32.0, "draught_m": 6.8,
        "destination": "UST LUGA",
    }  # fmt: skip


def test_metadata_that_says_little() -> None:
    nothing = dict.fromkeys(METADATA.keys() - {"timestamp"}, None)
    zeros = {"draught": 0, "refA": 0, "refB": 0, "refC": 0, "refD": 0, "imo": 0, "type": 0}
    for changes, ship_type in ((nothing, -1), ({**nothing, **zeros}, 0)):
        said = metadata(**changes)
        assert said == {
            "key": 230123250, "t": NOW, "name": "", "callsign": "", "imo": 0,
            "ship_type": ship_type, "length_m": None, "beam_m": None, "draught_m": None,
            "destination": "",
        }  # fmt: skip


def test_what_is_no_boat_and_what_calls_for_help() -> None:
    base = heard(LOCATION, "002301234/location")
    assert base.classes == {2301234: VesselClass.BASE}
    fishing = heard({**METADATA, "type": 30}, "230123250/metadata")
    assert fishing.classes == {230123250: VesselClass.FISHING}
    (call,) = heard({**LOCATION, "navStat": 14}, "970123456/location").calls
    assert (call.kind, call.how, call.lat) == (SignalKind.DISTRESS, "sart", 60.03802)


def test_times() -> None:
    late = location(time=SECONDS - 3600)
    assert (late.fixes.t.tolist(), late.fixes.heard.tolist()) == ([NOW - HOUR], [NOW - HOUR])
    ahead = location(time=SECONDS + 600)
    assert ahead.fixes.flags.tolist() == [Flag.SKEWED]
    assert location(time=SECONDS + 60).fixes.flags.tolist() == [0]
    assert location(time=SECONDS - 0.5).fixes.t.tolist() == [NOW - SECOND // 2]
    recorded = heard({**LOCATION, "time": SECONDS - 10**8}, received=0)
    assert recorded.fixes.received.tolist() == [NOW - 10**8 * SECOND]
    (call,) = location(time=SECONDS + 600, navStat=14).calls
    assert call.t == NOW < NOW + 10 * MINUTE


def test_the_status_of_the_service_is_counted() -> None:
    r = heard({"updated": SECONDS}, "status")
    assert (r.types, r.rejects) == ({"status": 1}, {})


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        ("230123250/location", {**LOCATION, "time": SECONDS * 1000}, "time: out of range"),
        ("230123250/location", {**LOCATION, "time": 1}, "time: out of range"),
        ("230123250/location", {**LOCATION, "time": SECONDS - 10**8}, "time: older than 30 days"),
        ("230123250/location", {**LOCATION, "time": SECONDS + 10**6}, "time: in the future"),
        ("230123250/location", {**LOCATION, "lat": 90.5}, "position out of range"),
        ("230123250/location", {**LOCATION, "navStat": 16}, "navStat: out of range"),
        ("230123250/location", {**LOCATION, "cog": "N"}, "cog: wrong type"),
        ("230123250/location", {}, "time: missing"),
        ("230123250/metadata", {}, "timestamp: missing"),
        ("230123250/metadata", {**METADATA, "imo": 2**30}, "imo: out of range"),
        ("230123250/metadata", {**METADATA, "callSign": 7}, "callSign: wrong type"),
        ("230123250/metadata", {**METADATA, "timestamp": SECONDS}, "timestamp: out of range"),
        ("230123250/location", b"[]", "not an object"),
        ("230123250/location", b"{", "json"),
        ("23012325O/location", LOCATION, "mmsi"),
        ("0/location", LOCATION, "mmsi"),
        ("1234567890/location", LOCATION, "mmsi"),
        ("٢٣٠١٢٣٢٥٠/location", LOCATION, "mmsi"),
        ("230123250/route", LOCATION, "topic"),
        ("230123250", LOCATION, "topic"),
    ],
)
def test_refused_with_a_reason(topic: str, body: object, reason: str) -> None:
    r = heard(body, topic)
    assert (len(r.fixes), len(r.statics), r.rejects) == (0, 0, {reason: 1})


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={k: VALUES | st.just(v) for k, v in {**LOCATION, **METADATA}.items()},
)
TOPICS = st.sampled_from(["230123250/location", "230123250/metadata", "x/location", "status", ""])


@given(OBJECTS | VALUES, TOPICS, st.sampled_from([0, NOW]))
def test_any_json(body: object, topic: str, received: int) -> None:
    r = heard(json.dumps(body).encode(), topic, received)
    assert sum(r.types.values()) + sum(r.rejects.values()) >= 1
    assert plain(r)["sentences"] == 1
