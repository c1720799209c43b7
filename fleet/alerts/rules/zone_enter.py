"""驶入禁止区域：在区域生效期内进入，两个船位且满60秒报警；离开边缘150米外三个船位且满3分钟解除。
Zone entered: inside a keep-out zone while it is in force. Two fixes and 60 s raise it, three fixes
and 180 s beyond the edge and its margin clear it. A boat already inside when a season starts
counts as entering; a way straight through between two fixes counts when it took long enough. Who
holds a permit to enter is not meant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.facts import Permit
from fleet.alerts.rule import Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import Params as Debouncing
from fleet.alerts.zoned import debounce, zone_evidence
from fleet.model import SECOND, Ints, Mask


@dataclass(frozen=True, slots=True)
class Params(Debouncing):
    exit_margin_m: float  #: `view.near` reaches this far


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    out = view.zones.where(rule="keep_out")
    inside, near = view.of(view.inside, out), view.of(view.near, out)
    through = view.crossed.take(out[view.crossed.zone] & (view.crossed_for >= p.lasting_s * SECOND))
    n = max(len(view.zones.zones), 1)
    crossing = through.row * n + through.zone
    pair = np.union1d(inside.row * n + inside.zone, crossing)
    ids = view.zones.ids
    pair = pair[~_allowed(view, pair // n, ids[pair % n])]
    row, zone = pair // n, pair % n
    holds = seen(row, ids[zone], view.zones.severity[zone], np.isin(pair, crossing))
    return Observed(holds, (near.row, ids[near.zone]))


def _allowed(view: View, row: Ints, zone: Ints) -> Mask:
    """Who holds a permit to be in that zone (domain A.2, 5: a permit recorded ends it)."""
    cur = view.cur
    return view.facts.permitted(cur.vessel[row], cur.t[row], Permit.ENTER, zone)


RULE = Rule(
    "zone_enter", "驶入禁止区域", "Entered a closed zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
