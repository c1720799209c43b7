"""Leaving port and coming back: declared or not, in season or not, in time or not."""

from __future__ import annotations

import random

import numpy as np

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Pen
from simulators.scoring.times import text
from simulators.sea import chart, numbers, ways, witness
from simulators.sea.cast import Actor, Hull, motion
from simulators.sea.stage import Role, Stage


def departs(stage: Stage, role: Role) -> None:
    """Leaves Yazhou, stays out `out_min`, and comes back; `declared` or not; `permit` or not."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear", "gillnet"))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        pen = ways.moored(hull, stage.begin - HOUR, rng)
        home = pen.at
        pen.stay(t - pen.t)
        ways.out_of_port(pen, hull.boat)
        box = stage.cell() if role.flag("far") else (109.00, 18.20, 109.10, 18.27)
        _out(pen, role, box, rng, t)
        if not role.flag("stays_out"):
            ways.into_port(pen, hull.boat, home)
        else:
            ways.steam_about(pen, box, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role, trip=False)
        if role.flag("declared"):
            stage.trip(hull, t, t + 48 * HOUR)
        _permitted(stage, role, hull)
        _departed(stage, role, actor)


def _out(pen: Pen, role: Role, box: geo.Box, rng: random.Random, t: float) -> None:
    until = t + role.draw("out_min", rng, 240) * MINUTE
    if role.flag("fishing"):
        pen.go(geo.somewhere(box, rng), 8.0)
        ways.trawl_about(pen, box, until, rng)
    elif pen.t < until:
        ways.steam_about(pen, box, until, rng, 8.5)


def _permitted(stage: Stage, role: Role, hull: Hull) -> None:
    if role.flag("permit"):
        stage.fact(
            "permits",
            permit=f"P{len(stage.facts['permits']) + 1:04d}",
            reg_no=hull.boat.reg_no,
            activity="leave_port",
            zone="",
            valid_from=text(stage.begin - 86400),
            valid_to=text(stage.end + 86400),
        )


def outside(actor: Actor, begin: float, end: float) -> tuple[float, float] | None:
    """The longest stretch outside every port."""
    t = np.arange(begin, end, 5.0)
    m = motion(actor.track, t)
    in_port = np.zeros(len(t), bool)
    for code in places.PORTS:
        in_port |= chart.inside(code, m.lon, m.lat)
    return witness.longest(t, ~in_port)


def _departed(stage: Stage, role: Role, actor: Actor) -> None:
    span = outside(actor, stage.begin, stage.end)
    assert span is not None
    begins, ends = span
    kind = role.word("kind", "undeclared_departure")
    if kind == "moratorium":
        return _in_moratorium(stage, role, actor, span)
    expect = "" if role.flag("declared") else numbers.judge(ends - begins, numbers.UNDECLARED_FOR)
    stage.truth.incident(
        kind,
        actor,
        begins,
        due=begins + numbers.UNDECLARED_FOR,
        ends=ends,
        expect=expect,
        floor="yellow",
    )
    return None


def _in_moratorium(stage: Stage, role: Role, actor: Actor, span: tuple[float, float]) -> None:
    hooks = actor.hull.boat.gears == ("hook",)
    if hooks or role.flag("permit"):
        stage.truth.quiet(("moratorium",), actor, "hook and line" if hooks else "permitted")
        return
    begins, ends = span
    long = ends - begins > 1.3 * numbers.AT_SEA_IN_MORATORIUM
    stage.truth.incident(
        "moratorium",
        actor,
        begins,
        ends=ends,
        expect="alert" if long else "either",
        due=begins + numbers.AT_SEA_IN_MORATORIUM,
        floor="orange",
    )
    stage.truth.incident("fishing_like", actor, begins, ends=ends, expect="either")
    stage.truth.incident("undeclared_departure", actor, begins, ends=ends, expect="either")


def fishes(stage: Stage, role: Role) -> None:
    """At sea in the closed season: tows `minutes` (trawl speed), before and after it steams."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear", "trawl"))
        box = stage.cell()
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        pen = ways.steam_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, t, rng, 9.0)
        begins, for_s = pen.t, role.draw("minutes", rng, 0) * MINUTE
        while pen.t < begins + for_s:
            aim = geo.move(pen.at, rng.uniform(0, 360), 0.4)
            pen.go(_kept(box, aim), rng.uniform(2.8, 3.8))
        ends = pen.t
        ways.steam_about(pen, box, stage.end, rng, 9.0)
        actor = stage.sail(hull, pen.track(), role)
        allowed = hull.boat.gears == ("hook",) or role.flag("open_season")
        expect = "" if allowed else numbers.judge(ends - begins, numbers.FISHING_FOR, 0.6)
        stage.truth.incident(
            "fishing_like",
            actor,
            begins,
            due=begins + numbers.FISHING_FOR,
            ends=ends,
            expect=expect,
            floor="yellow",
        )
        if not allowed:
            stage.truth.incident("moratorium", actor, stage.begin, expect="either")


def _kept(box: geo.Box, p: geo.Point) -> geo.Point:
    return min(max(p[0], box[0]), box[2]), min(max(p[1], box[1]), box[3])


def overdue(stage: Stage, role: Role) -> None:
    """Declared back long ago: `late_h` before the end; `returned`: it is, at its berth."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet")
        late = role.draw("late_h", rng) * HOUR
        returns = ways.rounded(stage.end - late)
        if role.flag("returned"):
            track = ways.moored(hull, stage.begin - HOUR, rng).track()
        else:
            box = stage.cell()
            start = Pen(stage.begin - MINUTE, ways.centre(box))
            track = ways.trawl_about(start, box, stage.end, rng).track()
        actor = stage.sail(hull, track, role, trip=False)
        stage.trip(hull, returns - 40 * HOUR, returns)
        expect = "" if role.flag("returned") else numbers.judge(late, numbers.OVERDUE, 0.15)
        floor = "orange" if late > 6.6 * HOUR else "yellow"
        stage.truth.incident(
            "overdue", actor, returns, due=returns + numbers.OVERDUE, expect=expect, floor=floor
        )


PLAYS = {"departs": departs, "fishes": fishes, "overdue": overdue}
