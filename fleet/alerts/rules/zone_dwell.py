"""区域内滞留：超过该区域允许停留的时间；航道、海底电缆等通过性区域内锚泊、停留或低速拖曳。
Staying in a zone: longer than the time of its own that a zone has; in a fairway or over a cable, at
anchor, stopped or at the speed of something dragged, for longer than is needed to cross. Ends when
the boat leaves or, where it may pass, moves on. Who holds a permit to enter is not meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.facts import Permit
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE, Ints, Mask

PASSED = ("cable", "fairway", "pipeline", "approach")
"""Kinds of zone to be crossed without stopping."""
AT_ANCHOR = 1  #: navigational status


@dataclass(frozen=True, slots=True)
class Params:
    slow_kn: float  #: faster is passing
    fixes: float
    dwell_min: float  #: in zones that say no time of their own
    exit_margin_m: float  #: `view.near` reaches this far: who is in it has not left
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    zones = view.zones
    passed, timed = zones.among(*PASSED), ~np.isnan(zones.dwell_min)
    here = view.of(view.inside, passed | timed)
    slow = (view.cur.sog <= p.slow_kn) | (view.cur.status == AT_ANCHOR)
    on = view.ours()[here.row] & (slow[here.row] | ~passed[here.zone])
    on &= ~_allowed(view, here.row, zones.ids[here.zone])
    row, zone = here.row[on], here.zone[on]
    near = view.of(view.near, timed & ~passed)
    holds = seen(row, zones.ids[zone], zones.severity[zone])
    own = np.where(timed[zone], zones.dwell_min[zone] * MINUTE, -1).astype(np.int64)
    return Observed(holds, (near.row, zones.ids[near.zone]), lasting=own)


def _allowed(view: View, row: Ints, zone: Ints) -> Mask:
    cur = view.cur
    return view.facts.permitted(cur.vessel[row], cur.t[row], Permit.ENTER, zone)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.dwell_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "zone_dwell", "区域内滞留", "Staying in a zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
