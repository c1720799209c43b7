"""AIS reports that somebody else decoded 已解码报文, as JSON of receivers and services has them.

Judged as our own are: "not available" is NaN, raw codes are kept, a beacon's report is a call.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fleet.ingest import clean
from fleet.ingest.ais.reports import ACTIVE_SART, HOW, SART_TEST, SAYS
from fleet.ingest.format import Call, Record
from fleet.ingest.rows import Rows
from fleet.ingest.stamps import sane
from fleet.ingest.tally import Tally
from fleet.model import NEVER, SECOND, SignalKind, VesselClass

NOWHERE = (clean.NAN, clean.NAN)
DEEPEST_M = 25.5
"""The largest draught that AIS can say: 255 tenths of a metre (annex 8, message 5)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a report was made, heard and received."""

    t: int
    flags: int
    received: int
    heard: int


class Who(NamedTuple):
    """Names and sizes as sent; "" and 0 where not."""

    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: int = -1  #: raw code, -1 where not sent
    length_m: float = 0.0
    beam_m: float = 0.0
    draught_m: float = 0.0
    destination: str = ""


@dataclass(slots=True)
class Reading:
    """One message being read, and what it is added to."""

    rows: Rows = field(default_factory=Rows)
    tally: Tally = field(default_factory=Tally)

    def fix(
        self,
        mmsi: int,
        when: Moment,
        place: tuple[float, float] | None,
        motion: tuple[float, float, float],
        status: int = -1,
    ) -> None:
        """A position; None where it cannot be. `motion`: knots, course and heading in degrees."""
        cls = who(self.rows.classes, mmsi)
        if place is None:
            self.tally.reject("position out of range", b"%d" % mmsi)
        else:
            row = (mmsi, when.t, when.received, status, when.flags, when.heard)
            self.rows.add(row, (*place, *motion, clean.NAN))
        if cls in HOW or status == ACTIVE_SART:
            how = HOW.get(cls, "status14")
            self.call(mmsi, when, how, place or NOWHERE, test=status == SART_TEST)

    def text(self, mmsi: int, when: Moment, kind: int, said: str, to: int = 0) -> None:
        """A safety text (12, 14): beacons say in words whether they are being tested."""
        self.rows.records.append(Record(mmsi, when.t, when.received, kind, to, said))
        beacon, told = HOW.get(who(self.rows.classes, mmsi)), SAYS.search(said)
        if beacon or told:
            test = "TEST" in said.split() or (told is not None and told[2] == "TEST")
            how = beacon or ("mob" if told and told[1] == "MOB" else "text")
            self.call(mmsi, when, how, NOWHERE, said, test=test)

    def call(
        self,
        key: int,
        when: Moment,
        how: str,
        place: tuple[float, float],
        said: str = "",
        *,
        test: bool = False,
    ) -> None:
        kind = SignalKind.MOB if how == "mob" else SignalKind.DISTRESS
        kind = SignalKind.TEST if test else kind
        t = min(when.t, when.received)  # now, where the sender's clock runs ahead
        self.rows.calls.append(Call(kind, key, t, when.received, *place, said, how))

    def static(self, mmsi: int, t: int, said: Who) -> None:
        """Who it says it is, and what the form of its number says."""
        who(self.rows.classes, mmsi)
        self.named(mmsi, t, said)

    def named(self, key: int, t: int, said: Who) -> None:
        """The same of an identity that is no number."""
        name = clean.text(said.name)
        sizes = (said.length_m or clean.NAN, said.beam_m or clean.NAN, draught(said.draught_m))
        callsign, destination = clean.text(said.callsign), clean.text(said.destination)
        row = (key, t, name, callsign, said.imo, said.ship_type, *sizes, destination)
        self.rows.statics.append(row)
        classes = self.rows.classes
        if clean.is_net_beacon(name):
            # Its other half may send a ship type, in either order.
            classes[key] = max(VesselClass.BEACON, classes.get(key, VesselClass.UNKNOWN))
        elif key not in classes and (cls := clean.ship_class(said.ship_type)):
            classes[key] = cls


def who(classes: MutableMapping[int, VesselClass], mmsi: int) -> VesselClass:
    """What the form of the number says, noted unless the message said more."""
    cls = clean.mmsi_class(mmsi)
    if cls:
        classes.setdefault(mmsi, cls)
    return cls


def where(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """NaN where it is not sent or not available, None where it cannot be.

    181 and 91 may have gone through a 32-bit float (AIS-catcher's `1 / 600000.0f`).
    """
    if lon is None or lat is None or round(lon, 3) == 181 or round(lat, 3) == 91:
        return NOWHERE
    return clean.position(lon, lat)


def known(value: float | None, limit: float) -> float:
    return clean.NAN if value is None else clean.known(value, limit)


def draught(metres: float) -> float:
    return metres if 0 < metres <= DEEPEST_M else clean.NAN


def epoch(seconds: float | None) -> int:
    """Unix seconds as microseconds; NEVER where it is no time of this century."""
    return sane(round(seconds * SECOND)) if seconds and 0 < seconds < 1e11 else NEVER
