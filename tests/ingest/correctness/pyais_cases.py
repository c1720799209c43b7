"""Where pyais is not right: a vector each, what it makes of it, what is right, by which table.

`docs/ais.md` prints this list, and the suite checks every item three times: the oracle and our
decoder give the right value, pyais still gives the wrong one. An item that a new pyais mends
fails, and is then taken off the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.ingest.oracle.bits import armoured, line, of_number, of_text, sentences, tagged
from tests.ingest.oracle.writing import encode

BOAT = 412_000_001


@dataclass(frozen=True)
class Wrong:
    """A value that pyais gives and that the sender did not send."""

    key: str
    lines: tuple[bytes, ...]
    field: str  #: the oracle's name
    attribute: str  #: pyais's name
    pyais: Any  #: what it gives
    right: Any  #: None: not available
    why: str
    source: str  #: of ITU-R M.1371-5, or of the sentence's own standard


@dataclass(frozen=True)
class Accepted:
    """Input that pyais makes a message of, though nothing may be made of it."""

    key: str
    lines: tuple[bytes, ...]
    attribute: str
    pyais: Any
    reason: str  #: the reject that we count
    why: str
    source: str


@dataclass(frozen=True)
class Lost:
    """Messages that are there and that pyais's stream does not deliver."""

    key: str
    lines: tuple[bytes, ...]
    pyais: tuple[int, ...]  #: MMSIs that it delivers
    right: tuple[int, ...]
    why: str
    source: str
    strict: bool = False  #: with `error_if_checksum_invalid`


def one(layout: int | str, **given: Any) -> tuple[bytes, ...]:
    return tuple(sentences(encode(layout, mmsi=given.pop("mmsi", BOAT), **given)))


def cut(bits: str, length: int) -> tuple[bytes, ...]:
    return tuple(sentences(bits[:length]))


PLACE = {"lon": 109 * 600_000 + 1, "lat": 18 * 600_000 + 1, "sog": 123, "cog": 900, "heading": 100}
HERE = encode(1, mmsi=BOAT, second=20, **PLACE)
AID = encode(21, mmsi=BOAT, name="A" * 20, extension="BC")
VOYAGE = encode(5, mmsi=BOAT, name="HAI YAN", destination="SANYA".ljust(20))
REVERSED = tuple(reversed(sentences(VOYAGE)))
AREA = of_number(110 * 600, 18) + of_number(19 * 600, 17)
ADDRESSED = of_number(412_000_009, 30) + "00" + of_number(1 << 6 | 23, 16) + of_text("DATA", 24)


def head(kind: int) -> str:
    return of_number(kind, 6) + "00" + of_number(BOAT, 30)


CORRECTION = head(17) + "00" + of_number(29 * 600, 18) + of_number(-60 * 600, 17) + "0" * 45
GROUP = (
    head(23) + "00" + AREA + of_number(-109 * 600, 18) + of_number(18 * 600, 17)
    + of_number(6, 4) + of_number(39, 8) + "0" * 38
)  # fmt: skip
CHANNELS = head(22) + "00" + of_number(2087, 12) + of_number(2088, 12) + "00000" + AREA + AREA
CHANNELS += "0" * 29
SINGLE_SLOT = head(25) + "11" + ADDRESSED
MULTI_SLOT = head(26) + "11" + ADDRESSED + "0000" + of_number(0x55555, 20)
SAFETY = head(14) + "00" + of_text("MAN OVERBOARD", 78) + "10"
FLIPPED = bytearray(sentences(HERE)[0])
FLIPPED[-1] = ord("0") if FLIPPED[-1] != ord("0") else ord("1")


def illegal() -> bytes:
    payload, fill = armoured(HERE)
    return line(f"AIVDM,1,1,,A,{payload[:20]}X{payload[21:]},{fill}")


WRONG = (
    Wrong("lon 181", one(1, lat=PLACE["lat"]), "lon", "lon", 181.0, None,
          "“not available” is a number: 181° and 91° become a place, and two of them a distance",
          "Table 48"),
    Wrong("lat 91", one(18, lon=PLACE["lon"]), "lat", "lat", 91.0, None,
          "the same for the latitude, in every type", "Table 70"),
    Wrong("sog 102.3", one(1), "sog", "speed", 102.3, None,
          "1023 is “not available”; 1022 is 102.2 kn or more", "Table 48"),
    Wrong("sog 1023", one(9), "sog", "speed", 1023.0, None,
          "the same for an aircraft, in whole knots", "Table 59"),
    Wrong("sog 63", one(27), "sog", "speed", 63.0, None, "the same at long range",
          "Annex 8, Message 27"),
    Wrong("cog 360", one(1), "cog", "course", 360.0, None, "3600 is “not available”", "Table 48"),
    Wrong("cog 511", one(27), "cog", "course", 511.0, None, "511 is “not available”",
          "Annex 8, Message 27"),
    Wrong("cog 409.5", one(1, cog=4095), "cog", "course", 409.5, None,
          "3601 to 4095 “should not be used”: no course has 409.5°", "Table 48"),
    Wrong("heading 511", one(1), "heading", "heading", 511, None, "511 is “not available”",
          "Table 48"),
    Wrong("turn -128", one(1), "rot", "turn", -128.0, None,
          "−128 is “no turn information”, here a turn of 128° a minute to port", "Table 48"),
    Wrong("turn 127", one(1, rot=127), "rot", "turn", 127.0, None,
          "±127 is “more than 5° in 30 s, no turn indicator”, not 127° a minute", "Table 48"),
    Wrong("turn 3", one(1, rot=3), "rot", "turn", 0.0, (3 / 4.733) ** 2,
          "the rate is rounded to whole degrees a minute; slow turns become none", "Table 48"),
    Wrong("altitude 4095", one(9), "altitude", "alt", 4095, None,
          "4095 is “not available”; 4094 is 4,094 m or more", "Table 59"),
    Wrong("draught 0", one(5), "draught", "draught", 0.0, None,
          "0 is “not available”, not a boat that floats on the water", "Table 52"),
    Wrong("ship type 39", one(5, ship_type=39), "ship_type", "ship_type", 0, 39,
          "codes outside its enumeration become 0, “not available”: reserved, national and "
          "mistyped codes can no more be told apart", "Table 53"),
    Wrong("ship type 199", one(19, ship_type=199), "ship_type", "ship_type", 0, 199,
          "the same in type 19 (but not in type 24)", "Tables 53, 71"),
    Wrong("ship type 66", one(5, ship_type=66), "ship_type", "ship_type", 65, 66,
          "of the reserved codes of each kind only the first is left: 66, 67 and 68 become 65; "
          "so at 20, 40, 70, 80 and 90, and 57 becomes 56", "Table 53"),
    Wrong("epfd 14", one(4, epfd=14), "epfd", "epfd", 0, 14,
          "codes 9 to 14 become 0, “undefined”", "Table 51"),
    Wrong("name @", one(5, name="HAI YAN@@OLD NAME"), "name", "shipname", "HAI YAN@@OLD NAME",
          "HAI YAN", "a text ends at its first @; what follows is left over", "Table 47"),
    Wrong("callsign @", one("24B", callsign="BX1@23"), "callsign", "callsign", "BX1@23", "BX1",
          "the same in every text field", "Table 47"),
    Wrong("name blank", one(5, name="  A"), "name", "shipname", "A", "  A",
          "leading blanks are characters of Table 47 as others are", "Table 47"),
    Wrong("420 bits", cut(VOYAGE, 420), "destination", "destination",
          "SANYA              H", "SANYA",
          "of a last character that is cut (420 bits are common) the rest is read as if it were "
          "whole: a blank becomes H", "Table 52"),
    Wrong("aid spare", tuple(sentences(AID[:-4] + "1111")), "extension", "name_ext", "BCO", "BC",
          "the 2, 4 or 6 spare bits behind the extension of a name are read as a letter",
          "Table 73"),
    Wrong("cut lat", cut(HERE, 110), "lat", "lat", 0.28125, "absent",
          "of a field that is cut off, the bits that are there are read as if they were all: the "
          "boat stands 18° from where she is", "Table 48"),
    Wrong("cut heading", cut(HERE, 136), "heading", "heading", 50, "absent",
          "the same: a heading of 100° becomes 50°", "Table 48"),
    Wrong("turned parts", REVERSED, "destination", "destination", "absent", "SANYA",
          "`decode(second, first)` reads the voyage by the table of the type that the second part "
          "happens to begin with: a plausible type 6", "IEC 61162-1"),
    Wrong("24B epfd", one("24B", epfd=3), "epfd", "epfd", "absent", 3,
          "the position device is not read", "Table 79"),
    Wrong("9 sensor", one(9, barometric=1), "barometric", "barometric", "absent", True,
          "whether the altitude is barometric is not told", "Table 59"),
    Wrong("17 lon", tuple(sentences(CORRECTION)), "lon", "lon", 1740.0, 29.0,
          "the unit is 1/10 minute, so a degree is 600, not 10", "Table 68"),
    Wrong("17 lat", tuple(sentences(CORRECTION)), "lat", "lat", 9507.2, -60.0,
          "and the field is signed: south becomes 9507° north", "Table 68"),
    Wrong("22 corner", tuple(sentences(CHANNELS)), "ne_lon", "ne_lon", 6600.0, 110.0,
          "the corners of the area in degrees times 60", "Table 75"),
    Wrong("23 corner", tuple(sentences(GROUP)), "sw_lon", "sw_lon", -6540.0, -109.0,
          "the same in the group assignment", "Table 76"),
    Wrong("23 ship type", tuple(sentences(GROUP)), "ship_type", "ship_type", 0, 39,
          "an order to ships of a reserved type is read as one to all", "Tables 53, 76"),
    Wrong("23 interval", tuple(sentences(GROUP[:146] + "1100" + GROUP[150:])), "interval",
          "interval", 11, 12, "of the reserved reporting intervals only the first is left",
          "Table 77"),
    Wrong("25 dac", tuple(sentences(SINGLE_SLOT)), "app_id", "app_id", 21, 87,
          "two spare bits follow the addressee; without them the application and all data are "
          "read two bits off", "Annex 8, Message 25"),
    Wrong("26 dac", tuple(sentences(MULTI_SLOT)), "app_id", "app_id", 21, 87,
          "the same in type 26", "Annex 8, Message 26"),
    Wrong("26 radio", tuple(sentences(MULTI_SLOT)), "radio", "radio", None, 0x55555,
          "the last 20 bits are the communication state, here part of the data",
          "Annex 8, Message 26"),
    Wrong("14 pad", tuple(sentences(SAFETY)), "text", "text", "MAN OVERBOARDB", "MAN OVERBOARD",
          "the bits that fill the last byte are read as a letter", "Annex 8, Message 14"),
)  # fmt: skip

DIFFERENT = encode(5, mmsi=BOAT + 1, name="OTHER", destination="HAIKOU")
SANYA_A = [tagged("s:a", each) for each in sentences(VOYAGE, most=300)]
HAIKOU_B = [tagged("s:b", each) for each in sentences(DIFFERENT, most=300)]
ACCEPTED = (
    Accepted("checksum", (bytes(FLIPPED),), "lat", 18.000002, "checksum",
             "a wrong checksum is no hindrance unless asked for", "IEC 61162-1"),
    Accepted("armour", (illegal(),), "course", 92.8, "",
             "characters that are none of the 64 are read as some bits", "IEC 61162-1"),
    Accepted("mmsi", one(1, mmsi=1_073_741_823, **PLACE), "mmsi", 1_073_741_823, "mmsi",
             "no station has more than nine digits", "Table 48"),
    Accepted("short", cut(HERE, 30), "mmsi", 1609375, "message length",
             "a number is made of 22 bits of an MMSI: another vessel's", "Table 48"),
    Accepted("other vessel", (SANYA_A[0], HAIKOU_B[1]), "destination", "HAIKOU", "",
             "the first part of one vessel, heard by one receiver, and the second of another, "
             "heard by another, make a third that does not exist: no part is joined by source",
             "IEC 61162-1, 61162-450"),
    Accepted("type 0", tuple(sentences("0" * 168)), "lon", 0.0, "message type",
             "there is no message 0; it is read as a type 1 at 0° N 0° E", "Table 46"),
)  # fmt: skip

NEXT = encode(1, mmsi=BOAT + 1, second=21, **PLACE)
LOST = (
    Lost("two a line", (sentences(HERE)[0] + sentences(NEXT)[0],), (BOAT,), (BOAT, BOAT + 1),
         "of two sentences on one line or in one datagram the second is lost without a word",
         "IEC 61162-1"),
    Lost("prefix", (b"1700000000;" + sentences(HERE)[0],), (), (BOAT,),
         "a time in front of the sentence makes it unreadable", "recordings"),
    Lost("stacked tags", (tagged("s:a", tagged("c:1700000000", sentences(HERE)[0])),), (), (BOAT,),
         "two tag blocks in a row make the sentence unreadable", "IEC 61162-450"),
    Lost("two receivers", (SANYA_A[0], HAIKOU_B[0], HAIKOU_B[1], SANYA_A[1]), (BOAT + 1,),
         (BOAT + 1, BOAT),
         "of two receivers with the same sequence number one overwrites the other",
         "IEC 61162-450"),
    Lost("suffix", (sentences(HERE)[0] + b",rSTATION,1700000000",), (), (BOAT,),
         "with a station or time behind it, no sentence has a right checksum any more where "
         "checksums are asked for", "recordings", strict=True),
    Lost("order", REVERSED, (), (BOAT,), "parts in another order are dropped", "IEC 61162-1"),
)  # fmt: skip
