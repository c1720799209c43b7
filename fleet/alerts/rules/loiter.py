"""徘徊：在电缆、保护区、界线附近，两小时内平均航速低于2节。
Loitering: near a cable, a reserve or a line, on average slower than 2 kn for two hours. Elsewhere
slow boats are at work or at rest. Ends when the boat moves on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.geo import signed_distance_nm
from fleet.model import MINUTE, Ints, Severity

WATCHED = ("cable", "pipeline", "reserve", "restricted", "wind_farm")


@dataclass(frozen=True, slots=True)
class Params:
    slow_kn: float
    moves_on_kn: float  #: between the two it neither counts nor ends
    line_nm: float  #: so near to a line
    exit_margin_m: float  #: so near to a zone (`view.near`)
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
    """Boats with the zone or line (its id) that they are at."""
    near = view.of(view.near, view.zones.among(*WATCHED))
    slow = np.flatnonzero(~(view.cur.sog > p.moves_on_kn))
    rows, others = [near.row], [view.zones.ids[near.zone]]
    for zone in (z for z in view.zones.zones if z.rule == "line"):
        far = signed_distance_nm(zone.geometry, view.cur.lon[slow], view.cur.lat[slow])
        at = slow[(np.abs(far) <= p.line_nm) & zone.in_season(view.cur.t[slow])]
        rows.append(at)
        others.append(np.full(len(at), zone.id))
    return np.concatenate(rows), np.concatenate(others)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "loiter", "徘徊", "Loitering", Params, observe, debounce, zoned=True, evidence=zone_evidence
)
