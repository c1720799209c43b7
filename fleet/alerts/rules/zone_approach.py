"""接近禁止区域：按当前航向航速，10分钟内将进入；转向或进入后解除。
About to enter a closed zone: on a course and at a speed that take it in within ten minutes. Ends
when the boat turns away, or is inside, where another kind takes over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.neighbours import reckoned
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE, Ints, Mask, Severity


@dataclass(frozen=True, slots=True)
class Params:
    ahead_min: float
    least_kn: float  #: slower boats are not on their way anywhere
    fixes: float
    lasting_min: float
    clear_fixes: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    moving = view.ours() & (view.port == 0) & ~view.leap & (view.cur.sog >= p.least_kn)
    rows = np.flatnonzero(moving & ~np.isnan(view.cur.cog))
    row, zone = _ahead(view, p, rows)
    ids = view.zones.ids[zone]
    stay = np.flatnonzero(view.leap)
    return Observed(seen(row, ids, Severity.INFO), (stay, np.zeros(len(stay), np.int64)))


def _ahead(view: View, p: Params, rows: Ints) -> tuple[Ints, Ints]:
    """(row, zone index) of every closed zone in force on the way of the next minutes, for boats
    that are outside it.
    """
    cur = view.cur.take(rows)
    hours = np.full(len(rows), p.ahead_min / 60)
    lon, lat = reckoned(cur.lon, cur.lat, cur.sog, cur.cog, hours)
    ahead = view.zones.crossed(cur.lon, cur.lat, lon, lat, rule="keep_out")
    row, zone = rows[ahead.row], ahead.zone
    n = max(len(view.zones.zones), 1)
    inside = np.isin(row * n + zone, view.inside.row * n + view.inside.zone)
    closed = view.zones.where(rule="keep_out")[zone] & ~inside
    row, zone = row[closed], zone[closed]
    force = _in_force(view, row, zone)
    return row[force], zone[force]


def _in_force(view: View, row: Ints, zone: Ints) -> Mask:
    """Whether the zone concerns the boat's class, in this season."""
    out = np.zeros(len(row), np.bool_)
    cls = view.cls()
    for z in np.unique(zone):
        which, mine = view.zones.zones[z], zone == z
        concerned = np.isin(cls[row[mine]], [int(c) for c in which.classes])
        out[mine] = concerned & which.in_season(view.cur.t[row[mine]])
    return out


def debounce(p: Params) -> Debounce:
    return Debounce(
        int(p.fixes), int(p.lasting_min * MINUTE), int(p.clear_fixes), int(p.clear_min * MINUTE)
    )


RULE = Rule(
    "zone_approach", "接近禁止区域", "Near a closed zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
