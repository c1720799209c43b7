"""走锚：锚泊20分钟后定出锚位，离锚位超过max(50米, 船长)满2分钟且三个船位；重新锚定或起航后解除。
Dragging anchor: after twenty minutes at anchor (by its status, or lying in an anchorage) a boat has
a place, the mean of its fixes. Three fixes and two minutes beyond max(50 m, its length) raise it.
Cleared when it is within again, or under way on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.geo import METRES_PER_NM, NM_PER_DEGREE
from fleet.model import MINUTE, SECOND, Floats, Mask, Severity

AT_ANCHOR = 1  #: navigational status
CALM = ("anchorage", "shelter")


@dataclass(frozen=True, slots=True)
class Params:
    still_kn: float  #: slower than this is lying at anchor
    under_way_kn: float  #: faster is sailing, not dragging
    settle_min: float
    radius_m: float  #: at least; else the boat's length
    back_factor: float  #: within this part of the radius it is back
    fixes: float
    lasting_min: float
    clear_min: float


def observe(view: View, p: Params, memory: Memory) -> Observed:
    new = {name: rows.copy() for name, rows in memory.items()}
    cur = view.cur
    still = ((cur.sog <= p.still_kn) & _lies(view)) | (cur.status == AT_ANCHOR)
    sails = (cur.sog > p.under_way_kn) | (view.port != 0)
    for rows in new.values():
        rows[sails] = np.nan
    _settle(view, p, still & ~sails & ~view.leap, new)
    settled = view.cur.t / SECOND - new["since"] >= p.settle_min * 60
    away = np.where(settled, _away_m(view, new), np.nan)
    length = view.vessels.length_m[cur.vessel]
    radius = np.fmax(p.radius_m, length)
    mine = view.ours() & ~sails & ~view.leap
    row = np.flatnonzero(mine & (away > radius))
    kept = np.flatnonzero(view.leap | (mine & (away <= radius) & (away > radius * p.back_factor)))
    zero = np.zeros(len(row), np.int64)
    return Observed(seen(row, zero, Severity.ALARM), (kept, np.zeros(len(kept), np.int64)), new)


def _lies(view: View) -> Mask:
    """Where a boat that is stopped lies at anchor: elsewhere it may be at its gear."""
    calm = np.zeros(len(view.cur), np.bool_)
    calm[view.of(view.inside, view.zones.among(*CALM)).row] = True
    return calm


def _settle(view: View, p: Params, still: Mask, new: dict[str, Any]) -> None:
    """The mean of the fixes of the first minutes is the anchor's place; then it stays."""
    t = view.cur.t / SECOND
    begins = still & np.isnan(new["since"])
    new["since"][begins], new["count"][begins] = t[begins], 0
    gather = still & (t - new["since"] < p.settle_min * 60)
    new["count"][gather] += 1
    for name in ("lon", "lat"):
        old, now = np.where(begins, 0, new[name]), getattr(view.cur, name)
        new[name][gather] = (old + (now - old) / new["count"])[gather]
    strays = gather & (_away_m(view, new) > p.radius_m)
    new["since"][strays] = np.nan  # it drifts with its gear: there is no anchor


def _away_m(view: View, new: dict[str, Any]) -> Floats:
    """Metres from the anchor's place; NaN where there is none."""
    dx = (view.cur.lon - new["lon"]) * np.cos(np.radians(view.cur.lat))
    miles = np.hypot(dx, view.cur.lat - new["lat"]) * NM_PER_DEGREE
    return np.asarray(miles * METRES_PER_NM)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "anchor_drag", "走锚", "Dragging anchor", Params, observe, debounce,
    memory={"since": (), "count": (), "lon": (), "lat": ()}, evidence=fix_evidence,
)  # fmt: skip
