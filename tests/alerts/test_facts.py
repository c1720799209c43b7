import numpy as np

from fleet.alerts.facts import (
    FOREVER,
    Depth,
    Details,
    Facts,
    Gear,
    Permit,
    Permits,
    Ties,
    Wind,
    beaufort,
    gear_bits,
)
from fleet.model import HOUR


def test_what_nobody_entered_is_lacking() -> None:
    assert Facts().lacks(("trips", "wind")) == ("trips", "wind")
    assert Facts(details=Details.empty(3)).lacks(("details",)) == ()


def test_a_boat_beyond_the_papers_has_none() -> None:
    details = Details.empty(2)
    details.wind_limit[1], details.draught_m[1] = 7, 2.5
    facts, who = Facts(details=details), np.array([1, 2, 900])
    assert facts.detail("wind_limit", who).tolist() == [7, 0, 0]
    assert np.isnan(facts.detail("draught_m", who)[1:]).all()


def permits(*rows: tuple[int, Permit, int, int, int]) -> Facts:
    return Facts(permits=Permits(*np.array(rows, np.int64).T))


def test_a_permit_counts_in_its_time_for_its_zone() -> None:
    facts = permits((1, Permit.FISH, 7, 100, 200), (2, Permit.FISH, 0, 100, 200))
    who, t = np.array([1, 1, 2, 2, 3]), np.array([150, 150, 150, 250, 150])
    zone = np.array([7, 8, 8, 8, 7])
    held = facts.permitted(who, t, Permit.FISH, zone)
    assert held.tolist() == [True, False, True, False, False]
    assert not facts.permitted(who, t, Permit.SAIL, zone).any()


def test_who_belongs_together() -> None:
    group, vessel = np.array([1, 1, 2, 2, 3]), np.array([10, 11, 11, 12, 10])
    zero = np.zeros(5, np.int64)
    facts = Facts(ties=Ties(group, vessel, zero + 1, zero, zero + FOREVER))
    a, b = np.array([10, 11, 10, 99, 12]), np.array([11, 12, 12, 10, 11])
    assert facts.tied(a, b, 5).tolist() == [True, True, False, False, True]
    assert Facts().tied(a, b, 5).tolist() == [False] * 5


def test_depth_is_that_of_the_nearest_point_and_unknown_off_the_grid() -> None:
    depth = Depth(np.array([18.0, 18.1]), np.array([109.0, 109.1]), np.array([[1.0, 2], [3, 4]]))
    lon, lat = np.array([109.01, 109.09, 109.2, 109.0]), np.array([18.09, 18.01, 18.0, 17.9])
    assert depth.at(lon, lat)[:2].tolist() == [3, 2]
    assert np.isnan(depth.at(lon, lat)[2:]).all()


def test_wind_is_that_of_the_last_hour_it_is_valid_for() -> None:
    force = np.arange(8.0).reshape(1, 2, 2, 2)
    axes = np.array([18.0, 19.0]), np.array([109.0, 110.0])
    wind = Wind(np.array([0]), np.array([False]), np.array([HOUR, 2 * HOUR]), *axes, force)
    here = np.array([109.1]), np.array([18.9])
    assert wind.at(*here, 2 * HOUR - 1).tolist() == [[2]]
    assert wind.at(*here, 9 * HOUR).tolist() == [[6]]
    assert np.isnan(wind.at(*here, 0)).all()


def test_gears_by_name_and_an_unknown_one_leaves_all_open() -> None:
    assert gear_bits(["gillnet", "钓具"]) == Gear.GILL_NET | Gear.HOOK
    assert gear_bits(["gillnet", "dynamite"]) == 0
    assert gear_bits([]) == 0


def test_wind_speed_as_force() -> None:
    assert beaufort(np.array([0.0, 10.8, 13.8, 17.2, 60])).tolist() == [0, 6, 6, 8, 17]
    assert np.isnan(beaufort(np.array([np.nan]))).all()
