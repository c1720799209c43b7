"""海上会船：两船在港外相距300米以内、低于2节，满45分钟（编组、对拖、灯船除外）；相距500米以上满30分钟解除。
Meeting at sea: two vessels, one of them ours, within 300 m of each other and slow, outside ports
and anchorages, for 45 minutes. Group mates, pair trawlers and attending boats are not meant.
Cleared when they have been 500 m apart for 30 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.geo import METRES_PER_NM
from fleet.model import MINUTE, Ints, Severity

CALM = ("anchorage", "shelter", "port", "aquaculture")
"""Kinds of zone where boats lie side by side."""


@dataclass(frozen=True, slots=True)
class Params:
    near_m: float
    apart_m: float
    slow_kn: float
    looks: float
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    one, other = _pairs(look, p.apart_m)
    slow = ~(look.cur.sog >= p.slow_kn)
    near = look.near.apart(one, other) <= p.near_m / METRES_PER_NM
    on = near & slow[one] & slow[other]
    vessel = look.cur.vessel
    return Observed(
        seen(one[on], vessel[other[on]], Severity.WARNING), (one[~on], vessel[other[~on]])
    )


def _pairs(look: Look, metres: float) -> tuple[Ints, Ints]:
    """(our boat, the other) of every pair so near: of two of ours the lower id is the subject."""
    one, other = look.near.pairs(metres / METRES_PER_NM)
    swap = ~look.ours[one]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    good = look.ours[one]
    one, other = one[good], other[good]
    good = ~np.isin(one, _calm(look, np.unique(one)))
    one, other = one[good], other[good]
    apart = ~look.facts.tied(look.cur.vessel[one], look.cur.vessel[other], look.at)
    return one[apart], other[apart]


def _calm(look: Look, rows: Ints) -> Ints:
    return look.hits(rows, look.zones.among(*CALM)).row


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.looks), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule("encounter", "海上会船", "Meeting at sea", Params, look=look, debounce=debounce)
