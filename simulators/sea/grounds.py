"""Fishing grounds of whole days: thousands of cells of open water, off lanes and closed areas.

A boat at work in its cell is nobody's neighbour within 300 m, in no zone, and on no ship's way.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely

from simulators.geo import Box, Point
from simulators.sea import chart
from simulators.sea.stage import grid

SEA: Box = (108.05, 16.70, 110.20, 18.26)
CELL = (0.030, 0.028)
LANES: tuple[tuple[Point, ...], ...] = (
    ((110.60, 18.00), (109.90, 17.92), (109.45, 17.88), (108.90, 17.92),
     (108.45, 18.10), (108.12, 18.50), (108.20, 19.30)),
    ((110.70, 17.36), (109.50, 17.28), (107.60, 17.10)),
)  # fmt: skip
"""The coastal lane and the one further out, as the ships of whole days sail them."""
LANE_NM, ZONE_NM, COAST_NM, LINE_NM = 4.0, 2.6, 2.5, 12.0
KEPT_CLEAR = ("CORAL-CORE", "CORAL-BUFFER", "CORAL-DLXG", "CABLE-1", "AQUA-1", "MIL-1", "STAY-1",
              "RISK-1", "KEEP-1", "ANCH-SY", "ANCH-NS")  # fmt: skip
GATE_BOX: Box = (108.98, 18.18, 109.12, 18.30)
"""The water before Yazhou's channel, left to those who come and go."""


@cache
def cells() -> tuple[Box, ...]:
    """All of them, from west to east."""
    boxes = grid(SEA, CELL)
    lon = np.array([(b[0] + b[2]) / 2 for b in boxes])
    lat = np.array([(b[1] + b[3]) / 2 for b in boxes])
    scale = float(np.cos(np.radians(17.8)))
    flat = shapely.points(lon * scale, lat)

    def nearer(geometry: shapely.Geometry, nm: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        there = shapely.transform(geometry, lambda p: p * [scale, 1.0])
        return np.asarray(shapely.distance(flat, there) * 60 < nm, bool)

    bad = nearer(shapely.box(*GATE_BOX), 0.1)
    for lane in LANES:
        bad |= nearer(shapely.LineString(lane), LANE_NM)
    for code in KEPT_CLEAR:
        bad |= nearer(chart.geometry(code), ZONE_NM)
    bad |= nearer(chart.geometry("BEIBU-LINE"), LINE_NM)
    far = chart.off_coast_nm(lon, lat)
    bad |= (far < COAST_NM) | (lat > coast_lat(lon))
    return tuple(box for box, out in zip(boxes, bad.tolist(), strict=True) if not out)


def coast_lat(lon: chart.Floats) -> chart.Floats:
    """Roughly where the shore begins, to tell land from sea on the southern coast."""
    known = ((108.0, 18.9), (108.69, 18.48), (109.1, 18.34), (109.5, 18.20), (109.75, 18.22),
             (110.1, 18.38), (110.6, 18.7))  # fmt: skip
    found: chart.Floats = np.interp(lon, [p[0] for p in known], [p[1] for p in known])
    return found
