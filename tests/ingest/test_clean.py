"""Times that may be believed, and values that are none."""

from __future__ import annotations

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest import clean
from fleet.model import DAY, HOUR, MINUTE, NEVER, SECOND, Flag, VesselClass
from tests.ingest.wire import NOW

BASE = st.integers(clean.START, clean.START + 100 * 366 * DAY)


@given(BASE, st.integers(0, 59))
def test_fix_time_is_the_nearest_such_second_within_half_a_minute(base: int, second: int) -> None:
    time, flags = clean.fix_time(base, second)
    assert abs(time - base) <= 30 * SECOND
    assert time // SECOND % 60 == second
    assert time % SECOND == 0
    assert flags == 0


@pytest.mark.parametrize(
    ("second", "flags"),
    [
        (60, Flag.NO_CLOCK),
        (61, Flag.ESTIMATED | Flag.NO_CLOCK),
        (62, Flag.ESTIMATED | Flag.NO_CLOCK),
        (63, Flag.NO_CLOCK),
    ],
)
def test_seconds_that_are_none(second: int, flags: Flag) -> None:
    assert clean.fix_time(NOW, second) == (NOW, flags)


@pytest.mark.parametrize(
    ("source", "believed"),
    [
        (NEVER, False),
        (NOW, True),
        (NOW - HOUR, True),  # a broker kept it while we were away
        (NOW - 48 * HOUR, False),
        (NOW + MINUTE, True),
        (NOW + 5 * MINUTE, False),
        (NOW + 300 * 365 * DAY, False),
    ],
)
def test_a_live_source_time_is_believed_within_a_bound(source: int, believed: bool) -> None:
    base, ignored = clean.base_time(clean.Clock(), source, NOW)
    assert base == (source if believed else NOW)
    assert ignored == (source != NEVER and not believed)


def test_in_a_recording_its_own_times_are_the_clock() -> None:
    clock = clean.Clock()
    assert clean.base_time(clock, NOW - 10 * 365 * DAY, 0) == (NOW - 10 * 365 * DAY, False)
    assert clean.base_time(clock, NEVER, 0) == (NOW - 10 * 365 * DAY, False)
    assert clean.base_time(clock, NOW, 0) == (NOW, False)
    assert clean.base_time(clock, NOW + 300 * 365 * DAY, 0) == (NOW, True)


def test_a_recording_without_times_is_followed_by_its_seconds_and_is_visibly_nobodys() -> None:
    clock, last = clean.Clock(), 0
    for real in range(0, 600, 2):
        base, _ = clean.base_time(clock, NEVER, 0)
        fix, _ = clean.fix_time(base, (real + (29 if real % 20 == 0 else 0)) % 60)  # some are wrong
        assert clock.follow(fix, 0) == Flag.NO_CLOCK
        assert clock.now() >= last
        last = clock.now()
    assert abs(last - clean.START - 600 * SECOND) < 30 * SECOND


@pytest.mark.parametrize(
    ("age", "flags", "why"),
    [
        (0, 0, ""),
        (29 * DAY, 0, ""),
        (31 * DAY, 0, "older than 30 days"),
        (-MINUTE, 0, ""),
        (-HOUR, Flag.SKEWED, ""),
        (-3 * DAY, 0, "in the future"),
        (NOW, 0, "out of range"),
        (-300 * 365 * DAY, 0, "out of range"),
    ],
)
def test_a_terminals_own_time(age: int, flags: int, why: str) -> None:
    assert clean.terminal_time(NOW - age, NOW) == (flags, why)


@pytest.mark.parametrize(
    ("lonlat", "expected"),
    [
        ((109.1, 18.3), (109.1, 18.3)),
        ((-180.0, -90.0), (-180.0, -90.0)),
        ((181.0, 91.0), None),
        ((109.1, 91.0), None),
        ((181.0, 18.3), None),
        ((0.0, 0.0), None),
        ((0.0, 51.5), (0.0, 51.5)),
    ],
)
def test_positions(lonlat: tuple[float, float], expected: tuple[float, float] | None) -> None:
    place = clean.position(*lonlat)
    assert place is not None
    assert place == expected or all(isnan(x) for x in place)
    assert clean.position(200.0, 10.0) is None
    assert clean.position(10.0, -91.0) is None


def test_text_ends_at_the_first_at_sign() -> None:
    assert clean.text("HAI YAN@@OLD NAME@@") == "HAI YAN"
    assert clean.text("HAI YAN  ") == "HAI YAN"
    assert clean.text("@@@") == ""


@pytest.mark.parametrize(
    ("mmsi", "cls"),
    [
        (412345678, VesselClass.UNKNOWN),
        (970123456, VesselClass.SART),
        (971123456, VesselClass.UNKNOWN),
        (972123456, VesselClass.MOB),
        (974123456, VesselClass.EPIRB),
        (111412001, VesselClass.AIRCRAFT),
        (4123456, VesselClass.BASE),
        (41234567, VesselClass.UNKNOWN),  # 04...: a group of ships, sends nothing itself
        (994121234, VesselClass.BASE),
        (984121234, VesselClass.SERVICE),
    ],
)
def test_classes_by_number(mmsi: int, cls: VesselClass) -> None:
    assert clean.mmsi_class(mmsi) == cls


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        (0, VesselClass.UNKNOWN), (20, VesselClass.UNKNOWN), (30, VesselClass.FISHING),
        (31, VesselClass.SERVICE), (36, VesselClass.PLEASURE), (37, VesselClass.PLEASURE),
        (40, VesselClass.PASSENGER), (52, VesselClass.SERVICE), (60, VesselClass.PASSENGER),
        (69, VesselClass.PASSENGER), (70, VesselClass.MERCHANT), (89, VesselClass.MERCHANT),
        (90, VesselClass.UNKNOWN), (255, VesselClass.UNKNOWN), (-1, VesselClass.UNKNOWN),
    ],
)  # fmt: skip
def test_classes_by_ship_type(code: int, cls: VesselClass) -> None:
    assert clean.ship_class(code) == cls


@pytest.mark.parametrize(
    ("name", "beacon"),
    [("GY-0731-85%", True), ("WB12 11.8V", True), ("NET MARK", True), ("QIONG SANYA 12345", False)],
)
def test_net_beacons_by_name(name: str, beacon: bool) -> None:
    assert clean.is_net_beacon(name) == beacon
