"""脱编：编组渔船与最近的同组船相距超过5海里满15分钟；8海里内也没有其他本港船为橙色；4海里内满10分钟解除。
Away from its group: the nearest mate of a boat's sailing group is more than 5 nm off for fifteen
minutes. Orange when no other boat of ours is within 8 nm either; else the evidence names whom to
join. Cleared within 4 nm of a mate for ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.facts import Tie
from fleet.alerts.neighbours import EARTH_NM, Neighbours
from fleet.alerts.rows import rows_of
from fleet.alerts.rule import FRESH, Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import MINUTE, Floats, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    apart_nm: float
    together_nm: float
    join_nm: float  #: as far as another boat can be to make up a temporary group
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    rows, far = _to_mates(look)
    off = far > p.apart_nm
    nearest, _ = look.near.nearest(rows[off], np.flatnonzero(look.ours), p.join_nm)
    severity = np.where(np.isinf(nearest), Severity.ALARM, Severity.WARNING)
    stay = ~off & (far > p.together_nm)
    lost = np.flatnonzero((look.port == 0) & (look.age > FRESH))  # nobody knows where it is
    kept = np.concatenate([rows[stay], lost])
    zero = np.zeros(len(kept), np.int64)
    return Observed(seen(rows[off], np.zeros(off.sum(), np.int64), severity), (kept, zero))


def _to_mates(look: Look) -> tuple[Ints, Floats]:
    """Boats of groups at sea, and how far the nearest mate at sea is. A boat whose mates are all
    in port or silent is away from nobody.
    """
    ties = look.facts.ties
    ties = ties.take((ties.kind == Tie.GROUP) & (ties.start <= look.at) & (look.at < ties.end))
    row, group = rows_of(look.cur.vessel, ties.vessel), ties.group
    afloat = rows_of(look.near.rows, row) >= 0
    row, group = row[afloat], group[afloat]
    return _nearest_mate(look, row, group)


def _nearest_mate(look: Look, row: Ints, group: Ints) -> tuple[Ints, Floats]:
    """One search for all groups: each lies on a sphere of its own, far from the others."""
    lon, lat = look.place
    near = Neighbours(np.arange(len(row)), lon[row], lat[row])
    shift = group[:, None] * np.array([[4 * EARTH_NM, 0, 0]])
    near.places = near.places + shift
    everyone = np.arange(len(row))
    far, who = near.nearest(everyone, everyone, 2 * EARTH_NM)
    mated = who >= 0
    return row[mated], far[mated]


def debounce(p: Params) -> Debounce:
    return Debounce(3, int(p.lasting_min * MINUTE), 3, int(p.clear_min * MINUTE))


def evidence(look: Look, row: int, _other: int) -> dict[str, Any]:
    """The nearest boat of ours, to make up a temporary group with."""
    nm, who = look.near.nearest(np.array([row]), np.flatnonzero(look.ours), 8.0)
    if who[0] < 0:
        return {}
    return {"nearest": int(look.cur.vessel[who[0]]), "nearest_nm": round(float(nm[0]), 1)}


RULE = Rule(
    "group_sep", "脱编", "Away from its group", Params,
    look=look, debounce=debounce, evidence=evidence, needs=("ties",), every=MINUTE,
)  # fmt: skip
