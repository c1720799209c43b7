"""A track as few points as its shape needs: Douglas-Peucker in metres, on a local plane.

The points that stay are points that were reported, with their own times; none is moved.
"""

from __future__ import annotations

import numpy as np
import shapely

from fleet.geo import METRES_PER_NM, NM_PER_DEGREE
from fleet.model import Floats, Ints


def keep(lon: Floats, lat: Floats, tolerance_m: float) -> Ints:
    """The rows to keep so that no dropped one is farther than the tolerance from the line."""
    if tolerance_m <= 0 or len(lon) < 3:
        return np.arange(len(lon))
    metres = NM_PER_DEGREE * METRES_PER_NM
    east = (lon - lon[0]) * np.cos(np.radians(lat.mean())) * metres
    north = (lat - lat[0]) * metres
    row = np.arange(len(lon), dtype=np.float64)  # rides along as the third coordinate
    line = shapely.linestrings(np.column_stack([east, north, row]))
    kept = shapely.simplify(line, tolerance_m, preserve_topology=False)
    return shapely.get_coordinates(kept, include_z=True)[:, 2].astype(np.int64)


def pixel_m(zoom: float, lat: float) -> float:
    """Metres a pixel of a Web-Mercator map shows: finer than this nobody sees.

    Source: OpenStreetMap wiki, "Zoom levels": 40075016.686 m x cos(lat) / 2^zoom a tile, here of
    512 pixels (MapLibre's zoom).
    """
    return float(40_075_016.686 * np.cos(np.radians(lat)) / 2**zoom / 512)
