"""商渔碰撞高风险警示区：进入满十分钟提示；在区内锚泊或停留为黄色。
High-risk area for merchant and fishing traffic (MSA): told ten minutes after entry, so that who
cuts the edge is told nothing; anchored or stopped in it is yellow ("avoid …
anchoring and working"). Ends on leaving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE, SECOND, Severity

AT_ANCHOR = 1  #: navigational status


@dataclass(frozen=True, slots=True)
class Params:
    fixes: float
    lasting_s: float
    stopped_kn: float  #: slower is stopped
    stopped_min: float  #: for so long
    clear_min: float


def observe(view: View, p: Params, memory: Memory) -> Observed:
    risk = view.of(view.inside, view.zones.where(kind="risk"))
    mine = view.ours()[risk.row]
    row, ids = risk.row[mine], view.zones.ids[risk.zone[mine]]
    slow = (view.cur.sog < p.stopped_kn) | (view.cur.status == AT_ANCHOR)
    t = view.cur.t / SECOND
    since = np.where(slow, np.where(np.isnan(memory["slow"]), t, memory["slow"]), np.nan)
    stopped = t - since >= p.stopped_min * 60
    severity = np.where(stopped[row], Severity.WARNING, Severity.INFO)
    return Observed(seen(row, ids, severity), memory={"slow": since})


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_s * SECOND), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "risk_zone", "商渔高风险区", "In a high-risk area", Params, observe, debounce,
    memory={"slow": ()}, zoned=True, evidence=zone_evidence, places=("risk",),
)  # fmt: skip
