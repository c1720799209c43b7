"""终端电量低：低于20%提示，低于10%为黄色；回升5个百分点以上解除。
Terminal battery low: blue below 20 per cent, yellow below 10. Cleared five points above the level
that raised it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.model import MINUTE, Severity


@dataclass(frozen=True, slots=True)
class Params:
    low_pct: float
    very_low_pct: float
    hysteresis_pct: float
    fixes: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    left = view.cur.battery
    row = np.flatnonzero(left < p.low_pct)
    severity = np.where(left[row] < p.very_low_pct, Severity.WARNING, Severity.INFO)
    # Another source of the same boat says nothing of the battery.
    between = np.flatnonzero(~(left < p.low_pct) & ~(left >= p.low_pct + p.hysteresis_pct))
    zero = np.zeros(len(row), np.int64)
    return Observed(seen(row, zero, severity), (between, np.zeros(len(between), np.int64)))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), 0, 2, int(p.clear_min * MINUTE))


def evidence(view: View, row: int, _other: int) -> dict[str, Any]:
    return {"battery_pct": round(float(view.cur.battery[row]))}


RULE = Rule(
    "battery", "终端电量低", "Terminal battery low", Params, observe, debounce, evidence=evidence
)
