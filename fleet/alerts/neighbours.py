"""Who is near whom: one k-d tree a look, shared by every kind that concerns two boats.

Points are on a sphere in nautical miles, so that distances do not depend on where a border is
drawn; the chord is short of the arc by less than a millionth at 20 nm.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from fleet.alerts.rows import rows_of
from fleet.model import Floats, Ints

EARTH_NM = 10_800 / np.pi
"""Radius of the sphere on which one minute of arc is one nautical mile."""


def on_sphere(lon: Floats, lat: Floats) -> Floats:
    """(n, 3) nautical miles from the centre of the earth."""
    a, b = np.radians(lon), np.radians(lat)
    return EARTH_NM * np.stack([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)], axis=-1)


def reckoned(
    lon: Floats, lat: Floats, sog: Floats, cog: Floats, hours: Floats
) -> tuple[Floats, Floats]:
    """Where each boat is after `hours` at its last speed (kn) and course (degrees); where speed or
    course is not known, where it was. Flat earth: good to metres over a few minutes.
    """
    way = np.nan_to_num(sog * hours / 60)
    turn = np.radians(np.nan_to_num(cog))
    north = np.where(np.isnan(cog), 0.0, way * np.cos(turn))
    east = np.where(np.isnan(cog), 0.0, way * np.sin(turn))
    return lon + east / np.maximum(np.cos(np.radians(lat)), 0.05), lat + north


class Neighbours:
    """The boats `rows` at their places; every answer is in those row numbers."""

    def __init__(self, rows: Ints, lon: Floats, lat: Floats) -> None:
        self.rows = rows
        self.places = on_sphere(lon, lat)

    @cached_property
    def tree(self) -> cKDTree:
        # Boats are spread as they sail: halving the space costs no search, and no sorting.
        return cKDTree(self.places, balanced_tree=False, compact_nodes=False)

    def pairs(self, nm: float) -> tuple[Ints, Ints]:
        """Every two boats within this distance, each pair once, the lower row first."""
        found = self.tree.query_pairs(nm, output_type="ndarray")
        return self._sorted(found.min(axis=1), found.max(axis=1))

    def apart(self, one: Ints, other: Ints) -> Floats:
        """Nautical miles between the boats of each pair of rows."""
        a, b = (self.places[rows_of(self.rows, r)] for r in (one, other))
        return np.asarray(np.linalg.norm(a - b, axis=1))

    def around(self, rows: Ints, nm: float) -> tuple[Ints, Ints]:
        """(one of `rows`, another boat) for every other boat within this distance of it."""
        at = rows_of(self.rows, rows)
        at = at[at >= 0]
        if not len(at):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        near = cKDTree(self.places[at]).sparse_distance_matrix(self.tree, nm, output_type="ndarray")
        one, other = at[near["i"]], near["j"].astype(np.int64)
        apart = one != other
        return self._sorted(one[apart], other[apart])

    def nearest(self, of: Ints, among: Ints, nm: float) -> tuple[Floats, Ints]:
        """Distance (nm) from each of `of` to the nearest other boat of `among`, infinite beyond
        `nm`, and that boat's row (-1 where none).
        """
        to = np.flatnonzero(np.isin(self.rows, among))
        at = np.searchsorted(self.rows, of)
        if not len(to) or not len(at):
            return np.full(len(of), np.inf), np.full(len(of), -1)
        far, who = cKDTree(self.places[to]).query(self.places[at], k=2, distance_upper_bound=nm)
        who = np.append(to, -1)[who]
        own = who[:, 0] == at
        far = np.where(own, far[:, 1], far[:, 0])
        who = np.where(own, who[:, 1], who[:, 0])
        return far, np.where(who >= 0, self.rows[who], -1)

    def _sorted(self, one: Ints, other: Ints) -> tuple[Ints, Ints]:
        pair = one * len(self.rows) + other
        pair.sort()
        one, other = np.divmod(pair, len(self.rows))
        return self.rows[one], self.rows[other]
