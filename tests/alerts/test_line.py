"""Which side of a line a boat is on: at its pieces, its bends, and beyond its ends."""

import numpy as np
import pytest
import shapely

from fleet.geo import signed_distance_nm

LINE = shapely.LineString([(109, 19), (109, 18.5), (109.5, 18)])
"""Southwards, then south-east; home 己方 lies on its left, in the east."""


@pytest.mark.parametrize(
    ("lon", "lat", "side"),
    [
        (109.1, 18.8, 1),
        (108.9, 18.8, -1),
        (108.9, 18.4, -1),  # outside of the bend
        (109.4, 18.3, 1),
        (109.1, 18.2, -1),
        (109.6, 17.8, 1),  # straight on beyond the end: on no side
        (109.3, 17.7, 1),  # abeam of what is no line any more
        (108.8, 19.1, 1),  # likewise before its beginning
    ],
)
def test_a_line_has_sides_as_far_as_it_goes(lon: float, lat: float, side: int) -> None:
    found = signed_distance_nm(LINE, np.array([lon]), np.array([lat]))
    assert np.sign(found).tolist() == [side]


def test_the_distance_beyond_the_end_is_that_to_the_end() -> None:
    found = signed_distance_nm(LINE, np.array([109.5]), np.array([17.5]))
    assert found == pytest.approx(30.0, abs=0.01)
