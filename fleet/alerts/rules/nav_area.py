"""超航区：驶出核定航区（距岸海里数）0.5海里以上满10分钟为橙色；进入最外一成为黄色；回到区内解除。
Beyond the certified area of navigation: further from the coast than the boat's certificate allows
by half a mile for ten minutes; yellow in the last tenth. Cleared when back inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.geo import signed_distance_nm
from fleet.model import MINUTE, Floats, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    warn_share: float  #: of the certified distance
    beyond_nm: float
    lasting_min: float
    fixes: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    limit = view.facts.detail("nav_nm", view.cur.vessel)
    rows = np.flatnonzero(view.ours() & ~view.leap & ~np.isnan(limit))
    limit = limit[rows]
    edge_nm = p.warn_share * limit - p.beyond_nm
    out = farthest_nm(view, rows) > edge_nm  # all others are well inside, however far exactly
    rows, limit, edge_nm = rows[out], limit[out], edge_nm[out]
    off = offshore_nm(view, rows)
    level = np.zeros(len(rows), np.int64)
    level[off > p.warn_share * limit] = Severity.WARNING
    level[off > limit + p.beyond_nm] = Severity.ALARM
    edge = (level == 0) & (off > edge_nm)
    row, stay = rows[level > 0], np.concatenate([rows[edge], np.flatnonzero(view.leap)])
    zero = np.zeros(len(view.cur), np.int64)
    holds = seen(row, zero[: len(row)], level[level > 0])
    return Observed(holds, (stay, zero[: len(stay)]))


def offshore_nm(view: View, rows: Ints) -> Floats:
    """How far each boat is from the nearest coast that is drawn (zones of kind "coast"); 0 where
    none is.
    """
    out = np.full(len(rows), np.inf)
    for i in np.flatnonzero(view.zones.where(kind="coast")):
        line = view.zones.zones[i].geometry
        far = signed_distance_nm(line, view.cur.lon[rows], view.cur.lat[rows])
        out = np.minimum(out, np.abs(far))
    return np.where(np.isinf(out), 0.0, out)


def farthest_nm(view: View, rows: Ints) -> Floats:
    """The most that `offshore_nm` can be, as the charts of the coasts know."""
    out = np.full(len(rows), np.inf)
    for i in np.flatnonzero(view.zones.where(kind="coast")).tolist():
        _, high = view.zones.line_bounds_nm(i, view.cur.lon[rows], view.cur.lat[rows])
        out = np.minimum(out, high)
    return out


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


def evidence(view: View, row: int, other: int) -> dict[str, Any]:
    off = float(offshore_nm(view, np.array([row]))[0])
    limit = float(view.facts.detail("nav_nm", view.cur.vessel[[row]])[0])
    told = {"coast_nm": round(off, 1), "certified_nm": round(limit, 1)}
    return {**fix_evidence(view, row, other), **told}


RULE = Rule(
    "nav_area", "超航区", "Beyond its area of navigation", Params, observe, debounce,
    evidence=evidence, needs=("nav_nm",), places=("coast",),
)  # fmt: skip
