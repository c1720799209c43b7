"""Cells over areas and lines 网格索引: what a point need not be asked, most points being nowhere.

Two indexes in degrees, both exact: a cell that lies wholly inside an area answers for its points,
a cell far from it as well, and only for points in the cells between is the area itself asked.
Invariant: asked of every point, the areas and lines would have said the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from fleet.model import Floats, Ints, Mask

CELL = 0.02
"""Degrees, at least: wider than any margin around a zone, and than most ways between two fixes."""
MOST_CELLS = 700
"""On each side of the grid over all areas."""
FIRST = 32
"""Cells on the side of the blocks that the division of an area into cells begins with."""
REACH = 0.9
"""Of a cell: an area so far from a cell is near it."""
HAIR = 1e-9
"""Degrees by which a cell is taken to be wider than it is: rounding puts no point beside it."""
NEAR, EDGE, WHOLE = 0, 1, 2
"""How an area stands to a cell: within reach of it, through it, over all of it."""
NM_PER_DEGREE = 60.0


@dataclass(frozen=True, slots=True)
class Around:
    """(point, area) pairs whose cell is at the area, sorted by both."""

    row: Ints
    area: Ints
    how: NDArray[np.int8]  #: NEAR, EDGE or WHOLE

    def take(self, mask: Mask) -> Around:
        return Around(self.row[mask], self.area[mask], self.how[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Which areas each cell is near, at the edge of, or inside of."""

    west: float
    south: float
    cell: float  #: degrees
    high: int
    wide: int
    start: Ints  #: (cells + 1) where the areas of each cell begin
    area: NDArray[np.int32]
    how: NDArray[np.int8]

    @classmethod
    def over(cls, areas: Sequence[BaseGeometry]) -> Cells:
        """The areas should be prepared (`shapely.prepare`); empty ones are nowhere."""
        boxes = np.array([a.bounds for a in areas]).reshape(-1, 4)
        some = np.flatnonzero(~np.isnan(boxes[:, 0]))
        none = np.zeros(0, np.int64)
        if not len(some):
            return cls(0.0, 0.0, CELL, 1, 1, np.zeros(2, np.int64), none.astype(np.int32),
                       none.astype(np.int8))  # fmt: skip
        west, south = boxes[some, :2].min(axis=0)
        span = (boxes[some, 2:].max(axis=0) - (west, south)).max()
        cell = float(max(CELL, span / MOST_CELLS))
        # Two cells of room around: one for what is near, one that stays empty.
        grid = _Division(
            np.array(areas, object), float(west - 2 * cell), float(south - 2 * cell), cell
        )
        high, wide = (int(x / cell) + 5 for x in (
            boxes[some, 3].max() - south, boxes[some, 2].max() - west))  # fmt: skip
        row, column, area, how = grid.divided(boxes, some)
        at = row * wide + column
        order = np.lexsort((area, at))
        start = np.searchsorted(at[order], np.arange(high * wide + 1))
        return cls(grid.west, grid.south, cell, high, wide, start,
                   area[order].astype(np.int32), how[order].astype(np.int8))  # fmt: skip

    @property
    def reach(self) -> float:
        """Degrees around a point in which every area is found."""
        return REACH * self.cell

    def place(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """(row, column) of each point's cell; what is off the grid, or nowhere, is in its rim."""
        row = np.clip(np.nan_to_num((lat - self.south) / self.cell), 0, self.high - 1)
        column = np.clip(np.nan_to_num((lon - self.west) / self.cell), 0, self.wide - 1)
        return row.astype(np.int64), column.astype(np.int64)

    def around(self, lon: Floats, lat: Floats) -> Around:
        """What each point may be inside of or near to."""
        row, column = self.place(lon, lat)
        at = row * self.wide + column
        lo, n = self.start[at], self.start[at + 1] - self.start[at]
        rows = np.flatnonzero(n)
        lo, n = lo[rows], n[rows]
        ends = np.cumsum(n)
        pick = np.arange(ends[-1] if len(ends) else 0) + np.repeat(lo - ends + n, n)
        return Around(np.repeat(rows, n), self.area[pick].astype(np.int64), self.how[pick])

    def sieve(self, which: Mask) -> Sieve:
        """For ways: through which cells they would touch one of these areas (a mask over them)."""
        busy = which[self.area] & (self.how != NEAR)
        cell = np.repeat(np.arange(self.high * self.wide), np.diff(self.start))
        marks = np.zeros(self.high * self.wide, np.int32)
        marks[cell[busy]] = 1
        total = np.zeros((self.high + 1, self.wide + 1), np.int32)
        total[1:, 1:] = marks.reshape(self.high, self.wide).cumsum(axis=0).cumsum(axis=1)
        return Sieve(self, total)


@dataclass(frozen=True, slots=True, eq=False)
class Sieve:
    """Marked cells, summed from the south-west, so that any box of them is counted at once."""

    cells: Cells
    total: NDArray[np.int32]

    def passes(self, a_lon: Floats, a_lat: Floats, b_lon: Floats, b_lat: Floats) -> Ints:
        """The ways with a marked cell in their box: all others touch nothing."""
        south, west = self.cells.place(np.minimum(a_lon, b_lon), np.minimum(a_lat, b_lat))
        north, east = self.cells.place(np.maximum(a_lon, b_lon), np.maximum(a_lat, b_lat))
        width, flat = self.total.shape[1], self.total.ravel()
        low, high = south * width, (north + 1) * width
        east = east + 1
        return np.flatnonzero(
            flat[high + east] - flat[low + east] - flat[high + west] + flat[low + west]
        )


@dataclass(frozen=True, slots=True)
class _Division:
    """Areas being divided into cells, block by block."""

    areas: NDArray[Any]
    west: float
    south: float
    cell: float

    def divided(self, boxes: Floats, some: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """(row, column, area, how) of every cell at an area. Blocks that straddle an edge are cut
        in four until they are cells.
        """
        area, row, column = self._first(boxes, some)
        found: list[tuple[Ints, Ints, Ints, Ints]] = []
        size = FIRST
        while len(area):
            near = shapely.intersects(
                self.areas[area], self._box(row, column, size, REACH * self.cell)
            )
            area, row, column = area[near], row[near], column[near]
            whole = shapely.contains(self.areas[area], self._box(row, column, size, HAIR))
            found.append(_filled(row[whole], column[whole], area[whole], size))
            area, row, column = area[~whole], row[~whole], column[~whole]
            if size == 1:
                edge = shapely.intersects(self.areas[area], self._box(row, column, 1, HAIR))
                found.append((row, column, area, np.where(edge, EDGE, NEAR)))
                break
            size //= 2
            area = np.repeat(area, 4)
            row = (row[:, None] + np.array([0, 0, size, size])).ravel()
            column = (column[:, None] + np.array([0, size, 0, size])).ravel()
        row, column, area, how = (np.concatenate(part) for part in zip(*found, strict=True))
        return row, column, area, how

    def _first(self, boxes: Floats, some: Ints) -> tuple[Ints, Ints, Ints]:
        """The blocks over the box of each area and one cell around."""
        made = []
        for i in some.tolist():
            c0, c1 = ((boxes[i, [0, 2]] - self.west) / self.cell + (-1, 2)).astype(int)
            r0, r1 = ((boxes[i, [1, 3]] - self.south) / self.cell + (-1, 2)).astype(int)
            r, c = np.mgrid[r0:r1:FIRST, c0:c1:FIRST].reshape(2, -1)
            made.append(np.stack([np.full(len(r), i), r, c]))
        area, row, column = np.concatenate(made, axis=1)
        return area, row, column

    def _box(self, row: Ints, column: Ints, size: int, room: float) -> Any:
        x, y = self.west + column * self.cell, self.south + row * self.cell
        reach = size * self.cell + room
        return shapely.box(x - room, y - room, x + reach, y + reach)


def _filled(row: Ints, column: Ints, area: Ints, size: int) -> tuple[Ints, Ints, Ints, Ints]:
    """The cells of these blocks, all of them inside."""
    r, c = np.mgrid[0:size, 0:size].reshape(2, -1)
    rows, columns = (row[:, None] + r).ravel(), (column[:, None] + c).ravel()
    areas = np.repeat(area, size * size)
    return rows, columns, areas, np.full(len(areas), WHOLE)


ROOM = 5.0
"""Degrees around a line that its chart covers; further away the line itself is asked."""
STEP = 0.05
"""Degrees between the places at which a chart knows the distance."""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """How far a line is, roughly: its distance at the middle of each cell, found when first asked.

    In a plane the distances from two points to a line differ by no more than the points are apart.
    The plane here is scaled at each point by cos(latitude), which adds what that changes by.
    """

    exact: Callable[[Floats, Floats], Floats]  #: lon, lat to nautical miles
    west: float
    south: float
    miles: Floats  #: (rows, columns), NaN where nobody has been

    @classmethod
    def of(cls, line: BaseGeometry, exact: Callable[[Floats, Floats], Floats]) -> Chart:
        west, south, east, north = line.bounds
        south, north = max(south - ROOM, -80.0), min(north + ROOM, 80.0)
        shape = (max(int((north - south) / STEP), 0) + 1,
                 int((east - west + 2 * ROOM) / STEP) + 1)  # fmt: skip
        return cls(exact, west - ROOM, south, np.full(shape, np.nan))

    def bounds(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """The least and the most that the distance of each point can be, nautical miles; 0 and
        infinite off the chart.
        """
        row, column = (lat - self.south) / STEP, (lon - self.west) / STEP
        high, wide = self.miles.shape
        on = (row >= 0) & (row < high) & (column >= 0) & (column < wide)
        at = np.where(on, row, 0).astype(np.int64) * wide + np.where(on, column, 0).astype(np.int64)
        self._find(at[on])
        there = self.miles.ravel()[at]
        turn = np.radians(np.abs(lat) + STEP)
        slack = STEP / 2 * NM_PER_DEGREE * np.sqrt(2) + there * np.tan(turn) * np.radians(STEP)
        low = np.where(on, np.maximum(there - slack, 0.0), 0.0)
        return low, np.where(on, there + slack, np.inf)

    def _find(self, at: Ints) -> None:
        """Ask the line for the cells that nobody has been in."""
        flat, wide = self.miles.ravel(), self.miles.shape[1]
        new = np.unique(at[np.isnan(flat[at])])
        if len(new):
            lon = self.west + (new % wide + 0.5) * STEP
            lat = self.south + (new // wide + 0.5) * STEP
            flat[new] = np.abs(self.exact(lon, lat))
