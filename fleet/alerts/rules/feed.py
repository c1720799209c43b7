"""接收站中断：某接收站通常听到多艘船，现已静默10分钟，而其他来源正常；恢复后解除。受影响船舶的失联并入其中。
Receiver outage: a station that several vessels were last heard by has brought nothing for ten
minutes while others go on. One incident; the gaps of the boats that only it heard are its children.
Cleared when it is heard again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import HOUR, MINUTE, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    silent_min: float
    least_vessels: float  #: fewer, and it is they that are silent
    within_h: float  #: heard by it within so long before it fell silent
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    station, newest, count = stations(look, p)
    # Against what the others brought: after a break of everything nobody was silent alone.
    silent = newest.max(initial=0) - newest >= p.silent_min * MINUTE
    silent &= count >= p.least_vessels
    nobody = np.zeros(silent.sum(), np.int64)
    return Observed(seen(nobody, station[silent], Severity.WARNING))


def stations(look: Look, p: Params) -> tuple[Ints, Ints, Ints]:
    """Every station that some vessel was last heard by: its id, when it last brought anything,
    and how many vessels it had heard last, lately.
    """
    heard = look.fixed > 0
    by, at = look.cur.station[heard], look.cur.received[heard]
    station, index = np.unique(by, return_inverse=True)
    newest = np.zeros(len(station), np.int64)
    np.maximum.at(newest, index, at)
    lately = newest[index] - at <= p.within_h * HOUR
    count = np.bincount(index[lately], minlength=len(station))
    return station, newest, np.asarray(count, np.int64)


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 1, int(p.clear_min * MINUTE))


def evidence(look: Look, _row: int, other: int) -> dict[str, Any]:
    return {"station": other, "vessels": int((look.cur.station == other).sum())}


RULE = Rule(
    "feed", "接收站中断", "Receiver outage", Params,
    look=look, debounce=debounce, evidence=evidence, every=MINUTE,
)  # fmt: skip
