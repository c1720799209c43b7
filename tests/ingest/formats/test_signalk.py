"""Signal K: SI units, whose values they are, what is joined to a position, and calls for help."""

from __future__ import annotations

import json
from math import isnan, pi
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Reports
from fleet.ingest.formats.signalk import JOIN, PLACED, VESSELS, Decoder
from fleet.ingest.told import tell
from fleet.model import DAY, HOUR, SECOND, Flag, IdentityKind, SignalKind, Source, VesselClass
from tests.ingest.wire import NOW, plain

PLACE = {"longitude": 109.1, "latitude": 18.3}
SELF = "vessels.self"
AIS = "vessels.urn:mrn:imo:mmsi:412000008"
UUID = "urn:mrn:signalk:uuid:c0d79334-4e25-4245-8892-54e8ccc8021d"
SOG, COG = "navigation.speedOverGround", "navigation.courseOverGroundTrue"


def stamp(t: int) -> str:
    """2023-11-14T22:13:20.000Z is NOW."""
    seconds = 20 + (t - NOW) // SECOND
    assert -13 * 60 <= seconds - 20 <= 39
    return f"2023-11-14T22:{13 + seconds // 60:02}:{seconds % 60:02}.000Z"


def update(at: int | None = NOW, /, **paths: Any) -> dict[str, Any]:
    """An update; a dot of a path is written as two underscores, `position` is the place."""
    values = [{"path": path.replace("__", "."), "value": value} for path, value in paths.items()]
    return {"values": values, **({} if at is None else {"timestamp": stamp(at)})}


def at_place(at: int | None = NOW) -> dict[str, Any]:
    return update(at, navigation__position=PLACE)


class Boat:
    """One station's messages, in order, to one decoder."""

    def __init__(self, station: str = "BD-1", decoder: Decoder | None = None) -> None:
        self.station, self.decoder = station, decoder or Decoder()

    def delta(self, *updates: object, context: str | None = SELF, received: int = NOW) -> Reports:
        body = {"updates": updates, **({} if context is None else {"context": context})}
        return self.said(json.dumps(body).encode(), "signalk/delta", received)

    def value(
        self, path: str, value: object, received: int = NOW, context: str = "self"
    ) -> Reports:
        topic = f"boats/x/vessels/{context}/{path.replace('.', '/')}"
        text = value if isinstance(value, str) else json.dumps(value)
        return self.said(text.encode(), topic, received)

    def said(self, payload: bytes, topic: str, received: int = NOW) -> Reports:
        return self.decoder.feed(payload, tell(self.station, topic), received)


def row(r: Reports) -> dict[str, Any]:
    (only,) = plain(r)["fixes"]
    return dict(only)


@pytest.mark.parametrize(
    ("path", "value", "field", "said"),
    [
        (SOG, 1852 / 3600, "sog", 1.0),
        (SOG, 0, "sog", 0.0),
        (SOG, None, "sog", None),
        (SOG, 60, "sog", None),  # 117 knots: no boat
        (SOG, -1, "sog", None),
        (SOG, "3.5", "sog", None),
        (COG, pi / 2, "cog", 90.0),
        (COG, -pi / 2, "cog", 270.0),
        (COG, 2 * pi, "cog", 0.0),
        (COG, 90, "cog", None),  # degrees
        ("navigation.headingTrue", pi, "heading", 180.0),
        ("navigation.headingMagnetic", pi, "heading", None),
        ("navigation.state", "fishing", "status", 7),
        ("navigation.state", "dreaming", "status", -1),
        ("navigation.state", 7, "status", -1),
    ],
)
def test_units(path: str, value: object, field: str, said: float | None) -> None:
    found = row(
        Boat().delta(update(**{path.replace(".", "__"): value}, navigation__position=PLACE))
    )
    assert found[field] == (pytest.approx(said) if said else said)
    assert (found["lon"], found["lat"], found["t"], found["flags"]) == (109.1, 18.3, NOW, 0)


def test_a_position_takes_what_was_said_shortly_before() -> None:
    boat = Boat()
    boat.delta(
        update(NOW - 10 * SECOND, navigation__speedOverGround=3, navigation__state="fishing")
    )
    boat.delta(update(NOW - 20 * SECOND, navigation__courseOverGroundTrue=1))
    said = row(boat.delta(at_place()))
    assert (said["sog"], said["cog"], said["status"]) == (
        pytest.approx(5.8315, abs=1e-3),
        pytest.approx(57.2958, abs=1e-3),
        7,
    )


@pytest.mark.parametrize(("apart", "joined"), [(JOIN, True), (JOIN + SECOND, False)])
def test_and_nothing_older(apart: int, joined: bool) -> None:
    boat = Boat()
    boat.delta(update(NOW - apart, navigation__speedOverGround=3))
    assert (row(boat.delta(at_place()))["sog"] is not None) is joined


def test_nothing_is_joined_across_vessels_or_stations() -> None:
    boat = Boat()
    boat.delta(update(navigation__speedOverGround=3))
    boat.delta(update(navigation__speedOverGround=4), context=AIS)
    other = Boat("BD-2", boat.decoder)
    assert row(other.delta(at_place()))["sog"] is None
    assert row(boat.delta(at_place(), context=AIS))["sog"] == pytest.approx(7.7754, abs=1e-3)
    assert row(boat.delta(at_place()))["sog"] == pytest.approx(5.8315, abs=1e-3)


def test_a_stored_burst_is_joined_by_its_own_times() -> None:
    """All received at once, hours later."""
    times = [NOW - i * 60 * SECOND for i in range(5)]
    burst = [
        update(t, navigation__speedOverGround=i, navigation__position=PLACE)
        for i, t in enumerate(times)
    ]
    r = Boat().delta(*burst, received=NOW + HOUR)
    assert r.fixes.t.tolist() == times
    assert r.fixes.sog.tolist() == pytest.approx([i * 3600 / 1852 for i in range(5)])


def test_after_a_restart_the_same_is_joined() -> None:
    before, after = Boat(), Decoder()
    before.delta(update(NOW - 5 * SECOND, navigation__speedOverGround=3))
    before.value("navigation.datetime", stamp(NOW - 3 * SECOND))
    for station, rest in before.decoder.residue().items():
        after.restore(rest, station)
    assert plain(Boat(decoder=after).value("navigation.position", PLACE)) == plain(
        before.value("navigation.position", PLACE)
    )


def test_what_waits_is_bounded_and_what_is_old_does_not_wait() -> None:
    boat = Boat()
    for i in range(VESSELS + 50):
        boat.value(SOG, 3, context=f"urn:mrn:imo:mmsi:{412000000 + i}")
    assert len(boat.decoder._vessels) == VESSELS
    old = Boat()
    old.delta(update(NOW - PLACED - SECOND, navigation__speedOverGround=3), context=AIS)
    old.delta(update(navigation__speedOverGround=3))
    (rest,) = old.decoder.residue().values()
    assert AIS.encode() not in rest
    old.decoder.restore(b"of another version", "BD-1")


@pytest.mark.parametrize(
    ("context", "station", "kind", "source", "who"),
    [
        (SELF, "BD-1", IdentityKind.TERMINAL, Source.TERMINAL, "BD-1"),
        (None, "BD-1", IdentityKind.TERMINAL, Source.TERMINAL, "BD-1"),
        (f"vessels.{UUID}", "BD-1", IdentityKind.TERMINAL, Source.TERMINAL, UUID),
        (AIS, "BD-1", IdentityKind.MMSI, Source.AIS, 412000008),
        (AIS, "412000008", IdentityKind.MMSI, Source.TERMINAL, 412000008),
        (SELF, "412000008", IdentityKind.MMSI, Source.TERMINAL, 412000008),
        (AIS, "412000009", IdentityKind.MMSI, Source.AIS, 412000008),
        ("atons.urn:mrn:imo:mmsi:994126001", "BD-1", IdentityKind.MMSI, Source.AIS, 994126001),
    ],
)
def test_whose_position_it_is(
    context: str | None, station: str, kind: IdentityKind, source: Source, who: str | int
) -> None:
    r = Boat(station).delta(at_place(), context=context)
    assert (r.kind, r.source) == (kind, source)
    key = r.fixes.key.tolist()[0]
    assert (r.names[key] if isinstance(who, str) else key) == who


@pytest.mark.parametrize(
    ("context", "station"),
    [
        ("meteo.x", "BD-1"),
        ("vessels.urn:mrn:imo:mmsi:41200", "BD-1"),
        ("vessels.urn:mrn:imo:mmsi:000000000", "BD-1"),
        (SELF, ""),
        (SELF, "a b"),
        (SELF, "a/b"),
    ],
)
def test_a_context_that_is_nobody_s(context: str, station: str) -> None:
    r = Boat(station).delta(at_place(), context=context)
    assert (len(r.fixes), r.rejects) == (0, {"context: nobody's": 1})


def test_a_gateway_s_topics() -> None:
    boat = Boat()
    boat.value(SOG, "3.58")
    said = row(boat.value("navigation.position", PLACE))
    assert (said["sog"], said["t"], said["flags"]) == (
        pytest.approx(6.95896, abs=1e-3),
        NOW,
        Flag.NO_CLOCK,
    )
    heard = boat.value("navigation.position", PLACE, context="urn:mrn:imo:mmsi:412000008")
    assert (heard.kind, heard.fixes.key.tolist()) == (IdentityKind.MMSI, [412000008])
    key = boat.said(b"1.5", "BD-1/signalk/key/navigation/courseOverGroundTrue")
    assert key.types == {COG: 1}
    root = boat.value("", {"name": "WRANGO"})
    assert root.statics.name.tolist() == ["WRANGO"]


@pytest.mark.parametrize(
    ("before", "t", "flags"),
    [
        (0, NOW - 7 * SECOND, 0),  # the clock said this when it came
        (20 * SECOND, NOW - 7 * SECOND + 20 * SECOND, 0),  # and has gone on since
        (JOIN + SECOND, NOW + JOIN + SECOND, Flag.NO_CLOCK),  # too long ago
    ],
)
def test_a_value_without_a_time_is_dated_by_the_boat_s_clock(
    before: int, t: int, flags: int
) -> None:
    boat = Boat()
    boat.value("navigation.datetime", stamp(NOW - 7 * SECOND))
    said = row(boat.value("navigation.position", PLACE, received=NOW + before))
    assert (said["t"], said["flags"]) == (t, flags)


def test_a_clock_that_is_off_dates_nothing() -> None:
    boat = Boat()
    boat.value("navigation.datetime", "2003-03-31T00:00:00Z")  # a week roll-over
    said = row(boat.value("navigation.position", PLACE))
    assert (said["t"], said["flags"]) == (NOW, Flag.NO_CLOCK)


def test_in_a_recording_the_boat_s_clock_is_the_only_one() -> None:
    boat = Boat()
    none = boat.value("navigation.position", PLACE, received=0)
    assert none.rejects == {"timestamp: missing": 1}
    boat.value("navigation.datetime", stamp(NOW), received=0)
    assert boat.value("navigation.position", PLACE, received=0).fixes.t.tolist() == [NOW]


@pytest.mark.parametrize(
    ("stamped", "reason"),
    [
        ("yesterday", "timestamp: not a time"),
        ("2023-11-14T22:13:20", "timestamp: not a time"),  # of no zone
        ("0001-01-01T00:00:00+14:00", "timestamp: not a time"),
        ("2023-09-14T22:13:20Z", "timestamp: older than 30 days"),
        ("2023-11-18T22:13:20Z", "timestamp: in the future"),
        (17, "timestamp: wrong type"),
    ],
)
def test_times_that_cannot_be(stamped: object, reason: str) -> None:
    r = Boat().delta({**at_place(), "timestamp": stamped})
    assert (len(r.fixes), r.rejects) == (0, {reason: 1})


def test_a_clock_that_runs_ahead_is_flagged() -> None:
    said = row(Boat().delta({**at_place(), "timestamp": "2023-11-15T00:13:20+01:00"}))
    assert (said["t"], said["flags"]) == (NOW + HOUR, Flag.SKEWED)


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
