"""What a feed format is: bytes in, columns out, and a count of what it could not read.

A decoder is sans-I/O and never raises on input: bad input is data, counted by reason.
Feeding a stream whole, byte by byte or cut anywhere gives the same reports in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from fleet.model import (
    Columns,
    Floats,
    IdentityKind,
    Ints,
    SignalKind,
    Source,
    Texts,
    VesselClass,
)


@dataclass(frozen=True, slots=True)
class Fixes(Columns):
    """Position reports as sent: by identity, not yet matched to the vessel registry."""

    key: Ints  #: MMSI, or an index into `Reports.names` for other identities
    t: Ints  #: fix time (reconciled: see `clean`)
    received: Ints
    lon: Floats
    lat: Floats
    sog: Floats  #: knots
    cog: Floats  #: degrees
    heading: Floats
    status: Ints  #: -1 where not reported
    flags: Ints
    battery: Floats  #: per cent
    heard: Ints  #: by the receiver's own clock, microseconds; `received` where it told none


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help as sent; `key` as in Fixes. Position NaN where there is none."""

    kind: SignalKind
    key: int
    t: int
    received: int
    lon: float
    lat: float
    text: str
    how: str


@dataclass(frozen=True, slots=True)
class Statics(Columns):
    """Who transmitters say they are (AIS 5, 19, 24; AtoN 21), one report a row."""

    key: Ints  #: as in Fixes
    t: Ints
    name: Texts
    callsign: Texts
    imo: Ints  #: 0 where not sent
    ship_type: Ints  #: raw code, -1 where not sent
    length_m: Floats
    beam_m: Floats
    draught_m: Floats
    destination: Texts


@dataclass(frozen=True, slots=True)
class Record:
    """A message that is kept as it is, beside the columns: AIS texts, application data, the rest.

    `fields` are typed and named as pyais names them; what it cannot read is left out.
    """

    key: int  #: MMSI of the sender
    t: int
    received: int
    type: int  #: AIS message number
    to: int = 0  #: MMSI of who is addressed, 0 for all
    text: str = ""  #: of a safety message (12, 14)
    dac: int = -1  #: designated area code of application data (6, 8, 25, 26); -1 where none
    fi: int = -1  #: function identifier
    payload: bytes = b""  #: application data, left-aligned bits
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reports:
    """What one piece of input held."""

    kind: IdentityKind
    source: Source
    fixes: Fixes
    names: tuple[str, ...] = ()  #: identities that are not numbers, indexed by `key`
    calls: tuple[Call, ...] = ()
    statics: Statics = field(default_factory=lambda: Statics.empty(0))
    records: tuple[Record, ...] = ()
    classes: Mapping[int, VesselClass] = field(default_factory=dict)  #: key -> what it is
    sentences: int = 0
    types: Counter[str] = field(default_factory=Counter)  #: decoded messages by type
    rejects: Counter[str] = field(default_factory=Counter)  #: unreadable input by reason
    samples: Mapping[str, bytes] = field(default_factory=dict)  #: one example a reason


class Decoder(Protocol):
    """The state of one feed's decoding: partial lines and unassembled parts, bounded."""

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        """Decode the next piece heard by `station`; partial input waits for the rest."""

    def residue(self) -> Mapping[str, bytes]:
        """What waits, by station; a fresh decoder that is given it to `restore` is as this one."""

    def restore(self, rest: bytes, station: str) -> None:
        """Wait with what another decoder left for this station. Never for input."""


class Piece(Protocol):
    """One payload, whole by itself, and what a decoder is told beside it."""

    @property
    def payload(self) -> bytes: ...
    @property
    def station(self) -> str: ...
    @property
    def received(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Joint:
    """What several pieces held, together."""

    reports: Reports
    origin: Ints  #: of each fix: the index of its piece


Many: TypeAlias = Callable[[Sequence[Piece]], Joint]


@dataclass(frozen=True, slots=True)
class Format:
    """`key` is the module's name; `doc` its first line."""

    key: str
    kind: IdentityKind
    source: Source
    decoder: Callable[[], Decoder]
    datagram: bool = False  #: True where one payload is whole by itself (MQTT, UDP)
    topical: bool = False  #: True where the topic says half of it: given to `feed` by `told.tell`
    dated: bool = False  #: True where every report has its date: a recording needs no clock
    page: bytes = b""  #: what ends a table, and whatever came before it: a file, a message
    configured: Callable[[Mapping[str, Any]], Mapping[str, Callable[[], Decoder]]] | None = None
    """Where a feed may say what its bytes mean: decoders by variant, "" the plain one, from the
    options of the feed. Raises ValueError naming the option that is wrong."""
    many: Many | None = None
    """For a decoder that keeps nothing between payloads: any number of them at once, one or more.
    Equal, bit for bit, to `joint.joined` of what its decoder makes of each.
    """
