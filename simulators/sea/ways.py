"""How boats move: at work by gear in a piece of sea, to and from port, at anchor, adrift.

Every track is drawn with a pen, leg by leg, at speeds the boat has; nothing here knows of alerts.
"""

from __future__ import annotations

import math
import random

from simulators import geo, places, trips
from simulators.geo import HOUR, MINUTE, Box, Pen, Point, Track
from simulators.register import Boat
from simulators.sea.cast import Hull

WORK = {
    "trawl": trips.trawl, "pair_trawl": trips.trawl, "gillnet": trips.gillnet,
    "falling_net": trips.light, "purse_seine": trips.light, "longline": trips.lines,
    "hook": trips.lines, "pot": trips.pots,
}  # fmt: skip


def centre(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def work(pen: Pen, hull: Hull, box: Box, until: float, rng: random.Random) -> Pen:
    """Fish with its first gear inside the box; may end some minutes later."""
    while pen.t < until:
        WORK[hull.boat.gears[0]](pen, box, until, rng)
    return pen


def at_work(hull: Hull, box: Box, start: float, until: float, rng: random.Random) -> Pen:
    return work(Pen(start, geo.somewhere(box, rng)), hull, box, until, rng)


def trawl_about(pen: Pen, box: Box, until: float, rng: random.Random) -> Pen:
    """Tow without a break, so that nothing of it is slow."""
    while pen.t < until:
        trips.weave(pen, box, geo.somewhere(box, rng), rng.uniform(3.1, 3.9), rng)
    return pen


def steam_about(pen: Pen, box: Box, until: float, rng: random.Random, kn: float = 7.0) -> Pen:
    """Search for fish: from one place to another, never slow."""
    while pen.t < until:
        pen.go(geo.somewhere(box, rng), kn * rng.uniform(0.95, 1.05))
    return pen


def steam_to_and_fro(pen: Pen, degrees: float, nm: float, kn: float, until: float) -> Pen:
    """Between here and there until it is time."""
    here, there = pen.at, geo.move(pen.at, degrees, nm)
    while pen.t + 2 * nm / kn * HOUR < until:
        pen.go(there, kn)
        pen.go(here, kn)
    pen.stay(max(0.0, until - pen.t))
    return pen


def berth(boat: Boat, rng: random.Random) -> Point:
    return places.PORTS[boat.port].berth(rng)


def moored(hull: Hull, start: float, rng: random.Random) -> Pen:
    return Pen(start, berth(hull.boat, rng))


def out_of_port(pen: Pen, boat: Boat) -> Pen:
    """Down the channel at harbour speed, to where straight courses are clear."""
    trips.leave(pen, boat)
    return pen


def into_port(pen: Pen, boat: Boat, home: Point) -> Pen:
    trips.enter(pen, boat, home)
    return pen


def swing(pen: Pen, radius_m: float, until: float, rng: random.Random) -> Pen:
    """Lie at anchor: turn about it with the tide, slowly."""
    anchor = geo.move(pen.at, rng.uniform(0, 360), radius_m / 1852)
    turn = geo.bearing(anchor, pen.at)
    while pen.t < until:
        turn += rng.uniform(-25, 25)
        pen.reach(geo.move(anchor, turn, radius_m / 1852), pen.t + 15 * MINUTE)
    return pen


def drift(pen: Pen, kn: float, degrees: float, until: float, rng: random.Random) -> Pen:
    while pen.t < until:
        pen.drift(min(10 * MINUTE, until - pen.t), degrees + rng.uniform(-15, 15), kn)
    return pen


def circle(centre_at: Point, radius_nm: float, kn: float, start: float, until: float,
           turn: float = 0.0) -> Track:  # fmt: skip
    """Round and round, as a boat that searches."""
    pen = Pen(start, geo.move(centre_at, turn, radius_nm))
    while pen.t < until:
        turn += 30
        pen.go(geo.move(centre_at, turn, radius_nm), kn)
    return pen.track()


def beside(track: Track, degrees: float, nm: float) -> Track:
    """The same way, that far to one side: the other boat of a pair."""
    return Track(track.times, tuple(geo.move(p, degrees, nm) for p in track.points))


def delayed(track: Track, seconds: float) -> Track:
    return Track(tuple(t + seconds for t in track.times), track.points)


def eta(a: Point, b: Point, kn: float) -> float:
    """Seconds from a to b."""
    return geo.distance(a, b) / kn * HOUR


def reciprocal(degrees: float) -> float:
    return (degrees + 180) % 360


def rounded(t: float) -> float:
    """To the full second, as scripts are timed."""
    return float(math.floor(t))
