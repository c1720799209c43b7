"""Everybody who is not in the register: merchant ships on their lanes, net beacons, buoys, bases.

Ships sail a lane there and back, waiting out of hearing at the ends, so that none ever jumps.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulators import ais, geo, places
from simulators.geo import HOUR, MINUTE, Motion, Pen, Point, Track

FLAGS = (412, 413, 477, 574, 636, 538, 563, 352)
NAMES = ("HAI", "XIN", "YONG", "PACIFIC", "ORIENT", "SOUTHERN", "EVER", "GRAND")
SECOND_NAMES = ("FENG", "SHENG", "TONG", "STAR", "PIONEER", "HARMONY", "BREEZE", "FORTUNE")
AT_ANCHOR = 8


@dataclass(frozen=True, slots=True)
class Ship:
    mmsi: int
    name: str
    ship_type: int
    length_m: float
    loop: Track  #: from time 0, there and back
    anchored: bool

    def motion(self, t: float) -> Motion:
        return self.loop.at(t % self.loop.end) if not self.anchored else self.loop.at(t)


def ships(seed: int, count: int = 40) -> tuple[Ship, ...]:
    return tuple(_ship(geo.chance(seed, "ship", n), n) for n in range(count))


def _ship(rng: random.Random, n: int) -> Ship:
    kind = rng.choice((ais.CARGO, ais.CARGO, ais.TANKER))
    length = rng.uniform(85, 230)
    mmsi = rng.choice(FLAGS) * 1_000_000 + 995_001 + n  # the register has 412990NNN
    name = f"{rng.choice(NAMES)} {rng.choice(SECOND_NAMES)} {n + 1}"
    anchored = n < AT_ANCHOR
    if anchored:
        loop = Track((0.0,), (geo.somewhere(places.ANCHORAGE, rng),))
    else:
        loop = _loop(rng, places.LANES[n % len(places.LANES)], length)
    return Ship(mmsi, name, kind, length, loop, anchored)


def _loop(rng: random.Random, lane: tuple[Point, ...], length_m: float) -> Track:
    """From a random place in time: the loop is turned so that time 0 is anywhere on it."""
    kn = rng.uniform(9.5, 12.0) + length_m / 60
    pen = Pen(0.0, _beside(lane[0], rng))
    for point in lane[1:]:
        pen.go(_beside(point, rng), kn)
    pen.stay(rng.uniform(2, 6) * HOUR)
    for point in reversed(lane[:-1]):
        pen.go(_beside(point, rng), kn)
    pen.reach(pen.points[0], pen.t + rng.uniform(2, 6) * HOUR)
    return _turned(pen.track(), rng.random())


def _beside(p: Point, rng: random.Random) -> Point:
    return geo.move(p, rng.uniform(0, 360), rng.uniform(0, 0.8))


def _turned(track: Track, share: float) -> Track:
    """The same loop, begun at a later moment."""
    cut = track.end * share
    here = track.at(cut).point
    legs = list(zip(track.times, track.points, strict=True))
    after = [(t - cut, p) for t, p in legs if t > cut]
    before = [(t + track.end - cut, p) for t, p in legs if 0 < t < cut]
    turned = [(0.0, here), *after, *before, (track.end, here)]
    return Track(tuple(t for t, _ in turned), tuple(p for _, p in turned))


@dataclass(frozen=True, slots=True)
class NetBeacon:
    """网位仪: an AIS transmitter on a net, with a made-up MMSI and its battery in its name."""

    mmsi: int
    name: str
    at: Point
    swing: float  #: seconds

    def motion(self, t: float) -> Motion:
        turn = (t + self.swing) / (12.4 * HOUR) * 360
        lon, lat = geo.move(self.at, turn, 0.4)
        return Motion(lon, lat, 0.2, (turn + 90) % 360)


def net_beacons(seed: int, count: int = 12) -> tuple[NetBeacon, ...]:
    found = []
    for n in range(count):
        rng = geo.chance(seed, "net", n)
        box = places.GROUNDS[rng.choice(("bay", "hongtang", "wanglou"))]
        name = f"NET{n + 1:02d}-{rng.randint(35, 99)}%"
        found.append(NetBeacon(100_990_001 + n, name, geo.somewhere(box, rng), rng.random() * HOUR))
    return tuple(found)


STATIC_EVERY = 6 * MINUTE
