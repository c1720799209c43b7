"""Depths, a shoal, and boats that steam at it."""

from __future__ import annotations

import numpy as np

from simulators import geo
from simulators.geo import HOUR, MINUTE, Box, Pen, Point
from simulators.sea import chart, numbers
from simulators.sea.stage import Role, Stage

AGROUND = 6
SHOAL: Point = (109.40, 17.98)
SHOAL_NM, FLAT, SHOAL_M = 0.6, 0.7, 2.0
"""Its radius, the share of it that is flat, and how deep it is there."""
DEPTHS: Box = (108.60, 17.80, 109.72, 18.50)
STEP = 0.005


def depth_at(lon: float, lat: float) -> float:
    """Invented: three metres a mile off the coast, at most 60, and one shoal of 2 m; land is -1."""
    where = np.array([lon]), np.array([lat])
    return float(depths(*where)[0])


def depths(lon: chart.Floats, lat: chart.Floats) -> chart.Floats:
    far = chart.off_coast_nm(lon, lat)
    deep = np.minimum(60.0, 3.0 + 3.0 * far)
    east = (lon - SHOAL[0]) * np.cos(np.radians(18)) * 60
    rise = np.hypot(east, (lat - SHOAL[1]) * 60) / SHOAL_NM
    slope = np.clip((rise - FLAT) / (1 - FLAT), 0, 1)
    found: chart.Floats = np.where(rise < 1, SHOAL_M + (deep - SHOAL_M) * slope, deep)
    return found


def grid_of_depths(stage: Stage, role: Role) -> None:
    """Gives the service a grid of depths, with one shoal."""
    del role
    lon = np.arange(DEPTHS[0], DEPTHS[2], STEP)
    lat = np.arange(DEPTHS[1], DEPTHS[3], STEP)
    x, y = (a.ravel() for a in np.meshgrid(lon, lat))
    for a, b, d in zip(x.tolist(), y.tolist(), depths(x, y).tolist(), strict=True):
        stage.fact("depth", lon=round(a, 4), lat=round(b, 4), depth_m=round(d, 1))


def to_shoal(stage: Stage, role: Role) -> None:
    """Steam at the shoal; `end` is what follows: aground (stops dead), status (says so), turns
    (`off_nm` before its middle).
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=33, draught=3.0)
        bearing = (360 / max(1, role.count)) * n + rng.uniform(-10, 10)
        end, kn = role.word("end", "aground"), role.draw("kn", rng, 7.5)
        off = role.draw("off_nm", rng, 0.40)
        far, near = geo.move(SHOAL, bearing, 5.0), geo.move(SHOAL, bearing, off)
        pen = Pen(stage.begin - MINUTE, far)
        pen.stay(role.draw("at_min", rng, 60) * MINUTE + 8 * n * MINUTE)
        pen.go(near, kn)
        hit = pen.t
        if end == "turns":
            pen.go(far, kn)
        pen.stay(max(MINUTE, stage.end - pen.t))
        status = ((hit, AGROUND),) if end == "status" else ()
        actor = stage.sail(hull, pen.track(), role, status=status)
        ahead = hit - numbers.GROUNDING_AHEAD
        if end == "turns":
            shallow = SHOAL_NM * FLAT / kn * HOUR  # it turned so long before the shoal's edge
            looked = numbers.GROUNDING_AHEAD - (off / kn * HOUR - shallow)
            expect = "alert" if looked > 3 * MINUTE else "either" if looked > -2 * MINUTE else ""
            begins = hit - max(0.0, looked)
            stage.truth.incident("grounding", actor, begins, ends=hit + 5 * MINUTE,
                                 expect=expect, floor="orange")  # fmt: skip
        else:
            stage.truth.incident("grounding", actor, ahead, due=hit, floor="orange")


PLAYS = {"grid_of_depths": grid_of_depths, "to_shoal": to_shoal}
