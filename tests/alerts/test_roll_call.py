import numpy as np
import pytest
import shapely

from fleet.alerts.roll_call import STATES, states
from fleet.geo import Zones
from fleet.model import HOUR, MINUTE
from tests.alerts.sea import place
from tests.alerts.track import zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))
ANCHORAGE = zone(id=33, kind="anchorage", rule="area",
                 geometry=shapely.box(*place(-2, -12), *place(2, -8)))  # fmt: skip
NOW = 100 * HOUR


def state(n: float, sog: float, cog: float = 0, age_min: float = 1, answer: int = -1) -> str:
    """Of a boat so many miles north of the port."""
    lon, lat = place(0, n)
    t = np.array([NOW - int(age_min * MINUTE)])
    fix = (t, np.array([lon]), np.array([lat]), np.array([sog]), np.array([cog]))
    found = states(Zones.build([PORT, ANCHORAGE]), fix, np.array([answer]), NOW)
    return str(STATES[found[0]])


@pytest.mark.parametrize(
    ("n", "sog", "said"),
    [
        (0, 0, "sheltered"), (0, 3.8, "sheltered"), (-10, 0.4, "sheltered"),
        (-10, np.nan, "sheltered"), (-6, 7, "on_way"), (-20, 0.5, "out"), (-20, 7, "on_way"),
    ],
)  # fmt: skip
def test_where_a_boat_stands(n: float, sog: float, said: str) -> None:
    assert state(n, sog) == said


def test_who_steams_through_an_anchorage_has_not_come_in() -> None:
    assert state(-8.5, 7, cog=0) == "on_way", "to the port"
    assert state(-8.5, 7, cog=90) == "out"


def test_answers_and_silence() -> None:
    assert state(-20, 0.5, answer=1) == "settled"
    assert state(-20, 0.5, answer=0) == "answered"
    assert state(-20, 7, age_min=31, answer=0) == "silent"
