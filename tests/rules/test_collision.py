import numpy as np

from fleet.alerts.facts import FOREVER, Facts, Ties
from fleet.alerts.rules.collision import RULE
from fleet.model import VesselClass
from tests.alerts.sea import Row, changes, fleet, leg, log
from tests.alerts.track import clock

SHIP = fleet(v3=VesselClass.MERCHANT)


def meeting(
    start: str = "06:00", cpa: float = 0.1, ship: float = 12.0, minutes: float = 16
) -> list[Row]:
    """Our boat trawls east at 3 kn; a ship comes from the north and passes it after 16 minutes."""
    north = ship * 16 / 60
    boat = leg(1, start, minutes, e=-0.8 + cpa, sog=3, cog=90, every_s=10)
    return boat + leg(3, start, minutes, n=north, sog=ship, cog=180, every_s=10)


def test_a_ship_bearing_down_is_yellow_then_orange() -> None:
    assert log(RULE, meeting(), SHIP)[:2] == ["06:01 open warning 1-3", "06:08 raise alarm 1-3"]


def test_in_the_black_four_hours_it_is_a_grade_worse() -> None:
    assert log(RULE, meeting("17:00"), SHIP)[:2] == [
        "17:01 open alarm 1-3", "17:08 raise emergency 1-3",
    ]  # fmt: skip


def test_half_a_mile_and_more_is_no_danger() -> None:
    assert log(RULE, meeting(cpa=0.9), SHIP) == []


def test_it_ends_when_they_open() -> None:
    assert log(RULE, meeting(minutes=25), SHIP)[-1].split()[1:] == ["clear", "alarm", "1-3"]


def test_a_slow_or_anchored_ship_is_none() -> None:
    still = leg(3, "06:00", 20, n=0.3, sog=0.2, every_s=10)
    assert log(RULE, leg(1, "06:00", 20, n=-1, sog=4, cog=0, every_s=10) + still, SHIP) == []


def test_another_fishing_boat_is_not_meant() -> None:
    assert log(RULE, meeting()) == []


def test_a_ship_of_unknown_length_counts_a_short_one_does_not() -> None:
    unknown, short = fleet(v3=VesselClass.MERCHANT), fleet(v3=VesselClass.MERCHANT)
    unknown.length_m[3], short.length_m[3] = np.nan, 40
    assert (len(log(RULE, meeting(), unknown)) > 0, log(RULE, meeting(), short)) == (True, [])


def test_the_boat_that_tends_it_is_exempt() -> None:
    zero, end = np.zeros(2, np.int64), np.full(2, FOREVER)
    ties = Facts(ties=Ties(np.array([5, 5]), np.array([1, 3]), zero + 3, zero, end))
    assert log(RULE, meeting(), SHIP, facts=ties) == []


def test_a_ship_not_heard_for_a_minute_is_not_reckoned_on() -> None:
    rows = [r for r in meeting() if r["vessel"] == 1 or r["t"] == clock("06:00")]
    assert log(RULE, rows, SHIP) == []


def test_the_evidence_tells_how_they_meet() -> None:
    first = changes(RULE, meeting(), SHIP)[0].evidence
    assert first["encounter"] == "crossing"
    assert 12 < first["tcpa_min"] <= 15
    assert first["cpa_nm"] < 0.2


def test_the_same_pair_is_quiet_for_a_quarter_of_an_hour() -> None:
    there = leg(3, "06:00", 12, n=3.2, sog=12, cog=180, every_s=10)
    away = leg(3, "06:12:10", 5, n=0.9, sog=12, cog=0, every_s=10)
    again = leg(3, "06:17:20", 9, n=2.8, sog=12, cog=180, every_s=10)
    boat = leg(1, "06:00", 27, e=0.35, sog=0, cog=0, every_s=10)
    said = log(RULE, boat + there + away + again, SHIP)
    assert [line.split()[1] for line in said].count("open") == 1
