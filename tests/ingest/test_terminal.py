"""The native terminal report: what is taken, what is refused with which reason, what is heard."""

from __future__ import annotations

import json
from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Reports
from fleet.ingest.formats.terminal import BURST, Decoder, schema
from fleet.model import DAY, HOUR, MINUTE, SECOND, Flag, SignalKind
from tests.ingest.wire import NOW, plain

OK: dict[str, Any] = {
    "v": 1, "terminal": "T-1", "t": NOW // 1000, "lon": 109.1, "lat": 18.3, "sog_kn": 5.5,
    "cog_deg": 90, "heading_deg": 91.5, "battery_pct": 77, "power": "battery", "later": [1],
}  # fmt: skip


def heard(payload: object, station: str = "T-1", received: int = NOW) -> Reports:
    chunk = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Decoder().feed(chunk, station, received)


def test_a_report() -> None:
    r = heard(OK)
    (row,) = plain(r)["fixes"]
    assert row == {
        "key": 0, "t": NOW, "received": NOW, "lon": 109.1, "lat": 18.3, "sog": 5.5, "cog": 90.0,
        "heading": 91.5, "status": -1, "flags": int(Flag.ON_BATTERY), "battery": 77.0,
        "heard": NOW,
    }  # fmt: skip
    assert (r.names, r.types, r.rejects, r.calls) == (("T-1",), {"report": 1}, {}, ())


def test_only_the_time_is_needed() -> None:
    (row,) = plain(heard({"t": "2023-11-14T22:13:20Z"}))["fixes"]
    assert {name for name, value in row.items() if value is None} == {
        "lon", "lat", "sog", "cog", "heading", "battery",
    }  # fmt: skip


def test_a_stored_burst_keeps_its_good_objects() -> None:
    burst = [{**OK, "t": NOW // 1000 - i * 60_000} for i in range(5)]
    r = heard([*burst, {**OK, "lat": 99}, 7])
    assert r.fixes.t.tolist() == [NOW - i * MINUTE for i in range(5)]
    assert (r.sentences, r.rejects) == (7, {"lat: out of range": 1, "not an object": 1})


@pytest.mark.parametrize(
    ("t", "micros"),
    [
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-15T06:13:20+08:00", NOW),
        ("2023-11-14t22:13:20.250z", NOW + SECOND // 4),
        ("2023-11-14 22:13:20.123456789Z", NOW + 123456),
        ("2023-11-14T22:12:60Z", NOW - 21 * SECOND),  # a leap second
        (NOW // 1000, NOW),
        (NOW // 1000 - 1, NOW - 1000),
    ],
)
def test_times(t: object, micros: int) -> None:
    assert heard({**OK, "t": t}).fixes.t.tolist() == [micros]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("t", None, "t: wrong type"),
        ("t", True, "t: wrong type"),
        ("t", 1.7e12, "t: wrong type"),
        ("t", "2023-11-14T22:13:20", "t: not a time"),
        ("t", "yesterday", "t: not a time"),
        ("t", "2023-02-30T00:00:00Z", "t: not a time"),
        ("t", "2363-01-01T00:00:00Z", "t: not a time"),
        ("t", 1_700_000_000, "t: not a time"),  # seconds
        ("t", 10**40, "t: not a time"),
        ("t", (NOW - 40 * DAY) // 1000, "t: older than 30 days"),
        ("t", (NOW + 3 * DAY) // 1000, "t: in the future"),
        ("v", 2, "v: out of range"),
        ("lon", 180.1, "lon: out of range"),
        ("lat", -90.1, "lat: out of range"),
        ("lat", "18.3", "lat: wrong type"),
        ("lat", None, "lon, lat: both or none"),
        ("sog_kn", -1, "sog_kn: out of range"),
        ("sog_kn", 151, "sog_kn: out of range"),
        ("cog_deg", 360.5, "cog_deg: out of range"),
        ("heading_deg", -0.1, "heading_deg: out of range"),
        ("battery_pct", 101, "battery_pct: out of range"),
        ("power", "sun", "power: out of range"),
        ("sos", "no", "sos: wrong type"),
        ("terminal", "T-2", "terminal: not the topic's"),
        ("terminal", "a/b", "terminal: out of range"),
        ("terminal", 5, "terminal: wrong type"),
    ],
)
def test_refused_with_the_field_named(field: str, value: object, reason: str) -> None:
    r = heard({**OK, field: value})
    assert (len(r.fixes), r.rejects) == (0, {reason: 1})


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", "json"), (b"[{}", "json"), (b"\xff\xfe", "json"), (b"null", "not an object"),
        (b"1", "not an object"), (b"{}", "t: missing"), (b"[" * 100_000, "json"),
        (b'{"a":' * 100_000, "json"), (b'{"t":1e999}', "t: out of range"), (b"\x00", "json"),
    ],
)  # fmt: skip
def test_what_is_no_report(payload: bytes, reason: str) -> None:
    r = heard(payload)
    assert (len(r.fixes), r.rejects) == (0, {reason: 1})


def test_too_many_at_once() -> None:
    r = heard([OK] * (BURST + 1))
    assert (len(r.fixes), sum(r.rejects.values())) == (BURST, 1)


@pytest.mark.parametrize("newest_first", [False, True])
def test_of_a_burst_that_is_too_long_the_newest_are_kept(newest_first: bool) -> None:
    times = range(NOW - (BURST + 499) * SECOND, NOW + SECOND, SECOND)
    burst = [{"t": t // 1000, "lon": 109, "lat": 18} for t in times]
    wrong_clock = {"t": (NOW + 3 * DAY) // 1000, "lon": 109, "lat": 18}
    burst = [wrong_clock, *(reversed(burst) if newest_first else burst)]
    r = heard(burst)
    assert sorted(r.fixes.t.tolist()) == list(times)[500:]
    assert r.rejects == {f"burst: more than {BURST} objects": 501}
    assert r.sentences == BURST + 501


@pytest.mark.parametrize("place", [0, BURST // 2, -1])
def test_every_call_in_a_burst_that_is_too_long_is_heard(place: int) -> None:
    quiet = {"t": NOW // 1000, "lon": 109, "lat": 18}
    old = NOW - 5 * HOUR
    burst: list[dict[str, Any]] = [quiet] * (BURST + 500)
    burst[place] = {**quiet, "t": old // 1000, "mob": True}
    assert [(c.kind, c.t, c.lon) for c in heard(burst).calls] == [(SignalKind.MOB, old, 109)]
    calling = [{**quiet, "sos": True}] * (BURST + 500)
    assert len(heard(calling).calls) == BURST + 500


def test_a_clock_that_runs_ahead_is_flagged() -> None:
    t = NOW + HOUR
    r = heard({**OK, "t": t // 1000, "sos": True})
    assert (r.fixes.t.tolist(), r.fixes.flags.tolist()) == ([t], [Flag.SKEWED | Flag.ON_BATTERY])
    assert r.calls[0].t == NOW  # the call is now, whatever the clock says


def test_calls() -> None:
    both = heard({**OK, "sos": True, "mob": True}).calls
    assert [(c.kind, c.key, c.t, c.lon, c.how) for c in both] == [
        (SignalKind.DISTRESS, 0, NOW, 109.1, "terminal"),
        (SignalKind.MOB, 0, NOW, 109.1, "terminal"),
    ]
    (nowhere,) = heard({"t": NOW // 1000, "sos": True}).calls
    assert isnan(nowhere.lon)
    assert not heard({**OK, "sos": False, "mob": None}).calls


@pytest.mark.parametrize(
    "payload",
    [
        b'{"t":1,"sos":true}',
        b'{"t":"2023-11-14T22:13:20Z","sos":1,"lon":109,"lat":18}',
        b'{"t":"2023-11-14T22:13:20Z","lon":nan,"lat":nan,"sos":true}',
        b'{"sos" : "true", "lat": 100}',
        b'[{"t":1,"lon":1},{"sos":true,"lon":',
        b'{"terminal":"T-1","sos":true,"battery_pct":255}',
    ],
)
def test_a_call_is_heard_in_what_cannot_be_read(payload: bytes) -> None:
    r = heard(payload)
    assert len(r.fixes) == 0
    assert sum(r.rejects.values()) == 1
    (call,) = r.calls
    assert (call.kind, call.t, r.names[call.key]) == (SignalKind.DISTRESS, NOW, "T-1")


@pytest.mark.parametrize(
    "payload",
    [
        b'{"t":1,"sos":false}',
        b'{"t":1,"note":"\\"sos\\":true"}',
        b'{"t":1,"sos":10}',
        b'{"t":1,"terminal":"T-2","sos":true}',
    ],
)
def test_and_no_other(payload: bytes) -> None:
    assert not heard(payload).calls


def test_a_terminal_may_not_speak_for_another_and_must_have_a_name() -> None:
    assert heard({**OK, "terminal": None}).names == ("T-1",)
    assert heard(OK, station="").names == ("T-1",)
    assert heard({**OK, "terminal": None}, station="").rejects == {"terminal: not the topic's": 1}
    assert heard(OK, station="a b").rejects == {"terminal: not an identifier": 1}
    several = heard([OK, {**OK, "terminal": "T-2"}, OK], station="")
    assert (several.names, several.fixes.key.tolist()) == (("T-1", "T-2"), [0, 1, 0])


def test_in_a_recording_any_age_is_taken() -> None:
    r = heard({**OK, "t": "2012-01-01T00:00:00Z"}, received=0)
    assert r.fixes.received.tolist() == r.fixes.t.tolist() == [1325376000 * SECOND]


def test_the_schema_agrees_with_the_decoder() -> None:
    made = schema()
    report = made["$defs"]["Report"]
    assert set(report["properties"]) == set(OK) - {"later"} | {"sos", "mob"}
    assert report["required"] == ["t"]
    assert report["properties"]["lat"]["anyOf"][0]["maximum"] == 90
    assert made["anyOf"][1]["maxItems"] == BURST
    json.dumps(made)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
OBJECTS = st.fixed_dictionaries(
    {}, optional={name: VALUES | st.just(value) for name, value in OK.items()}
)


@given(OBJECTS | st.lists(OBJECTS, max_size=3) | VALUES, st.sampled_from(["", "T-1", "T 1"]))
def test_any_json(payload: object, station: str) -> None:
    r = heard(json.dumps(payload).encode(), station)
    assert len(r.fixes) + sum(r.rejects.values()) == max(r.sentences, sum(r.rejects.values()))


@given(st.binary(max_size=200), st.text(max_size=3))
def test_any_bytes(payload: bytes, station: str) -> None:
    heard(payload, station)
