"""驶出限定区域：应留在区域内的渔船离开边缘150米外，三个船位且满3分钟报警；回到区域内解除。
Zone left: a boat that belongs inside a keep-in zone, and has been seen inside it, is beyond its
edge and margin for three fixes and 180 s. Cleared when it is back inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from fleet.alerts.rule import Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import Params as Debouncing
from fleet.alerts.zoned import debounce, zone_evidence
from fleet.geo import distance_m
from fleet.model import Ints


@dataclass(frozen=True, slots=True)
class Params(Debouncing):
    edge_margin_m: float  #: beyond the edge by less is neither in nor out


def observe(view: View, p: Params, memory: Memory) -> Observed:
    """`home` remembers the keep-in zone each boat was last seen inside; NaN where none."""
    inside = view.of(view.inside, view.zones.where(rule="keep_in"))
    home = memory["home"].copy()
    home[inside.row] = view.zones.ids[inside.zone]
    row, zone = _bound(view, home)
    points = shapely.points(view.cur.lon[row], view.cur.lat[row])
    away = distance_m(view.zones.tree.geometries[zone], points)
    ids = view.zones.ids[zone]
    beyond, edge = away > p.edge_margin_m, (away > 0) & (away <= p.edge_margin_m)
    holds = seen(row[beyond], ids[beyond], view.zones.severity[zone][beyond])
    return Observed(holds, (row[edge], ids[edge]), {"home": home})


def _bound(view: View, home: np.ndarray) -> tuple[Ints, Ints]:
    """Rows with a home zone that still exists and is in season, and that zone's index."""
    row = np.flatnonzero(~np.isnan(home))
    order = np.argsort(view.zones.ids)
    ids = view.zones.ids[order]
    at = np.minimum(np.searchsorted(ids, home[row]), max(len(ids) - 1, 0))
    found = (ids[at] == home[row]) if len(ids) else np.zeros(len(row), np.bool_)
    row, zone = row[found], order[at[found]] if len(ids) else at[found]
    on = np.array(
        [view.zones.zones[z].in_season(view.cur.t[[r]])[0] for r, z in zip(row, zone, strict=True)],
        np.bool_,
    )
    keep_in = view.zones.where(rule="keep_in")[zone]
    return row[on & keep_in], zone[on & keep_in]


RULE = Rule(
    "zone_exit", "驶出限定区域", "Left its zone", Params, observe, debounce,
    memory={"home": ()}, anchor="home", zoned=True, evidence=zone_evidence,
)  # fmt: skip
