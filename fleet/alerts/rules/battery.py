"""终端电量低：低于20%提示，低于10%、或剩余小时数不够回港为黄色；海上外部电源断开提示。回升5个百分点以上解除。
Terminal battery low: blue below 20 per cent, yellow below 10, or when at its present rate it will
not last the way to the nearest port at 7 knots. Blue as well where the terminal says at sea that
its supply is low or cut. Cleared five points above the level that raised it, with the supply back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.geo import METRES_PER_NM, distance_m
from fleet.model import HOUR, MINUTE, Flag, Floats, Mask, Severity, Source

HARBOURS = ("port", "shelter")


@dataclass(frozen=True, slots=True)
class Params:
    low_pct: float
    very_low_pct: float
    hysteresis_pct: float
    speed_kn: float  #: on the way to port; as a recall order reckons
    rate_min: float  #: how long the battery is watched before its rate counts
    clear_factor: float  #: lasts so many times the way to port: enough again
    fixes: float
    clear_min: float


@dataclass(frozen=True, slots=True)
class Drain:
    """How fast each battery runs down, NaN where it was never told."""

    pct: Floats  #: as last told
    at: Floats  #: when, hours
    since: Floats  #: the beginning of the watch, hours
    rate: Floats  #: per cent an hour, smoothed over the time watched, at most `rate_min`

    @classmethod
    def of(cls, memory: Memory) -> Drain:
        return cls(*(memory[name] for name in ("pct", "at", "since", "rate")))

    def told(self, pct: Floats, at: Floats, p: Params) -> Drain:
        """With what came now; nothing is learnt where `pct` is NaN. Charging starts anew."""
        dt = at - self.at
        fresh = ~(dt < p.rate_min / 60) | (pct > self.pct + p.hysteresis_pct)
        known = ~np.isnan(pct) & (fresh | (dt > 0))
        since = np.where(fresh, at, self.since)
        watched = np.clip(at - since, 1e-9, p.rate_min / 60)
        weight = np.clip(dt / watched, 0.0, 1.0)
        fall = np.divide(self.pct - pct, dt, out=np.zeros_like(dt), where=dt > 0)
        rate = np.where(fresh, 0.0, self.rate + weight * (fall - self.rate))
        new = (pct, at, since, rate)
        old = (self.pct, self.at, self.since, self.rate)
        return Drain(*(np.where(known, n, o) for n, o in zip(new, old, strict=True)))

    def hours_left(self, p: Params) -> Floats:
        """Until it is empty; infinite where it is not falling or was not watched for long."""
        sure = (self.at - self.since >= p.rate_min / 60) & (self.rate > 0)
        never = np.full(len(self.pct), np.inf)
        return np.asarray(np.divide(self.pct, self.rate, out=never, where=sure))


def observe(view: View, p: Params, memory: Memory) -> Observed:
    left = view.cur.battery
    drain = Drain.of(memory).told(left, view.cur.t / HOUR, p)
    cut, fed = _cut(view, memory)
    level = np.zeros(len(left), np.int64)
    level[(left < p.low_pct) | (cut & (view.port == 0))] = Severity.INFO
    spare = _spare(view, p, drain.hours_left(p))
    level[(left < p.very_low_pct) | (spare < 1)] = Severity.WARNING
    row = np.flatnonzero(level)
    # Another source of the same boat says nothing of the battery.
    stays = np.isnan(left) & ~(view.cur.source == Source.TERMINAL)
    stays |= (left < p.low_pct + p.hysteresis_pct) | (spare < p.clear_factor)
    between = np.flatnonzero((level == 0) & stays)
    zero = np.zeros(len(left), np.int64)
    new = {"pct": drain.pct, "at": drain.at, "since": drain.since, "rate": drain.rate}
    return Observed(
        seen(row, zero[: len(row)], level[row]), (between, zero[: len(between)]),
        new | {"cut": cut.astype(np.float64), "fed": fed},
    )  # fmt: skip


def _cut(view: View, memory: Memory) -> tuple[Mask, Floats]:
    """Whose supply is low or gone, and who was last heard on the boat's supply. A terminal that
    never had any other supply than its battery has lost none.
    """
    terminal = view.cur.source == Source.TERMINAL
    own = view.cur.flags & Flag.ON_BATTERY > 0
    was_cut, was_fed = memory["cut"] == 1, memory["fed"] == 1
    cut = np.where(terminal, own & (was_cut | was_fed), was_cut)
    cut |= view.cur.flags & Flag.LOW_POWER > 0
    fed = np.where(terminal, ~own, was_fed)
    return np.asarray(cut), fed.astype(np.float64)


def _spare(view: View, p: Params, hours_left: Floats) -> Floats:
    """How many times over the battery lasts the way to the nearest port or shelter that is drawn;
    infinite in port, and where none is.
    """
    out = np.full(len(hours_left), np.inf)
    harbours = [z.geometry for z in view.zones.zones if z.kind in HARBOURS]
    at = np.flatnonzero(np.isfinite(hours_left) & (view.port == 0) & ~np.isnan(view.cur.lon))
    if harbours and len(at):
        away = _nearest_nm(view, at, harbours)
        out[at] = hours_left[at] / np.maximum(away / p.speed_kn, 1e-9)
    return out


def _nearest_nm(view: View, rows: np.ndarray, areas: list[Any]) -> Floats:
    points = shapely.points(view.cur.lon[rows], view.cur.lat[rows])
    far = [distance_m(np.full(len(rows), area), points) for area in areas]
    return np.asarray(np.min(far, axis=0) / METRES_PER_NM)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), 0, 2, int(p.clear_min * MINUTE))


def evidence(view: View, row: int, _other: int) -> dict[str, Any]:
    """What the terminal said; how far the nearest port is, where there is one."""
    left, flags = view.cur.battery[row], int(view.cur.flags[row])
    told: dict[str, Any] = {} if np.isnan(left) else {"battery_pct": round(float(left))}
    told |= {"power": "low"} if flags & Flag.LOW_POWER else {}
    told |= {"power": "battery"} if flags & Flag.ON_BATTERY else {}
    harbours = [z.geometry for z in view.zones.zones if z.kind in HARBOURS]
    if harbours and not np.isnan(view.cur.lon[row]):
        told["port_nm"] = round(float(_nearest_nm(view, np.array([row]), harbours)[0]), 1)
    return told


RULE = Rule(
    "battery", "终端电量低", "Terminal battery low", Params, observe, debounce,
    memory=dict.fromkeys(("pct", "at", "since", "rate", "cut", "fed"), ()), evidence=evidence,
)  # fmt: skip
