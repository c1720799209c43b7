"""How two vessels pass: closest point of approach (CPA), the time to it, and who meets whom.

Relative motion in a local plane around the boat (1' of latitude = 1 nm), both going on as they
go: the standard plotting-sheet solution. Good to a per cent within 6 nm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Look
from fleet.geo import NM_PER_DEGREE
from fleet.model import Floats, Ints

HEAD_ON_DEG = 6.0
"""Within this of right ahead, on nearly reciprocal courses (domain A.3)."""
STILL_KN = 0.5
"""Slower, a course over ground is that of the noise of GNSS (GFW: a stop ends at 0.5 kn)."""
ABAFT_DEG = 112.5
"""22.5 degrees abaft the beam: from further aft it is overtaking (COLREG 13)."""
FISHING = 7  #: navigational status


@dataclass(frozen=True, slots=True)
class Passing:
    """Of each pair, at the time of the look."""

    boat: Ints  #: row
    range_nm: Floats
    cpa_nm: Floats
    minutes: Floats  #: to the closest point; negative when it is past
    relative_kn: Floats
    age: Ints  #: of both fixes together, microseconds


def passing(look: Look, boats: Ints, ships: Ints) -> Passing:
    """How each boat and ship (rows) pass each other. A pair without relative motion is as close
    as it gets, now.
    """
    lon, lat = look.place
    dx = (lon[ships] - lon[boats]) * np.cos(np.radians(lat[boats])) * NM_PER_DEGREE
    dy = (lat[ships] - lat[boats]) * NM_PER_DEGREE
    (ax, ay), (bx, by) = _velocity(look, boats), _velocity(look, ships)
    vx, vy = bx - ax, by - ay
    speed2 = vx * vx + vy * vy
    hours = np.divide(-(dx * vx + dy * vy), speed2, out=np.zeros(len(dx)), where=speed2 > 0)
    cpa = np.hypot(dx + vx * hours, dy + vy * hours)
    age = look.age[boats] + look.age[ships]
    return Passing(boats, np.hypot(dx, dy), cpa, hours * 60, np.sqrt(speed2), age)


def _velocity(look: Look, rows: Ints) -> tuple[Floats, Floats]:
    """Knots east and north; a boat of unknown speed or course stands still."""
    sog, cog = look.cur.sog[rows], look.cur.cog[rows]
    sog = np.where(np.isnan(sog) | np.isnan(cog), 0.0, sog)
    turn = np.radians(np.nan_to_num(cog))
    return sog * np.sin(turn), sog * np.cos(turn)


def encounter(look: Look, boat: int, ship: int) -> dict[str, str]:
    """The kind of encounter, and who keeps clear by COLREG 13-15 and 18: for information. Of who
    lies still the course is noise, and only Rule 18 is told.
    """
    to_ship, to_boat = _bearing(look, boat, ship), _bearing(look, ship, boat)
    courses = look.cur.cog[boat], look.cur.cog[ship]
    works = look.cur.status[boat] == FISHING or look.fishing[boat]
    if np.isnan(courses).any() or look.cur.sog[boat] < STILL_KN:
        return {"keeps_clear": "ship"} if works else {}
    boat_sees, ship_sees = (to_ship - courses[0]) % 360, (to_boat - courses[1]) % 360
    kind, keeps = _rule(float(boat_sees), float(ship_sees))
    if works:
        keeps = "ship"  # Rule 18: of a vessel engaged in fishing
    return {"encounter": kind, "keeps_clear": keeps}


def _rule(boat_sees: float, ship_sees: float) -> tuple[str, str]:
    """Relative bearings (0-360) of the other as each sees it -> what it is, who keeps clear."""
    ahead = [min(b, 360 - b) <= HEAD_ON_DEG for b in (boat_sees, ship_sees)]
    if all(ahead):
        return "head_on", "both"
    if ABAFT_DEG < boat_sees < 360 - ABAFT_DEG:
        return "overtaking", "ship"
    if ABAFT_DEG < ship_sees < 360 - ABAFT_DEG:
        return "overtaking", "boat"
    return "crossing", "boat" if boat_sees < ABAFT_DEG else "ship"


def _bearing(look: Look, a: int, b: int) -> float:
    lon, lat = look.place
    dx = (lon[b] - lon[a]) * np.cos(np.radians(lat[a]))
    return float(np.degrees(np.arctan2(dx, lat[b] - lat[a])) % 360)
