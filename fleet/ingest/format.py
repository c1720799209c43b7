"""What a feed format is: bytes in, columns out, and a count of what it could not read.

A decoder is sans-I/O and never raises on input: bad input is data, counted by reason.
Feeding a stream whole, byte by byte or cut anywhere gives the same reports in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fleet.model import Columns, Floats, IdentityKind, Ints, SignalKind, Source, VesselClass


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
class Static:
    """Who a transmitter says it is (AIS 5, 19, 24; AtoN 21). None or "" where not sent."""

    key: int
    t: int
    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: int = -1  #: raw code
    length_m: float = float("nan")
    beam_m: float = float("nan")
    draught_m: float = float("nan")
    destination: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """What one piece of input held."""

    kind: IdentityKind
    source: Source
    fixes: Fixes
    names: tuple[str, ...] = ()  #: identities that are not numbers, indexed by `key`
    calls: tuple[Call, ...] = ()
    statics: tuple[Static, ...] = ()
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


@dataclass(frozen=True, slots=True)
class Format:
    """`key` is the module's name; `doc` its first line."""

    key: str
    kind: IdentityKind
    source: Source
    decoder: Callable[[], Decoder]
    datagram: bool = False  #: True where one payload is whole by itself (MQTT, UDP)
