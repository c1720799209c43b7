"""What a boat does all its life when nothing happens to it: one trip after another, by gear.

A trip is a pure function of (seed, boat, its number), begins and ends at the boat's own berth, and
keeps to harbour speed in the channel, so that an undisturbed boat never gives cause for an alert.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Box, Pen, Point, Track
from simulators.register import Boat

LOCAL = timezone(timedelta(hours=8))
HARBOUR_KN = 3.8
ABREAST_NM = 50 / 1852
"""Half the width of a channel."""
Work = Callable[[Pen, Box, float, random.Random], None]


@dataclass(frozen=True, slots=True)
class Habit:
    cycle_h: float  #: from one departure to the next
    away_h: float  #: of these at sea
    sails: float  #: share of cycles in which it sails at all
    leaves: float | None  #: local hour of departure; None: any
    grounds: tuple[str, ...]  #: empty: those of its port
    work: Work


def phase(seed: int, boat: Boat, habit: Habit) -> float:
    """Seconds after 1970 at which its cycle number 0 began."""
    rng = geo.chance(seed, boat.reg_no, "phase")
    if habit.leaves is None:
        return rng.random() * habit.cycle_h * HOUR
    return (habit.leaves - 8 + rng.uniform(-1.5, 0)) * HOUR


def berth(seed: int, boat: Boat) -> Point:
    return places.PORTS[boat.port].berth(geo.chance(seed, boat.reg_no, "berth"))


def closed_season(t: float) -> bool:
    """The summer moratorium: 1 May 12:00 to 16 August 12:00 local time."""
    local = datetime.fromtimestamp(t, UTC).astimezone(LOCAL)
    return (5, 1, 12) <= (local.month, local.day, local.hour) < (8, 16, 12)


def stays(boat: Boat, habit: Habit, start: float, rng: random.Random) -> bool:
    hooks = boat.service or all(g == "hook" for g in boat.gears)
    forbidden = closed_season(start) or closed_season(start + habit.cycle_h * HOUR)
    return rng.random() > habit.sails or (forbidden and not hooks)


def cruise_kn(boat: Boat) -> float:
    return (6.5 + min(2.5, boat.length_m / 16)) * pace(boat)


def harbour_kn(boat: Boat) -> float:
    return HARBOUR_KN * pace(boat)


def pace(boat: Boat) -> float:
    """Engines differ: two boats that leave together do not stay a hull's length apart."""
    return geo.chance(boat.reg_no, "pace").uniform(0.96, 1.04)


@dataclass(frozen=True, slots=True)
class Outing:
    """What a boat does from one night at its berth to the next."""

    track: Track
    leaves: float | None  #: when it casts off; None: it stays in port this time
    work: slice  #: the part of the track on its ground


def outing(seed: int, boat: Boat, number: int) -> Outing:
    """Trip `number` of a boat that decides for itself."""
    habit = HABITS[boat.gear]
    rng = geo.chance(seed, boat.reg_no, "trip", number)
    start = phase(seed, boat, habit) + number * habit.cycle_h * HOUR
    pen = Pen(start, berth(seed, boat))
    if stays(boat, habit, start, rng):
        return Outing(pen.track(), None, slice(0))
    pen.stay(rng.uniform(2, 55) * MINUTE)
    leaves = pen.t
    ground = rng.choice(habit.grounds or places.PORTS[boat.port].grounds)
    back_by = pen.t + habit.away_h * HOUR * rng.uniform(0.9, 1.0)
    leave(pen, boat)
    box, first = places.GROUNDS[ground], len(pen.times)
    pen.go(geo.somewhere(box, rng), cruise_kn(boat))
    while pen.t < back_by - way_home(pen.at, boat):
        habit.work(pen, box, back_by - way_home(pen.at, boat), rng)
    last = len(pen.times)
    enter(pen, boat, berth(seed, boat))
    return Outing(pen.track(), leaves, slice(first, last))


def trip(seed: int, boat: Boat, lead: Boat, number: int, beside_nm: float = 0.0) -> Outing:
    """Trip `number`: its own, or that of its group's lead, so far to the side of it all the way.

    `beside_nm`: miles east of the lead, negative west. It keeps the lead's times on the ground, and
    its own berth and side of the channel.
    """
    led = outing(seed, lead, number)
    if lead == boat:
        return led
    pen = Pen(led.track.start, berth(seed, boat))
    if led.leaves is None:
        return Outing(pen.track(), None, slice(0))
    pen.stay(led.leaves - pen.t)
    leave(pen, boat, lead)
    first = len(pen.times)
    for t, point in zip(led.track.times[led.work], led.track.points[led.work], strict=True):
        pen.reach(geo.move(point, 90, beside_nm), t)
    last = len(pen.times)
    enter(pen, boat, berth(seed, boat), lead)
    return Outing(pen.track(), led.leaves, slice(first, last))


def leave(pen: Pen, boat: Boat, lead: Boat | None = None) -> None:
    port = places.PORTS[boat.port]
    for point in port.channel:
        pen.go(abreast(boat, point), harbour_kn(boat))
    pen.go(abreast(boat, port.gate), cruise_kn(lead or boat))


def enter(pen: Pen, boat: Boat, home: Point, lead: Boat | None = None) -> None:
    port = places.PORTS[boat.port]
    pen.go(abreast(boat, port.gate), cruise_kn(lead or boat))
    for point in (*(abreast(boat, p) for p in reversed(port.channel)), home):
        pen.go(point, harbour_kn(boat))


def abreast(boat: Boat, point: Point) -> Point:
    """Where this boat passes a mark of the channel: no two hulls are in the same water."""
    rng = geo.chance(boat.reg_no, "abreast")
    return geo.move(point, rng.uniform(0, 360), ABREAST_NM * math.sqrt(rng.random()))


def way_home(at: Point, boat: Boat) -> float:
    """About how long the way home takes, seconds."""
    port = places.PORTS[boat.port]
    sea = geo.distance(at, port.gate) / cruise_kn(boat)
    return (sea + 4.5 / HARBOUR_KN) * HOUR


def clamp(box: Box, p: Point) -> Point:
    return min(max(p[0], box[0]), box[2]), min(max(p[1], box[1]), box[3])


def weave(pen: Pen, box: Box, to: Point, kn: float, rng: random.Random) -> None:
    """Go there as a boat with gear out does: not quite straight, not quite even."""
    start, whole = pen.at, geo.distance(pen.at, to)
    steps = max(1, round(whole / 0.9))
    for step in range(1, steps + 1):
        aim = geo.between(start, to, step / steps)
        aim = geo.move(aim, rng.uniform(0, 360), 0.06 if step < steps else 0.0)
        pen.go(clamp(box, aim), kn * rng.uniform(0.93, 1.07))


def trawl(pen: Pen, box: Box, _until: float, rng: random.Random) -> None:
    """One tow, then haul."""
    weave(pen, box, geo.somewhere(box, rng), rng.uniform(3.1, 3.9), rng)
    drift(pen, box, rng.uniform(15, 25) * MINUTE, rng)


def gillnet(pen: Pen, box: Box, until: float, rng: random.Random) -> None:
    """Set a line of net, lie by it, haul it from the other end."""
    to = clamp(box, geo.move(pen.at, rng.uniform(0, 360), rng.uniform(2.0, 4.0)))
    weave(pen, box, to, rng.uniform(4.2, 5.2), rng)
    wait = max(0.0, min(rng.uniform(2.0, 4.5) * HOUR, until - pen.t - 2 * HOUR))
    drift(pen, box, wait, rng)
    weave(pen, box, clamp(box, geo.move(pen.at, rng.uniform(0, 360), 2.2)), 1.6, rng)


def light(pen: Pen, box: Box, until: float, rng: random.Random) -> None:
    """Lie with lights on, net under the boat; now and then look for a better place."""
    drift(pen, box, min(rng.uniform(2.5, 4.0) * HOUR, max(MINUTE, until - pen.t)), rng)
    if until - pen.t > HOUR:
        pen.go(clamp(box, geo.move(pen.at, rng.uniform(0, 360), rng.uniform(2, 5))), 7.5)


def lines(pen: Pen, box: Box, until: float, rng: random.Random) -> None:
    """Hook and line: from one rock to the next."""
    drift(pen, box, min(rng.uniform(35, 100) * MINUTE, max(MINUTE, until - pen.t)), rng)
    pen.go(clamp(box, geo.move(pen.at, rng.uniform(0, 360), rng.uniform(0.6, 2.0))), 4.8)


def pots(pen: Pen, box: Box, _until: float, rng: random.Random) -> None:
    """Along a string: lift, bait, set."""
    course = rng.uniform(0, 360)
    for _ in range(8):
        drift(pen, box, rng.uniform(6, 11) * MINUTE, rng)
        pen.go(clamp(box, geo.move(pen.at, course, 0.3)), 3.5)
    pen.go(geo.somewhere(box, rng), 6.0)


def patrol(pen: Pen, box: Box, _until: float, rng: random.Random) -> None:
    pen.go(geo.somewhere(box, rng), 9.0)
    pen.stay(rng.uniform(3, 12) * MINUTE)


def drift(pen: Pen, box: Box, seconds: float, rng: random.Random) -> None:
    course = rng.uniform(0, 360)
    for _ in range(max(1, int(seconds / (25 * MINUTE)))):
        took = min(seconds, 25 * MINUTE)
        to = geo.move(pen.at, course + rng.uniform(-30, 30), rng.uniform(0.3, 0.7) * took / HOUR)
        pen.reach(clamp(box, to), pen.t + took)


HABITS: dict[str, Habit] = {
    "hook": Habit(24, 10, 0.8, None, (), lines),
    "pot": Habit(24, 8, 0.85, 4.5, (), pots),
    "gillnet": Habit(24, 14, 0.8, None, (), gillnet),
    "falling_net": Habit(24, 15, 0.8, 16.0, places.NEAR_OFFSHORE, light),
    "purse_seine": Habit(24, 16, 0.75, 15.5, places.NEAR_OFFSHORE, light),
    "trawl": Habit(96, 72, 0.9, None, places.OFFSHORE, trawl),
    "pair_trawl": Habit(96, 72, 0.9, None, places.OFFSHORE, trawl),
    "longline": Habit(120, 110, 1.0, None, ("line",), lines),
    "patrol": Habit(12, 5, 1.0, None, (), patrol),
}
