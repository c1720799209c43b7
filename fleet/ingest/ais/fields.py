"""What the bits of an AIS message mean 字段表: one row a field, after ITU-R M.1371-5, Annex 8.

The only place where a message's layout is written down: the columnar reader, the scalar reader and
the command line are all driven by it. Adding a type is adding rows. No two rows of a layout have a
name in common, and every field fits one 64-bit word that begins at a multiple of 32 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["u", "i", "bool", "text", "rot"]
Name: TypeAlias = int | str
"""Of a layout: the message type; "24A" and "24B" for the two parts of type 24."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Bits are counted from 0, the first bit of the message's type.

    With `scale` 0 the value is the raw code, an integer. Otherwise it is a float64, raw / scale in
    `unit`, and NaN where the raw code is one of `missing`. Texts end at their first `@` (code 0)
    and lose the blanks at their end. Bits that a short message does not have count as 0.
    """

    name: str
    first_bit: int
    width: int
    kind: Kind = "u"  #: unsigned, two's complement, flag, six-bit text, rate of turn
    scale: int = 0  #: raw steps in one unit
    missing: tuple[int, int] | None = None  #: first and last raw code for "not available"
    unit: str = ""
    doc: str = ""
    auxiliary: bool | None = None
    """Sent only by (True) or never by (False) auxiliary craft, MMSI 98xxxxxxx; else 0."""

    @property
    def unavailable(self) -> int | None:
        """The raw code that the standard gives to "not available"."""
        return None if self.missing is None else self.missing[1]

    @property
    def is_float(self) -> bool:
        return self.scale > 0 or self.kind == "rot"


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of one message type, without type, repeat and MMSI, which all types share."""

    name: Name
    title: str
    source: str  #: table of ITU-R M.1371-5, Annex 8
    bits: tuple[int, int]  #: shortest and longest message that is read without doubt
    fields: tuple[Field, ...]

    @property
    def type(self) -> int:
        return int(str(self.name).rstrip("AB"))


REPEAT: Final = Field("repeat", 6, 2, doc="how often it was repeated; 3: do not repeat any more")
MMSI: Final = Field("mmsi", 8, 30, doc="who sent it")
AUXILIARY: Final = 98
"""Leads the MMSI of a craft that belongs to a mother ship."""


def flag(name: str, at: int, doc: str = "") -> Field:
    return Field(name, at, 1, "bool", doc=doc)


def text(name: str, at: int, characters: int, doc: str = "") -> Field:
    return Field(name, at, 6 * characters, "text", doc=doc)


def place(lon: int, lat: int, width: int = 28, steps: int = 600_000) -> tuple[Field, Field]:
    """Longitude and latitude; 181 and 91 degrees are "not available"."""
    no_lon, no_lat = (181 * steps,) * 2, (91 * steps,) * 2
    doc = "WGS-84, {} positive; beyond {} impossible, see flags"
    return (
        Field("lon", lon, width, "i", steps, no_lon, "deg", doc.format("east", 180)),
        Field("lat", lat, width - 1, "i", steps, no_lat, "deg", doc.format("north", 90)),
    )


def sog(at: int) -> Field:
    return Field("sog", at, 10, "u", 10, (1023, 1023), "kn", "102.2: 102.2 kn or more")


def cog(at: int) -> Field:
    return Field("cog", at, 12, "u", 10, (3600, 4095), "deg", "over ground, from true north")


def heading(at: int) -> Field:
    return Field("heading", at, 9, "u", 1, (360, 511), "deg", "of the bow, from true north")


def second(at: int) -> Field:
    doc = "UTC second of the fix; 60 not available, 61 manual, 62 dead reckoning, 63 inoperative"
    return Field("second", at, 6, doc=doc)


def accuracy(at: int) -> Field:
    return flag("accuracy", at, "position better than 10 m")


def raim(at: int) -> Field:
    return flag("raim", at, "receiver autonomous integrity monitoring in use")


def radio(at: int, *, selector: bool) -> tuple[Field, ...]:
    """The communication state, as sent; behind a bit that says which kind, where it may be both."""
    state = Field("radio", at + selector, 19, doc="communication state: SOTDMA, ITDMA")
    return (flag("itdma", at, "the communication state is ITDMA"), state) if selector else (state,)


def size(at: int, *, auxiliary: bool | None = None) -> tuple[Field, ...]:
    """Distances from the reference point of the position to the ends of the ship."""
    parts = (("bow", 0, 9), ("stern", 9, 9), ("port", 18, 6), ("starboard", 24, 6))
    return tuple(
        Field(f"to_{n}", at + b, w, unit="m", doc="0: not available", auxiliary=auxiliary)
        for n, b, w in parts
    )


def epfd(at: int) -> Field:
    return Field("epfd", at, 4, doc="type of position fixing device; 0 undefined, 1 GPS, ...")


def ship_type(at: int) -> Field:
    return Field("ship_type", at, 8, doc="code of M.1371-5, Table 53, as sent; 0 not available")


def status(at: int) -> Field:
    return Field("status", at, 4, doc="navigational status; 14 AIS-SART, 15 not defined")


CALLSIGN, NAME = "call sign", "name"

POSITION_A = (
    status(38),
    Field("turn", 42, 8, "i", doc="ROT_AIS as sent; +-127 no turn indicator, -128 not available"),
    Field("rot", 42, 8, "rot", unit="deg/min", doc="rate of turn, to starboard positive"),
    sog(50), accuracy(60), *place(61, 89), cog(116), heading(128), second(137),
    Field("maneuver", 143, 2, doc="special manoeuvre: 0 not available, 1 no, 2 yes"),
    raim(148), *radio(149, selector=False),
)  # fmt: skip

UTC = (
    Field("year", 38, 14, doc="UTC; 0 not available"),
    Field("month", 52, 4, doc="0 not available"),
    Field("day", 56, 5, doc="0 not available"),
    Field("hour", 61, 5, doc="24 not available"),
    Field("minute", 66, 6, doc="60 not available"),
    Field("second", 72, 6, doc="60 not available"),
    accuracy(78), *place(79, 107), epfd(134),
    flag("long_range", 138, "asked to send type 27 at long range"),
    raim(148), *radio(149, selector=False),
)  # fmt: skip

VOYAGE = (
    Field("version", 38, 2, doc="of M.1371 that the station follows"),
    Field("imo", 40, 30, doc="IMO number; 0 not available"),
    text("callsign", 70, 7, CALLSIGN), text("name", 112, 20, NAME),
    ship_type(232), *size(240), epfd(270),
    Field("eta_month", 274, 4, doc="UTC; 0 not available"),
    Field("eta_day", 278, 5, doc="0 not available"),
    Field("eta_hour", 283, 5, doc="24 not available"),
    Field("eta_minute", 288, 6, doc="60 not available"),
    Field("draught", 294, 8, "u", 10, (0, 0), "m", "25.5: 25.5 m or more"),
    text("destination", 302, 20, "as the crew wrote it"),
    flag("dte", 422, "data terminal not ready"),
)  # fmt: skip

AIRCRAFT = (
    Field("altitude", 38, 12, "u", 1, (4095, 4095), "m", "4094: 4094 m or more"),
    Field("sog", 50, 10, "u", 1, (1023, 1023), "kn", "1022: 1022 kn or more"),
    accuracy(60), *place(61, 89), cog(116), second(128),
    flag("barometric", 134, "altitude by barometer, not GNSS"),
    flag("dte", 142, "data terminal not ready"),
    flag("assigned", 146, "assigned mode"), raim(147), *radio(148, selector=True),
)  # fmt: skip

POSITION_B = (
    sog(46), accuracy(56), *place(57, 85), cog(112), heading(124), second(133),
    flag("carrier_sense", 141, "class B CS; else SOTDMA"),
    flag("display", 142, "has a display for types 12 and 14"),
    flag("dsc", 143, "has DSC"), flag("band", 144, "can use the whole marine band"),
    flag("msg22", 145, "takes channels from type 22"),
    flag("assigned", 146, "assigned mode"), raim(147), *radio(148, selector=True),
)  # fmt: skip

EXTENDED_B = (
    sog(46), accuracy(56), *place(57, 85), cog(112), heading(124), second(133),
    text("name", 143, 20, NAME), ship_type(263), *size(271), epfd(301), raim(305),
    flag("dte", 306, "data terminal not ready"), flag("assigned", 307, "assigned mode"),
)  # fmt: skip

ATON = (
    Field("aid_type", 38, 5, doc="type of aid, M.1371-5, Table 74; 20 and above are afloat"),
    text("name", 43, 20, NAME), accuracy(163), *place(164, 192), *size(219), epfd(249), second(253),
    flag("off_position", 259, "a floating aid is off its position"),
    Field("aton_status", 260, 8, doc="status of the aid"),
    raim(268), flag("virtual", 269, "there is no aid, only this message"),
    flag("assigned", 270, "assigned mode"),
    text("extension", 272, 14, "of a name longer than 20 characters"),
)  # fmt: skip

NAME_ONLY = (Field("part", 38, 2, doc="0"), text("name", 40, 20, NAME))

STATIC_B = (
    Field("part", 38, 2, doc="1"), ship_type(40),
    text("vendor", 48, 3, "who made the unit"),
    Field("model", 66, 4, doc="the maker's code of the unit"),
    Field("serial", 70, 20, doc="serial number of the unit"),
    text("callsign", 90, 7, CALLSIGN), *size(132, auxiliary=False),
    Field("mothership", 132, 30, doc="MMSI of the mother ship", auxiliary=True),
    epfd(162),
)  # fmt: skip

LONG_RANGE = (
    accuracy(38), raim(39), status(40), *place(44, 62, 18, 600),
    Field("sog", 79, 6, "u", 1, (63, 63), "kn", "62: 62 kn or more"),
    Field("cog", 85, 9, "u", 1, (360, 511), "deg", "over ground, from true north"),
    flag("latency", 94, "the position is older than 5 s"),
)  # fmt: skip

CLASS_A = ("Table 48", (168, 168), POSITION_A)
LAYOUTS: Final[Mapping[Name, Layout]] = {
    made.name: made
    for made in (
        Layout(1, "position, class A", *CLASS_A),
        Layout(2, "position, class A, assigned schedule", *CLASS_A),
        Layout(3, "position, class A, interrogated", *CLASS_A),
        Layout(4, "base station", "Table 51", (168, 168), UTC),
        Layout(9, "position, search and rescue aircraft", "Table 59", (168, 168), AIRCRAFT),
        Layout(11, "UTC and date response", "Table 51", (168, 168), UTC),
        Layout(18, "position, class B", "Table 70", (168, 168), POSITION_B),
        Layout(27, "position, long range", "Table 84", (95, 168), LONG_RANGE),
        Layout("24A", "name, class B", "Table 78", (160, 180), NAME_ONLY),
        Layout("24B", "type, call sign and size, class B", "Table 79", (162, 180), STATIC_B),
        Layout(5, "name and voyage, class A", "Table 52", (420, 432), VOYAGE),
        Layout(19, "position and name, class B", "Table 71", (312, 318), EXTENDED_B),
        Layout(21, "aid to navigation", "Table 73", (271, 366), ATON),
    )
}
"""Those that fit 32 armoured characters first, and before those with texts the ones without: the
sorts are read by themselves."""
