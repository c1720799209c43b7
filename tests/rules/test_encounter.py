import numpy as np
import shapely

from fleet.alerts.facts import FOREVER, Facts, Ties
from fleet.alerts.rules.encounter import RULE
from fleet.model import VesselClass
from tests.alerts.sea import Row, fleet, leg, log, place
from tests.alerts.track import zone


def together(minutes: float, apart_nm: float = 0.1) -> list[Row]:
    return leg(1, "00:00", minutes, sog=0.3) + leg(3, "00:00", minutes, e=apart_nm, sog=0.3)


def test_three_quarters_of_an_hour_side_by_side() -> None:
    assert log(RULE, together(60)) == ["00:46 open warning 1-3"]


def test_with_a_stranger_ours_is_the_subject() -> None:
    stranger = fleet(v1=VesselClass.MERCHANT)
    assert log(RULE, together(60), stranger) == ["00:46 open warning 3-1"]


def test_half_an_hour_is_a_chat() -> None:
    assert log(RULE, together(30)) == []


def test_passing_at_speed_is_not_meeting() -> None:
    rows = leg(1, "00:00", 60, sog=6) + leg(3, "00:00", 60, e=0.1, sog=6)
    assert log(RULE, rows) == []


def test_half_an_hour_apart_ends_it() -> None:
    rows = together(60) + leg(1, "01:01", 60, sog=0.3) + leg(3, "01:01", 60, e=2, sog=0.3)
    assert [line.split()[1] for line in log(RULE, rows)] == ["open", "clear"]


def test_pair_trawlers_belong_together() -> None:
    zero = np.zeros(2, np.int64)
    ties = Ties(np.array([5, 5]), np.array([1, 3]), zero + 2, zero, zero + FOREVER)
    assert log(RULE, together(90), facts=Facts(ties=ties)) == []


def test_in_an_anchorage_boats_lie_side_by_side() -> None:
    calm = zone(
        id=3, kind="anchorage", rule="area", geometry=shapely.box(*place(-2, -2), *place(2, 2))
    )
    assert log(RULE, together(90), zones=[calm]) == []
