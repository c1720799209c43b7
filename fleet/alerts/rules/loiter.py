"""徘徊：在电缆、保护区半海里内或界线附近，两小时内平均航速低于2节。
Loitering: in or within half a mile of a cable or a reserve, or near a line, on average slower than
2 kn for two hours. Elsewhere slow boats are at work or at rest. Ends when the boat moves on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.geo import METRES_PER_NM
from fleet.model import MINUTE, Ints, Severity

WATCHED = ("cable", "pipeline", "reserve", "restricted", "wind_farm")


@dataclass(frozen=True, slots=True)
class Params:
    slow_kn: float
    moves_on_kn: float  #: between the two it neither counts nor ends
    line_nm: float  #: so near to a line
    zone_nm: float  #: so near to a zone
    fixes: float
    lasting_min: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    row, other = _beside(view, p)
    free = (view.port[row] == 0) & ~view.leap[row] & view.ours()[row]
    slow = free & (view.cur.sog[row] < p.slow_kn)
    stay = view.leap[row] | (free & ~slow & ~(view.cur.sog[row] > p.moves_on_kn))
    return Observed(seen(row[slow], other[slow], Severity.INFO), (row[stay], other[stay]))


def _beside(view: View, p: Params) -> tuple[Ints, Ints]:
    """Boats that do not move on, with the zone or line (its id) that they are at."""
    slow = np.flatnonzero(view.ours() & ~(view.cur.sog > p.moves_on_kn))
    lon, lat = view.cur.lon[slow], view.cur.lat[slow]
    zones = view.zones
    watched = zones.among(*WATCHED) & ~zones.where(rule="line")
    _, near = zones.about(lon, lat, p.zone_nm * METRES_PER_NM, watched)
    near = near.take(zones.in_force(near, view.cls()[slow], view.cur.t[slow]))
    rows, others = [slow[near.row]], [zones.ids[near.zone]]
    for i in np.flatnonzero(zones.where(rule="line")).tolist():
        far = zones.line_nm(i, lon, lat, p.line_nm)
        at = slow[(np.abs(far) <= p.line_nm) & zones.zones[i].in_season(view.cur.t[slow])]
        rows.append(at)
        others.append(np.full(len(at), zones.ids[i]))
    return np.concatenate(rows), np.concatenate(others)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "loiter", "徘徊", "Loitering", Params, observe, debounce, zoned=True, evidence=zone_evidence
)
