"""船位异常：半小时内三次以超过60节的速度跳离（一个MMSI两条船，或伪造；一去一回的一个坏点不算），或航行中船位长时间一动不动。
A position that cannot be: three steps of more than 60 kn within half an hour (one number on two
boats, or a forged position; a single wrong fix is two: there and back), or the very same place for
twenty minutes while it says it makes way. Other kinds are not believed of such a boat until it is
resolved. Cleared after thirty minutes without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.geo import NM_PER_DEGREE
from fleet.model import MINUTE, SECOND, Floats, Mask, Severity, VesselClass

REMEMBERED = 4
"""Steps kept of each boat: as many as `leaps` may ask for."""


@dataclass(frozen=True, slots=True)
class Params:
    leaps: float  #: within `window_min`, at most REMEMBERED
    least_nm: float  #: a shorter way is two clocks that differ, and no leap
    window_min: float
    frozen_min: float
    frozen_kn: float  #: says it makes more than this
    clear_fixes: float
    clear_min: float


def observe(view: View, p: Params, memory: Memory) -> Observed:
    """Remembered: `leaps`, when the last steps that cannot be were, newest first, and `still`,
    since when nothing moved; seconds, NaN where none.
    """
    leap = view.leap & (_miles(view) >= p.least_nm)
    leaps = memory["leaps"]
    leaps[leap, 1:] = leaps[leap, :-1]
    leaps[leap, 0] = view.cur.t[leap] / SECOND
    often = leap & (leaps[:, 0] - leaps[:, _nth(p)] <= p.window_min * 60)
    still, frozen = _frozen(view, p, memory)
    boat = (view.cls() < VesselClass.BEACON) & (view.prev.t > 0)
    row = np.flatnonzero(boat & (often | frozen))
    holds = seen(row, np.zeros(len(row), np.int64), Severity.WARNING)
    return Observed(holds, memory={"leaps": leaps, "still": still})


def _nth(p: Params) -> int:
    return min(max(int(p.leaps), 1), REMEMBERED) - 1


def _miles(view: View) -> Floats:
    """Straight way from the fix before, nm."""
    cur, prev = view.cur, view.prev
    east = (cur.lon - prev.lon) * np.cos(np.radians(cur.lat))
    return np.asarray(np.hypot(east, cur.lat - prev.lat) * NM_PER_DEGREE)


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
    memory={"leaps": (REMEMBERED,), "still": ()}, evidence=evidence,
)  # fmt: skip
