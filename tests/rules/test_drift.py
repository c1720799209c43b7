import numpy as np
import shapely

from fleet.alerts.facts import Details, Facts, Gear
from fleet.alerts.rules.drift import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import zone


def said(rows: list[Row], bits: int = int(Gear.TRAWL_OTTER)) -> list[str]:
    details = Details.empty(8)
    details.gear[1] = bits
    return log(RULE, rows, facts=Facts(details=details))


def test_not_under_command_for_half_an_hour() -> None:
    assert said(leg(1, "00:00", 40, sog=1, status=2)) == ["00:30 open alarm 1-0"]


def test_going_sideways_for_half_an_hour() -> None:
    assert said(leg(1, "00:00", 40, sog=1.2, cog=270, heading=10)) == ["00:30 open alarm 1-0"]


def test_going_where_it_points_is_slow_and_no_more() -> None:
    assert said(leg(1, "00:00", 60, sog=1.2, cog=12, heading=350)) == []


def test_boats_whose_nets_drift_are_left_in_peace() -> None:
    rows = leg(1, "00:00", 60, sog=0.8, cog=270, heading=10)
    assert said(rows, int(Gear.GILL_NET)) == []


def test_in_an_anchorage_they_swing() -> None:
    calm = zone(
        id=3, kind="anchorage", rule="area", geometry=shapely.box(*place(-2, -2), *place(2, 2))
    )
    assert log(RULE, leg(1, "00:00", 60, sog=0.4, cog=90, heading=0), zones=[calm]) == []


def test_ten_minutes_under_way_end_it() -> None:
    rows = leg(1, "00:00", 40, sog=1, status=2) + leg(1, "00:41", 15, sog=6, cog=0, heading=0)
    assert said(rows) == ["00:30 open alarm 1-0", "00:51 clear alarm 1-0"]


def test_without_a_heading_nothing_is_known_of_sideways() -> None:
    assert said(leg(1, "00:00", 60, sog=1.2, cog=270, heading=np.nan)) == []
