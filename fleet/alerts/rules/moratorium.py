"""休渔期：休渔期内渔船（仅用钓具的除外）无许可离港，在海上满30分钟为橙色；有捕捞迹象为红色。
Moratorium: in the closed season a registered boat, unless it fishes with hooks alone, is at sea in
the closed waters for thirty minutes without a permit. Red when it seems to be fishing. Ends when
the boat is in port, or the season is over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.facts import Gear, Permit
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE, Severity


@dataclass(frozen=True, slots=True)
class Params:
    at_sea_min: float
    fixes: float
    clear_min: float  #: in port, permitted or out of the waters for so long


def observe(view: View, _p: Params, _memory: Memory) -> Observed:
    closed = view.of(view.inside, view.zones.where(kind="moratorium"))
    row = closed.row
    gear = view.facts.detail("gear", view.cur.vessel[row])
    concerned = view.ours()[row] & (view.port[row] == 0) & (gear != int(Gear.HOOK))
    may = view.facts.permitted(view.cur.vessel[row], view.cur.t[row], Permit.SAIL)
    on = concerned & ~may
    fishes = view.fishing[row] & ~view.facts.permitted(
        view.cur.vessel[row], view.cur.t[row], Permit.FISH
    )
    severity = np.where(fishes, Severity.EMERGENCY, Severity.ALARM)
    return Observed(seen(row[on], view.zones.ids[closed.zone[on]], severity[on]))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.at_sea_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "moratorium", "休渔期出海", "At sea in the moratorium", Params, observe, debounce,
    zoned=True, evidence=zone_evidence, places=("moratorium",),
)  # fmt: skip
