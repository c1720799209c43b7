import numpy as np

from fleet.alerts.facts import Details, Facts, Wind
from fleet.alerts.rules.wind_limit import RULE
from fleet.model import HOUR
from tests.alerts.sea import ORIGIN, leg, log
from tests.alerts.track import clock

HOURS = np.array([clock("00:00") + k * HOUR for k in range(48)])


def facts(*cycles: list[float], observed: bool = False, limit: int = 7) -> Facts:
    """Force by six-hour step from midnight, one list a forecast cycle, over a wide grid."""
    details = Details.empty(8)
    details.wind_limit[1] = limit
    force = np.array([np.repeat(c, 6) for c in cycles])[:, :48, None, None] * np.ones((1, 1, 2, 2))
    lats, lons = ORIGIN[1] + np.array([-1.0, 1.0]), ORIGIN[0] + np.array([-1.0, 1.0])
    issued = np.arange(len(cycles)) * 6 * HOUR + clock("00:00") - 12 * HOUR
    seen = np.full(len(cycles), observed)
    return Facts(
        details=details, wind=Wind(issued, seen, HOURS[: force.shape[1]], lats, lons, force)
    )


RISING = [4.0, 4, 4, 4, 6, 7, 8, 8]
ROWS = leg(1, "00:00", 26 * 60, every_s=900)


def test_yellow_orange_red_as_it_comes_nearer() -> None:
    said = log(RULE, ROWS, facts=facts(RISING, RISING))
    assert [x.split()[1:3] for x in said] == [
        ["open", "warning"],
        ["raise", "alarm"],
        ["raise", "emergency"],
    ]


def test_one_forecast_alone_is_not_believed() -> None:
    assert log(RULE, ROWS, facts=facts(RISING)) == []


def test_two_that_differ_agree_on_the_lower() -> None:
    said = log(RULE, ROWS, facts=facts(RISING, [4.0] * 8))
    assert said == []


def test_a_measured_wind_is_believed_at_once() -> None:
    assert log(RULE, ROWS, facts=facts([8.0] * 8, observed=True))[0] == "00:15 open emergency 1-0"


def test_a_boat_without_a_certified_limit_is_not_judged() -> None:
    assert log(RULE, ROWS, facts=facts(RISING, RISING, limit=0)) == []


def test_three_hours_after_it_dropped_it_ends() -> None:
    calm = [8.0, 4, 4, 4, 4, 4, 4, 4]
    assert log(RULE, ROWS, facts=facts(calm, calm))[-1].split()[1] == "clear"
