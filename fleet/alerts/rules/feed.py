"""接收站中断：某接收站通常听到多艘船，现已静默10分钟，而其他来源正常；恢复后解除。受影响船舶的失联并入其中。
Receiver outage: a station that several vessels, or a base station, were last heard by has brought
nothing for ten minutes while others go on. One incident; the gaps of the boats that only it heard
are its children. Cleared when it is heard again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import HOUR, MINUTE, Ints, Mask, Severity, VesselClass


@dataclass(frozen=True, slots=True)
class Params:
    silent_min: float
    least_vessels: float  #: fewer, and it is they that are silent
    within_h: float  #: heard by it within so long before it fell silent
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    station, newest, count, own = stations(look, p)
    # Against what the others brought: after a break of everything nobody was silent alone.
    silent = newest.max(initial=0) - newest >= p.silent_min * MINUTE
    silent &= (count >= p.least_vessels) | own
    nobody = np.zeros(silent.sum(), np.int64)
    return Observed(seen(nobody, station[silent], Severity.WARNING))


def stations(look: Look, p: Params) -> tuple[Ints, Ints, Ints, Mask]:
    """Every station that somebody was last heard by: its id, when it last brought anything, how
    many it had heard last, lately, and whether a base station 基站 was among them: that does not
    sail, so its silence is the receiver's, however many boats other receivers hear as well.
    """
    heard = look.fixed > 0
    by, at = look.cur.station[heard], look.cur.received[heard]
    station, index = np.unique(by, return_inverse=True)
    newest = np.zeros(len(station), np.int64)
    np.maximum.at(newest, index, at)
    lately = newest[index] - at <= p.within_h * HOUR
    count = np.bincount(index[lately], minlength=len(station))
    base = lately & (look.cls[heard] == VesselClass.BASE)
    own = np.isin(np.arange(len(station)), index[base])
    return station, newest, np.asarray(count, np.int64), own


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 1, int(p.clear_min * MINUTE))


def evidence(look: Look, _row: int, other: int) -> dict[str, Any]:
    return {"station": other, "vessels": int((look.cur.station == other).sum())}


RULE = Rule(
    "feed", "接收站中断", "Receiver outage", Params,
    look=look, debounce=debounce, evidence=evidence, every=MINUTE,
    scopes=("season",),
)  # fmt: skip
