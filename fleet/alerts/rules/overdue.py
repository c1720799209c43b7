"""逾期未归：超过申报返港时间2小时为黄色、6小时为橙色、12小时为红色（须人工核实）；返港或更新申报后解除。
Overdue: the declared return has passed by two hours, yellow; six, orange; twelve, red for review.
Cleared when the boat is in port or has declared another return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import HOUR, MINUTE, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    warning_h: float
    alarm_h: float
    emergency_h: float

    def stages(self) -> tuple[tuple[Severity, float], ...]:
        """Mildest first."""
        return (
            (Severity.WARNING, self.warning_h),
            (Severity.ALARM, self.alarm_h),
            (Severity.EMERGENCY, self.emergency_h),
        )


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    late = _late(look)
    level = np.zeros(len(late), np.int64)
    for severity, hours in p.stages():
        level[late >= hours * HOUR] = severity
    row = np.flatnonzero(level)
    return Observed(seen(row, np.zeros(len(row), np.int64), level[row]))


def _late(look: Look) -> Ints:
    """How long each boat's declared return is past; 0 in port, or where none is declared."""
    trips = look.facts.trips
    begun = trips.take(trips.out <= look.at)
    begun = begun.take(np.argsort(begun.out, kind="stable"))  # the newest is written last
    due = np.zeros(int(max(look.cur.vessel[-1], begun.vessel.max(initial=0))) + 1, np.int64)
    due[begun.vessel] = begun.back
    mine = due[look.cur.vessel]
    out = (mine > 0) & (look.port == 0) & look.ours
    return np.where(out, look.at - mine, 0)


def debounce(_p: Params) -> Debounce:
    return Debounce(1, 0, 2, 5 * MINUTE)


def evidence(look: Look, row: int, _other: int) -> dict[str, Any]:
    return {"overdue_min": int(_late(look)[row] // MINUTE), "last_heard": int(look.fixed[row])}


RULE = Rule(
    "overdue", "逾期未归", "Overdue", Params,
    look=look, debounce=debounce, evidence=evidence, needs=("trips",), every=MINUTE,
)  # fmt: skip
