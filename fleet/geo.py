"""Geometry on columns: zones, seasons, lines. Pure; WGS-84 degrees in, metres or nm out.

Distances use a local plane around each point (1' of latitude = 1 nm, longitude scaled by
cos(latitude)): within 0.3 % up to 60 nm, far below the accuracy of any threshold here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from fleet.cells import EDGE, WHOLE, Cells, Chart, Sieve
from fleet.model import SECOND, Floats, Ints, Mask, Severity, VesselClass

NM_PER_DEGREE = 60.0
METRES_PER_NM = 1852.0
BLOCK = 1_000_000
"""Point and vertex pairs looked at together: bounds the memory of one look at a long line."""
SEASON_YEARS = range(2010, 2061)
"""Annual seasons are laid out over these years when a zone is built."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One area or line with its rule. `seasons` holds [start, end) pairs; empty means always."""

    id: int
    code: str
    kind: str  #: port, coverage, boundary, reserve, restricted, moratorium, cable, …
    name: str
    name_en: str
    rule: str  #: keep_out, keep_in, line, area
    severity: Severity
    seasons: tuple[tuple[int, int], ...]
    classes: frozenset[VesselClass]
    limit_kn: float  #: NaN where there is none
    geometry: BaseGeometry
    version: int = 1
    dwell_min: float = float("nan")  #: how long a boat may stay; NaN where there is no such limit

    def in_season(self, t: Ints) -> Mask:
        """Whether the rule is in force at each time."""
        if not self.seasons:
            return np.ones(len(t), np.bool_)
        edges = np.array(self.seasons, np.int64).ravel()
        return np.asarray(np.searchsorted(edges, t, side="right") % 2 == 1)

    def ever_in_season(self, first: int, last: int) -> bool:
        """Whether the rule is in force at any time from `first` to `last`."""
        return not self.seasons or any(a <= last and first < b for a, b in self.seasons)

    def season_end(self, t: int) -> int:
        """The end of the season that holds t, or the largest time."""
        return next((end for start, end in self.seasons if start <= t < end), _FOREVER)


_FOREVER = 2**62


def seasons(spec: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[int, int], ...]:
    """[{"from", "to", "tz"}] as sorted UTC [start, end) pairs in microseconds.

    `from` and `to` are local "MM-DDTHH:MM" for every year, or full ISO dates with a year.
    Raises ValueError naming the bad value.
    """
    if not spec:
        return ()
    pairs = [pair for entry in spec for pair in _season(entry)]
    return tuple(_merged(sorted(pairs)))


def _merged(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping seasons as one, so that edges alternate between start and end."""
    out: list[tuple[int, int]] = []
    for start, end in pairs:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _season(entry: Mapping[str, Any]) -> list[tuple[int, int]]:
    zone = ZoneInfo(str(entry.get("tz", "Asia/Shanghai")))
    start, end = str(entry["from"]), str(entry["to"])
    if len(start) > len("MM-DDTHH:MM"):
        pairs = [(_instant(start, zone), _instant(end, zone))]
    else:
        wraps = end <= start  # a season over the new year
        pairs = [
            (_instant(f"{y}-{start}", zone), _instant(f"{y + wraps}-{end}", zone))
            for y in SEASON_YEARS
        ]
    if any(b <= a for a, b in pairs):
        raise ValueError(f"season ends before it starts: {start} to {end}")
    return pairs


def _instant(text: str, zone: ZoneInfo) -> int:
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    return int(at.astimezone(UTC).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Hits:
    """(row, zone) pairs: row of the batch, index into `Zones.zones`."""

    row: Ints
    zone: Ints

    def take(self, mask: Mask | Ints) -> Hits:
        return Hits(self.row[mask], self.zone[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Polygon zones with a spatial index, and lines; immutable once built."""

    zones: tuple[Zone, ...]
    ids: Ints
    kinds: NDArray[np.str_]
    rules: NDArray[np.str_]
    severity: Ints
    limit_kn: Floats  #: NaN where there is none
    dwell_min: Floats  #: NaN where there is none
    tree: shapely.STRtree
    boxes: Floats  #: (zones, 4) west, south, east, north; NaN for lines
    cells: Cells

    @classmethod
    def build(cls, zones: Sequence[Zone]) -> Zones:
        areas = [z.geometry if z.rule != "line" else shapely.Polygon() for z in zones]
        shapely.prepare(areas)
        return cls(
            tuple(zones),
            np.array([z.id for z in zones], np.int64),
            np.array([z.kind for z in zones], np.str_),
            np.array([z.rule for z in zones], np.str_),
            np.array([z.severity for z in zones], np.int64),
            np.array([z.limit_kn for z in zones], np.float64),
            np.array([z.dwell_min for z in zones], np.float64),
            shapely.STRtree(areas),
            shapely.bounds(areas).reshape(-1, 4),
            Cells.over(areas),
        )

    def containing(self, lon: Floats, lat: Floats) -> Hits:
        """Every pair where the point lies in the zone's polygon, edge included; sorted."""
        return self.about(lon, lat)[0]

    def within(self, lon: Floats, lat: Floats, margin_m: float) -> Hits:
        """Every pair where the point is inside or less than the margin from the edge; sorted."""
        return self.about(lon, lat, margin_m)[1]

    def about(
        self, lon: Floats, lat: Floats, margin_m: float = 0.0, which: Mask | None = None
    ) -> tuple[Hits, Hits]:
        """The points inside of zones, and those inside or less than the margin from the edge; of
        these zones (a mask), where one is given. Both sorted by row and zone.
        """
        found = self.cells.around(lon, lat)
        if which is not None:
            found = found.take(which[found.area])
        inside = found.how == WHOLE
        ask = np.flatnonzero(found.how == EDGE)
        area, row = self.tree.geometries[found.area[ask]], found.row[ask]
        inside[ask] = shapely.intersects_xy(area, lon[row], lat[row])
        hits = Hits(found.row, found.area)
        if not margin_m:
            return hits.take(inside), hits.take(inside)
        if self._reach(lat, margin_m)[1].max(initial=0.0) > self.cells.reach:
            return hits.take(inside), self._near(lon, lat, margin_m, which)
        near = inside.copy()
        rest = np.flatnonzero(~inside)
        near[rest] = self._beside(lon, lat, hits.take(rest), margin_m)
        return hits.take(inside), hits.take(near)

    def _reach(self, lat: Floats, margin_m: float) -> tuple[float, Floats]:
        """The margin in degrees of latitude, and of longitude at each point."""
        high = margin_m / METRES_PER_NM / NM_PER_DEGREE
        return high, high / np.maximum(np.cos(np.radians(lat)), 0.05)

    def _beside(self, lon: Floats, lat: Floats, hits: Hits, margin_m: float) -> Mask:
        """Which of these pairs are less than the margin apart."""
        lon, lat = lon[hits.row], lat[hits.row]
        high, wide = self._reach(lat, margin_m)
        west, south, east, north = self.boxes[hits.zone].T
        near = (lon >= west - wide) & (lon <= east + wide)
        near &= (lat >= south - high) & (lat <= north + high)
        rows = np.flatnonzero(near)
        points = shapely.points(lon[rows], lat[rows])
        near[rows] = distance_m(self.tree.geometries[hits.zone[rows]], points) <= margin_m
        return np.asarray(near)

    def _near(self, lon: Floats, lat: Floats, margin_m: float, which: Mask | None) -> Hits:
        """As `about`, for margins wider than the cells: every zone around is asked."""
        rows = np.flatnonzero(~np.isnan(lon) & ~np.isnan(lat))
        high, wide = self._reach(lat[rows], margin_m)
        x, y = lon[rows], lat[rows]
        row, zone = self.tree.query(shapely.box(x - wide, y - high, x + wide, y + high))
        keep = np.lexsort((zone, row))
        hits = Hits(rows[row[keep]], zone[keep])
        hits = hits if which is None else hits.take(which[hits.zone])
        return hits.take(self._beside(lon, lat, hits, margin_m))

    def crossed(
        self, a_lon: Floats, a_lat: Floats, b_lon: Floats, b_lat: Floats, *, rule: str = ""
    ) -> Hits:
        """Every pair where the straight segment touches the zone, of those of this rule; sorted."""
        which = self.where(rule=rule)
        rows = _sieve(self, rule).passes(a_lon, a_lat, b_lon, b_lat)
        lines = segments(a_lon[rows], a_lat[rows], b_lon[rows], b_lat[rows])
        row, zone = self.tree.query(lines, predicate="intersects")
        row, zone = row[which[zone]], zone[which[zone]]
        order = np.lexsort((zone, row))
        return Hits(rows[row[order]], zone[order])

    def line_nm(self, i: int, lon: Floats, lat: Floats, within_nm: float) -> Floats:
        """`signed_distance_nm` to line i; infinite for points further away than that."""
        out = np.full(len(lon), np.inf)
        rows = np.flatnonzero(_chart(self, i).bounds(lon, lat)[0] <= within_nm)
        out[rows] = signed_distance_nm(self.zones[i].geometry, lon[rows], lat[rows])
        return out

    def line_bounds_nm(self, i: int, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """The least and the most that the distance to line i can be: of most boats enough."""
        return _chart(self, i).bounds(lon, lat)

    def in_force(self, hits: Hits, cls: Ints, t: Ints) -> Mask:
        """Which hits count: the class of their row (`cls`) is concerned and the season is on at
        its time (`t`). Areas (ports, coverage) concern everybody.
        """
        good = _allowed(self)[hits.zone, cls[hits.row]]
        for z in self.seasonal().tolist():
            rows = np.flatnonzero(hits.zone == z)
            good[rows] &= self.zones[z].in_season(t[hits.row[rows]])
        return np.asarray(good)

    def seasonal(self) -> Ints:
        """The zones that are not always in force."""
        return _seasonal(self)

    def where(self, *, kind: str = "", rule: str = "") -> Mask:
        """Which zones are of this kind or rule. Not to be written to: it is remembered."""
        return _where(self, kind, rule)

    def among(self, *kinds: str) -> Mask:
        """Which zones are of one of these kinds. Not to be written to."""
        return _among(self, kinds)


@lru_cache(maxsize=256)
def _where(zones: Zones, kind: str, rule: str) -> Mask:
    mask = np.ones(len(zones.zones), np.bool_)
    mask &= (zones.kinds == kind) if kind else True
    mask &= (zones.rules == rule) if rule else True
    return mask


@lru_cache(maxsize=64)
def _seasonal(zones: Zones) -> Ints:
    return np.flatnonzero([bool(z.seasons) for z in zones.zones])


@lru_cache(maxsize=64)
def _allowed(zones: Zones) -> Mask:
    """(zones, classes) whom each zone concerns."""
    allowed = np.zeros((len(zones.zones), max(VesselClass) + 1), np.bool_)
    for i, zone in enumerate(zones.zones):
        allowed[i, [int(c) for c in zone.classes]] = True
        allowed[i] |= zone.rule == "area"
    return allowed


@lru_cache(maxsize=64)
def _sieve(zones: Zones, rule: str) -> Sieve:
    return zones.cells.sieve(zones.where(rule=rule))


@lru_cache(maxsize=64)
def _chart(zones: Zones, i: int) -> Chart:
    line = zones.zones[i].geometry
    return Chart.of(line, partial(signed_distance_nm, line))


@lru_cache(maxsize=256)
def _among(zones: Zones, kinds: tuple[str, ...]) -> Mask:
    return np.isin(zones.kinds, kinds)


def segments(a_lon: Floats, a_lat: Floats, b_lon: Floats, b_lat: Floats) -> Any:
    """Two-point lines as a shapely array."""
    ends = np.stack([np.stack([a_lon, a_lat], -1), np.stack([b_lon, b_lat], -1)], axis=1)
    return shapely.linestrings(ends)


def share_inside(area: Any, line: Any) -> Floats:
    """What part of each segment lies in its area, 0 to 1."""
    whole: Floats = np.asarray(shapely.length(line))
    part: Floats = np.asarray(shapely.length(shapely.intersection(area, line)))
    share: Floats = np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
    return share


def distance_m(area: Any, points: Any) -> Floats:
    """Metres from each point to its area, 0 inside; the longitude is scaled at the point."""
    if len(points) == 0:
        return np.zeros(0)
    gap = shapely.shortest_line(points, area)
    ends = shapely.get_coordinates(gap).reshape(-1, 2, 2)
    dx = (ends[:, 1, 0] - ends[:, 0, 0]) * np.cos(np.radians(ends[:, 0, 1]))
    dy = ends[:, 1, 1] - ends[:, 0, 1]
    return np.asarray(np.hypot(dx, dy) * NM_PER_DEGREE * METRES_PER_NM)


def signed_distance_nm(line: BaseGeometry, lon: Floats, lat: Floats) -> Floats:
    """Nautical miles to the polyline: positive on its left (home) side, negative past it.

    The side is that of the nearest piece of the line; at a bend the two pieces are extended to
    their bisector, which is where the nearest piece changes. Beyond its ends a line has no sides:
    nobody crosses it by being there, so that counts as home (the Beibu Gulf line ends at point 21
    in open sea).
    """
    block = max(BLOCK // len(shapely.get_coordinates(line)), 1)
    parts = [
        _signed_distance_nm(line, lon[i : i + block], lat[i : i + block])
        for i in range(0, len(lon), block)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _signed_distance_nm(line: BaseGeometry, lon: Floats, lat: Floats) -> Floats:
    xy = shapely.get_coordinates(line)
    scale = np.cos(np.radians(lat))[:, None]
    ax = (xy[None, :-1, 0] - lon[:, None]) * scale
    ay = xy[None, :-1, 1] - lat[:, None]
    dx = (xy[None, 1:, 0] - xy[None, :-1, 0]) * scale
    dy = np.broadcast_to(xy[None, 1:, 1] - xy[None, :-1, 1], dx.shape)
    foot = -(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-18)
    along = np.clip(foot, 0, 1)
    px, py = ax + along * dx, ay + along * dy
    far = np.hypot(px, py)
    # At a shared vertex two pieces tie: the one seen less end-on tells the side truly.
    cross = ax * dy - ay * dx  # > 0: the point is left of the piece
    lean = np.abs(cross) / np.maximum(np.hypot(dx, dy), 1e-18)
    best = np.argmin(far - 1e-6 * lean, axis=1)
    pick = np.arange(len(lon))
    first, last = best == 0, best == far.shape[1] - 1
    beyond = (first & (foot[pick, best] < 0)) | (last & (foot[pick, best] > 1))
    side = np.where((cross[pick, best] >= 0) | beyond, 1.0, -1.0)
    return np.asarray(side * far[pick, best] * NM_PER_DEGREE)


def zone_of(row: Mapping[str, Any]) -> Zone:
    """A zone from its database row or GeoJSON properties plus `geometry`; ValueError if bad."""
    return Zone(
        id=int(row["id"]),
        code=str(row["code"]),
        kind=str(row["kind"]),
        name=str(row["name"]),
        name_en=str(row.get("name_en") or ""),
        rule=str(row["rule"]),
        severity=Severity(row.get("severity") or Severity.WARNING),
        seasons=seasons(row.get("season")),
        classes=frozenset(vessel_class(c) for c in row.get("classes") or ("fishing",)),
        limit_kn=_or_nan(row.get("limit_kn")),
        geometry=shapely.geometry.shape(row["geometry"]),
        version=int(row.get("version") or 1),
        dwell_min=_or_nan(row.get("dwell_min")),
    )


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)


def vessel_class(name: str) -> VesselClass:
    """The class called "fishing" and the like; ValueError names what is allowed."""
    try:
        return VesselClass[name.upper()]
    except KeyError:
        allowed = ", ".join(c.name.lower() for c in VesselClass)
        raise ValueError(f"unknown vessel class {name!r}; one of {allowed}") from None
