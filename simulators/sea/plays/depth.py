"""Depths, a shoal, and boats that steam at it."""

from __future__ import annotations

import numpy as np

from simulators import geo
from simulators.geo import MINUTE, Box, Pen, Point
from simulators.sea import chart, numbers
from simulators.sea.stage import Role, Stage

AGROUND = 6
SHOAL: Point = (109.40, 17.98)
SHOAL_NM = 0.6
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
    found: chart.Floats = np.where(rise < 1, 2.0 + (deep - 2.0) * rise**2, deep)
    return found


def with_depths(stage: Stage) -> None:
    """Give the service a grid of depths."""
    lon = np.arange(DEPTHS[0], DEPTHS[2], STEP)
    lat = np.arange(DEPTHS[1], DEPTHS[3], STEP)
    x, y = (a.ravel() for a in np.meshgrid(lon, lat))
    for a, b, d in zip(x.tolist(), y.tolist(), depths(x, y).tolist(), strict=True):
        stage.fact("depth", lon=round(a, 4), lat=round(b, 4), depth_m=round(d, 1))


def grid_of_depths(stage: Stage, role: Role) -> None:
    del role
    with_depths(stage)


def to_shoal(stage: Stage, role: Role) -> None:
    """Steam at the shoal; `end` is what follows: aground (stops dead), status (says so), turns
    (`off_nm` before its middle).
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=33, draught=3.0)
        bearing = (360 / max(1, role.count)) * n + rng.uniform(-10, 10)
        end, kn = role.word("end", "aground"), role.draw("kn", rng, 7.5)
        off = role.draw("off_nm", rng, 0.12)
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
            # what lies ahead within ten minutes is shallow for it from 0.55 nm off the middle
            expect = numbers.judge_below(off - 0.3, kn * 10 / 60) if off < 1.2 else "either"
            stage.truth.incident(
                "grounding",
                actor,
                ahead,
                ends=hit + 5 * MINUTE,
                expect=expect if off < 2.5 else "",
                floor="orange",
            )
        else:
            stage.truth.incident("grounding", actor, ahead, due=hit, floor="orange")


PLAYS = {"grid_of_depths": grid_of_depths, "to_shoal": to_shoal}
