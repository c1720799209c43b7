"""Who there is, who is on duty at one moment, and where the grids lie. Frozen at that moment.

The roster is read once a decision; nobody who is not on duty in it is ever chosen by the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import cos, isnan, radians

import numpy as np
import shapely

from fleet.model import NEVER, Floats


@dataclass(frozen=True, slots=True)
class Grid:
    """A sea grid 海上网格."""

    id: int
    code: str
    name: str
    leader: int | None  #: person
    shape: shapely.Geometry  #: WGS-84 degrees


@dataclass(frozen=True, slots=True)
class Duty:
    """One person on duty now in one capacity."""

    person: int
    level: int  #: 1 grid member … 5 party committee
    grid: int | None = None  #: set for levels 1 and 2
    rank: int = 1  #: 1 member, 2 backup
    code: str = ""  #: of the person: names the phone's topic
    name: str = ""
    org: str = ""  #: name of the person's organisation
    load: int = 0  #: open orders that this person leads
    asked: int = NEVER  #: when last asked for any order


@dataclass(frozen=True, slots=True)
class Roster:
    """The organisation as it stands at one moment."""

    grids: Mapping[int, Grid] = field(default_factory=dict)
    duties: tuple[Duty, ...] = ()

    def code(self, grid: int | None) -> str:
        """The grid's code, as people say it; empty for none."""
        return self.grids[grid].code if grid is not None and grid in self.grids else ""

    def on(self, level: int, grid: int | None = None) -> list[Duty]:
        """Everybody on duty at a level, of one grid where one is named."""
        return [d for d in self.duties if d.level == level and grid in {None, d.grid}]

    def leaders(self, grid: int | None) -> list[Duty]:
        """On duty as this grid's leader, or its leader on duty in another capacity."""
        if grid is None or grid not in self.grids:
            return []
        leader = self.grids[grid].leader
        return self.on(2, grid) or [d for d in self.duties if d.person == leader][:1]

    def busier(self, person: int, now: int) -> Roster:
        """The roster after this person was asked for one more order."""
        duties = tuple(
            replace(d, load=d.load + 1, asked=now) if d.person == person else d for d in self.duties
        )
        return replace(self, duties=duties)

    def at(self, lon: float, lat: float) -> list[int]:
        """Grids that hold the point; the edge belongs to both neighbours."""
        if isnan(lon) or isnan(lat):
            return []
        point = shapely.Point(lon, lat)
        return sorted(g.id for g in self.grids.values() if shapely.covers(g.shape, point))

    def by_distance(self, lon: float, lat: float, grids: Iterable[int]) -> list[tuple[float, int]]:
        """(nautical miles to the nearest edge, grid), nearest first; none without a position."""
        if isnan(lon) or isnan(lat):
            return []
        known = (self.grids[g] for g in grids if g in self.grids)
        return sorted((distance_nm(g.shape, lon, lat), g.id) for g in known)


def distance_nm(shape: shapely.Geometry, lon: float, lat: float) -> float:
    """Distance from a point to a shape, on the plane that touches the earth at the point."""
    east = cos(radians(lat))

    def project(xy: Floats) -> Floats:
        return np.asarray((xy - (lon, lat)) * (east * 60, 60.0))

    return float(shapely.distance(shapely.transform(shape, project), shapely.Point(0, 0)))


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of duty, microseconds."""

    level: int
    grid: int | None
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch in which nobody is on duty."""

    level: int
    grid: int | None
    starts: int
    ends: int


def holes(
    shifts: Sequence[Shift], level: int, grid: int | None, starts: int, ends: int
) -> list[Hole]:
    """The stretches between `starts` and `ends` that no shift of this level and grid covers."""
    mine = sorted((s.starts, s.ends) for s in shifts if (s.level, s.grid) == (level, grid))
    found, at = [], starts
    for begin, end in [*mine, (ends, ends)]:
        if min(begin, ends) > at:
            found.append(Hole(level, grid, at, min(begin, ends)))
        at = max(at, end)
    return found
