"""Roll call 点名 of a recall order: where every boat that it concerns stands.

One state a boat, the first that fits: sheltered, settled (the command centre accepted its answer),
silent, on_way, answered, out. Who steams through an anchorage has not come in. A boat not heard
for half an hour is silent (domain A.2, gap), whatever it said before.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import shapely

from fleet.alerts.rules.recall import SHELTERS
from fleet.geo import Zones
from fleet.model import MINUTE, Floats, Ints, Mask

State: TypeAlias = Literal["sheltered", "settled", "silent", "on_way", "answered", "out"]
STATES: tuple[State, ...] = ("sheltered", "settled", "silent", "on_way", "answered", "out")
SILENT = 30 * MINUTE
UNDER_WAY_KN = 2.0
TOWARDS_DEG = 60.0
"""A course within this of a shelter's bearing, at way, is on the way there."""


def states(
    zones: Zones, fix: tuple[Ints, Floats, Floats, Floats, Floats], answer: Ints, now: int
) -> Ints:
    """Index into STATES of each boat. `fix`: time (us), lon, lat (degrees), sog (kn), cog (degrees
    true); NaN unknown. `answer`: -1 none, 0 to come, more: an answer that was accepted.
    """
    t, lon, lat, sog, cog = fix
    tests = (
        sheltered(zones, lon, lat, sog),
        answer > 0,
        (now - t > SILENT) | np.isnan(lon),
        (sog >= UNDER_WAY_KN) & (_off(zones, lon, lat, cog) <= TOWARDS_DEG),
        answer == 0,
    )
    return np.asarray(np.select(list(tests), list(range(len(tests))), len(tests)), np.int64)


def sheltered(zones: Zones, lon: Floats, lat: Floats, sog: Floats) -> Mask:
    """Who is in port by the last fix, or at rest in a shelter or anchorage: as the rule has it."""
    at_rest = inside(zones, zones.among(*SHELTERS), lon, lat) & ~(sog >= UNDER_WAY_KN)
    return inside(zones, zones.where(kind="port"), lon, lat) | at_rest


def inside(zones: Zones, which: Mask, lon: Floats, lat: Floats) -> Mask:
    """Whose last fix is in one of these zones (a mask over them)."""
    out = np.zeros(len(lon), np.bool_)
    rows = np.flatnonzero(~np.isnan(lon))
    hits = zones.containing(lon[rows], lat[rows])
    out[rows[hits.row[which[hits.zone]]]] = True
    return out


def _off(zones: Zones, lon: Floats, lat: Floats, cog: Floats) -> Floats:
    """Degrees between the course and the bearing of the shelter most ahead; NaN where unknown."""
    shelter = np.flatnonzero(zones.among(*SHELTERS))
    if not len(shelter):
        return np.full(len(lon), np.nan)
    points = shapely.point_on_surface(zones.tree.geometries[shelter])
    east = (shapely.get_x(points) - lon[:, None]) * np.cos(np.radians(lat))[:, None]
    bearing = np.degrees(np.arctan2(east, shapely.get_y(points) - lat[:, None]))
    off: Floats = np.abs((cog[:, None] - bearing + 180) % 360 - 180).min(axis=1)
    return off
