"""夜间单船：凌晨“黑色四小时”内，8海里内没有其他本港渔船（含港内），满30分钟；有船靠近或天亮解除。
Alone at night: in the "black four hours" no other boat of ours, at sea or in port, is within 8 nm,
for thirty minutes.
Cleared when another is, in port, or when the night is over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fleet.alerts.neighbours import on_sphere
from fleet.alerts.rule import FRESH, Debounce, Look, Memory, Observed, Rule, seen
from fleet.alerts.zoned import at_night
from fleet.model import MINUTE, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    alone_nm: float
    night_from_h: float
    night_to_h: float
    utc_offset_h: float
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    none = np.zeros(0, np.int64)
    if not at_night(look.at, p.night_from_h, p.night_to_h, p.utc_offset_h):
        return Observed(seen(none, none, Severity.WARNING))
    ours = np.flatnonzero(look.ours)
    afloat = look.near.rows[look.ours[look.near.rows]]
    far, _ = look.near.nearest(afloat, ours, p.alone_nm)
    row = _away_from_port(look, afloat[np.isinf(far)], p)
    lost = np.flatnonzero(look.ours & (look.port == 0) & (look.age > FRESH))
    zero = np.zeros(len(look.cur), np.int64)
    return Observed(seen(row, zero[: len(row)], Severity.WARNING), (lost, zero[: len(lost)]))


def _away_from_port(look: Look, rows: Ints, p: Params) -> Ints:
    """Those with none of our boats in a port that near: who puts to sea first is not far out."""
    lon, lat = look.place
    berthed = np.flatnonzero(look.ours & (look.port != 0))
    if not len(berthed) or not len(rows):
        return rows
    far, _ = cKDTree(on_sphere(lon[berthed], lat[berthed])).query(
        on_sphere(lon[rows], lat[rows]), distance_upper_bound=p.alone_nm
    )
    return np.asarray(rows[np.isinf(far)])


def debounce(p: Params) -> Debounce:
    return Debounce(3, int(p.lasting_min * MINUTE), 3, int(p.clear_min * MINUTE))


RULE = Rule(
    "single_night", "夜间单船", "Alone at night", Params,
    look=look, debounce=debounce, every=MINUTE,
)  # fmt: skip
