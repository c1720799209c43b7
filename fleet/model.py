"""The nouns of the service, as columns and frozen records.

Imports nothing from fleet. Times are UTC microseconds since 1970 as int64 (`datetime` only at
the API edge and in SQL); positions are WGS-84 degrees; a float that is not known is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import IntEnum, IntFlag, StrEnum
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.str_]  #: "" where nothing was sent

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = 0
"""The time 0 stands for "not yet": no vessel reported in 1970."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Equal-length arrays, one record a row. Subclasses only name the columns."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Ints | Mask | slice) -> Self:
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))

    def put(self, rows: Ints, other: Self) -> None:
        for f in fields(self):
            getattr(self, f.name)[rows] = getattr(other, f.name)

    def copy(self) -> Self:
        return type(self)(*(getattr(self, f.name).copy() for f in fields(self)))

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        columns = ([getattr(p, f.name) for p in parts] for f in fields(cls))
        return cls(*(np.concatenate(c) for c in columns)) if parts else cls.empty(0)

    @classmethod
    def empty(cls, n: int) -> Self:
        """N rows of "nothing known": NaN in float columns, "" in texts, 0 in the others."""
        kinds = {"Floats": np.nan, "Ints": 0, "Mask": False, "Texts": ""}
        return cls(*(np.full(n, kinds[str(f.type)]) for f in fields(cls)))


class Source(IntEnum):
    """The kind of feed a fix came by; part of the position key."""

    AIS = 1
    TERMINAL = 2
    VMS = 3


class Flag(IntFlag):
    """What is odd or known about one fix, as bits of its `flags` column."""

    LATE = 1  #: older than the vessel's last fix when it arrived
    SKEWED = 2  #: fix time beyond the trusted bound around the time of receipt
    IN_PORT = 4  #: inside a port polygon
    COVERED = 8  #: inside shore-AIS coverage
    ESTIMATED = 16  #: dead reckoning or manual input (AIS second 61, 62)
    NO_CLOCK = 32  #: the fix time was taken from the receiver, the report had none
    LOW_POWER = 64  #: the terminal says that its supply is low or gone (JT/T 808 bits 7, 8)
    ON_BATTERY = 128  #: the terminal says that it runs on its own battery


class Severity(IntEnum):
    """红橙黄蓝; a larger number is worse."""

    INFO = 1  #: 蓝 information
    WARNING = 2  #: 黄 violation or risk
    ALARM = 3  #: 橙 imminent
    EMERGENCY = 4  #: 红 life


class VesselClass(IntEnum):
    """What kind of object an identity belongs to."""

    UNKNOWN = 0
    FISHING = 1
    MERCHANT = 2
    PASSENGER = 3
    SERVICE = 4  #: pilot, tug, police, SAR vessel
    PLEASURE = 5
    BEACON = 10  #: net beacon 网位仪 or other aid afloat
    BASE = 11  #: base station, AtoN
    AIRCRAFT = 12
    SART = 20  #: MMSI 970
    MOB = 21  #: MMSI 972
    EPIRB = 22  #: MMSI 974


class IdentityKind(StrEnum):
    MMSI = "mmsi"
    TERMINAL = "terminal"
    CALLSIGN = "callsign"
    BEIDOU = "beidou"


@dataclass(frozen=True, slots=True)
class Batch(Columns):
    """Position fixes: row i of every array is one fix of one known vessel."""

    vessel: Ints  #: internal id; also the row in per-vessel tables
    t: Ints  #: fix time: when the transmitter says it was there
    received: Ints  #: when this service got it
    source: Ints  #: Source
    lon: Floats  #: degrees east
    lat: Floats  #: degrees north
    sog: Floats  #: speed over ground, knots
    cog: Floats  #: course over ground, degrees
    heading: Floats  #: degrees
    status: Ints  #: AIS navigational status 0-15, -1 where not reported
    flags: Ints  #: Flag bits
    station: Ints  #: id of the feed or receiver that heard it
    battery: Floats  #: per cent
    heard: Ints  #: the receiver's own time; `received` where it told none


class SignalKind(StrEnum):
    """A call for help, however it was sent."""

    DISTRESS = "distress"  #: AIS-SART, EPIRB, status 14, terminal SOS, safety text ACTIVE
    MOB = "mob"  #: man-overboard device
    TEST = "test"  #: status 15, or a text with TEST: logged only
    IDENTITY = "identity"  #: no call: what a transmitter says of itself is not what is registered


@dataclass(frozen=True, slots=True)
class Signal:
    """One call for help; may lack a position and still counts."""

    kind: SignalKind
    vessel: int  #: internal id of boat or beacon
    t: int
    received: int
    source: Source
    lon: float = float("nan")
    lat: float = float("nan")
    text: str = ""
    how: str = ""  #: "sart", "mob", "epirb", "status14", "terminal", "text"
    other: int = 0  #: IDENTITY: which difference
    severity: int = 0  #: Severity; 0: the rule's own


class Act(StrEnum):
    """What may be done to an alert; the first six by the engine, the rest by people or timers."""

    OPEN = "open"
    RAISE = "raise"  #: severity went up
    REPEAT = "repeat"
    CLEAR = "clear"
    REVISE = "revise"  #: late data corrected the severity
    RETRACT = "retract"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SUPPRESS = "suppress"
    RELEASE = "release"
    INVALIDATE = "invalidate"
    CLOSE = "close"


class Status(StrEnum):
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"  #: condition gone, nobody has looked
    CLOSED = "closed"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"
    INVALID = "invalid"
    RETRACTED = "retracted"


Key: TypeAlias = tuple[str, int, int, int]
"""Of an episode: kind, vessel, other, fix time at which it opened."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the engine says happened to one alert episode. The key is the first four fields."""

    kind: str
    vessel: int
    other: int  #: zone id, other vessel's id, or 0
    episode: int  #: fix time at which the episode opened
    act: Act  #: OPEN, RAISE, REPEAT, CLEAR, REVISE or RETRACT
    t: int  #: fix time of this change
    severity: Severity
    reason: str = ""
    lon: float = float("nan")
    lat: float = float("nan")
    evidence: Mapping[str, Any] = field(default_factory=dict)
    parent: Key | None = None  #: SUPPRESS: the key of what explains it

    @property
    def key(self) -> Key:
        """Which episode this is about."""
        return self.kind, self.vessel, self.other, self.episode


@dataclass(frozen=True, slots=True)
class Case:
    """An alert as the dispatch desk sees it: what is needed to choose who is asked."""

    alert: int
    kind: str
    vessel: int
    severity: Severity
    lon: float
    lat: float
    home_grid: int | None  #: the boat's own sea grid
    parent: int | None = None  #: set for a child of a roll-up: it gets no order of its own
