"""未报告出港：离开港区30分钟仍没有出港报告；补报或返港后解除。
Undeclared departure: a boat has been out of port for thirty minutes and nobody has reported the
trip. Cleared when the report is filed, or the boat is back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import DAY, HOUR, MINUTE, SECOND, Ints, Mask, Severity


@dataclass(frozen=True, slots=True)
class Params:
    outside_min: float
    report_before_h: float  #: a report may be filed so long before the departure
    clear_min: float


def look(look: Look, p: Params, memory: Memory) -> Observed:
    """`left` remembers when each boat was last seen in port, seconds; NaN where never."""
    now = look.at / SECOND
    left = np.where(look.port != 0, now, memory["left"])
    out = (look.port == 0) & (now - left >= p.outside_min * 60) & (now - left < DAY / SECOND)
    rows = np.flatnonzero(out & look.ours & (look.age < HOUR))
    rows = rows[~_reported(look, rows, left[rows] * SECOND, p)]
    stay = np.flatnonzero(out & look.ours & (look.age >= HOUR))
    zero = np.zeros(len(look.cur), np.int64)
    holds = seen(rows, zero[: len(rows)], Severity.WARNING)
    return Observed(holds, (stay, zero[: len(stay)]), {"left": left})


def _reported(look: Look, rows: Ints, left: Ints, p: Params) -> Mask:
    """Whose trip is declared: out from some hours before the departure until now."""
    trips = look.facts.trips
    trips = trips.take(trips.out <= look.at)
    trips = trips.take(np.lexsort((trips.out, trips.vessel)))
    vessel = look.cur.vessel[rows]
    newest = np.searchsorted(trips.vessel, vessel, side="right") - 1
    has = (newest >= 0) & (np.append(trips.vessel, -1)[newest] == vessel)
    out = np.append(trips.out, 0)[newest]
    return np.asarray(has & (out >= left - p.report_before_h * HOUR))


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "undeclared_departure", "未报告出港", "Undeclared departure", Params,
    look=look, debounce=debounce, memory={"left": ()}, needs=("trips",), places=("port",),
    every=MINUTE,
)  # fmt: skip
