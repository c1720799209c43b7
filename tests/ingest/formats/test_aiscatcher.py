"""AIS-catcher's JSON: three forms of the same message say the same, as far as each can.

Against 351 messages that AIS-catcher published in all three, and against pyais's own encoding.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Reports
from fleet.ingest.formats.aiscatcher import Decoder
from fleet.ingest.told import tell
from fleet.model import DAY, HOUR, SECOND, Flag, SignalKind, VesselClass
from tests.ingest.wire import NOW, ais, at, named, plain

CAPTURE = (
    Path(os.environ.get("FLEET_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data")
    / "mqtt"
    / "aiscatcher_mqtt_capture.txt"
)
RECEIVED = pytest.mark.parametrize("received", [0, NOW], ids=["recorded", "live"])
REAL = pytest.mark.skipif(not CAPTURE.is_file(), reason="no MQTT capture (FLEET_REAL_DATA)")
SECONDS = NOW // SECOND
DEGREES = 1e-5
"""How far a 32-bit float is from a position: 7.6e-6 at 110 degrees."""
FULL: dict[str, Any] = {
    "class": "AIS", "scaled": True, "type": 18, "mmsi": 412000002, "rxuxtime": SECONDS - 5,
    "lon": 109.2, "lat": 18.25, "speed": 5.1, "course": 90.5, "heading": 91, "second": 14,
}  # fmt: skip


@cache
def capture() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Topic and object of every message."""
    lines = CAPTURE.read_text().splitlines()
    return tuple((topic, json.loads(body)) for topic, _, body in (x.partition(" ") for x in lines))


def forms() -> dict[str, list[dict[str, Any]]]:
    """The objects of each form, in the same order."""
    found: dict[str, list[dict[str, Any]]] = {"ais": [], "sparse": [], "nmea": []}
    for topic, body in capture():
        found[topic.partition("/")[0]].append(body)
    return found


def heard(*bodies: object, received: int = NOW, station: str = "tower") -> list[Reports]:
    decoder = Decoder()
    chunks = (b if isinstance(b, bytes) else json.dumps(b).encode() for b in bodies)
    return [decoder.feed(chunk, tell(station, "ais/1/1"), received) for chunk in chunks]


def one(body: object, received: int = NOW) -> Reports:
    return heard(body, received=received)[0]


def but(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**FULL, **changes}.items() if value is not None}


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Equal but for what a 32-bit float does to a position."""
    for a, b in zip(one["fixes"], other["fixes"], strict=True):
        for name in ("lon", "lat"):
            assert a.pop(name) == pytest.approx(b.pop(name), abs=DEGREES)
    for name in ("fixes", "statics", "calls", "classes", "types", "rejects", "sentences"):
        assert one[name] == other[name]


@REAL
@RECEIVED
def test_every_captured_object_says_what_its_sentences_say(received: int) -> None:
    """Position, speed, course, status, time, names and sizes; `sentences` once a message."""
    bodies = forms()
    assert {key: len(found) for key, found in bodies.items()} == {
        "ais": 351, "sparse": 351, "nmea": 351,
    }  # fmt: skip
    full = heard(*bodies["ais"], received=received)
    for object_, envelope in zip(full, heard(*bodies["nmea"], received=received), strict=True):
        a, b = plain(object_), plain(envelope)
        b["sentences"] = 1
        same(a, b)
    assert sum(len(r.fixes) for r in full) == 300
    assert sum(len(r.statics) for r in full) == 51


@REAL
def test_a_captured_sparse_object_has_sentences_which_are_read() -> None:
    bodies = forms()
    sparse = heard(*bodies["sparse"], received=0)
    envelopes = heard(*bodies["nmea"], received=0)
    assert [plain(r) for r in sparse] == [plain(r) for r in envelopes]


@REAL
def test_and_without_them_says_less_and_nothing_else() -> None:
    """Each value is that of the full object, or missing."""
    bodies = forms()
    bare = [{k: v for k, v in body.items() if k != "nmea"} for body in bodies["sparse"]]
    missing = set[str]()
    for less, whole in zip(
        heard(*bare, received=0), heard(*bodies["ais"], received=0), strict=True
    ):
        for table in ("fixes", "statics"):
            for a, b in zip(plain(less)[table], plain(whole)[table], strict=True):
                differing = {k for k in a if a[k] != b[k]}
                missing |= differing
                assert all(a[k] in (None, 0, "") for k in differing - {"t", "flags"})
    assert missing == {"t", "flags", "cog", "imo", "draught_m"}


@REAL
def test_the_capture_as_a_recording() -> None:
    """`mosquitto_sub -v` writes the topic before the payload."""
    decoder = Decoder()
    reports = [decoder.feed(line, "", 0) for line in CAPTURE.read_bytes().splitlines()]
    assert sum(len(r.fixes) for r in reports) == 900
    assert not [r.rejects for r in reports if r.rejects]


def test_an_object() -> None:
    (row,) = plain(one(FULL))["fixes"]
    assert row == {
        "key": 412000002, "t": NOW - 6 * SECOND, "received": NOW, "lon": 109.2, "lat": 18.25,
        "sog": 5.1, "cog": 90.5, "heading": 91.0, "status": -1, "flags": 0, "battery": None,
        "heard": NOW - 5 * SECOND,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"speed": 13.900001}, "sog", 13.9),
        ({"speed": 102.2}, "sog", 102.2),
        ({"speed": 102.3}, "sog", None),
        ({"speed": None}, "sog", None),
        ({"course": 174.199997}, "cog", 174.2),
        ({"course": 360.000031}, "cog", None),
        ({"course": None}, "cog", None),
        ({"heading": 511}, "heading", None),
        ({"heading": None}, "heading", None),
        ({"lon": 181.000015, "lat": 91.000002}, "lon", None),
        ({"lon": None, "lat": None}, "lon", None),
        ({"lon": 0, "lat": 0}, "lon", None),
        ({"type": 9, "speed": 450}, "sog", 450),
        ({"type": 9, "speed": 1023}, "sog", None),
        ({"type": 27, "speed": 63}, "sog", None),
        ({"type": 1, "status": 7}, "status", 7),
        ({"type": 1, "status": 15}, "status", 15),
        ({"second": 60}, "flags", Flag.NO_CLOCK),
        ({"second": None}, "flags", Flag.NO_CLOCK),
        ({"second": 62}, "flags", Flag.NO_CLOCK | Flag.ESTIMATED),
    ],
)
def test_units_and_what_is_not_available(
    changes: dict[str, Any], field: str, value: float | None
) -> None:
    (row,) = plain(one(but(**changes)))["fixes"]
    assert row[field] == value


@pytest.mark.parametrize(
    ("toa", "rx", "told"),
    [
        (SECONDS - 9, SECONDS - 5, NOW - 9 * SECOND),  # the radio's own time is the better one
        (None, SECONDS - 5, NOW - 5 * SECOND),
        (SECONDS - 5.25, None, NOW - 5_250_000),
        (SECONDS - 400 * 86_400, SECONDS - 5, NOW - 5 * SECOND),  # a recording sent again
        (SECONDS + 3600, None, NOW),  # a wrong clock
        (None, None, NOW),
        (1e300, -1, NOW),
    ],
)
def test_which_of_its_times_is_believed(toa: float | None, rx: float | None, told: int) -> None:
    body = but(toa=toa, rxuxtime=rx, second=None)
    assert one(body).fixes.heard.tolist() == [told]
    line = at(412000002, second=60).decode()
    envelope = {"mmsi": 412000002, "nmea": [line], "toa": toa, "rxuxtime": rx}
    assert one(envelope).fixes.t.tolist() == [told]


def test_a_recording_without_any_time_is_refused() -> None:
    assert one(but(rxuxtime=None), received=0).rejects == {"rxuxtime: missing": 1}
    assert len(one(but(rxuxtime=None)).fixes) == 1


def test_names_and_sizes() -> None:
    five = but(
        type=5, shipname="QIONG@@X", callsign="BABC", imo=9074729, shiptype=30, to_bow=20,
        to_stern=12, to_port=4, to_starboard=3, draught=3.400001, destination="SANYA  ",
    )  # fmt: skip
    r = one(five)
    (row,) = plain(r)["statics"]
    assert row == {
        "key": 412000002, "t": NOW - 5 * SECOND, "name": "QIONG", "callsign": "BABC",
        "imo": 9074729, "ship_type": 30, "length_m": 32.0, "beam_m": 7.0, "draught_m": 3.4,
        "destination": "SANYA",
    }  # fmt: skip
    assert (len(r.fixes), r.classes) == (0, {412000002: VesselClass.FISHING})


def test_parts_in_one_message_or_in_several() -> None:
    parts = [line.decode() for line in named(412000001, "QIONGSANYA YU 01")]
    envelope = {"mmsi": 412000001, "type": 5, "rxuxtime": SECONDS}
    (together,) = heard({**envelope, "nmea": parts})
    first, second = heard({**envelope, "nmea": parts[:1]}, {**envelope, "nmea": parts[1:]})
    assert together.statics.name.tolist() == ["QIONGSANYA YU 01"]
    assert plain(second)["statics"] == plain(together)["statics"]
    assert len(first.statics) == 0


def test_two_receivers_parts_are_not_joined() -> None:
    parts = [line.decode() for line in named(412000001, "QIONGSANYA YU 01")]
    decoder = Decoder()
    for part, station in zip(parts, ("yazhou", "nanshan"), strict=True):
        body = json.dumps({"mmsi": 412000001, "nmea": [part]}).encode()
        assert len(decoder.feed(body, tell(station, "ais"), NOW).statics) == 0


def test_a_restart_between_two_parts() -> None:
    one_, two = named(412000001, "QIONGSANYA YU 01")
    bodies = [json.dumps({"mmsi": 1, "nmea": [p.decode()]}).encode() for p in (one_, two)]
    before, after = Decoder(), Decoder()
    before.feed(bodies[0], tell("tower", "ais"), NOW)
    for station, rest in before.residue().items():
        after.restore(rest, station)
    assert len(after.feed(bodies[1], tell("tower", "ais"), NOW).statics) == 1


@pytest.mark.parametrize("native", [True, False])
def test_a_safety_text_is_kept(native: bool) -> None:
    (line,) = ais(12, 412000002, dest_mmsi=412000009, text="NETS AHEAD")
    said = {"type": 12, "text": "NETS AHEAD", "dest_mmsi": 412000009}
    (record,) = one(but(**said, nmea=None if native else [line.decode()])).records
    assert (record.key, record.type, record.to, record.text, record.received) == (
        412000002,
        12,
        412000009,
        "NETS AHEAD",
        NOW,
    )


@pytest.mark.parametrize("native", [True, False])
def test_calls(native: bool) -> None:
    (line,) = ais(14, 970123456, text="SART ACTIVE")
    body = but(
        type=14, mmsi=970123456, text="SART ACTIVE", nmea=None if native else [line.decode()]
    )
    (call,) = one(body).calls
    assert (call.kind, call.key, call.text, call.how) == (
        SignalKind.DISTRESS,
        970123456,
        "SART ACTIVE",
        "sart",
    )
    (sart,) = one(but(type=1, status=14)).calls
    assert (sart.kind, sart.how, sart.lon) == (SignalKind.DISTRESS, "status14", 109.2)
    (test,) = one(but(type=1, mmsi=972123456, status=15)).calls
    assert (test.kind, test.how) == (SignalKind.TEST, "mob")


@pytest.mark.parametrize(
    ("changes", "cls"),
    [
        ({"type": 9}, VesselClass.AIRCRAFT),
        ({"type": 4}, VesselClass.BASE),
        ({"type": 21, "aid_type": 29, "mmsi": 994126001}, VesselClass.BEACON),
        ({"type": 21, "aid_type": 3, "mmsi": 994126001}, VesselClass.BASE),
        ({"mmsi": 974000001}, VesselClass.EPIRB),
    ],
)
def test_what_is_no_boat(changes: dict[str, Any], cls: VesselClass) -> None:
    assert list(one(but(**changes)).classes.values()) == [cls]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (but(mmsi=0), "mmsi"),
        (but(mmsi=1_000_000_000), "mmsi"),
        (but(mmsi=-1), "mmsi: out of range"),
        (but(mmsi=None), "mmsi: missing"),
        (but(lon=200), "position out of range"),
        (but(speed="fast"), "speed: wrong type"),
        (but(status=16), "status: out of range"),
        (but(quality=512), "damaged on the air"),
        (but(error=1), "damaged on the air"),
        (but(scaled=None), "nmea: missing"),
        (but(scaled=None, nmea=[]), "nmea: missing"),
        (but(nmea="!AIVDM"), "nmea: wrong type"),
        (but(imo=10**30), "imo: out of range"),
        ({"mmsi": 1, "nmea": ["!AIVDM,1,1,,A,13mb9U0P00PRk8fT5nw>4?wj2006,0*5D"]}, "checksum"),
        (b"[]", "not an object"),
        (b"{", "json"),
        (b"\xff", "json"),
    ],
)
def test_refused_with_a_reason(body: object, reason: str) -> None:
    r = one(body)
    assert (len(r.fixes), r.rejects) == (0, {reason: 1})
    assert r.samples.keys() == {reason}


def test_times_are_those_of_the_fix_second() -> None:
    assert one(but(second=30)).fixes.t.tolist() == [NOW + 10 * SECOND]
    assert one(but(rxuxtime=(NOW - HOUR) // SECOND, second=20)).fixes.t.tolist() == [NOW - HOUR]
    assert one(but(rxuxtime=(NOW - 2 * DAY) // SECOND, second=20)).fixes.t.tolist() == [NOW]


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
OBJECTS = st.fixed_dictionaries(
    {}, optional={key: VALUES | st.just(value) for key, value in {**FULL, "nmea": ["!"]}.items()}
)


@given(OBJECTS | VALUES, st.sampled_from([0, NOW]))
def test_any_json(body: object, received: int) -> None:
    r = one(json.dumps(body).encode(), received)
    assert len(plain(r)["fixes"]) == len(r.fixes)
