"""Geometry on columns: zones, seasons, lines. Pure; WGS-84 degrees in, metres or nm out.

Distances use a local plane around each point (1' of latitude = 1 nm, longitude scaled by
cos(latitude)): within 0.3 % up to 60 nm, far below the accuracy of any threshold here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from fleet.model import SECOND, Floats, Ints, Mask, Severity, VesselClass

NM_PER_DEGREE = 60.0
METRES_PER_NM = 1852.0
BLOCK = 1_000_000
"""Point and vertex pairs looked at together: bounds the memory of one look at a long line."""
CELL = 0.02
"""Degrees, at least: wider than any margin around a zone, and than most ways between two fixes."""
MOST_CELLS = 2000
"""On each side of the raster over all zones."""
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
    dwell_min: float = float("nan")  #: how long a boat may stay; NaN where there is no such limit
    limit_kn: float  #: NaN where there is none
    geometry: BaseGeometry
    version: int = 1

    def in_season(self, t: Ints) -> Mask:
        """Whether the rule is in force at each time."""
        if not self.seasons:
            return np.ones(len(t), np.bool_)
        edges = np.array(self.seasons, np.int64).ravel()
        return np.asarray(np.searchsorted(edges, t, side="right") % 2 == 1)

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

    def take(self, mask: Mask) -> Hits:
        return Hits(self.row[mask], self.zone[mask])


@dataclass(frozen=True, slots=True)
class Raster:
    """Where areas are, roughly: cells within one cell of the box of an area."""

    west: float
    south: float
    cell: float  #: degrees
    cells: Mask  #: (rows from south, columns from west), with an empty one around

    @classmethod
    def over(cls, areas: Sequence[BaseGeometry]) -> Raster:
    dwell_min: Floats  #: NaN where there is none
        boxes = np.array([a.bounds for a in areas if not a.is_empty]).reshape(-1, 4)
        if not len(boxes):
            return cls(0.0, 0.0, CELL, np.zeros((1, 1), np.bool_))
        west, south = boxes[:, :2].min(axis=0)
        wide, high = boxes[:, 2].max() - west, boxes[:, 3].max() - south
        cell = max(CELL, wide / MOST_CELLS, high / MOST_CELLS)
        cells = np.zeros((int(high / cell) + 5, int(wide / cell) + 5), np.bool_)
        # Two cells of room on the low sides: one for the margin, one that stays empty.
        made = cls(float(west - 2 * cell), float(south - 2 * cell), float(cell), cells)
        for (x0, y0), (x1, y1) in boxes.reshape(-1, 2, 2):
            (r0, r1), (c0, c1) = made._cell(np.array([x0, x1]), np.array([y0, y1]))
            cells[r0 - 1 : r1 + 2, c0 - 1 : c1 + 2] = True
        return made

    def at(self, lon: Floats, lat: Floats) -> Mask:
            np.array([z.dwell_min for z in zones], np.float64),
        """Whether each point's cell is marked; what is off the raster is in its empty rim."""
        row, column = self._cell(lon, lat)
        return np.asarray(self.cells[row, column])

    def _cell(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        high, wide = self.cells.shape
        row = np.clip(np.nan_to_num((lat - self.south) / self.cell), 0, high - 1)
        column = np.clip(np.nan_to_num((lon - self.west) / self.cell), 0, wide - 1)
        return row.astype(np.int64), column.astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Polygon zones with a spatial index, and lines; immutable once built."""

    zones: tuple[Zone, ...]
    ids: Ints
    kinds: NDArray[np.str_]
    rules: NDArray[np.str_]
    severity: Ints
    limit_kn: Floats  #: NaN where there is none
    tree: shapely.STRtree
    busy: Raster

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
            shapely.STRtree(areas),
            Raster.over(areas),
        )

    def candidates(self, lon: Floats, lat: Floats) -> Ints:
        """The points that are within a cell of the box of an area: of all others nothing need be
        asked. Most boats are at sea, far from every zone.
        """
        return np.flatnonzero(self.busy.at(lon, lat))

    def containing(self, lon: Floats, lat: Floats) -> Hits:
        """Every pair where the point lies in the zone's polygon, edge included."""
        rows = self.candidates(lon, lat)
        points = shapely.points(lon[rows], lat[rows])
        row, zone = self.tree.query(points, predicate="intersects")
        return Hits(rows[row], zone)

    def within(self, lon: Floats, lat: Floats, margin_m: float) -> Hits:
        """Every pair where the point is inside or less than the margin from the edge."""
        rows = self.candidates(lon, lat)
        lon, lat = lon[rows], lat[rows]
        points: Any = shapely.points(lon, lat)
        reach = margin_m / METRES_PER_NM / NM_PER_DEGREE
        wide = reach / np.maximum(np.cos(np.radians(lat)), 0.05)
        boxes = shapely.box(lon - wide, lat - reach, lon + wide, lat + reach)
        row, zone = self.tree.query(boxes)
        near = distance_m(self.tree.geometries[zone], points[row]) <= margin_m
        return Hits(rows[row[near]], zone[near])

    def crossed(self, a_lon: Floats, a_lat: Floats, b_lon: Floats, b_lat: Floats) -> Hits:
        """Every pair where the straight segment touches the zone."""
        long = np.maximum(np.abs(a_lon - b_lon), np.abs(a_lat - b_lat)) > self.busy.cell / 2
        rows = np.union1d(np.flatnonzero(long), self.candidates(a_lon, a_lat))
        lines = segments(a_lon[rows], a_lat[rows], b_lon[rows], b_lat[rows])
        row, zone = self.tree.query(lines, predicate="intersects")
        return Hits(rows[row], zone)

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
    their bisector, which is where the nearest piece changes.
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
    along = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-18), 0, 1)
    px, py = ax + along * dx, ay + along * dy
    far = np.hypot(px, py)
    # At a shared vertex two pieces tie: the one seen less end-on tells the side truly.
    cross = ax * dy - ay * dx  # > 0: the point is left of the piece
    lean = np.abs(cross) / np.maximum(np.hypot(dx, dy), 1e-18)
    best = np.argmin(far - 1e-6 * lean, axis=1)
    pick = np.arange(len(lon))
    side = np.where(cross[pick, best] >= 0, 1.0, -1.0)
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
    )


def vessel_class(name: str) -> VesselClass:
    """The class called "fishing" and the like; ValueError names what is allowed."""
    try:
        return VesselClass[name.upper()]
    except KeyError:
        allowed = ", ".join(c.name.lower() for c in VesselClass)
        raise ValueError(f"unknown vessel class {name!r}; one of {allowed}") from None
        dwell_min=_or_nan(row.get("dwell_min")),
def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)


