"""Where things are around Yazhou, as the simulated skippers know it.

Demonstration geography, not for navigation (see fleet/demo/SOURCES.md). Boxes and ways are laid
so that straight courses between them stay at sea and clear of the closed areas.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from simulators.geo import Box, Point, between


@dataclass(frozen=True, slots=True)
class Port:
    code: str  #: as in vessels.csv, column home_port
    basin: tuple[Point, Point, Point, Point]  #: corners of the water where boats lie
    channel: tuple[Point, ...]  #: from the basin to open water, at harbour speed
    gate: Point  #: from here straight courses are clear
    grounds: tuple[str, ...]  #: where its small boats work

    def berth(self, rng: random.Random) -> Point:
        a, b, c, d = self.basin
        u, v = rng.random(), rng.random()
        return between(between(a, b, u), between(d, c, u), v)


PORTS = {
    port.code: port
    for port in (
        Port(
            "YAZHOU",
            ((109.1125, 18.3505), (109.1155, 18.3528), (109.1195, 18.3490), (109.1180, 18.3478)),
            ((109.1185, 18.3482), (109.1188, 18.3450), (109.1120, 18.3350), (109.1040, 18.3180)),
            (109.0900, 18.2900),
            ("bay", "bay", "hongtang", "southwest"),
        ),
        Port(
            "SANYA",
            ((109.4830, 18.2365), (109.4875, 18.2350), (109.4870, 18.2330), (109.4820, 18.2345)),
            ((109.4760, 18.2365), (109.4640, 18.2300), (109.4470, 18.2120)),
            (109.4400, 18.1850),
            ("hongtang", "luhuitou"),
        ),
        Port(
            "WANGLOU",
            ((108.8580, 18.4280), (108.8660, 18.4255), (108.8700, 18.4220), (108.8620, 18.4210)),
            ((108.8620, 18.4190), (108.8620, 18.4080)),
            (108.8400, 18.3300),
            ("wanglou",),
        ),
        Port(
            "YINGGEHAI",
            ((108.6800, 18.5040), (108.6880, 18.5030), (108.6920, 18.4980), (108.6820, 18.4960)),
            ((108.6820, 18.4860),),
            (108.6200, 18.4000),
            ("yinggehai",),
        ),
    )
}

GROUNDS: dict[str, Box] = {
    "bay": (108.93, 18.20, 109.12, 18.285),
    "hongtang": (109.22, 18.08, 109.45, 18.155),
    "luhuitou": (109.45, 17.97, 109.62, 18.08),
    "wanglou": (108.72, 18.25, 108.92, 18.35),
    "southwest": (108.70, 18.12, 108.92, 18.24),
    "yinggehai": (108.45, 18.28, 108.68, 18.42),
    "west": (108.55, 17.86, 108.98, 18.10),
    "east": (109.27, 17.70, 109.70, 17.98),
    "far west": (108.15, 17.65, 108.60, 17.95),
    "far east": (109.40, 17.45, 109.90, 17.70),
    "line": (107.80, 18.18, 107.92, 18.32),  #: 10 nm and more inside the Beibu Gulf line
}

OFFSHORE = ("west", "east", "far west", "far east")
NEAR_OFFSHORE = ("west", "east", "luhuitou")

BEIBU_LINE: tuple[Point, ...] = (  #: points 17 to 21 of the agreement
    (107.159444, 18.714444),
    (107.566667, 18.230278),
    (107.626111, 18.118889),
    (107.652500, 18.070278),
    (107.966667, 17.783333),
)


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed area as an intruder meets it: edge to cross, how far in, all from the south."""

    code: str  #: as in zones.geojson
    edge: Point
    inner: Point
    spread: float  #: the crossing may lie this far east or west of `edge`, degrees


CLOSED = (
    Closed("CORAL-DLXG", (108.970, 18.3160), (108.970, 18.3235), 0.012),
    Closed("CORAL-CORE", (109.371, 18.2150), (109.371, 18.2205), 0.003),
    Closed("CORAL-BUFFER", (109.371, 18.2024), (109.371, 18.2085), 0.004),
)

HARBOUR_EDGE: Point = (109.1055, 18.3213)  #: where the channel crosses the edge of port Yazhou
HARBOUR_HEAD: Point = (109.1188, 18.3450)  #: a hurried skipper slows down here


@dataclass(frozen=True, slots=True)
class Receiver:
    station: str
    at: Point
    mmsi: int  #: of its base station
    range_nm: float  #: class A; class B carries three quarters as far


RECEIVERS = (
    Receiver("YZ01", (109.135, 18.385), 4129901, 35),
    Receiver("YG01", (108.700, 18.520), 4129902, 28),
    Receiver("SY01", (109.478, 18.205), 4129903, 35),
)

LANES: tuple[tuple[Point, ...], ...] = (
    (
        (110.60, 18.05), (109.90, 17.98), (109.45, 17.93), (108.90, 17.98),
        (108.50, 18.15), (108.25, 18.50), (108.25, 19.30),
    ),
    ((110.70, 17.75), (109.50, 17.68), (107.60, 17.45)),
    (
        (110.50, 18.15), (109.80, 18.05), (109.45, 18.07), (109.00, 18.12),
        (108.60, 18.25), (108.40, 18.60), (108.40, 19.20),
    ),
)  # fmt: skip

ANCHORAGE: Box = (109.268, 18.208, 109.312, 18.232)

MARKS: tuple[tuple[str, Point], ...] = (
    ("YAZHOU FAIRWAY", (109.0980, 18.3080)),
    ("YAZHOU NO 2", (109.1075, 18.3240)),
    ("XIMAO REEF", (109.3710, 18.2010)),
)
