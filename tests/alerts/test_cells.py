"""What the cells leave out, nothing would have been found for."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.geo import Hits, Zones, distance_m, segments, signed_distance_nm
from fleet.model import Floats
from tests.alerts.track import zone

MARGINS = (150.0, 1_900.0, 5_000.0)
"""Metres: as rules have them, hardly narrower than a cell, and wider than one."""


def areas(dice: np.random.Generator, n: int, size: float) -> list[shapely.Polygon]:
    """Boxes and stars, some with a hole, that may lie on each other."""
    made = []
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    for x, y in dice.uniform((105, 10), (115, 22), (n, 2)):
        star = size * (0.4 + 0.6 * dice.random(24))
        ring = np.stack([x + star * np.cos(turn), y + star * np.sin(turn)], -1)
        hole = [(x + size / 9 * a, y + size / 9 * b) for a, b in ((0, 0), (0, 1), (1, 1))]
        made += [shapely.box(x, y, x + size, y + size * dice.random() + 0.001)]
        made += [shapely.Polygon(ring, [hole] if dice.random() < 0.5 else [])]
    return made


def pairs(hits: Hits) -> list[tuple[int, int]]:
    return list(zip(hits.row.tolist(), hits.zone.tolist(), strict=True))


def asked(zones: Zones, lon: Floats, lat: Floats, margin_m: float) -> list[tuple[int, int]]:
    """Every point of every zone."""
    row, zone = np.divmod(np.arange(len(lon) * len(zones.zones)), max(len(zones.zones), 1))
    points = shapely.points(lon[row], lat[row])
    far = distance_m(zones.tree.geometries[zone], points)
    return pairs(Hits(row, zone).take(far <= margin_m))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 4), st.sampled_from([0.01, 0.3, 3.0, 20.0]))
def test_as_if_every_zone_were_asked_of_every_point(seed: int, n: int, size: float) -> None:
    dice = np.random.default_rng(seed)
    shapes = areas(dice, n, size)
    zones = Zones.build([zone(id=i, geometry=g) for i, g in enumerate(shapes, 1)])
    corners = [shapely.get_coordinates(g) for g in shapes]
    around = np.concatenate([*corners, dice.uniform((100, 5), (130, 30), (20, 2))])
    lon, lat = np.concatenate([around, around + dice.normal(0, 0.02, around.shape)]).T
    for margin in MARGINS:
        inside, near = zones.about(lon, lat, margin)
        assert pairs(inside) == asked(zones, lon, lat, 0.0)
        assert pairs(near) == asked(zones, lon, lat, margin)
    to_lon, to_lat = lon + dice.normal(0, 0.1, len(lon)), lat + dice.normal(0, 0.1, len(lat))
    lines = zones.tree.query(segments(lon, lat, to_lon, to_lat), predicate="intersects")
    crossed = pairs(zones.crossed(lon, lat, to_lon, to_lat))
    assert crossed == sorted(zip(*lines.tolist(), strict=True))


def test_only_the_zones_that_are_asked_for() -> None:
    box = shapely.box(109, 18, 109.1, 18.1)
    zones = Zones.build([zone(id=1, geometry=box), zone(id=2, geometry=box, rule="area")])
    at = np.array([109.05]), np.array([18.05])
    which = zones.where(rule="area")
    assert [pairs(h) for h in zones.about(*at, 150.0, which)] == [[(0, 1)]] * 2
    assert [pairs(h) for h in zones.about(*at, 9e5, which)] == [[(0, 1)]] * 2
    assert pairs(zones.crossed(*at, at[0] + 1, at[1], rule="keep_out")) == [(0, 0)]


def test_the_edge_of_a_zone_at_the_edge_of_the_map() -> None:
    zones = Zones.build([zone(geometry=shapely.box(109, 18, 109.1, 18.1))])
    assert len(zones.containing(np.array([109.0, 109.1]), np.array([18.0, 18.1])).row) == 2
    assert len(zones.within(np.array([108.9995]), np.array([18.05]), 150).row) == 1
    assert len(zones.containing(np.array([np.nan, -179.0]), np.array([18.05, 89.0])).row) == 0
    assert (
        len(Zones.build([]).within(np.array([109.0, np.nan]), np.array([18.0, 1.0]), 150).row) == 0
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 20.0, -45.0, 66.0, 78.0]))
def test_a_chart_never_says_that_a_line_is_nearer_or_further_than_it_is(
    seed: int, latitude: float
) -> None:
    dice = np.random.default_rng(seed)
    steps = dice.normal(0, 0.3, (dice.integers(2, 30), 2)).cumsum(axis=0)
    line = shapely.LineString(np.add(steps, (109, latitude)))
    zones = Zones.build([zone(rule="line", geometry=line)])
    near = shapely.get_coordinates(line)[dice.integers(0, len(steps), 200)]
    lon, lat = (near + dice.normal(0, 1, (200, 1)) * dice.normal(0, 2, (200, 2))).T
    lat = np.clip(lat, -85, 85)
    truth = signed_distance_nm(line, lon, lat)
    low, high = zones.line_bounds_nm(0, lon, lat)
    assert (low <= np.abs(truth) + 1e-9).all()
    assert (np.abs(truth) <= high + 1e-9).all()
    found = zones.line_nm(0, lon, lat, 30.0)
    assert np.array_equal(found[np.abs(truth) <= 30], truth[np.abs(truth) <= 30])
    assert np.isin(found, [*truth, np.inf]).all()


def test_a_chart_spares_most_boats_the_line() -> None:
    line = shapely.LineString([(107.0, 19.0), (107.0, 16.0)])
    zones = Zones.build([zone(rule="line", geometry=line)])
    low, high = zones.line_bounds_nm(0, np.array([110.0]), np.array([17.5]))
    assert high[0] - low[0] < 10
    assert low[0] == pytest.approx(171.7, abs=6)
