"""The message tables of ITU-R M.1371-5, Annex 8, as they are printed: parameter, number of bits.

Written from the standard alone, for the oracle alone: nothing here comes from `fleet` or from a
library, and no first bit is written down, so that a slip of either table shows as a difference.
"""

from __future__ import annotations

from typing import NamedTuple


class Parameter(NamedTuple):
    """One row of a table: what it is called, how many bits it has and what they mean."""

    name: str
    bits: int
    kind: str = "code"  #: code, flag, text, spare, number (u or i), rot
    per_unit: int = 1  #: raw steps in one unit
    signed: bool = False
    missing: int | None = None  #: the raw value that says "not available"
    unit: str = ""


def code(name: str, bits: int) -> Parameter:
    return Parameter(name, bits)


def flag(name: str) -> Parameter:
    return Parameter(name, 1, "flag")


def spare(bits: int) -> Parameter:
    return Parameter("", bits, "spare")


def text(name: str, characters: int) -> Parameter:
    return Parameter(name, 6 * characters, "text")


def number(name: str, bits: int, unit: str, missing: int, per_unit: int = 1) -> Parameter:
    return Parameter(name, bits, "number", per_unit, missing=missing, unit=unit)


def lon(bits: int = 28, per_minute: int = 10_000) -> Parameter:
    steps = 60 * per_minute
    return Parameter("lon", bits, "number", steps, signed=True, missing=181 * steps, unit="deg")


def lat(bits: int = 27, per_minute: int = 10_000) -> Parameter:
    steps = 60 * per_minute
    return Parameter("lat", bits, "number", steps, signed=True, missing=91 * steps, unit="deg")


SOG = number("sog", 10, "kn", 1023, 10)
COG = number("cog", 12, "deg", 3600, 10)
HEADING = number("heading", 9, "deg", 511)
SECOND = code("second", 6)  # 60 not available, 61 manual, 62 dead reckoning, 63 inoperative
ACCURACY = flag("accuracy")
RAIM = flag("raim")
EPFD = code("epfd", 4)
SIZE = (code("to_bow", 9), code("to_stern", 9), code("to_port", 6), code("to_starboard", 6))
HEAD = (code("type", 6), code("repeat", 2), code("mmsi", 30))
SHIP_TYPE = code("ship_type", 8)
NAME = text("name", 20)
CALLSIGN = text("callsign", 7)

POSITION_A = (  # Table 48
    *HEAD, code("status", 4), Parameter("rot", 8, "rot", signed=True, missing=-128, unit="deg/min"),
    SOG, ACCURACY, lon(), lat(), COG, HEADING, SECOND, code("maneuver", 2), spare(3), RAIM,
    code("radio", 19),
)  # fmt: skip
BASE = (  # Table 51
    *HEAD, code("year", 14), code("month", 4), code("day", 5), code("hour", 5), code("minute", 6),
    SECOND, ACCURACY, lon(), lat(), EPFD, flag("long_range"), spare(9), RAIM, code("radio", 19),
)  # fmt: skip
VOYAGE = (  # Table 52
    *HEAD, code("version", 2), code("imo", 30), CALLSIGN, NAME, SHIP_TYPE, *SIZE, EPFD,
    code("eta_month", 4), code("eta_day", 5), code("eta_hour", 5), code("eta_minute", 6),
    number("draught", 8, "m", 0, 10), text("destination", 20), flag("dte"), spare(1),
)  # fmt: skip
AIRCRAFT = (  # Table 59
    *HEAD, number("altitude", 12, "m", 4095), number("sog", 10, "kn", 1023), ACCURACY, lon(), lat(),
    COG, SECOND, flag("barometric"), spare(7), flag("dte"), spare(3), flag("assigned"), RAIM,
    flag("itdma"), code("radio", 19),
)  # fmt: skip
POSITION_B = (  # Table 70
    *HEAD, spare(8), SOG, ACCURACY, lon(), lat(), COG, HEADING, SECOND, spare(2),
    flag("carrier_sense"), flag("display"), flag("dsc"), flag("band"), flag("msg22"),
    flag("assigned"), RAIM, flag("itdma"), code("radio", 19),
)  # fmt: skip
EXTENDED_B = (  # Table 71
    *HEAD, spare(8), SOG, ACCURACY, lon(), lat(), COG, HEADING, SECOND, spare(4), NAME, SHIP_TYPE,
    *SIZE, EPFD, RAIM, flag("dte"), flag("assigned"), spare(4),
)  # fmt: skip
ATON = (  # Table 73; after it up to 14 more characters of the name and up to 6 spare bits
    *HEAD, code("aid_type", 5), NAME, ACCURACY, lon(), lat(), *SIZE, EPFD, SECOND,
    flag("off_position"), code("aton_status", 8), RAIM, flag("virtual"), flag("assigned"), spare(1),
)  # fmt: skip
NAME_ONLY = (*HEAD, code("part", 2), NAME)  # Table 78
EQUIPMENT = (code("part", 2), SHIP_TYPE, text("vendor", 3), code("model", 4), code("serial", 20))
STATIC_B = (*HEAD, *EQUIPMENT, CALLSIGN, *SIZE, EPFD, spare(2))  # Table 79
AUXILIARY = (*HEAD, *EQUIPMENT, CALLSIGN, code("mothership", 30), EPFD, spare(2))  # the same, 98...
LONG_RANGE = (  # Annex 8, Message 27
    *HEAD, ACCURACY, RAIM, code("status", 4), lon(18, 10), lat(17, 10), number("sog", 6, "kn", 63),
    number("cog", 9, "deg", 511), flag("latency"), spare(1),
)  # fmt: skip

TABLES: dict[int | str, tuple[Parameter, ...]] = {
    1: POSITION_A, 2: POSITION_A, 3: POSITION_A, 4: BASE, 5: VOYAGE, 9: AIRCRAFT, 11: BASE,
    18: POSITION_B, 19: EXTENDED_B, 21: ATON, "24A": NAME_ONLY, "24B": STATIC_B, 27: LONG_RANGE,
}  # fmt: skip
MOST_EXTENSION = 14
"""Characters that a type 21 may add to its name (84 bits)."""


def length(table: tuple[Parameter, ...]) -> int:
    return sum(p.bits for p in table)
