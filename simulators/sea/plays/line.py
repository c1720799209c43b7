"""Towards the Beibu Gulf line, which lies beyond every shore receiver: terminals alone tell."""

from __future__ import annotations

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Pen
from simulators.sea import numbers, ways
from simulators.sea.stage import Role, Stage

LINE_BOX = (107.86, 18.20, 107.98, 18.34)
"""Waters 12 to 20 nm inside the line."""
FLOORS = ("blue", "yellow", "orange", "red")
CROSSED_NM = 0.3
"""Crossing is two fixes, or one more than 0.3 nm past (domain.md A.2 #6)."""


def towards_line(stage: Stage, role: Role) -> None:
    """Steam at the line and turn at `nearest_nm` before it; negative: beyond it."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "longline", mmsi=rng.random() < 0.5)
        at = geo.somewhere(LINE_BOX, rng)
        foot = geo.foot(places.BEIBU_LINE, at)
        away, kn = geo.bearing(foot, at), role.draw("kn", rng, 6.5)
        nearest = role.draw("nearest_nm", rng)
        pen = Pen(stage.begin - MINUTE, at)
        pen.stay(role.draw("at_min", rng, 60) * MINUTE)
        five = max(nearest, 5.0)
        pen.go(geo.move(foot, away, five), kn)
        begins = pen.t
        pen.go(geo.move(foot, away, nearest), kn)
        turned = pen.t
        pen.go(geo.move(foot, away, max(6.0, nearest)), kn)
        ends = pen.t
        pen.go(at, kn)
        pen.stay(max(MINUTE, stage.end - pen.t))
        actor = stage.sail(hull, pen.track(), role)
        near = numbers.judge_below(nearest, 5.0)
        soon = "either" if (nearest / kn) * HOUR < 1.3 * HOUR else ""
        floor = floor_at(nearest)
        due = turned if floor == "blue" else begins
        stage.truth.incident(
            "boundary",
            actor,
            begins,
            due=due,
            ends=ends,
            expect=near or soon,
            floor=floor,
            object="BEIBU-LINE",
        )


def floor_at(nearest: float) -> str:
    """The gravest step that it clearly reached."""
    if nearest <= -CROSSED_NM - 0.1:
        return "red"
    reached = [n for n, limit in enumerate(numbers.LINE_NM[:3]) if nearest <= 0.8 * limit]
    return FLOORS[reached[-1]] if reached else "blue"


def along_line(stage: Stage, role: Role) -> None:
    """Fishing well inside, never heading for the line for long."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", mmsi=False)
        west, south, east, north = LINE_BOX
        box = (west + 0.05, south, east + 0.05, north)
        pen = ways.trawl_about(
            Pen(stage.begin - MINUTE, geo.somewhere(box, rng)), box, stage.end, rng
        )
        actor = stage.sail(hull, pen.track(), role)
        stage.truth.quiet(("boundary",), actor, "far inside, towing slowly")


PLAYS = {"towards_line": towards_line, "along_line": along_line}
