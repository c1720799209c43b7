"""Areas: going in, staying, leaving, coming near, and what only looks like it.

The zone is a plain box, so that its edge is crossed where and when the script says.
"""

from __future__ import annotations

import random

import numpy as np

from simulators import geo
from simulators.geo import HOUR, MINUTE, Box, Pen, Point
from simulators.scoring.times import text
from simulators.sea import chart, numbers, ways, witness
from simulators.sea.cast import Actor, motion
from simulators.sea.stage import Role, Stage

STAND_OFF_NM = 2.5
"""From where an approach begins and where a departure ends: clear of every margin."""


def box_of(code: str) -> Box:
    west, south, east, north = chart.geometry(code).bounds
    return west, south, east, north


def southern_edge(code: str, rng: random.Random, share: float | None = None) -> tuple[Point, float]:
    """A place on the southern edge, and how deep the zone is there, nm."""
    west, south, east, north = box_of(code)
    share = rng.uniform(0.15, 0.85) if share is None else 0.1 + 0.8 * share
    return (west + (east - west) * share, south), (north - south) * geo.NM_PER_DEGREE


def early(stage: Stage, role: Role, rng: random.Random) -> float:
    return ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)


def home(stage: Stage, pen: Pen) -> Pen:
    """Wait out the scenario where it is, slowly towing away from everything."""
    pen.go(geo.move(pen.at, 180, max(0.1, (stage.end - pen.t) / HOUR * 1.5)), 1.5 * 2)
    return pen


def enters(stage: Stage, role: Role) -> None:
    """Straight in over the southern edge, `inside_min` inside (`anchors`: at rest), and out."""
    code, kn = role.word("zone"), role.draw("kn", stage.rng("kn"), 4.0)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear", "trawl"), mmsi="held_min" not in role.args)
        edge, depth = southern_edge(code, rng, (n + 0.5) / role.count)
        cross = early(stage, role, rng)
        inside = role.draw("inside_min", rng) * MINUTE
        start = geo.move(edge, 180, STAND_OFF_NM)
        pen = Pen(stage.begin - MINUTE, start)
        pen.stay(max(0.0, cross - ways.eta(start, edge, kn) - pen.t))
        pen.go(edge, kn)
        begins = pen.t
        _stay_inside(pen, edge, depth, inside, kn, anchors=role.flag("anchors"))
        ends = pen.t
        pen.go(start, kn)
        home(stage, pen)
        held = tuple(stage.begin + m * MINUTE for m in role.args.get("held_min", ()))
        spans = ((held[0], held[1]),) if held else ()
        status = ((begins, 1), (ends, 0)) if role.flag("anchors") else ()
        actor = stage.sail(hull, pen.track(), role, held=spans, status=status)
        _entered(stage, role, actor, begins, ends)


def _stay_inside(
    pen: Pen, edge: Point, depth: float, seconds: float, kn: float, *, anchors: bool
) -> None:
    """In and back to the edge; the middle of the stay is towed to and fro."""
    reach = min(depth * 0.45, kn * seconds / HOUR / 2)
    until = pen.t + seconds
    inner = geo.move(edge, 0, reach)
    pen.go(inner, kn)
    back = ways.eta(inner, edge, kn)
    side = 0.2
    while not anchors and pen.t + back + 2 * side / kn * HOUR < until:
        pen.go(geo.move(inner, 90, side), kn)
        pen.go(inner, kn)
    pen.stay(max(0.0, until - back - pen.t))
    pen.go(edge, kn)


def _entered(stage: Stage, role: Role, actor: Actor, begins: float, ends: float) -> None:
    code, kind = role.word("zone"), role.word("kind", "zone_enter")
    truth = stage.truth
    inside = ends - begins
    told = max([begins + numbers.ENTER_FOR, *(until for _, until in actor.held)])
    if role.flag("permit"):
        stage.fact(
            "permits",
            permit=f"P{len(stage.facts['permits']) + 1:04d}",
            reg_no=actor.hull.boat.reg_no,
            activity="enter",
            zone=code,
            valid_from=text(stage.begin - 86400),
            valid_to=text(stage.end + 86400),
        )
        truth.quiet(("zone_enter", "approach"), actor, "has a permit")
        return
    truth.incident(
        "approach", actor, begins - 10 * MINUTE, ends=begins, expect="either", object=code
    )
    limit = {"zone_dwell": _dwell_limit(code), "risk_zone": numbers.AREA_FOR}.get(kind)
    if limit is None:
        expect = numbers.judge(inside, 3 * numbers.ENTER_FOR, 0.6)
        truth.incident(
            kind,
            actor,
            begins,
            due=told,
            ends=ends,
            expect=expect,
            object=code,
        )
    else:
        truth.incident(
            kind,
            actor,
            begins,
            due=begins + limit,
            ends=ends,
            expect=numbers.judge(inside, limit),
            floor="yellow" if _rest(actor, begins, ends) > 1.3 * limit else None,
            object=code,
        )


def _rest(actor: Actor, begins: float, ends: float) -> float:
    """Seconds that it lay still in one piece."""
    t = np.arange(begins, ends, 10.0)
    span = witness.longest(t, motion(actor.track, t).sog < 0.1)
    return 0.0 if span is None else span[1] - span[0]


def _dwell_limit(code: str) -> float:
    return float(chart.features()[code]["properties"].get("dwell_min") or 0) * MINUTE


def leaves(stage: Stage, role: Role) -> None:
    """At work in a zone that it must not leave; out for `outside_min`, by `out_nm`, and back."""
    code = role.word("zone")
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl")
        edge, depth = southern_edge(code, rng, (n + 0.5) / role.count)
        inner = geo.move(edge, 0, depth / 3)
        cross, kn = early(stage, role, rng), 4.0
        pen = ways.steam_to_and_fro(
            Pen(stage.begin - MINUTE, inner), 90, 0.3, kn, cross - ways.eta(inner, edge, kn)
        )
        pen.go(inner, kn)
        pen.go(edge, kn)
        begins = pen.t
        out = role.draw("out_nm", rng)
        outer = geo.move(edge, 180, out)
        pen.go(outer, kn)
        pen = ways.steam_to_and_fro(
            pen, 90, 0.2, kn, begins + role.draw("outside_min", rng) * MINUTE
        )
        pen.go(outer, kn)
        pen.go(edge, kn)
        ends = pen.t
        pen.go(inner, kn)
        ways.steam_to_and_fro(pen, 90, 0.3, kn, stage.end)
        actor = stage.sail(hull, pen.track(), role)
        near = out < 1.5 * numbers.EXIT_MARGIN_NM
        expect = (
            ""
            if out < 0.7 * numbers.EXIT_MARGIN_NM
            else "either"
            if near
            else numbers.judge(ends - begins, 1.5 * numbers.EXIT_FOR, 0.5)
        )
        stage.truth.incident(
            "zone_exit",
            actor,
            begins,
            due=begins + numbers.EXIT_FOR,
            ends=ends,
            expect=expect,
            object=code,
        )


def turns_back(stage: Stage, role: Role) -> None:
    """Heads for the zone and turns away `nearest_nm` before its edge."""
    code = role.word("zone")
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet")
        edge, _ = southern_edge(code, rng, (n + 0.5) / role.count)
        nearest, kn = role.draw("nearest_nm", rng), role.draw("kn", rng, 5.0)
        start, near = geo.move(edge, 180, 3 * STAND_OFF_NM), geo.move(edge, 180, nearest)
        pen = Pen(stage.begin - MINUTE, start)
        pen.stay(max(0.0, early(stage, role, rng) - pen.t))
        pen.go(near, kn)
        turned = pen.t
        pen.go(start, kn)
        home(stage, pen)
        actor = stage.sail(hull, pen.track(), role)
        # 10 min at this speed, or half a mile, whichever is farther
        limit = max(numbers.APPROACH_NM, kn * numbers.APPROACH_FOR / HOUR)
        begins = turned - max(0.0, limit - nearest) / kn * HOUR
        stage.truth.incident(
            "approach",
            actor,
            begins,
            ends=turned + 5 * MINUTE,
            expect=numbers.judge_below(nearest, min(limit, numbers.APPROACH_NM))
            or ("either" if nearest < 1.2 * limit else ""),
            object=code,
        )
        stage.truth.quiet(("zone_enter", "zone_dwell"), actor, "never inside")


def hugs(stage: Stage, role: Role) -> None:
    """Works along the edge, `off_m` outside it: a fence that flaps would raise each minute."""
    code = role.word("zone")
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl")
        west, south, east, _ = box_of(code)
        off = role.draw("off_m", rng) / 1852
        points = [geo.move((x, south), 180, off) for x in (west + 0.01, east - 0.01)]
        start = geo.between(points[0], points[1], n / role.count)  # no two in the same water
        pen = Pen(stage.begin - MINUTE, start)
        while pen.t < stage.end:
            for point in (points[1], points[0]):
                pen.go(point, rng.uniform(3.0, 3.8))
        actor = stage.sail(hull, pen.track(), role)
        stage.truth.incident("approach", actor, stage.begin, expect="either", object=code)
        stage.truth.quiet(("zone_enter", "zone_dwell"), actor, "beside it, never inside")


def over_cable(stage: Stage, role: Role) -> None:
    """Along the cable's corridor at `kn`: as a trawl (1 to 6), at anchor (0), or steaming over."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=32)
        along = [(109.100, 17.850), (108.950, 17.400)]  # the middle of the southern leg
        at = geo.between(along[0], along[1], rng.uniform(0.1, 0.5))
        course = geo.bearing(*along)
        kn, t = role.draw("kn", rng), early(stage, role, rng)
        start = geo.move(at, course + 90, STAND_OFF_NM)
        pen = Pen(stage.begin - MINUTE, start)
        pen.stay(max(0.0, t - pen.t))
        pen.go(geo.move(at, course + 90, 0.28), 8.0)
        begins, minutes = pen.t, role.draw("minutes", rng, 30)
        if role.flag("across"):
            pen.go(geo.move(at, course - 90, 0.28), kn)
        elif kn == 0:
            pen.go(at, 8.0)
            pen.stay(minutes * MINUTE)
        else:
            pen.go(at, 8.0)
            pen.go(geo.move(at, course, kn * minutes / 60), kn)
        ends = pen.t
        pen.go(geo.move(pen.at, course + 90, STAND_OFF_NM), 8.0)
        home(stage, pen)
        actor = stage.sail(
            hull, pen.track(), role, status=((begins, 1), (ends, 0)) if kn == 0 else ()
        )
        expect = (
            "" if kn > 6.6 else "alert" if ends - begins > 1.2 * numbers.FISHING_FOR else "either"
        )
        stage.truth.incident(
            "zone_enter",
            actor,
            begins,
            due=begins + numbers.FISHING_FOR,
            ends=ends,
            expect=expect,
            object="CABLE-1",
            also=("zone_dwell",),
        )


def in_risk_zone(stage: Stage, role: Role) -> None:
    """Through a merchant–fishing risk zone; `anchors`: it comes to rest there."""
    enters(stage, Role(role.name, role.play, role.count, {**role.args, "kind": "risk_zone"}))


PLAYS = {
    "enters": enters,
    "leaves": leaves,
    "turns_back": turns_back,
    "hugs": hugs,
    "over_cable": over_cable,
    "in_risk_zone": in_risk_zone,
}
