"""Who is in a scenario: hulls, what they do, and what of it their devices tell.

The track is the ground truth; everything else is what keeps it from the shore, or falsifies it.
Times are seconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from simulators import geo
from simulators.geo import Point, Track
from simulators.register import Boat
from simulators.sea.chart import Floats

Span: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hull:
    """Who it is. A fishing boat's names are in the register; others have an MMSI alone."""

    boat: Boat
    kind: str = "fishing"  #: fishing, merchant, passenger, net, beacon, service
    ship_type: int = 30  #: as AIS has it
    draught_m: float = 2.0
    wind_limit: int = 8
    registered: bool = True

    @property
    def names(self) -> dict[str, Any]:
        """What an alert may call it."""
        given = {
            "reg_no": self.boat.reg_no if self.registered else "",
            "mmsi": self.boat.mmsi,
            "terminal": self.boat.terminal,
        }
        return {k: v for k, v in given.items() if v}


@dataclass(frozen=True, slots=True)
class Lie:
    """What a device reports wrongly from `since` to `until`."""

    since: float
    until: float
    offset: Point = (0.0, 0.0)  #: added to the position, degrees
    frozen: bool = False  #: repeats the position of `since`
    every_s: float = 0.0  #: on and off with this period, 0: all the time


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help by the terminal: `word` is sos or mob, each `every_s` while pressed."""

    since: float
    until: float
    word: str = "sos"
    every_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Burst:
    """An AIS-SART, EPIRB or MOB device: eight messages a minute."""

    status: int = 14
    text: str = "SART ACTIVE"
    position: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    """One transmitter-carrying thing and its part."""

    hull: Hull
    track: Track
    role: str
    status: tuple[tuple[float, int], ...] = ()  #: AIS navigational status from a time on
    ais_every: float = 30.0  #: seconds between reports under way
    ais_mute: tuple[Span, ...] = ()
    terminal_mute: tuple[Span, ...] = ()
    held: tuple[Span, ...] = ()  #: terminal reports of these times arrive at their end, at once
    lies: tuple[Lie, ...] = ()
    calls: tuple[Call, ...] = ()
    burst: Burst | None = None
    battery: tuple[tuple[float, float], ...] = ((0.0, 100.0),)  #: percent, linear between
    power: tuple[tuple[float, str], ...] = ((0.0, "external"),)
    renamed: tuple[tuple[float, dict[str, Any]], ...] = ()  #: static data that change at a time
    heading: tuple[tuple[float, float], ...] = ()  #: fixed heading from a time on, class A
    ais_from: float = -np.inf  #: before this it has no AIS at all
    until: float = field(default=np.inf)

    @property
    def names(self) -> dict[str, Any]:
        return self.hull.names


@dataclass(frozen=True, slots=True)
class Motion:
    """Columns, one row a time: position in degrees, knots, degrees."""

    lon: Floats
    lat: Floats
    sog: Floats
    cog: Floats


def motion(track: Track, t: Floats) -> Motion:
    """The exact truth at these times: straight legs, still before the first and after the last."""
    times = np.asarray(track.times)
    points = np.asarray(track.points)
    lon = np.interp(t, times, points[:, 0])
    lat = np.interp(t, times, points[:, 1])
    if len(times) < 2:
        return Motion(lon, lat, np.zeros_like(t), np.zeros_like(t))
    sog, cog = _legs(times, points)
    leg = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    still = (t < times[0]) | (t >= times[-1])
    return Motion(lon, lat, np.where(still, 0.0, sog[leg]), np.where(still, 0.0, cog[leg]))


def _legs(times: Floats, points: Floats) -> tuple[Floats, Floats]:
    middle = (points[1:, 1] + points[:-1, 1]) / 2
    east = np.diff(points[:, 0]) * np.cos(np.radians(middle)) * geo.NM_PER_DEGREE
    north = np.diff(points[:, 1]) * geo.NM_PER_DEGREE
    sog = np.hypot(east, north) / np.diff(times) * geo.HOUR
    return sog, np.degrees(np.arctan2(east, north)) % 360


def during(spans: tuple[Span, ...], t: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which times lie in one of the spans."""
    found = np.zeros(len(t), bool)
    for since, until in spans:
        found |= (t >= since) & (t < until)
    return found


def distance_nm(lon: Floats, lat: Floats, at: Point) -> Floats:
    """From one place, nm, on a local plane (0.3 % up to 60 nm)."""
    east = (lon - at[0]) * np.cos(np.radians((lat + at[1]) / 2))
    found: Floats = np.hypot(east, lat - at[1]) * geo.NM_PER_DEGREE
    return found
