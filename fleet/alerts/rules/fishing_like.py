"""禁渔区、休渔期疑似捕捞：在禁止捕捞的区域或时间内，航速符合本船全部渔具的作业特征；无许可。
Apparent fishing where or when it is not allowed: inside a reserve, a cable corridor, a fairway or
another zone closed to fishing, or in the closed season unless it fishes with hooks alone; at the
working speed of the boat's gear, without a permit. Who has fished outside and steams through is not
meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.alerts.facts import Gear, Permit
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE

CLOSED = ("reserve", "restricted", "cable", "fairway", "aquaculture", "wind_farm", "no_fishing")
"""Kinds of zone in which nobody fishes without a permit."""
SEASON = "moratorium"
"""The waters of the closed season, which boats with hooks alone may fish (domain A.2, 7 and 8)."""


@dataclass(frozen=True, slots=True)
class Params:
    most_kn: float  #: faster is no fishing, whatever the gear and whatever it did before
    fixes: float
    lasting_min: float  #: inside the zone; the working speed has lasted longer already
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    closed = view.of(view.inside, view.zones.among(*CLOSED, SEASON))
    row, ids = closed.row, view.zones.ids[closed.zone]
    hooks = view.facts.detail("gear", view.cur.vessel[row]) == int(Gear.HOOK)
    hooks &= view.zones.where(kind=SEASON)[closed.zone]
    may = view.facts.permitted(view.cur.vessel[row], view.cur.t[row], Permit.FISH, ids)
    works = view.fishing[row] & ~may & ~hooks
    on = works & ~(view.cur.sog[row] > p.most_kn)
    between = works & ~on  # from one haul to the next
    holds = seen(row[on], ids[on], view.zones.severity[closed.zone[on]])
    return Observed(holds, (row[between], ids[between]))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "fishing_like", "疑似违规捕捞", "Apparent fishing in a closed zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
