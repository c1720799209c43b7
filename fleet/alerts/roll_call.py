"""Roll call 点名 of a recall order: where every boat that it concerns stands.

One state a boat, the first that fits: sheltered, settled (the command centre accepted its answer),
silent, on_way, answered, out. A boat not heard for half an hour is silent (domain A.2, gap),
whatever it said before.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import shapely

from fleet.alerts.neighbours import on_sphere
from fleet.alerts.rules.recall import SHELTERS
from fleet.geo import Zones
from fleet.model import MINUTE, Floats, Ints, Mask

State: TypeAlias = Literal["sheltered", "settled", "silent", "on_way", "answered", "out"]
STATES: tuple[State, ...] = ("sheltered", "settled", "silent", "on_way", "answered", "out")
SILENT = 30 * MINUTE
UNDER_WAY_KN = 2.0
TOWARDS_DEG = 60.0
"""A course within this of the nearest shelter's bearing, at way, is on the way there."""


def states(
    zones: Zones, fix: tuple[Ints, Floats, Floats, Floats, Floats], answer: Ints, now: int
) -> Ints:
    """Index into STATES of each boat. `fix`: time (us), lon, lat (degrees), sog (kn), cog (degrees
    true); NaN unknown. `answer`: -1 none, 0 to come, more: an answer that was accepted.
    """
    t, lon, lat, sog, cog = fix
    tests = (
        sheltered(zones, lon, lat),
        answer > 0,
        (now - t > SILENT) | np.isnan(lon),
        (sog >= UNDER_WAY_KN) & (_off(zones, lon, lat, cog) <= TOWARDS_DEG),
        answer == 0,
    )
    return np.asarray(np.select(list(tests), list(range(len(tests))), len(tests)), np.int64)


def sheltered(zones: Zones, lon: Floats, lat: Floats) -> Mask:
    """Who is in a port, shelter or anchorage by the last fix."""
    return inside(zones, zones.among(*SHELTERS), lon, lat)


def inside(zones: Zones, which: Mask, lon: Floats, lat: Floats) -> Mask:
    """Whose last fix is in one of these zones (a mask over them)."""
    out = np.zeros(len(lon), np.bool_)
    rows = np.flatnonzero(~np.isnan(lon))
    hits = zones.containing(lon[rows], lat[rows])
    out[rows[hits.row[which[hits.zone]]]] = True
    return out


def _off(zones: Zones, lon: Floats, lat: Floats, cog: Floats) -> Floats:
    """Degrees between the course and the bearing of the nearest shelter; NaN where unknown."""
    shelter = np.flatnonzero(zones.among(*SHELTERS))
    if not len(shelter):
        return np.full(len(lon), np.nan)
    points = shapely.point_on_surface(zones.tree.geometries[shelter])
    to_lon, to_lat = shapely.get_x(points), shapely.get_y(points)
    chord = on_sphere(lon, lat)[:, None, :] - on_sphere(to_lon, to_lat)[None, :, :]
    near = np.argmin(np.nan_to_num(np.linalg.norm(chord, axis=2), nan=np.inf), axis=1)
    east = (to_lon[near] - lon) * np.cos(np.radians(lat))
    bearing = np.degrees(np.arctan2(east, to_lat[near] - lat))
    return np.asarray(np.abs((cog - bearing + 180) % 360 - 180))
