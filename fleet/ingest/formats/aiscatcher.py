r"""AIS-catcher 船台接收机: the JSON of its MQTT output, full, sparse and as an envelope of NMEA.

- Full (`JSON_FULL`, topics such as `ais/%mmsi%/%type%`): every field of the message, scaled;
  a field that is not available is left out. Numbers went through 32-bit floats, so a position is
  up to a metre off; speed, course and draught are rounded to the tenths that they were sent in.
- Sparse (`JSON_SPARSE`): no message type, course, second, IMO number or draught. Its sentences are
  read instead where it has them.
- Envelope (`JSON_NMEA`): the sentences alone, one or all parts of a message, which our own decoder
  reads, checksums and all. So are the full objects of types that are no position or name.

Which receiver heard a message is not in the object: the station is named by the topic map.
`toa` is when the message was received, `rxuxtime` when AIS-catcher had it (both Unix seconds).

Source: AIS-catcher 0.70, Source/JSON/KeyDefs.h (the keys of each form), JSONAIS.cpp (which fields
and scales each message type has), and messages it published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

import msgspec

from fleet.ingest import clean
from fleet.ingest.ais.reports import FIRST_AFLOAT
from fleet.ingest.decoded import Moment, Reading, Who, epoch, known, where
from fleet.ingest.format import Format, Reports
from fleet.ingest.formats.nmea import Decoder as Nmea
from fleet.ingest.framing import mark
from fleet.ingest.told import UNREADABLE, names, reason, told
from fleet.model import NEVER, IdentityKind, Source, VesselClass

Bits: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=1 << 30)]
DAMAGED: Final = 512 | 1024 | 2048
"""Bits of `quality`: checksum, undersized, oversized (KeyDefs.h, KEY_QUALITY)."""
PLACES = frozenset({1, 2, 3, 4, 9, 11, 18, 19, 21, 27})
NAMES = frozenset({5, 19, 21, 24})
READ_AS_OBJECTS = (PLACES | NAMES) - {4, 11}
"""Of base stations the sentence is better: it has the whole date."""
FASTEST: Final = {9: clean.SOG_AIRCRAFT, 27: clean.SOG_LONG_RANGE}


class Message(msgspec.Struct, frozen=True, gc=False):
    """What is read of an object. None where it was left out."""

    mmsi: Bits
    type: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    scaled: bool = False
    nmea: list[str] | None = None
    toa: float | None = None  #: Unix seconds
    rxuxtime: float | None = None  #: Unix seconds
    error: Bits = 0
    quality: Bits = 0
    # positions
    lon: float | None = None
    lat: float | None = None
    speed: float | None = None  #: knots
    course: float | None = None  #: degrees
    heading: float | None = None  #: degrees
    status: Annotated[int, msgspec.Meta(ge=0, le=15)] | None = None
    second: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    aid_type: Annotated[int, msgspec.Meta(ge=0, le=31)] | None = None
    # names and sizes
    shipname: str | None = None
    name: str | None = None  #: of an aid to navigation
    callsign: str | None = None
    imo: Bits | None = None
    shiptype: Annotated[int, msgspec.Meta(ge=0, le=255)] | None = None
    to_bow: Annotated[int, msgspec.Meta(ge=0, le=511)] | None = None
    to_stern: Annotated[int, msgspec.Meta(ge=0, le=511)] | None = None
    to_port: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    to_starboard: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    draught: float | None = None  #: metres
    destination: str | None = None
    # safety text
    text: str | None = None
    dest_mmsi: Bits | None = None  #: whom it is addressed to


MESSAGE = msgspec.json.Decoder(Message)
FIELDS = names(Message)


class Decoder:
    """The objects are whole by themselves; what waits is parts of sentences, as in `nmea`."""

    __slots__ = ("_nmea",)

    def __init__(self) -> None:
        self._nmea = Nmea()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        now = Reading()
        if chunk.strip():
            name, _, payload = told(chunk, station)
            try:
                said = MESSAGE.decode(payload)
            except UNREADABLE as wrong:
                now.tally.reject(reason(wrong, FIELDS), payload)
            else:
                if said.nmea and not (said.scaled and said.type in READ_AS_OBJECTS):
                    return self._nmea.feed(sentences(said, received), name, received)
                _object(now, said, payload, received)
            now.tally.sentences += 1
        return now.rows.reports(IdentityKind.MMSI, Source.AIS, now.tally)

    def residue(self) -> Mapping[str, bytes]:
        return self._nmea.residue()

    def restore(self, rest: bytes, station: str) -> None:
        self._nmea.restore(rest, station)


def sentences(said: Message, received: int) -> bytes:
    """The lines of a message, with the receiver's time in a tag block before them."""
    lines = "".join(f"{line.strip()}\r\n" for line in said.nmea or ())
    source = source_time(said, received)
    tag = mark(b"c", b"%d" % source).rstrip() if source else b""
    return tag + lines.encode(errors="replace")


def source_time(said: Message, received: int) -> int:
    """When the receiver heard it: the first of its times that may be believed."""
    times = [t for t in (epoch(said.toa), epoch(said.rxuxtime)) if t]
    if received:
        earliest, latest = received - clean.LATE_SOURCE, received + clean.EARLY
        times = [t for t in times if earliest <= t <= latest]
    return times[0] if times else NEVER


def _object(now: Reading, said: Message, payload: bytes, received: int) -> None:
    source = source_time(said, received)
    if not said.scaled:
        return now.tally.reject("nmea: missing", payload)
    if said.error or said.quality & DAMAGED:
        return now.tally.reject("damaged on the air", payload)
    if not clean.valid_mmsi(said.mmsi):
        return now.tally.reject("mmsi", payload)
    if not (source or received):
        return now.tally.reject("rxuxtime: missing", payload)
    now.tally.types["sparse" if said.type is None else str(said.type)] += 1
    base = source or received
    if said.type in PLACES or (said.type is None and _some(said.lon, said.speed, said.status)):
        _place(now, said, base, received)
    if said.type in NAMES or (said.type is None and _some(said.shipname, said.callsign)):
        now.static(said.mmsi, base, _who(said))
    if said.type in (12, 14) and said.text:
        when = Moment(base, 0, received or base, base)
        now.text(said.mmsi, when, said.type, clean.text(said.text), said.dest_mmsi or 0)
    return None


def _place(now: Reading, said: Message, base: int, received: int) -> None:
    second = clean.NO_SECOND if said.second is None else said.second
    t, flags = clean.fix_time(base, second)
    when = Moment(t, int(flags), received or base, base)
    motion = (
        known(tenths(said.speed), FASTEST.get(said.type or 0, clean.SOG)),
        known(tenths(said.course), clean.CIRCLE),
        known(said.heading, clean.CIRCLE),
    )
    status = -1 if said.status is None else said.status
    _class(now, said)
    now.fix(said.mmsi, when, where(said.lon, said.lat), motion, status)


def _class(now: Reading, said: Message) -> None:
    """What only this type of message is sent by."""
    if said.type == 9:
        now.rows.classes[said.mmsi] = VesselClass.AIRCRAFT
    elif said.type == 4:
        now.rows.classes[said.mmsi] = VesselClass.BASE
    elif said.type == 21:
        afloat = (said.aid_type or 0) >= FIRST_AFLOAT
        now.rows.classes[said.mmsi] = VesselClass.BEACON if afloat else VesselClass.BASE


def _who(said: Message) -> Who:
    return Who(
        name=said.shipname or said.name or "",
        callsign=said.callsign or "",
        imo=said.imo or 0,
        ship_type=-1 if said.shiptype is None else said.shiptype,
        length_m=_size(said.to_bow, said.to_stern),
        beam_m=_size(said.to_port, said.to_starboard),
        draught_m=tenths(said.draught) or 0.0,
        destination=said.destination or "",
    )


def _some(*values: object) -> bool:
    return any(value is not None for value in values)


def tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _size(*parts: int | None) -> float:
    return float(sum(part or 0 for part in parts))


FORMAT = Format(
    "aiscatcher",
    IdentityKind.MMSI,
    Source.AIS,
    Decoder,
    datagram=True,
    topical=True,
)
