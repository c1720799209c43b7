"""What an alert rule is: a pure predicate over columns, plus how firmly it must hold.

A rule says what is true of whom. Duration, hysteresis, dedup, opening and clearing belong to the
engine; who is told belongs to the dispatch desk. No rule sends, stores or asks the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.geo import Hits, Zones
from fleet.model import Batch, Columns, Ints, Mask, Severity, SignalKind, VesselClass
from fleet.vessels import Vessels

Memory = Mapping[str, NDArray[Any]]
"""What a rule remembers of each vessel between fixes: one row a vessel."""


MAX_STEP_KN = 60.0
"""A way between two fixes faster than this joins two different boats, or a wrong fix."""


@dataclass(frozen=True, slots=True)
class View:
    """One fix a vessel, sorted by vessel: the newest and the one before; t = 0 where none."""

    cur: Batch
    prev: Batch
    leap: Mask  #: no boat gets here from the fix before: another's fix, or a wrong one
    inside: Hits  #: zones that hold the fix and are in force for that vessel at that time
    near: Hits  #: the same with the exit margin around the zone
    crossed: Hits  #: zones that the straight way from the fix before went through
    crossed_for: Ints  #: microseconds inside on that way, at constant speed
    zones: Zones
    vessels: Vessels

    def cls(self) -> Ints:
        return self.vessels.cls[self.cur.vessel]

    def ours(self) -> Mask:
        """Registered fishing vessels: those the port looks after."""
        fishing = self.cls() == VesselClass.FISHING
        return np.asarray(fishing & self.vessels.registered[self.cur.vessel])

    def of(self, hits: Hits, which: Mask) -> Hits:
        """The hits whose zone is among `which` (a mask over the zones)."""
        return hits.take(which[hits.zone])


@dataclass(frozen=True, slots=True)
class Seen(Columns):
    """Where a rule holds: unique (row of the view, other party) pairs."""

    row: Ints
    other: Ints  #: zone id, other vessel, or 0
    severity: Ints
    sure: Mask  #: True: no need to wait for another fix


@dataclass(frozen=True, slots=True)
class Observed:
    """`holds` raises, `keeps` neither raises nor clears (hysteresis); all else clears."""

    holds: Seen
    keeps: tuple[Ints, Ints] = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    memory: Memory = field(default_factory=dict)  #: the new rows, for rules that remember


@dataclass(frozen=True, slots=True)
class Debounce:
    """Fires after `fixes` in a row spanning `lasting`; clears likewise. Times in microseconds."""

    fixes: int
    lasting: int
    clear_fixes: int
    clear_lasting: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alert. Exactly one of observe, calls and silence is set."""

    key: str
    title_zh: str
    title_en: str
    params: type  #: frozen dataclass; its field names carry the units
    observe: Callable[[View, Any, Memory], Observed] | None = None
    debounce: Callable[[Any], Debounce] | None = None
    memory: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  #: name -> row shape
    zoned: bool = False  #: `other` is a zone: the episode ends with it
    calls: SignalKind | None = None  #: raised by calls for help, folded into sessions
    silence: Callable[[Any, Batch, Vessels, Mask], Ints] | None = None  #: stages: silence.Stages
    evidence: Callable[[View, int, int], dict[str, Any]] | None = None


def seen(row: Ints, other: Ints, severity: Severity | Ints, sure: Mask | None = None) -> Seen:
    """Seen with one severity for all, and nothing sure unless said."""
    level = np.broadcast_to(np.asarray(severity, np.int64), row.shape)
    return Seen(row, other, level, np.zeros(len(row), np.bool_) if sure is None else sure)
