"""一船多码：两个MMSI在20米内同速同向航行满20分钟，疑为一条船使用多个号码；分开后解除。
One hull, several numbers: two MMSIs within 20 m of each other under way at one speed and course for
twenty minutes. Declared partners, tows and boats alongside at rest are not meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.geo import METRES_PER_NM
from fleet.model import MINUTE, SECOND, Severity


@dataclass(frozen=True, slots=True)
class Params:
    near_m: float
    apart_m: float
    least_kn: float
    speed_kn: float  #: as alike as this
    course_deg: float
    age_s: float
    looks: float
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    cur = look.cur
    one, other = look.near.pairs(p.apart_m / METRES_PER_NM)
    ours = look.ours[one] | look.ours[other]
    one, other = one[ours], other[ours]
    near = look.near.apart(one, other) * METRES_PER_NM <= p.near_m
    way = (cur.sog[one] >= p.least_kn) & (np.abs(cur.sog[one] - cur.sog[other]) <= p.speed_kn)
    turn = np.abs((cur.cog[one] - cur.cog[other] + 180) % 360 - 180) <= p.course_deg
    fresh = np.maximum(look.age[one], look.age[other]) <= p.age_s * SECOND
    free = ~look.facts.tied(cur.vessel[one], cur.vessel[other], look.at)
    on = near & way & turn & fresh & free
    holds = seen(one[on], cur.vessel[other[on]], Severity.WARNING)
    return Observed(holds, (one[~on], cur.vessel[other[~on]]))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.looks), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "spoof_hull", "一船多码", "One hull, several numbers", Params,
    look=look, debounce=debounce, every=MINUTE,
)  # fmt: skip
