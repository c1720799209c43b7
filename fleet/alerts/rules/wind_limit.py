"""超抗风等级：未来24小时内风力达到抗风等级前一级为黄色，达到为橙色，超过为红色；须两次预报一致或实测。
Wind beyond the boat's limit: within 24 hours at its place, one grade below its certified Beaufort
force is yellow, the force itself orange, more red. Two forecast cycles must agree, or the wind has
been measured. Cleared in shelter, or three hours after it has dropped a grade.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.alerts.weather import agreed
from fleet.model import HOUR, MINUTE, Floats, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    ahead_h: float
    clear_h: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    limit = look.facts.detail("wind_limit", look.cur.vessel)
    rows = np.flatnonzero(look.ours & (look.port == 0) & (limit > 0) & ~np.isnan(look.cur.lon))
    over = _expected(look, rows, p) - limit[rows]
    level = np.zeros(len(rows), np.int64)
    for severity, above in ((Severity.WARNING, -1), (Severity.ALARM, 0), (Severity.EMERGENCY, 1)):
        level[over >= above] = severity
    on = level > 0
    return Observed(seen(rows[on], np.zeros(on.sum(), np.int64), level[on]))


def _expected(look: Look, rows: Ints, p: Params) -> Floats:
    """The strongest wind that each boat is to expect where it is, Beaufort."""
    wind, out = look.facts.wind, np.zeros(len(rows))
    lon, lat = look.cur.lon[rows], look.cur.lat[rows]
    now = wind.times[(wind.times > look.at) & (wind.times <= look.at + p.ahead_h * HOUR)]
    for time in (look.at, *now.tolist()):
        out = np.fmax(out, agreed(wind, wind.at(lon, lat, time)))
    return out


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 2, int(p.clear_h * HOUR))


def evidence(look: Look, row: int, _other: int) -> dict[str, Any]:
    limit = look.facts.detail("wind_limit", look.cur.vessel[[row]])
    return {"wind_limit_bf": int(limit[0])}


RULE = Rule(
    "wind_limit", "超抗风等级", "Wind beyond the boat's limit", Params,
    look=look, debounce=debounce, evidence=evidence, needs=("wind", "wind_limit"),
    every=10 * MINUTE,
)  # fmt: skip
