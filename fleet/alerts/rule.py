"""What an alert rule is: a pure predicate over columns, plus how firmly it must hold.

A rule says what is true of whom. Duration, hysteresis, dedup, opening and clearing belong to the
engine; who is told belongs to the dispatch desk. No rule sends, stores or asks the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.alerts.facts import Facts
from fleet.alerts.neighbours import Neighbours, reckoned
from fleet.geo import Hits, Zones
from fleet.model import (
    HOUR,
    MINUTE,
    Batch,
    Columns,
    Floats,
    Ints,
    Mask,
    Severity,
    SignalKind,
    VesselClass,
)
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
    crossed: Hits  #: keep-out zones that the straight way from the fix before went through
    crossed_for: Ints  #: microseconds inside on that way, at constant speed
    zones: Zones
    vessels: Vessels
    facts: Facts
    port: Ints  #: zone id of the port each boat is visiting, 0 at sea
    fishing: Mask  #: has been fishing, by its speed, until the fix before
    heard: Ints  #: (n, sources) the newest fix time of each kind of feed when this one came
    passed: Ints  #: (n, sources) this boat's newest fix by each that came behind a newer one

    def cls(self) -> Ints:
        return self.vessels.cls[self.cur.vessel]

    def ours(self) -> Mask:
        """Registered fishing vessels: those the port looks after."""
        fishing = self.cls() == VesselClass.FISHING
        return np.asarray(fishing & self.vessels.registered[self.cur.vessel])

    def of(self, hits: Hits, which: Mask) -> Hits:
        """The hits whose zone is among `which` (a mask over the zones)."""
        return hits.take(which[hits.zone])


DAY_OLD = 24 * HOUR
FRESH = 15 * MINUTE
"""A boat not heard for longer is nowhere in particular, as far as its neighbours go."""
RECKON = 5 * MINUTE
"""For so long a boat is taken to go on as it went (domain A.3: class A 60 s, class B 180 s)."""


@dataclass(frozen=True)
class Look:
    """The whole fleet at one moment of the stream: every vessel's last fix, sorted by vessel.

    Row 0 is nobody: what concerns a place or a receiver and no boat is held for it.
    """

    cur: Batch  #: `t` is the time of the look; position NaN where the boat was never heard
    fixed: Ints  #: when the fix was; 0 never
    port: Ints  #: zone id of the port each boat is visiting, 0 at sea
    fishing: Mask  #: is fishing, by its speed
    zones: Zones
    vessels: Vessels
    facts: Facts
    heard: Ints  #: the newest trusted fix time by Source

    @property
    def at(self) -> int:
        """The time of the look, microseconds."""
        return int(self.cur.t[0])

    @cached_property
    def age(self) -> Ints:
        """Microseconds since each boat's fix; huge where there is none."""
        return np.asarray(self.at - self.fixed)

    @cached_property
    def cls(self) -> Ints:
        return self.vessels.cls[self.cur.vessel]

    @cached_property
    def ours(self) -> Mask:
        """Registered fishing vessels: those the port looks after."""
        return np.asarray(
            (self.cls == VesselClass.FISHING) & self.vessels.registered[self.cur.vessel]
        )

    @cached_property
    def place(self) -> tuple[Floats, Floats]:
        """Longitude and latitude now, reckoned on from fixes of the last minutes."""
        c = self.cur
        hours = np.where(self.age <= RECKON, self.age, 0) / HOUR
        return reckoned(c.lon, c.lat, c.sog, c.cog, hours)

    @cached_property
    def near(self) -> Neighbours:
        """The vessels at sea that were heard lately (no beacons, no base stations)."""
        boat = (self.cls < VesselClass.BEACON) & (self.port == 0)
        lon, lat = self.place
        rows = np.flatnonzero(boat & (self.age <= FRESH) & np.isfinite(lon) & np.isfinite(lat))
        return Neighbours(rows, lon[rows], lat[rows])

    def hits(self, rows: Ints, which: Mask) -> Hits:
        """Which of these zones (a mask over them) hold the boats now. Seasons are not asked."""
        lon, lat = self.place
        found = self.zones.containing(lon[rows], lat[rows])
        found = found.take(which[found.zone])
        return Hits(rows[found.row], found.zone)


@dataclass(frozen=True, slots=True)
class Silent:
    """Boats that are not heard, a row each: what was last known of them."""

    last: Batch  #: their last fixes
    since: Ints  #: from when the silence counts
    silence: Ints  #: how long, so far as is to be judged
    moratorium: Mask  #: on at that fix
    memory: Memory  #: the rule's own
    vessels: Vessels  #: of all
    facts: Facts

    def take(self, rows: Ints | Mask | slice) -> Silent:
        """These rows alone."""
        memory = {name: column[rows] for name, column in self.memory.items()}
        return Silent(
            self.last.take(rows), self.since[rows], self.silence[rows], self.moratorium[rows],
            memory, self.vessels, self.facts,
        )  # fmt: skip


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
    lasting: Ints | None = None  #: of each `holds`, microseconds; -1 or None: as `debounce` says


@dataclass(frozen=True, slots=True)
class Debounce:
    """Fires after `fixes` in a row spanning `lasting`; clears likewise. Times in microseconds."""

    fixes: int | Ints  #: a column where subjects differ (`fleet.alerts.scoped`)
    lasting: int | Ints
    clear_fixes: int | Ints
    clear_lasting: int | Ints
    quiet: int | Ints = 0  #: after it cleared, only worse than before fires again within this


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alert. Exactly one of observe, look, calls and silence is set; but who judges
    silences may look as well, to remember.
    """

    key: str
    title_zh: str
    title_en: str
    params: type  #: frozen dataclass; its field names carry the units
    observe: Callable[[View, Any, Memory], Observed] | None = None
    debounce: Callable[[Any], Debounce] | None = None
    look: Callable[[Look, Any, Memory], Observed] | None = None
    memory: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  #: name -> row shape
    zoned: bool = False  #: `other` is a zone: the episode ends with it
    calls: SignalKind | None = None  #: raised by calls for help, folded into sessions
    silence: Callable[[Any, Silent], Ints] | None = None  #: stages: silence.Stages
    evidence: Callable[[Any, int, int], dict[str, Any]] | None = None  #: (what it saw, row, other)
    every: int = 0  #: look at most so often, microseconds; 0: at every look
    needs: tuple[str, ...] = ()  #: names of `facts.WHAT` without which it is not evaluated
    uses: tuple[str, ...] = ()  #: such names without which it is evaluated in part
    places: tuple[str, ...] = ()  #: kinds of zone without which it has nothing to look at
    log: bool = False  #: what it says is kept and shown, and is no alert
    severity: Severity = Severity.EMERGENCY  #: of what calls raise
    scopes: tuple[str, ...] = ("class", "zone", "season")  #: what its numbers may differ by
    anchor: str = ""  #: name of the memory that holds the zone each row is about


def seen(row: Ints, other: Ints, severity: Severity | Ints, sure: Mask | None = None) -> Seen:
    """Seen with one severity for all, and nothing sure unless said."""
    level = np.broadcast_to(np.asarray(severity, np.int64), row.shape)
    return Seen(row, other, level, np.zeros(len(row), np.bool_) if sure is None else sure)
