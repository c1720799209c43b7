"""一船多码：两个MMSI同速同向航行，45分钟内多数时刻相距不到15米，疑为一条船使用多个号码；分开后解除。
One hull, several numbers: two MMSIs under way at one speed and course whose fixes of one moment
are, most of the time for 45 minutes, nearer to one another than two hulls can be. Boats in column
are a hull's length apart and more; declared partners, and boats alongside at rest, are not meant.
Cleared when they are seen apart for ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.neighbours import on_sphere, reckoned
from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.geo import METRES_PER_NM
from fleet.model import HOUR, MINUTE, SECOND, Floats, Ints, Mask, Severity


@dataclass(frozen=True, slots=True)
class Params:
    near_m: float
    apart_m: float
    search_m: float
    least_kn: float
    speed_kn: float  #: as alike as this
    course_deg: float
    age_s: float
    moment_s: float  #: fixes further apart in time are not of one moment
    looks: float
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    """Holds where fixes of one moment are within `near_m`; two hulls where they are `apart_m` and
    more, or out of reach; says nothing where they lie between or cannot be compared.
    """
    one, other = look.near.pairs(p.search_m / METRES_PER_NM)
    ours = look.ours[one] | look.ours[other]
    one, other = one[ours], other[ours]
    told, metres = _comparable(look, p, one, other), _apart_m(look, one, other)
    vessel = look.cur.vessel
    free = ~look.facts.tied(vessel[one], vessel[other], look.at)
    on = told & free & (metres <= p.near_m)
    stay = ~on & free & ~(told & (metres > p.apart_m))
    holds = seen(one[on], vessel[other[on]], Severity.WARNING)
    return Observed(holds, (one[stay], vessel[other[stay]]))


def _comparable(look: Look, p: Params, one: Ints, other: Ints) -> Mask:
    """Both under way at one speed and course, by fixes of one moment: in a turn, where an old
    course leads astray, nothing can be said.
    """
    sog, cog, fixed = look.cur.sog, look.cur.cog, look.fixed
    way = np.minimum(sog[one], sog[other]) >= p.least_kn
    way &= np.abs(sog[one] - sog[other]) <= p.speed_kn
    way &= np.abs((cog[one] - cog[other] + 180) % 360 - 180) <= p.course_deg
    fresh = np.maximum(look.age[one], look.age[other]) <= p.age_s * SECOND
    return np.asarray(way & fresh & (np.abs(fixed[one] - fixed[other]) <= p.moment_s * SECOND))


def _apart_m(look: Look, one: Ints, other: Ints) -> Floats:
    """Metres between two boats when the later of their fixes was taken."""
    at = np.maximum(look.fixed[one], look.fixed[other])
    a, b = (on_sphere(*_place(look, rows, at)) for rows in (one, other))
    return np.asarray(np.linalg.norm(a - b, axis=1) * METRES_PER_NM)


def _place(look: Look, rows: Ints, at: Ints) -> tuple[Floats, Floats]:
    c = look.cur
    hours = (at - look.fixed[rows]) / HOUR
    return reckoned(c.lon[rows], c.lat[rows], c.sog[rows], c.cog[rows], hours)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.looks), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "spoof_hull", "一船多码", "One hull, several numbers", Params,
    look=look, debounce=debounce, every=MINUTE,
)  # fmt: skip
