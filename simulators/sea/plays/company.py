"""Boats in company: groups, pairs, the lonely, meetings at sea."""

from __future__ import annotations

import random

import numpy as np

from simulators import geo
from simulators.geo import HOUR, MINUTE, Pen, Point
from simulators.scoring.times import text
from simulators.sea import numbers, ways, witness
from simulators.sea.cast import Actor, Hull
from simulators.sea.stage import Role, Stage


def declare(stage: Stage, hulls: list[Hull], kind: str) -> str:
    """Put the boats into a group; its code."""
    known = {row["group"] for row in stage.facts["groups"]}
    code = f"{kind.upper()[:3]}-{len(known) + 1:03d}"
    for n, hull in enumerate(hulls):
        stage.fact(
            "groups",
            group=code,
            kind=kind,
            reg_no=hull.boat.reg_no,
            role="member" if n else "lead",
            valid_from=text(stage.begin - 30 * 86400),
            valid_to="",
        )
    return code


def group(stage: Stage, role: Role) -> None:
    """编组: `size` boats tow together; the last goes off `apart_nm` for `minutes`, then returns."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hulls = [stage.hull(rng, "trawl") for _ in range(int(role.args.get("size", 4)))]
        code = declare(stage, hulls, "sailing")
        box = stage.cell()
        lead = ways.trawl_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, stage.end, rng)
        track = lead.track()
        followers = [ways.beside(track, 90 * k, 0.35) for k in range(len(hulls) - 1)]
        members = [
            stage.sail(hull, way, role) for hull, way in zip(hulls[:-1], followers, strict=True)
        ]
        away = _goes_off(stage, role, rng, ways.centre(box))
        stray = stage.sail(hulls[-1], away.track(), role)
        _separated(stage, stray, members, code)


def _goes_off(stage: Stage, role: Role, rng: random.Random, at: Point) -> Pen:
    t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
    home = geo.move(at, 45, 0.4)
    pen = ways.steam_to_and_fro(Pen(stage.begin - MINUTE, home), 45, 0.3, 3.5, t)
    apart, course = role.draw("apart_nm", rng, 0), rng.uniform(150, 210)
    if apart:
        out = geo.move(at, course, apart)
        pen.go(out, 8.5)
        until = pen.t + role.draw("minutes", rng) * MINUTE
        ways.steam_to_and_fro(pen, 90, 0.3, 3.5, until)
        pen.go(home, 8.5)
    return ways.steam_to_and_fro(pen, 45, 0.3, 3.5, stage.end)


def _separated(stage: Stage, stray: Actor, members: list[Actor], code: str) -> None:
    t = np.arange(stage.begin, stage.end, 10.0)
    nearest = np.min([witness.separation(stray.track, m.track, t) for m in members], axis=0)
    strict = witness.longest(t, nearest > 1.1 * numbers.GROUP_NM)
    loose = witness.longest(t, nearest > 0.85 * numbers.GROUP_NM)
    enough = strict is not None and strict[1] - strict[0] > 1.3 * numbers.GROUP_FOR
    if loose is None or loose[1] - loose[0] < 0.7 * numbers.GROUP_FOR:
        stage.truth.quiet(("group_sep",), stray, "never far for long")
    else:
        stage.truth.incident(
            "group_sep",
            stray,
            loose[0],
            due=loose[0] + numbers.GROUP_FOR,
            ends=loose[1],
            expect="alert" if enough else "either",
            floor="yellow",
            object=code,
        )
    for member in members:
        stage.truth.quiet(("group_sep",), member, "with its group")


def night(stage: Stage, role: Role) -> None:
    """Far out from 00 to 04 h: alone, or with a companion `with_nm` away."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        row = stage.take("night")  # 20 nm from every other
        place = (108.0 + 0.42 * (row % 7), 17.25 - 0.36 * (row // 7 % 8))
        with_nm = role.draw("with_nm", rng, 0)
        at = [place, geo.move(place, 90, with_nm)] if with_nm else [place]
        for spot in at:
            hull = stage.hull(rng, "trawl", mmsi=False)
            track = _round(spot, stage.begin - MINUTE, stage.end + MINUTE)
            actor = stage.sail(hull, track, role)
            expect = numbers.judge(with_nm, numbers.ALONE_NM, 0.15) if with_nm else "alert"
            stage.truth.incident(
                "single_night",
                actor,
                _midnight(stage),
                due=_midnight(stage) + numbers.ALONE_FOR,
                ends=_midnight(stage) + 4 * HOUR,
                expect=expect,
                floor="yellow",
            )


def _round(at: Point, start: float, until: float) -> geo.Track:
    return ways.circle(at, 0.15, 2.5, start, until)


def _midnight(stage: Stage) -> float:
    """The first local midnight in the scenario."""
    day = 86400.0
    local = stage.begin + 8 * HOUR
    return (local // day + 1) * day - 8 * HOUR


def meeting(stage: Stage, role: Role) -> None:
    """One boat lies; another comes to `apart_m`, stays `minutes`, and leaves.

    `kin` makes them pair_trawl, sailing or light: a declared pair, a group, mother and light boat.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hulls = [stage.hull(rng, role.word("gear", "gillnet")) for _ in range(2)]
        if kin := role.word("kin"):
            declare(stage, hulls, kin)
        at = ways.centre(stage.cell())
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        kn, course = rng.uniform(0.15, 0.35), rng.uniform(0, 360)
        for_s = role.draw("minutes", rng) * MINUTE
        lies = ways.drift(Pen(t - 40 * MINUTE, at), kn, course, t + for_s + 15 * MINUTE, rng)
        lies.go(at, 4.0)
        ways.steam_to_and_fro(lies, course, 0.25, 3.5, stage.end)
        host = stage.sail(hulls[0], lies.track(), role)
        beside = ways.beside(host.track, course + 90, role.draw("apart_m", rng) / 1852)
        guest = _visits(stage, beside, t, for_s, geo.move(at, 0, 0.5))
        _met(stage, host, stage.sail(hulls[1], guest.track(), role), declared=bool(kin))


def _visits(stage: Stage, beside: geo.Track, t: float, seconds: float, wait: Point) -> Pen:
    """From where it waits to the other's side, with it, and back."""
    there = beside.at(t).point
    pen = Pen(stage.begin - MINUTE, wait)
    pen.stay(max(0.0, t - ways.eta(wait, there, 5.0) - pen.t))
    pen.reach(there, max(t, pen.t + 1))
    for when, point in zip(beside.times, beside.points, strict=True):
        if pen.t < when < t + seconds:
            pen.reach(point, when)
    pen.reach(beside.at(t + seconds).point, t + seconds)
    pen.go(wait, 5.0)
    pen.stay(max(MINUTE, stage.end - pen.t))
    return pen


def _met(stage: Stage, host: Actor, guest: Actor, *, declared: bool) -> None:
    t = np.arange(stage.begin, stage.end, 10.0)
    apart = witness.separation(host.track, guest.track, t)
    strict = witness.longest(t, apart < 0.85 * numbers.TOGETHER_NM)
    loose = witness.longest(t, apart < 1.2 * numbers.TOGETHER_NM)
    long = 0.0 if strict is None else strict[1] - strict[0]
    if declared or loose is None or loose[1] - loose[0] < 0.8 * numbers.TOGETHER_FOR:
        stage.truth.quiet(("encounter",), guest, "declared partners" if declared else "too short")
        return
    stage.truth.incident(
        "encounter",
        host,
        loose[0],
        due=loose[0] + numbers.TOGETHER_FOR,
        ends=loose[1] + 30 * MINUTE,
        object=guest,
        expect="alert" if long > 1.2 * numbers.TOGETHER_FOR else "either",
        floor="yellow",
    )


def pair_trawlers(stage: Stage, role: Role) -> None:
    """双拖: two boats a quarter mile apart, towing one net all day; declared."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hulls = [stage.hull(rng, "pair_trawl") for _ in range(2)]
        declare(stage, hulls, "pair_trawl")
        box = stage.cell()
        pen = ways.trawl_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, stage.end, rng)
        track = pen.track()
        for way in (track, ways.beside(track, 90, rng.uniform(0.12, 0.22))):
            actor = stage.sail(hulls.pop(0), way, role)
            stage.truth.quiet(("encounter", "collision"), actor, "a declared pair at its net")


PLAYS = {
    "group": group,
    "night": night,
    "meeting": meeting,
    "pair_trawlers": pair_trawlers,
}
