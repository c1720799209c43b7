"""港内拥挤：在港船数达到泊位数的90%；降到85%以下解除。
Port or shelter crowded: the boats in it reach 90 per cent of its places. Cleared below 85.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import DAY, MINUTE, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    full_pct: float
    hysteresis_pct: float
    lasting_min: float
    clear_min: float


def look(look: Look, p: Params, _memory: Memory) -> Observed:
    """Subject is the place, so it is held for nobody (row 0)."""
    berths = look.facts.berths
    taken = 100 * _boats(look, berths.zone) / np.maximum(berths.places, 1)
    full, still = taken >= p.full_pct, taken >= p.full_pct - p.hysteresis_pct
    nobody = np.zeros(len(berths), np.int64)
    holds = seen(nobody[full], berths.zone[full], Severity.WARNING)
    return Observed(holds, (nobody[still], berths.zone[still]))


def _boats(look: Look, zones: Ints) -> Ints:
    """How many boats visit each of these zones. A boat silent for a month has left unseen."""
    there = look.port[(look.port > 0) & (look.age < 30 * DAY)]
    return np.asarray((there == zones[:, None]).sum(axis=1))


def debounce(p: Params) -> Debounce:
    return Debounce(2, int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


def evidence(look: Look, _row: int, other: int) -> dict[str, Any]:
    berths = look.facts.berths
    places = int(berths.places[berths.zone == other].max(initial=0))
    return {"boats": int(_boats(look, np.array([other]))[0]), "places": places}


RULE = Rule(
    "port_crowding", "港内拥挤", "Port crowded", Params,
    look=look, debounce=debounce, evidence=evidence, needs=("berths",), every=MINUTE, zoned=True,
    scopes=("zone", "season"),
)  # fmt: skip
