"""One AIS message into rows 报文: the payload is read by pyais, every field of it is checked here.

pyais reads bits that are not there as zeros, ship types it does not know as 0, and "not available"
as a number; so lengths are checked first, codes are read raw, and `clean` judges the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

from fleet.ingest import clean
from fleet.ingest.assembly import Message
from fleet.ingest.format import Call
from fleet.ingest.rows import Rows
from fleet.ingest.stamps import micros, sane
from fleet.ingest.tally import Tally
from fleet.model import DAY, NEVER, SignalKind, VesselClass

LENGTHS = dict.fromkeys((1, 2, 3, 4, 9, 11, 18), (168, 168)) | {
    5: (420, 432),
    12: (72, 1008),
    14: (40, 1008),
    19: (312, 318),
    21: (271, 366),
    24: (160, 180),
    27: (95, 168),
}
"""Least and most bits of each type read here."""

KINDS = tuple(str(kind) for kind in range(64))
ACTIVE_SART, SART_TEST = 14, 15  #: navigational status
SAYS = re.compile(r"\b(SART|MOB|EPIRB)\b.*?\b(ACTIVE|TEST)\b")
HOW = {VesselClass.SART: "sart", VesselClass.MOB: "mob", VesselClass.EPIRB: "epirb"}
FIRST_AFLOAT = 20  #: AtoN types from here on are floating aids
AUXILIARY = 98  #: leads the number of a craft that belongs to a mother ship
NOWHERE = (clean.NAN, clean.NAN)
STILL = (clean.NAN, clean.NAN, clean.NAN)  #: no speed, course or heading
UNSAID: dict[str, Any] = {
    "key": 0, "t": 0, "name": "", "callsign": "", "imo": 0, "ship_type": -1,
    "length_m": clean.NAN, "beam_m": clean.NAN, "draught_m": clean.NAN, "destination": "",
}  # fmt: skip
"""A row of Statics that says nothing."""


@dataclass(slots=True)
class Reading:
    """One message being read, and what it is added to."""

    kind: int
    bits: bit_vector
    mmsi: int
    cls: VesselClass  #: by the form of the number
    base: int  #: about when it was sent
    received: int
    told: int  #: source time as it was sent, NEVER where there was none
    clock: clean.Clock
    rows: Rows
    tally: Tally

    @property
    def at(self) -> int:
        """When it was received; in a recording, when it was recorded."""
        return self.received or self.base


def read(message: Message, clock: clean.Clock, received: int, rows: Rows, tally: Tally) -> None:
    """Adds what the message says to `rows`, or the reason why nothing can be made of it."""
    bits = bit_vector(message.payload, message.fill)
    kind = bits.get(0, 6)
    if not 1 <= kind <= 27:
        return tally.reject("message type", message.payload)
    tally.types[KINDS[kind]] += 1
    reader = READERS.get(kind)
    if reader is None:
        return None
    shortest, longest = LENGTHS[kind]
    if not shortest <= len(bits) <= longest:
        return tally.reject("message length", message.payload)
    mmsi = bits.get(8, 30)
    if not clean.valid_mmsi(mmsi):
        return tally.reject("mmsi", message.payload)
    base, ignored = clean.base_time(clock, message.time, received)
    if ignored:
        tally.types["source time ignored"] += 1
    cls = clean.mmsi_class(mmsi)
    if cls:
        rows.classes[mmsi] = cls
    try:
        return reader(
            Reading(kind, bits, mmsi, cls, base, received, message.time, clock, rows, tally)
        )
    except Exception:  # noqa: BLE001 - a library surprised by its input is a reject, not a stop
        return tally.reject("undecodable", message.payload)


def _class_a(now: Reading) -> None:
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    motion = _motion(m.speed, clean.SOG, m.course, m.heading)
    _fix(now, (m.lon, m.lat), motion, int(m.status), clean.fix_time(now.base, m.second))


def _class_b(now: Reading) -> None:
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    motion = _motion(m.speed, clean.SOG, m.course, m.heading)
    _fix(now, (m.lon, m.lat), motion, -1, clean.fix_time(now.base, m.second))
    if now.kind == 19:
        _static(now, name=143, ship_type=263, size=271)


def _long_range(now: Reading) -> None:
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    motion = _motion(m.speed, clean.SOG_LONG_RANGE, m.course)
    _fix(now, (m.lon, m.lat), motion, int(m.status), clean.fix_time(now.base, clean.NO_SECOND))


def _aircraft(now: Reading) -> None:
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    motion = _motion(m.speed, clean.SOG_AIRCRAFT, m.course)
    now.rows.classes[now.mmsi] = VesselClass.AIRCRAFT
    _fix(now, (m.lon, m.lat), motion, -1, clean.fix_time(now.base, m.second))


def _utc(now: Reading) -> None:
    """4 by a base station, 11 by a ship that was asked: the full UTC date, a clock by itself."""
    utc = _date(now.bits)
    if utc and not now.received and _may_set(now.clock.last, utc):
        now.clock.tell(utc)
        now.base = utc
    told = utc and abs(utc - now.base) <= clean.EARLY
    time = (utc, 0) if told else clean.fix_time(now.base, now.bits.get(72, 6))
    if now.kind == 4:
        now.rows.classes[now.mmsi] = VesselClass.BASE
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    _fix(now, (m.lon, m.lat), STILL, -1, time)


def _may_set(clock: int, utc: int) -> bool:
    """A base station sets a recording's clock that nothing else has set, or moves it on."""
    return clock < clean.NOBODYS or clock < utc <= clock + DAY


def _date(bits: bit_vector) -> int:
    year, month, day = bits.get(38, 14), bits.get(52, 4), bits.get(56, 5)
    hour, minute, second = bits.get(61, 5), bits.get(66, 6), bits.get(72, 6)
    try:
        return sane(micros(datetime(year, month, day, hour, minute, second, tzinfo=UTC)))
    except ValueError:
        return NEVER


def _aton(now: Reading) -> None:
    m: Any = MSG_CLASS[now.kind].from_vector(now.bits)
    afloat = now.bits.get(38, 5) >= FIRST_AFLOAT
    now.rows.classes[now.mmsi] = VesselClass.BEACON if afloat else VesselClass.BASE
    _fix(now, (m.lon, m.lat), STILL, -1, clean.fix_time(now.base, now.bits.get(253, 6)))
    _static(now, name=43, size=219)


def _voyage(now: Reading) -> None:
    bits = now.bits
    _static(
        now,
        imo=bits.get(40, 30),
        callsign=clean.text(bits.get_str(70, 42)),
        name=112,
        ship_type=232,
        size=240,
        draught_m=bits.get(294, 8) / 10 or clean.NAN,
        destination=clean.text(bits.get_str(302, 120)),
    )


def _class_b_static(now: Reading) -> None:
    bits = now.bits
    part = bits.get(38, 2)
    if part == 0:
        _static(now, name=40)
    elif part == 1 and len(bits) >= 162:
        # The size field of an auxiliary craft holds the number of its mother ship.
        size = 0 if now.mmsi // 10_000_000 == AUXILIARY else 132
        callsign = clean.text(bits.get_str(90, 42))
        _static(now, ship_type=40, size=size, callsign=callsign)
    else:
        now.tally.reject("static part", b"%d: part %d, %d bits" % (now.mmsi, part, len(bits)))


def _safety_text(now: Reading) -> None:
    """12 to one station, 14 to all: beacons say in words whether they are being tested."""
    start = 72 if now.kind == 12 else 40
    said = clean.text(now.bits.get_str(start, len(now.bits) - start))
    beacon, told = HOW.get(now.cls), SAYS.search(said)
    if beacon or told:
        test = "TEST" in said.split() or (told is not None and told[2] == "TEST")
        how = beacon or ("mob" if told and told[1] == "MOB" else "text")
        _call(now, how, now.base, NOWHERE, said, test=test)


def _motion(speed: float, limit: float, course: float, heading: float = 511) -> tuple[float, ...]:
    circle = clean.CIRCLE
    return clean.known(speed, limit), clean.known(course, circle), clean.known(heading, circle)


def _fix(
    now: Reading,
    lonlat: tuple[float, float],
    motion: tuple[float, ...],
    status: int,
    time: tuple[int, int],
) -> None:
    place = clean.position(*lonlat)
    t, flags = time
    if not now.received:
        flags |= now.clock.follow(t, flags)
    if place is None:
        now.tally.reject("position out of range", b"%d: %f %f" % (now.mmsi, *lonlat))
    else:
        now.rows.add(
            (now.mmsi, t, now.at, status, flags, now.told or now.at), (*place, *motion, clean.NAN)
        )
    beacon = HOW.get(now.cls)
    if beacon or status == ACTIVE_SART:
        _call(now, beacon or "status14", t, place or NOWHERE, "", test=status == SART_TEST)


def _call(
    now: Reading, how: str, t: int, place: tuple[float, float], said: str, *, test: bool
) -> None:
    kind = SignalKind.MOB if how == "mob" else SignalKind.DISTRESS
    kind = SignalKind.TEST if test else kind
    now.rows.calls.append(Call(kind, now.mmsi, t, now.at, *place, said, how))


def _static(now: Reading, *, name: int = 0, ship_type: int = 0, size: int = 0, **more: Any) -> None:
    """`name`, `ship_type` and `size` are the bits where these fields begin; 0: not there."""
    bits, mmsi, classes = now.bits, now.mmsi, now.rows.classes
    called = clean.text(bits.get_str(name, 120)) if name else ""
    code = bits.get(ship_type, 8) if ship_type else -1
    if size:
        more["length_m"] = float(bits.get(size, 9) + bits.get(size + 9, 9)) or clean.NAN
        more["beam_m"] = float(bits.get(size + 18, 6) + bits.get(size + 24, 6)) or clean.NAN
    said = {**UNSAID, "key": mmsi, "t": now.base, "name": called, "ship_type": code, **more}
    now.rows.statics.append(tuple(said.values()))
    if clean.is_net_beacon(called):
        # Its other half may send a ship type, in either order.
        classes[mmsi] = max(VesselClass.BEACON, classes.get(mmsi, VesselClass.UNKNOWN))
    elif mmsi not in classes and (cls := clean.ship_class(code)):
        classes[mmsi] = cls


READERS: dict[int, Callable[[Reading], None]] = {
    **dict.fromkeys((1, 2, 3), _class_a),
    **dict.fromkeys((18, 19), _class_b),
    **dict.fromkeys((4, 11), _utc),
    **dict.fromkeys((12, 14), _safety_text),
    5: _voyage,
    9: _aircraft,
    21: _aton,
    24: _class_b_static,
    27: _long_range,
}
