from fleet.alerts.rules.spoof import RULE
from fleet.model import VesselClass
from tests.alerts.sea import Row, fleet, leg, log


def twins(minutes: int) -> list[Row]:
    """One number on two boats sixty miles apart, heard in turn."""
    here, there = leg(1, "00:00", minutes, sog=5), leg(1, "00:00", minutes, e=60, sog=5)
    return [there[k] if k % 2 else here[k] for k in range(minutes)]


def test_one_number_on_two_boats() -> None:
    assert log(RULE, twins(20)) == ["00:02 open warning 1-0"]


def test_one_wild_fix_is_a_wild_fix() -> None:
    rows = leg(1, "00:00", 30, sog=5)
    rows[10] |= {"lon": 100.0}
    wild = log(RULE, rows)
    assert wild == ["00:11 open warning 1-0"]  # there and back: two leaps


def test_half_an_hour_without_ends_it() -> None:
    rows = twins(20) + leg(1, "00:21", 60, sog=5)
    assert [x.split()[1] for x in log(RULE, rows)] == ["open", "clear"]


def test_the_same_place_for_twenty_minutes_at_six_knots() -> None:
    frozen = [r | {"lon": 109.5, "lat": 17.0} for r in leg(1, "00:00", 40, sog=6)]
    assert log(RULE, frozen) == ["00:21 open warning 1-0"]


def test_lying_still_is_no_forgery() -> None:
    assert log(RULE, [r | {"lon": 109.5, "lat": 17.0} for r in leg(1, "00:00", 90, sog=0)]) == []


def test_beacons_may_do_as_they_like() -> None:
    assert log(RULE, twins(20), fleet(v1=VesselClass.BEACON)) == []
