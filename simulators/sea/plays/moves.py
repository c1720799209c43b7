"""Ways of moving that are a danger by themselves: too fast, adrift, dragging, loitering."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Pen
from simulators.sea import numbers, ways
from simulators.sea.plays.depth import depth_at
from simulators.sea.stage import Role, Stage

ANCHORED = 1


def speeding(stage: Stage, role: Role) -> None:
    """At `kn` for `minutes`: at sea (class limit), or `in_port` up the channel (harbour limit)."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        kn, for_s = role.draw("kn", rng), role.draw("minutes", rng) * MINUTE
        hull = stage.hull(rng, "hook", length=11.0)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        if role.flag("in_port"):
            begins, ends, pen = _up_the_channel(stage, rng, t, kn)
            limit = numbers.HARBOUR_KN
        else:
            box = stage.cell()
            pen = ways.steam_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, t, rng)
            begins = pen.t
            pen = _dash(pen, kn, begins + for_s)
            ends, limit = pen.t, numbers.CLASS_KN
            ways.steam_about(pen, box, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role)
        fast = numbers.judge(kn, limit, 0.1)
        long = numbers.judge(ends - begins, 1.5 * numbers.SPEED_FOR, 0.5)
        expect = "" if not fast or not long else "either" if "either" in (fast, long) else "alert"
        stage.truth.incident(
            "speed",
            actor,
            begins,
            due=begins + numbers.SPEED_FOR,
            ends=ends,
            expect=expect,
            floor="yellow",
        )


def _dash(pen: Pen, kn: float, until: float) -> Pen:
    """Round a big triangle, so that it stays near."""
    course = 180.0
    while pen.t < until:
        leg = min(until - pen.t, 4 * MINUTE)
        pen.drift(leg, course, kn)
        course += 120
    return pen


def _up_the_channel(
    stage: Stage, rng: random.Random, t: float, kn: float
) -> tuple[float, float, Pen]:
    port = places.PORTS["YAZHOU"]
    pen = Pen(stage.begin - MINUTE, port.gate)
    pen.stay(max(0.0, t - ways.eta(port.gate, places.HARBOUR_EDGE, 8.0) - pen.t))
    pen.go(places.HARBOUR_EDGE, 8.0)
    begins = pen.t
    pen.go(port.channel[2], kn)
    pen.go(places.HARBOUR_HEAD, kn)
    ends = pen.t
    pen.go(port.channel[0], 2.5)
    pen.go(port.berth(rng), 2.0)
    return begins, ends, pen


def adrift(stage: Stage, role: Role) -> None:
    """Engine dead for `minutes`: moves with wind and current, heading where it will.

    `status` 2 says so by AIS; `gear` falling_net or gillnet drifts because that is its work.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        gear = role.word("gear", "trawl")
        hull = stage.hull(rng, gear, length=32 + rng.uniform(0, 4))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        for_s, kn = role.draw("minutes", rng) * MINUTE, role.draw("kn", rng, 1.0)
        box = stage.cell()
        pen = ways.trawl_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, t, rng)
        begins, course = pen.t, rng.uniform(200, 260)
        ways.drift(pen, kn, course, begins + for_s, rng)
        ends = pen.t
        pen.go(geo.move(pen.at, 20, 0.5), 5.0)
        ways.trawl_about(pen, box, stage.end, rng)
        status = int(role.args.get("status", 0))
        actor = stage.sail(
            hull,
            pen.track(),
            role,
            status=((begins, status), (ends, 0)),
            heading=((begins, (course + 100) % 360), (ends, np.nan)),
        )
        working = gear in ("falling_net", "gillnet", "longline", "hook")
        expect = "" if working else numbers.judge(ends - begins, numbers.DRIFT_FOR)
        stage.truth.incident(
            "drift",
            actor,
            begins,
            due=begins + numbers.DRIFT_FOR,
            ends=ends,
            expect=expect,
            floor="orange",
        )


def at_anchor(stage: Stage, role: Role) -> None:
    """Anchored, swinging within `swing_m`; then drags `radii` times its radius in `drag_min`."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=32)
        at = (rng.uniform(108.72, 108.88), rng.uniform(18.31, 18.35))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 90) * MINUTE)
        pen = Pen(stage.begin - 2 * HOUR, at)
        ways.swing(pen, role.draw("swing_m", rng, 15), t, rng)
        radius = max(50.0, hull.boat.length_m + 5 * depth_at(*pen.at))
        begins, metres = pen.t, role.draw("radii", rng, 0) * radius
        if metres:
            pen.reach(
                geo.move(pen.at, rng.uniform(200, 250), metres / 1852),
                pen.t + role.draw("drag_min", rng, 15) * MINUTE,
            )
        ends = pen.t
        ways.swing(pen, 10, stage.end + HOUR, rng)
        actor = stage.sail(hull, pen.track(), role, status=((0.0, ANCHORED),), ais_every=60.0)
        stage.truth.incident(
            "anchor_drag",
            actor,
            begins,
            due=_beyond(begins, ends, metres, radius),
            expect=numbers.judge(metres, radius, 0.35),
            floor="orange",
        )


def _beyond(begins: float, ends: float, metres: float, radius: float) -> float:
    """When it left the radius, and two minutes."""
    share = min(1.0, radius / metres) if metres else 1.0
    return begins + (ends - begins) * share + numbers.ANCHOR_FOR


# ── loitering ──
def loiters(stage: Stage, role: Role) -> None:
    """Slow for `hours` beside the cable (`near` = true), or in open water."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "hook", length=13)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 30) * MINUTE)
        near = role.flag("near")
        at = (
            geo.between(
                (109.100, 17.850), (108.950, 17.400), 0.04 + 0.075 * stage.take("beside the cable")
            )
            if near
            else ways.centre(stage.cell())
        )
        at = geo.move(at, 100, 0.45) if near else at
        pen = Pen(stage.begin - MINUTE, geo.move(at, 90, 3.0))
        ways.steam_to_and_fro(pen, 90, 1.0, 6.0, t)
        pen.go(at, 7.0)
        begins, for_s = pen.t, role.draw("hours", rng) * HOUR
        for kn, course in _wander(rng, for_s):
            pen.drift(10 * MINUTE, course, kn)
        ends = pen.t
        pen.go(geo.move(at, 90, 4.0), 7.0)
        ways.steam_to_and_fro(pen, 90, 1.0, 6.0, stage.end)
        actor = stage.sail(hull, pen.track(), role)
        expect = numbers.judge(ends - begins, numbers.LOITER_FOR, 0.3) if near else ""
        stage.truth.incident(
            "loiter", actor, begins, due=begins + numbers.LOITER_FOR, ends=ends, expect=expect
        )


def _wander(rng: random.Random, seconds: float) -> Iterator[tuple[float, float]]:
    """To and fro, so that it stays within some hundred metres."""
    for n in range(int(seconds / (10 * MINUTE))):
        yield rng.uniform(0.5, 1.1), (10.0 if n % 2 else 190.0) + rng.uniform(-8, 8)


PLAYS = {
    "speeding": speeding,
    "adrift": adrift,
    "at_anchor": at_anchor,
    "loiters": loiters,
}
