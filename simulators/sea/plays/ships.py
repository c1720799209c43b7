"""Merchant ships: on lanes, at anchor, and on courses that lead close to boats."""

from __future__ import annotations

import random
from itertools import pairwise

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Pen, Point, Track
from simulators.sea import ways
from simulators.sea.stage import Role, Stage

AT_ANCHOR = 1
SITES: tuple[Point, ...] = (
    (108.55, 18.20), (108.85, 18.08), (109.15, 18.02), (109.45, 17.90),
    (109.75, 17.94), (110.04, 18.04), (110.30, 18.16), (108.38, 18.46),
)  # fmt: skip
"""Well heard by a receiver, and far apart: a ship passes one boat before it meets the next."""


def passing(stage: Stage, role: Role) -> None:
    """A ship on a straight course passes a boat on a straight course at `cpa_nm`.

    `angle` is between their courses; `turns_min`: the boat turns away that long before.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        slot, place = divmod(stage.take("passing"), len(SITES))
        site = SITES[place]
        meet = ways.rounded(stage.begin + (50 + 45 * slot) * MINUTE + rng.uniform(0, 300))
        course = rng.choice((80.0, 260.0)) + rng.uniform(-10, 10)
        ship = _straight(site, course, role.draw("ship_kn", rng, 13), meet, 40 * MINUTE)
        hull = stage.ship(rng, length=role.draw("length_m", rng, 140))
        stage.sail(hull, ship, role, ais_from=meet - 40 * MINUTE, until=meet + 40 * MINUTE)
        angle = role.draw("angle", rng, 90)
        side = 1 if angle < 170 else -1
        at = geo.move(site, course + 90 * side, role.draw("cpa_nm", rng) * rng.choice((1, -1)))
        _boat(stage, role, rng, at, course + angle, meet)


def _straight(at: Point, course: float, kn: float, meet: float, seconds: float) -> Track:
    """Through a point at a time, from so long before to so long after."""
    nm = kn * seconds / HOUR
    points = (geo.move(at, ways.reciprocal(course), nm), at, geo.move(at, course, nm))
    return Track((meet - seconds, meet, meet + seconds), points)


def _boat(
    stage: Stage, role: Role, rng: random.Random, at: Point, course: float, meet: float
) -> None:
    """Towing or steaming straight for 25 minutes around the meeting; before and after, nearby."""
    kn = role.draw("boat_kn", rng, 4)
    hull = stage.hull(rng, "trawl", length=rng.uniform(25, 36))
    lead = 18 * MINUTE
    start = geo.move(at, ways.reciprocal(course), kn * lead / HOUR)
    wait = geo.move(start, ways.reciprocal(course), 1.0)
    pen = Pen(stage.begin - MINUTE, wait)
    pen.stay(max(0.0, meet - lead - 1.0 / kn * HOUR - pen.t))
    pen.go(start, kn)
    turns = role.draw("turns_min", rng, 0) * MINUTE
    if turns:
        pen.reach(geo.between(start, at, 1 - turns / lead), meet - turns)
        pen.drift(turns + 6 * MINUTE, course + 180, kn * 1.4)
    else:
        pen.reach(at, meet)
        pen.drift(7 * MINUTE, course, kn)
    pen.stay(max(MINUTE, stage.end - pen.t))
    stage.sail(hull, pen.track(), role)


def anchored(stage: Stage, role: Role) -> None:
    """At the typhoon anchorage Nanshan–Yinggehai or in Sanya Bay, swinging."""
    boxes = {"ANCH-NS": (108.72, 18.31, 108.88, 18.39), "ANCH-SY": places.ANCHORAGE}
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        pen = Pen(stage.begin - HOUR, geo.somewhere(boxes[role.word("zone", "ANCH-NS")], rng))
        ways.swing(pen, 60, stage.end, rng)
        hull = stage.ship(rng)
        actor = stage.sail(hull, pen.track(), role, status=((0.0, AT_ANCHOR),), ais_every=60.0)
        stage.truth.quiet(("*",), actor, "a merchant ship at anchor")


def on_lanes(stage: Stage, role: Role) -> None:
    """Ships on the coastal lanes, there and back."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        lane = places.LANES[int(role.args.get("lane", n % len(places.LANES)))]
        actor = stage.sail(stage.ship(rng), lane_track(stage, rng, lane), role)
        stage.truth.quiet(("gap", "speed", "drift"), actor, "a merchant ship")


def lane_track(stage: Stage, rng: random.Random, lane: tuple[Point, ...]) -> Track:
    """Begun at a random moment of the round, so that the lane is filled from the start."""
    kn = rng.uniform(11, 15)
    points = [geo.move(p, rng.uniform(0, 360), rng.uniform(0, 0.5)) for p in lane]
    if rng.random() < 0.5:
        points.reverse()
    whole = sum(ways.eta(a, b, kn) for a, b in pairwise(points))
    pen = Pen(stage.begin - rng.uniform(0, whole), points[0])
    while pen.t < stage.end:
        for point in points[1:]:
            pen.go(point, kn)
        pen.stay(2 * HOUR)
        points.reverse()
    return pen.track()


PLAYS = {
    "passing": passing,
    "anchored": anchored,
    "on_lanes": on_lanes,
}
