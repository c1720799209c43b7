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
from fleet.model import MINUTE, Ints, Mask, Severity

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
    near = _pairs(look, p.near_m)
    slow = ~(look.cur.sog >= p.slow_kn)
    both = slow[near[0]] & slow[near[1]]
    on = near[0][both], look.cur.vessel[near[1][both]]
    still = _pairs(look, p.apart_m)
    return Observed(seen(*on, Severity.WARNING), (still[0], look.cur.vessel[still[1]]))


def _pairs(look: Look, metres: float) -> tuple[Ints, Ints]:
    """(our boat, the other) of every pair so near: of two of ours the lower id is the subject."""
    one, other = look.near.pairs(metres / METRES_PER_NM)
    swap = ~look.ours[one]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    good: Mask = look.ours[one] & ~np.isin(one, _calm(look, np.unique(one)))
    one, other = one[good], other[good]
    apart = ~look.facts.tied(look.cur.vessel[one], look.cur.vessel[other], look.at)
    return one[apart], other[apart]


def _calm(look: Look, rows: Ints) -> Ints:
    return look.hits(rows, look.zones.among(*CALM)).row


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.looks), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule("encounter", "海上会船", "Meeting at sea", Params, look=look, debounce=debounce)
