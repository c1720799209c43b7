"""Signal K: names and sizes, calls for help, and whatever else may be said."""

from __future__ import annotations

import json
from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.formats.signalk import PLACED
from fleet.model import DAY, SECOND, SignalKind, VesselClass
from tests.ingest.formats.boat import (
    AIS,
    COG,
    SELF,
    SOG,
    UUID,
    Boat,
    at_place,
    row,
    stamp,
    update,
)
from tests.ingest.wire import NOW, plain


def test_names_and_sizes() -> None:
    r = Boat().delta(
        update(
            **{"": {"name": "琼三亚渔01", "communication": {"callsignVhf": "BABC"}}},
            registrations__imo="IMO 9074729",
            design__length={"overall": 32.5, "hull": 30},
            design__beam=6.8,
            design__draft={"maximum": 3.4, "current": 3.1},
            design__aisShipType={"id": 30, "name": "Fishing"},
            navigation__destination__commonName="SANYA",
        )
    )
    (said,) = plain(r)["statics"]
    assert said == {
        "key": 0, "t": NOW, "name": "琼三亚渔01", "callsign": "BABC", "imo": 9074729,
        "ship_type": 30, "length_m": 32.5, "beam_m": 6.8, "draught_m": 3.1, "destination": "SANYA",
    }  # fmt: skip
    assert (r.names, r.classes) == (("BD-1",), {0: VesselClass.FISHING})


def test_half_of_a_name_says_half() -> None:
    (said,) = plain(Boat().delta(update(design__length={"overall": "long"}, name="A@@B")))[
        "statics"
    ]
    assert {k: v for k, v in said.items() if v} == {"t": NOW, "name": "A", "ship_type": -1}


def alarm(state: str, message: str = "help", **more: Any) -> dict[str, Any]:
    return {"state": state, "method": ["sound"], "message": message, **more}


@pytest.mark.parametrize(
    ("path", "state", "kind"),
    [
        ("mob", "emergency", SignalKind.MOB),
        ("mob", "alarm", SignalKind.MOB),
        ("mob.9f1c", "emergency", SignalKind.MOB),
        ("distress", "alarm", SignalKind.DISTRESS),
        ("sinking", "emergency", SignalKind.DISTRESS),
        ("fire", "emergency", SignalKind.DISTRESS),
    ],
)
def test_a_notification_calls_for_help(path: str, state: str, kind: SignalKind) -> None:
    boat = Boat()
    boat.delta(at_place(NOW - 60 * SECOND))
    for r in (
        boat.delta(update(**{f"notifications__{path}": alarm(state)})),
        boat.value(f"notifications.{path}", alarm(state)),
    ):
        (call,) = r.calls
        assert (call.kind, call.t, call.lon, call.text) == (kind, NOW, 109.1, "help")
        assert r.names[call.key] == "BD-1"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("mob", alarm("normal")),
        ("mob", alarm("warn")),
        ("mob", None),
        ("mob", "emergency"),
        ("mob", {"state": ["emergency"]}),
        ("fire", alarm("alarm")),  # a smoke detector
        ("navigation.anchor", alarm("emergency")),
        ("collision", alarm("emergency")),  # ours to judge
        ("server.newVersion", alarm("alert")),
    ],
)
def test_and_no_other(path: str, value: object) -> None:
    r = Boat().delta(update(**{f"notifications__{path}": value}))
    assert (r.calls, r.types) == ((), {"notification": 1})


def test_where_it_calls_from() -> None:
    boat = Boat()
    (nowhere,) = boat.value("notifications.mob", alarm("emergency")).calls
    assert isnan(nowhere.lon)
    there = alarm("emergency", position={"longitude": 108, "latitude": 17})
    (told,) = boat.value("notifications.mob", there).calls
    assert (told.lon, told.lat) == (108, 17)
    boat.delta(at_place(NOW - PLACED - SECOND))
    (old,) = boat.value("notifications.mob", alarm("emergency")).calls
    assert isnan(old.lon)


def test_a_call_is_heard_whatever_the_clock_says() -> None:
    late = {**update(notifications__mob=alarm("emergency")), "timestamp": "2003-03-31T00:00:00Z"}
    r = Boat().delta(late)
    (call,) = r.calls
    assert r.rejects == {"timestamp: older than 30 days": 1}
    assert call.received == NOW
    ahead = {**late, "timestamp": "2023-11-14T23:13:20Z"}
    assert Boat().delta(ahead).calls[0].t == NOW


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", "json"),
        (b"[]", "not an object"),
        (b"{}", "updates: missing"),
        (b'{"updates":1}', "updates: wrong type"),
        (b'{"updates":[{"values":1}]}', "values: wrong type"),
        (b'{"updates":[{"values":[{"value":1}]}]}', "path: missing"),
        (b'{"updates":[],"context":1}', "context: wrong type"),
        (b"\xff", "json"),
    ],
)
def test_what_is_no_delta(payload: bytes, reason: str) -> None:
    r = Boat().said(payload, "signalk/delta")
    assert (r.rejects, r.samples) == ({reason: 1}, {reason: payload})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("18N", "navigation.position: wrong type"),
        ([109, 18], "navigation.position: wrong type"),
        ({"longitude": 109}, "navigation.position: wrong type"),
        ({"longitude": "109", "latitude": 18}, "navigation.position: wrong type"),
        ({"longitude": True, "latitude": 18}, "navigation.position: wrong type"),
        ({"longitude": 10**400, "latitude": 18}, "navigation.position: wrong type"),
        ({"longitude": 200, "latitude": 18}, "position out of range"),
    ],
)
def test_what_is_no_position(value: object, reason: str) -> None:
    assert Boat().delta(update(navigation__position=value)).rejects == {reason: 1}


def test_a_position_that_is_not_available_is_a_sign_of_life() -> None:
    said = row(Boat().delta(update(navigation__position=None)))
    assert (said["lon"], said["lat"], said["t"]) == (None, None, NOW)


def test_what_a_server_says_besides() -> None:
    hello = {"name": "signalk-server", "version": "2.14.4", "self": f"vessels.{UUID}"}
    assert Boat().said(json.dumps(hello).encode(), "signalk/delta").types == {"hello": 1}
    meta = {"updates": [{"meta": [{"path": SOG, "value": {"units": "m/s"}}]}]}
    assert not Boat().said(json.dumps(meta).encode(), "signalk/delta").rejects
    assert Boat().delta(update(environment__wind__speedApparent=3)).types == {"other path": 1}


def test_the_age_of_what_is_taken() -> None:
    old = NOW + 29 * DAY
    assert len(Boat().delta(at_place(), received=old).fixes) == 1
    assert len(Boat().delta(at_place(), received=old + 2 * DAY).fixes) == 0


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(ATOMS, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(
    ["longitude", "latitude", "state", "message", "position", "overall", "id", "name", "current"]
), x, max_size=3), max_leaves=5)  # fmt: skip
PATHS = st.sampled_from(
    [
        *("", SOG, COG, "navigation.position", "navigation.datetime", "navigation.state", "x"),
        *("notifications", "notifications.mob", "registrations.imo"),
        *("design.length", "design.draft", "design.aisShipType"),
    ]
)
STAMPS = st.sampled_from([stamp(NOW), "2003-01-01T00:00:00Z", "x", None]) | ATOMS
UPDATES = st.fixed_dictionaries(
    {"values": st.lists(st.fixed_dictionaries({"path": PATHS, "value": JSON}), max_size=4)},
    optional={"timestamp": STAMPS},
)
CONTEXTS = st.sampled_from([SELF, AIS, f"vessels.{UUID}", "x", ""])


@given(st.lists(st.tuples(UPDATES, CONTEXTS, st.sampled_from([0, NOW])), max_size=4))
def test_any_deltas(said: list[tuple[dict[str, Any], str, int]]) -> None:
    boat = Boat()
    for body, context, received in said:
        r = boat.delta(body, context=context, received=received)
        assert plain(r)["sentences"] == 1
        boat.decoder.restore(boat.decoder.residue().get("BD-1", b""), "BD-1")


@given(PATHS, JSON | st.text(), st.sampled_from([0, NOW]))
def test_any_value(path: str, value: object, received: int) -> None:
    boat = Boat()
    r = boat.value(path, value, received)
    assert len(plain(r)["fixes"]) == len(r.fixes)
