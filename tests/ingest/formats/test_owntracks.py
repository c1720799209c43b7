"""OwnTracks: units, what is left out, whose phone it is, and how a phone calls for help."""

from __future__ import annotations

import json
from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Reports
from fleet.ingest.formats.owntracks import Decoder
from fleet.ingest.told import tell
from fleet.model import HOUR, SECOND, Flag, IdentityKind, SignalKind, Source
from tests.ingest.wire import NOW, plain

SECONDS = NOW // SECOND
OK: dict[str, Any] = {
    "_type": "location", "tst": SECONDS, "lat": 18.3, "lon": 109.1, "vel": 10, "cog": 90, "acc": 5,
    "batt": 77, "tid": "CH",
}  # fmt: skip
EVENT = {"_type": "transition", "tst": SECONDS, "wtst": 1, "event": "enter", "desc": "SOS"}


def heard(payload: object, station: str = "chen/phone", received: int = NOW) -> Reports:
    chunk = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Decoder().feed(chunk, tell(station, f"owntracks/{station}"), received)


def but(**changes: Any) -> dict[str, Any]:
    """A location with these fields changed, or left out where None."""
    return {key: value for key, value in {**OK, **changes}.items() if value is not None}


def calls(payload: object) -> list[tuple[str, str]]:
    return [(str(c.kind), c.text) for c in heard(payload).calls]


def test_a_location_is_a_terminal_s_fix() -> None:
    r = heard(OK)
    (row,) = plain(r)["fixes"]
    assert (r.kind, r.source, r.names) == (
        IdentityKind.TERMINAL,
        Source.TERMINAL,
        ("chen/phone",),
    )
    assert row["sog"] == pytest.approx(10 / 1.852)
    assert {**row, "sog": 0} == {
        "key": 0, "t": NOW, "received": NOW, "lon": 109.1, "lat": 18.3, "sog": 0, "cog": 90.0,
        "heading": None, "status": -1, "flags": 0, "battery": 77.0, "heard": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sog", "cog"),
    [
        ({"vel": None, "cog": None}, 0.0, None),  # a zero is left out
        ({"vel": 0, "cog": 0}, 0.0, None),
        ({"vel": -1, "cog": -1}, None, None),  # iOS: not known
        ({"vel": 18.52}, 10.0, 90.0),
        ({"vel": 300}, None, 90.0),  # not a boat
        ({"cog": 360}, 10 / 1.852, 0.0),
    ],
)
def test_what_the_apps_leave_out(
    changes: dict[str, Any], sog: float | None, cog: float | None
) -> None:
    (row,) = plain(heard(but(**changes)))["fixes"]
    assert (row["sog"], row["cog"]) == (pytest.approx(sog) if sog else sog, cog)


@pytest.mark.parametrize(("batt", "said"), [(0, 0.0), (100, 100.0), (-100, None), (None, None)])
def test_battery(batt: int | None, said: float | None) -> None:
    assert plain(heard(but(batt=batt)))["fixes"][0]["battery"] == said


@pytest.mark.parametrize(
    ("acc", "flags"), [(None, 0), (100, 0), (101, Flag.ESTIMATED), (3000.5, Flag.ESTIMATED)]
)
def test_a_rough_place_is_flagged(acc: float | None, flags: int) -> None:
    assert heard(but(acc=acc)).fixes.flags.tolist() == [flags]


def test_a_transition_is_a_fix_without_motion() -> None:
    said = heard({**EVENT, "desc": "harbour", "event": "leave", "lat": 18.3, "lon": 109.1})
    (row,) = plain(said)["fixes"]
    assert (row["lon"], row["sog"], said.types, said.calls) == (109.1, None, {"transition": 1}, ())


@pytest.mark.parametrize(
    "kind", ["lwt", "waypoint", "waypoints", "status", "card", "cmd", "configuration", "steps"]
)
def test_the_other_types_are_counted_and_no_errors(kind: str) -> None:
    r = heard({"_type": kind, "tst": 1})
    assert (len(r.fixes), r.types, r.rejects) == (0, {kind: 1}, {})


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (but(tst=None), "tst: missing"),
        (but(tst="soon"), "tst: wrong type"),
        (but(tst=SECONDS * 1000), "tst: out of range"),  # milliseconds
        (but(tst=SECONDS - 40 * 86_400), "tst: older than 30 days"),
        (but(tst=SECONDS + 3 * 86_400), "tst: in the future"),
        (but(lat=90.1), "lat: out of range"),
        (but(lon="109"), "lon: wrong type"),
        (but(lon=None), "lon, lat: both or none"),
        (but(_type="selfie"), "_type: unknown"),
        ({"_type": "encrypted", "data": "x"}, "encrypted"),
        ({}, "_type: missing"),
        ([OK], "not an object"),
        (b"offline", "json"),
        (b'{"_type":"location","tst":1e999}', "tst: out of range"),
    ],
)
def test_refused_with_the_field_named(payload: object, reason: str) -> None:
    r = heard(payload)
    assert (len(r.fixes), r.rejects, r.calls) == (0, {reason: 1}, ())


@pytest.mark.parametrize(
    "station",
    ["", "chen", "chen phone/x", "a/b/c", "a/", "+/x", "x" * 65, f"{'x' * 32}/{'y' * 32}"],
)
def test_only_a_user_and_a_device_are_a_name(station: str) -> None:
    r = Decoder().feed(json.dumps(OK).encode(), tell(station, "owntracks"), NOW)
    if station == "chen":  # a broker that names a boat by one level
        assert r.names == ("chen",)
    else:
        assert r.rejects == {"user/device: not an identifier": 1}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (but(poi="SOS"), "distress"),
        (but(tag="sos, fire on board"), "distress"),
        (but(poi="求救"), "distress"),
        (but(tag="Mayday"), "distress"),
        (but(poi="MOB"), "mob"),
        (but(poi="有人落水"), "mob"),
        (EVENT, "distress"),
        ({"_type": "waypoint", "desc": "SOS", "lat": 18, "lon": 109, "tst": SECONDS}, "distress"),
        (but(poi="SOS test"), "test"),
        (but(poi="落水演练"), "test"),
    ],
)
def test_a_phone_calls_for_help(payload: dict[str, Any], said: str) -> None:
    assert [kind for kind, _ in calls(payload)] == [said]


@pytest.mark.parametrize(
    "payload",
    [
        but(poi="sosiska bar"),
        but(tag="mobile"),
        but(desc="SOS"),
        but(inregions=["SOS"]),
        {**EVENT, "event": "leave"},
        {**EVENT, "desc": "harbour"},
        {"_type": "waypoint", "desc": "SOS", "uuid": "E2C56DB5", "tst": 1},  # a button is set up
        {"_type": "waypoints", "waypoints": [{"_type": "waypoint", "desc": "SOS"}]},
        but(poi="test"),
    ],
)
def test_and_not_otherwise(payload: dict[str, Any]) -> None:
    assert calls(payload) == []


def test_where_and_when_it_calls() -> None:
    (call,) = heard(but(poi="SOS MOB", tst=SECONDS + 3600)).calls[:1]
    assert (call.kind, call.t, call.lon, call.text) == (SignalKind.DISTRESS, NOW, 109.1, "SOS MOB")
    assert heard(but(tst=SECONDS + 3600)).fixes.t.tolist() == [NOW + HOUR]
    assert len(heard(but(poi="SOS MOB")).calls) == 2


@pytest.mark.parametrize(
    "payload", [but(poi="SOS", tst=1), but(poi="SOS", lat="x"), {**EVENT, "acc": "low"}]
)
def test_a_call_is_heard_in_what_cannot_be_read(payload: dict[str, Any]) -> None:
    r = heard(payload)
    (call,) = r.calls
    assert (len(r.fixes), sum(r.rejects.values())) == (0, 1)
    assert (call.kind, call.t, r.names[call.key]) == (SignalKind.DISTRESS, NOW, "chen/phone")
    assert isnan(call.lon)


def test_in_a_recording_the_topic_stands_before_the_payload() -> None:
    line = b"owntracks/chen/phone/event " + json.dumps({**EVENT, "lat": 18, "lon": 109}).encode()
    r = Decoder().feed(line, "", 0)
    assert (r.names, r.fixes.received.tolist()) == (("chen/phone",), [NOW])


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={key: VALUES | st.just(value) for key, value in {**EVENT, **OK, "poi": "SOS"}.items()},
)


@given(OBJECTS | VALUES, st.sampled_from([0, NOW]))
def test_any_json(payload: object, received: int) -> None:
    r = heard(json.dumps(payload).encode(), received=received)
    assert len(r.fixes) + sum(r.rejects.values()) + sum(r.types.values()) >= 1
    assert plain(r)["sentences"] == 1
