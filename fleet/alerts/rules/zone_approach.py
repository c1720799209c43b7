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
from fleet.geo import Hits
from fleet.model import MINUTE, Ints, Severity


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
    closed = view.of(view.inside, view.zones.where(rule="keep_out"))
    outside = ~np.isin(row * n + zone, closed.row * n + closed.zone)
    hits = Hits(row[outside], zone[outside])
    hits = hits.take(view.zones.in_force(hits, view.cls(), view.cur.t))
    return hits.row, hits.zone


def debounce(p: Params) -> Debounce:
    return Debounce(
        int(p.fixes), int(p.lasting_min * MINUTE), int(p.clear_fixes), int(p.clear_min * MINUTE)
    )


RULE = Rule(
    "zone_approach", "接近禁止区域", "Near a closed zone", Params, observe, debounce,
    zoned=True, evidence=zone_evidence,
)  # fmt: skip
