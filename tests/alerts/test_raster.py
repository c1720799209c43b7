"""What the raster leaves out, nothing would have been found for."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.geo import Zones, segments
from tests.alerts.track import zone


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 6), st.sampled_from([0.01, 0.3, 20.0]))
def test_as_if_every_point_were_asked(seed: int, n: int, size: float) -> None:
    dice = np.random.default_rng(seed)
    corners = dice.uniform((105, 10), (115, 22), (n, 2))
    boxes = [shapely.box(x, y, x + size, y + size * dice.random() + 0.001) for x, y in corners]
    zones = Zones.build([zone(id=i, geometry=b) for i, b in enumerate(boxes, 1)])
    around = np.concatenate([corners, dice.uniform((100, 5), (130, 30), (20, 2))])
    lon, lat = (around + dice.normal(0, 0.02, around.shape)).T
    to_lon, to_lat = lon + dice.normal(0, 0.1, len(lon)), lat + dice.normal(0, 0.1, len(lat))
    plain = zones.tree.query(shapely.points(lon, lat), predicate="intersects")
    lines = zones.tree.query(segments(lon, lat, to_lon, to_lat), predicate="intersects")
    inside, crossed = zones.containing(lon, lat), zones.crossed(lon, lat, to_lon, to_lat)
    assert set(zip(inside.row, inside.zone, strict=True)) == set(zip(*plain, strict=True))
    assert set(zip(crossed.row, crossed.zone, strict=True)) == set(zip(*lines, strict=True))
    near = zones.within(lon, lat, 150.0)
    assert set(zip(inside.row, inside.zone, strict=True)) <= set(
        zip(near.row, near.zone, strict=True)
    )


def test_the_edge_of_a_zone_at_the_edge_of_the_map() -> None:
    zones = Zones.build([zone(geometry=shapely.box(109, 18, 109.1, 18.1))])
    assert len(zones.containing(np.array([109.0, 109.1]), np.array([18.0, 18.1])).row) == 2
    assert len(zones.within(np.array([108.9995]), np.array([18.05]), 150).row) == 1
    assert len(zones.containing(np.array([np.nan, -179.0]), np.array([18.05, 89.0])).row) == 0
