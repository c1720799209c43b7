from fleet.alerts.rules.spoof import RULE
from fleet.model import VesselClass
from tests.alerts.sea import Row, fleet, leg, log


def twins(minutes: int) -> list[Row]:
    """One number on two boats sixty miles apart, heard in turn."""
    here, there = leg(1, "00:00", minutes, sog=5), leg(1, "00:00", minutes, e=60, sog=5)
    return [there[k] if k % 2 else here[k] for k in range(minutes)]


def test_one_number_on_two_boats() -> None:
    assert log(RULE, twins(20)) == ["00:03 open warning 1-0"]


def wild(*minutes: int) -> list[Row]:
    """An hour's steaming with wrong fixes in it."""
    rows = leg(1, "00:00", 60, sog=5)
    for minute in minutes:
        rows[minute] |= {"lon": 100.0}
    return rows


def test_one_wild_fix_is_a_wild_fix() -> None:
    assert log(RULE, wild(10)) == []
    assert log(RULE, wild(10, 11, 12)) == [], "there once, and back"


def test_the_same_again_within_half_an_hour_is_no_accident() -> None:
    assert log(RULE, wild(10, 30)) == ["00:30 open warning 1-0"]
    assert log(RULE, wild(10, 50)) == [], "two accidents"


def test_to_and_fro_by_minutes_is_a_lie() -> None:
    """Each place is held for some fixes: nothing leaps twice in three steps."""
    lies = [m for m in range(10, 30) if m // 4 % 2]
    assert log(RULE, wild(*lies)) == ["00:20 open warning 1-0"]


def test_two_clocks_that_differ_are_no_leap() -> None:
    """A terminal whose clock is slow and AIS, by turns: back and forth by some hundred metres."""
    rows = leg(1, "00:00", 30, sog=8, cog=0)
    late = [r | {"t": r["t"] + 2_000_000, "received": r["received"] + 2_000_000,
                 "lat": r["lat"] - 0.2 / 60} for r in rows]  # fmt: skip
    assert log(RULE, rows + late) == []


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
