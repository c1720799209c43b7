"""Signal K: SI units, whose values they are, what is joined to a position, which time it has."""

from __future__ import annotations

from math import pi

import pytest

from fleet.ingest.formats.signalk import JOIN, PLACED, VESSELS, Decoder
from fleet.model import HOUR, SECOND, Flag, IdentityKind, Source
from tests.ingest.formats.boat import (
    AIS,
    COG,
    PLACE,
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
    said = update(navigation__speedOverGround=3)
    old.delta(said, context=AIS, received=NOW - PLACED - SECOND)
    old.delta({**said, "timestamp": "2023-11-15T22:13:20Z"})  # a clock that runs ahead
    old.delta(said, context=f"vessels.{UUID}", received=NOW - SECOND)
    (rest,) = old.decoder.residue().values()
    kept = [context.encode() in rest for context in (AIS, SELF, UUID)]
    assert kept == [False, True, True]
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
