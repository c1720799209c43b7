"""区域内滞留：在航道、海底电缆等区域内锚泊、停留或低速拖曳超过规定时间。
Staying in a zone to be passed: in a fairway or over a cable, at anchor, stopped or at the speed of
something dragged, for longer than is needed to cross. Ends when the boat moves on or leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE

PASSED = ("cable", "fairway", "pipeline", "approach")
"""Kinds of zone to be crossed without stopping."""
AT_ANCHOR = 1  #: navigational status


@dataclass(frozen=True, slots=True)
class Params:
    slow_kn: float  #: faster is passing
    fixes: float
    dwell_min: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    here = view.of(view.inside, view.zones.among(*PASSED))
    stays = (view.cur.sog <= p.slow_kn) | (view.cur.status == AT_ANCHOR)
    on = view.ours()[here.row] & stays[here.row]
    zone = here.zone[on]
    return Observed(seen(here.row[on], view.zones.ids[zone], view.zones.severity[zone]))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.dwell_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "zone_dwell", "区域内滞留", "Staying in a zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
