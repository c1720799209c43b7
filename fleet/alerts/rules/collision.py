"""商渔碰撞危险：CPA小于0.5海里、TCPA 4至15分钟为黄色；小于0.25海里、8分钟内为橙色；夜间升一级。
Collision risk of a fishing boat and a merchant ship (of 50 m and 5 kn or more): yellow when they
will pass within 0.5 nm in 4 to 15 minutes, orange within 0.25 nm in less than 8; one grade more
from 00 to 04 and in high-risk areas. Three looks in a row. Ends when they are opening, or will pass
well clear; the same pair is quiet for 15 minutes unless it gets worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.passing import Passing, encounter, passing
from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.alerts.zoned import at_night
from fleet.model import HOUR, MINUTE, SECOND, Floats, Ints, Mask, Severity, VesselClass


@dataclass(frozen=True, slots=True)
class Params:
    range_nm: float
    merchant_length_m: float
    merchant_kn: float
    merchant_age_s: float
    fishing_age_s: float
    relative_kn: float
    warn_nm: float
    warn_from_min: float
    warn_to_min: float
    danger_nm: float
    danger_min: float
    doubt_kn: float  #: how fast a reckoned place grows uncertain
    looks: float
    clear_factor: float
    clear_min: float
    quiet_min: float
    night_from_h: float
    night_to_h: float
    utc_offset_h: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    ships, boats = _pairs(look, p)
    way = passing(look, boats, ships)
    level = _level(look, p, way)
    closing = (way.minutes > 0) & (way.cpa_nm <= p.warn_nm * p.clear_factor)
    some = np.flatnonzero((level > 0) | closing)
    boats, ships, level = boats[some], look.cur.vessel[ships[some]], level[some]
    apart = ~look.facts.tied(look.cur.vessel[boats], ships, look.at)
    boats, ships, level = boats[apart], ships[apart], level[apart]
    on = level > 0
    return Observed(seen(boats[on], ships[on], level[on]), (boats[~on], ships[~on]))


def _pairs(look: Look, p: Params) -> tuple[Ints, Ints]:
    """Rows of the ships under way, and of the fishing boats around each."""
    sog, age = look.cur.sog, look.age
    length = look.vessels.length_m[look.cur.vessel]
    trade = np.isin(look.cls, (VesselClass.MERCHANT, VesselClass.PASSENGER))
    ships: Mask = trade & (sog >= p.merchant_kn) & (age <= p.merchant_age_s * SECOND)
    ships &= ~(length < p.merchant_length_m)
    one, other = look.near.around(np.flatnonzero(ships), p.range_nm)
    boat = look.ours[other] & (age[other] <= p.fishing_age_s * SECOND)
    return one[boat], other[boat]


def _level(look: Look, p: Params, way: Passing) -> Ints:
    """The severity each pair's way of passing calls for; 0 for none."""
    cpa = np.maximum(way.cpa_nm - p.doubt_kn * way.age / HOUR, 0)
    fast = way.relative_kn >= p.relative_kn
    warn = (cpa < p.warn_nm) & (way.minutes >= p.warn_from_min) & (way.minutes <= p.warn_to_min)
    danger = (cpa < p.danger_nm) & (way.minutes >= 0) & (way.minutes < p.danger_min)
    level = np.where(fast & warn, int(Severity.WARNING), 0)
    level = np.where(fast & danger, int(Severity.ALARM), level)
    on = np.flatnonzero(level)
    night = at_night(look.at, p.night_from_h, p.night_to_h, p.utc_offset_h)
    level[on] += night | _risky(look, way.boat[on])
    return np.asarray(level)


def _risky(look: Look, boats: Ints) -> Mask:
    """Which boats are in a high-risk area."""
    return np.isin(boats, look.hits(np.unique(boats), look.zones.where(kind="risk")).row)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.looks), 0, 2, int(p.clear_min * MINUTE), quiet=int(p.quiet_min * MINUTE))


def evidence(look: Look, row: int, other: int) -> dict[str, Any]:
    """How they meet, as information and never as an order (domain A.3: COLREG 13-15, 18)."""
    ship = np.searchsorted(look.cur.vessel, [other])
    boat = np.array([row])
    way = passing(look, boat, ship)
    told: dict[str, Any] = {name: _round(getattr(way, name)) for name in ("cpa_nm", "range_nm")}
    told["tcpa_min"] = _round(way.minutes)
    return {**told, **encounter(look, row, int(ship[0]))}


def _round(value: Floats) -> float:
    return round(float(value[0]), 2)


RULE = Rule(
    "collision", "商渔碰撞危险", "Risk of collision", Params,
    look=look, debounce=debounce, evidence=evidence,
)  # fmt: skip
