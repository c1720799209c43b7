"""船位异常：三个船位中两次速度超过60节（一个MMSI两条船，或伪造），或航行中船位长时间一动不动。
A position that cannot be: two of three steps at more than 60 kn (one number on two boats, or a
forged position), or the very same place for twenty minutes while it says it makes way. Other kinds
are not believed of such a boat until it is resolved. Cleared after thirty minutes without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.model import MINUTE, SECOND, Mask, Severity, VesselClass


@dataclass(frozen=True, slots=True)
class Params:
    leaps: float  #: of the last three steps
    frozen_min: float
    frozen_kn: float  #: says it makes more than this
    clear_fixes: float
    clear_min: float


def observe(view: View, p: Params, memory: Memory) -> Observed:
    """`leaps` remembers the last two steps as bits, `still` since when nothing moved, seconds."""
    before = np.nan_to_num(memory["leaps"]).astype(np.int64)
    count = view.leap + (before & 1) + (before >> 1 & 1)
    still, frozen = _frozen(view, p, memory)
    boat = (view.cls() < VesselClass.BEACON) & (view.prev.t > 0)
    row = np.flatnonzero(boat & ((count >= p.leaps) | frozen))
    new = {"leaps": ((before << 1 | view.leap) & 3).astype(np.float64), "still": still}
    stay = np.flatnonzero(boat & (count > 0) & (count < p.leaps) & ~frozen)
    zero = np.zeros(len(view.cur), np.int64)
    holds = seen(row, zero[: len(row)], Severity.WARNING)
    return Observed(holds, (stay, zero[: len(stay)]), new)


def _frozen(view: View, p: Params, memory: Memory) -> tuple[np.ndarray, Mask]:
    cur, prev, t = view.cur, view.prev, view.cur.t / SECOND
    same = (cur.lon == prev.lon) & (cur.lat == prev.lat) & (cur.sog > p.frozen_kn)
    still = np.where(same, np.where(np.isnan(memory["still"]), t, memory["still"]), np.nan)
    return still, np.asarray(t - still >= p.frozen_min * 60)


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, int(p.clear_fixes), int(p.clear_min * MINUTE))


def evidence(view: View, row: int, other: int) -> dict[str, Any]:
    prev = view.prev
    where = {"from_lon": round(float(prev.lon[row]), 5), "from_lat": round(float(prev.lat[row]), 5)}
    return {**fix_evidence(view, row, other), **where}


RULE = Rule(
    "spoof", "船位异常", "Impossible position", Params, observe, debounce,
    memory={"leaps": (), "still": ()}, evidence=evidence,
)  # fmt: skip
