"""失控漂流：航行状态“失控”，或以0.3至2节横漂满30分钟（刺网、罩网等作业漂流除外）；3节以上满10分钟解除。
Not under command or adrift: status 2, or 0.3 to 2 kn with the course well off the heading for
thirty minutes, at sea and off anchorages. Boats whose gear drifts with them are left to status 2.
Cleared by ten minutes of more than 3 kn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.facts import Gear
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.model import MINUTE, Mask, Severity

NOT_UNDER_COMMAND, AT_ANCHOR, MOORED, FISHING = 2, 1, 5, 7  #: navigational status
DRIFTERS = int(Gear.GILL_NET | Gear.FALLING_NET | Gear.HOOK | Gear.TRAP)


@dataclass(frozen=True, slots=True)
class Params:
    from_kn: float
    to_kn: float
    off_heading_deg: float  #: course over ground away from where the bow points
    fixes: float
    lasting_min: float
    under_way_kn: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    at_sea = view.ours() & (view.port == 0) & ~view.leap
    calm = view.of(view.inside, view.zones.where(kind="anchorage")).row
    at_sea[calm] = False
    on = at_sea & ((view.cur.status == NOT_UNDER_COMMAND) | _sideways(view, p))
    going = view.cur.sog > p.under_way_kn
    stay = ~on & at_sea & ~going
    row, kept = np.flatnonzero(on), np.flatnonzero(stay | view.leap)
    zero = np.zeros(len(row), np.int64)
    return Observed(seen(row, zero, Severity.ALARM), (kept, np.zeros(len(kept), np.int64)))


def _sideways(view: View, p: Params) -> Mask:
    """Slow, and going elsewhere than the bow points; not a boat that drifts with its gear."""
    cur = view.cur
    slow = (cur.sog >= p.from_kn) & (cur.sog <= p.to_kn)
    off = np.abs((cur.cog - cur.heading + 180) % 360 - 180) > p.off_heading_deg
    said = np.isin(cur.status, (AT_ANCHOR, MOORED, FISHING))
    gear = view.facts.detail("gear", cur.vessel) & DRIFTERS
    return np.asarray(slow & off & ~said & (gear == 0))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "drift", "失控漂流", "Adrift or not under command", Params, observe, debounce,
    evidence=fix_evidence,
)  # fmt: skip
