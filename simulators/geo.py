"""Points and tracks on a small piece of sea: WGS-84 degrees, nautical miles, seconds since 1970.

A local plane is good to 0.3 % up to 60 nm. Everything is a pure function of its arguments.
"""

from __future__ import annotations

import itertools
import math
import random
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees."""

Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north."""

NM_PER_DEGREE = 60.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def chance(*key: object) -> random.Random:
    """Random numbers that depend on the key alone, the same on every machine and run."""
    return random.Random(zlib.crc32(repr(key).encode()))


def plane(a: Point, b: Point) -> tuple[float, float]:
    """How far b lies east and north of a, nm."""
    scale = math.cos(math.radians((a[1] + b[1]) / 2))
    return (b[0] - a[0]) * scale * NM_PER_DEGREE, (b[1] - a[1]) * NM_PER_DEGREE


def distance(a: Point, b: Point) -> float:
    return math.hypot(*plane(a, b))


def bearing(a: Point, b: Point) -> float:
    east, north = plane(a, b)
    return math.degrees(math.atan2(east, north)) % 360


def move(a: Point, degrees: float, nm: float) -> Point:
    east = nm * math.sin(math.radians(degrees))
    north = nm * math.cos(math.radians(degrees))
    scale = math.cos(math.radians(a[1]))
    return a[0] + east / NM_PER_DEGREE / scale, a[1] + north / NM_PER_DEGREE


def between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def somewhere(box: Box, rng: random.Random) -> Point:
    return rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])


def inside(box: Box, p: Point) -> bool:
    return box[0] <= p[0] <= box[2] and box[1] <= p[1] <= box[3]


def foot(line: tuple[Point, ...], p: Point) -> Point:
    """The point of a polyline nearest to p."""
    best = line[0]
    for a, b in itertools.pairwise(line):
        east, north = plane(a, b)
        x, y = plane(a, p)
        share = (x * east + y * north) / (east * east + north * north)
        q = between(a, b, min(1.0, max(0.0, share)))
        best = min(best, q, key=lambda c: distance(c, p))
    return best


@dataclass(frozen=True, slots=True)
class Motion:
    """Where something is and how it moves, without any error of measurement."""

    lon: float
    lat: float
    sog: float  #: knots
    cog: float  #: degrees

    @property
    def point(self) -> Point:
        return self.lon, self.lat


@dataclass(frozen=True, slots=True)
class Track:
    """Straight legs between timed points; still before the first and after the last."""

    times: tuple[float, ...]
    points: tuple[Point, ...]

    @property
    def start(self) -> float:
        return self.times[0]

    @property
    def end(self) -> float:
        return self.times[-1]

    def at(self, t: float) -> Motion:
        leg = bisect_right(self.times, t)
        if leg in (0, len(self.times)):
            lon, lat = self.points[0 if leg == 0 else -1]
            return Motion(lon, lat, 0.0, 0.0)
        a, b = self.points[leg - 1], self.points[leg]
        took = self.times[leg] - self.times[leg - 1]
        lon, lat = between(a, b, (t - self.times[leg - 1]) / took)
        return Motion(lon, lat, distance(a, b) / took * HOUR, bearing(a, b))


@dataclass(slots=True)
class Pen:
    """Draws a track leg by leg; the only mutable thing here, and it dies with its function."""

    t: float
    at: Point
    times: list[float] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.times.append(self.t)
        self.points.append(self.at)

    def reach(self, point: Point, t: float) -> None:
        """Be there at that time."""
        if t > self.t:
            self.t, self.at = t, point
            self.times.append(t)
            self.points.append(point)

    def go(self, point: Point, kn: float) -> None:
        self.reach(point, self.t + distance(self.at, point) / kn * HOUR)

    def stay(self, seconds: float) -> None:
        self.reach(self.at, self.t + seconds)

    def drift(self, seconds: float, degrees: float, kn: float) -> None:
        self.reach(move(self.at, degrees, kn * seconds / HOUR), self.t + seconds)

    def track(self) -> Track:
        return Track(tuple(self.times), tuple(self.points))
