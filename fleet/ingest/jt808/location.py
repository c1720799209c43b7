"""Positions in JT/T 808: location report 位置信息汇报 0x0200, its batch 0x0704, its answer 0x0201.

What cannot be is refused with a reason; what is not known is NaN. Units: degrees, knots, UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from typing import Final, TypeAlias

from fleet.ingest import clean
from fleet.ingest.jt808.frames import Message
from fleet.ingest.stamps import micros, sane
from fleet.model import HOUR, NEVER

REPORT, ANSWER, BATCH = 0x0200, 0x0201, 0x0704
HELD: Final = frozenset({REPORT, ANSWER, BATCH})
"""Messages that hold positions."""

BASIC = Struct(">IIIIHHH6s")
"""Alarm, status, latitude and longitude in 1e-6 deg, height in m, speed in 0.1 km/h, direction in
degrees, time (2011, table 17; 2013, table 23; 2019, table 23)."""
POSITIONED, SOUTH, WEST = 1 << 1, 1 << 2, 1 << 3
"""Bits of the status 状态 (2013, table 25)."""
ZONE: Final = 8 * HOUR
"""Times are GMT+8 (the same tables)."""
KMH_TO_KN: Final = 1 / 1.852

MOST: Final = 2000
"""Positions of one batch: as many as of a native burst."""

Refusal: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Location:
    """One position as sent. `t` is 0 where its time is none."""

    alarm: int  #: 报警标志, 32 bits; what they mean differs by model
    status: int
    t: int
    lon: float  #: NaN where the terminal had no fix: what it sends then is an old place
    lat: float
    sog: float  #: knots; NaN likewise
    cog: float  #: degrees
    items: Mapping[int, bytes]  #: additional information 附加信息, by item
    wrong: str = ""  #: why it cannot be taken for a position; its alarm counts all the same

    def told(self) -> dict[str, float]:
        """The additional items that mean the same with most makers, by name and unit."""
        found = ((ITEMS[i], data) for i, data in self.items.items() if i in ITEMS)
        return {item.name: item.read(data) for item, data in found if len(data) == item.size}

    def battery_pct(self) -> float:
        """Per cent, NaN where no item says it."""
        told = self.told()
        pct = told.get("battery_pct", told.get("battery_tenths", clean.NAN))
        return pct if 0 <= pct <= 100 else clean.NAN


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    size: int
    read: Callable[[bytes], float]


def _scaled(scale: float) -> Callable[[bytes], float]:
    return lambda data: int.from_bytes(data, "big") * scale


ITEMS: Final[Mapping[int, Item]] = {
    0x01: Item("mileage_km", 4, _scaled(0.1)),  # 2013, table 27, as all below 0x56
    0x02: Item("fuel_l", 2, _scaled(0.1)),
    0x03: Item("recorder_speed_kmh", 2, _scaled(0.1)),
    0x04: Item("event", 2, _scaled(1)),  # of an alarm that a person must confirm
    0x30: Item("signal", 1, _scaled(1)),  # strength of the network
    0x31: Item("satellites", 1, _scaled(1)),
    0x56: Item("battery_tenths", 2, lambda data: data[0] * 10.0),  # Traccar, Huabao decoder
    0xFE: Item("battery_pct", 1, _scaled(1)),  # the same
}
"""Maker's items begin at 0xE1; those in use below it are listed by Traccar's Huabao decoder."""


def locations(message: Message, zone: int = ZONE) -> Iterator[Location | Refusal]:
    """All positions of a message; for each that cannot be read, why. `zone`: microseconds that
    the terminal's clock is ahead of UTC.
    """
    if message.encrypted:
        yield "encrypted"
    elif message.id == REPORT:
        yield location(message.body, zone)
    elif message.id == ANSWER:
        yield location(message.body[2:], zone)  # behind the serial of the question
    elif message.id == BATCH:
        yield from _batch(message.body, zone)


def _batch(body: bytes, zone: int) -> Iterator[Location | Refusal]:
    """Count, kind (0 live, 1 from the terminal's memory), and each with its length before it.

    The newest stand last, so of a batch that is too long its beginning is left out.
    """
    if len(body) < 3:
        yield "batch: too short"
        return
    count, at, found = int.from_bytes(body[:2], "big"), 3, list[bytes]()
    while at + 2 <= len(body):
        end = at + 2 + int.from_bytes(body[at : at + 2], "big")
        found.append(body[at + 2 : end])
        at = end
    yield from ("batch: too many",) * (len(found) - MOST)
    yield from (location(one, zone) for one in found[-MOST:])
    yield from ("batch: fewer than it says",) * (len(found) < count)


def location(body: bytes, zone: int = ZONE) -> Location | Refusal:
    if len(body) < BASIC.size:
        return "location: too short"
    alarm, status, north, east, _height, speed, direction, clock = BASIC.unpack_from(body)
    place = _place(status, east / 1e6, north / 1e6)
    motion = _motion(speed, direction) if status & POSITIONED else NOWHERE
    return Location(
        alarm,
        status,
        time_of(clock, zone),
        *(place or NOWHERE),
        *motion,
        items(body[BASIC.size :]),
        "" if place else "position: out of range",
    )


FASTEST_KN: Final = 150.0
"""As of the native report: beyond it the field holds no speed (0xFFFF is "invalid")."""
NOWHERE: Final = (clean.NAN, clean.NAN)


def _place(status: int, lon: float, lat: float) -> tuple[float, float] | None:
    if not status & POSITIONED:
        return NOWHERE
    return clean.position(-lon if status & WEST else lon, -lat if status & SOUTH else lat)


def _motion(speed: int, direction: int) -> tuple[float, float]:
    course = direction % 360.0 if direction <= 360 else clean.NAN
    return clean.known(speed * 0.1 * KMH_TO_KN, FASTEST_KN), course


def items(data: bytes) -> dict[int, bytes]:
    """Id, length, content, one behind the other; what is cut off at the end is left out."""
    found, at = {}, 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        end = at + 2 + data[at + 1]
        found[data[at]] = data[at + 2 : end]
        at = end
    return found


def time_of(clock: bytes, zone: int) -> int:
    """BCD YY-MM-DD-hh-mm-ss as UTC microseconds; NEVER where it is no time."""
    digits = clock.hex()
    if len(digits) != 12 or not digits.isdigit():
        return NEVER
    year, month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(0, 12, 2))
    try:
        local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return NEVER
    return sane(micros(local) - zone)


def bcd_time(moment: int) -> bytes:
    """UTC microseconds in the six bytes of a clock."""
    return bytes.fromhex(datetime.fromtimestamp(moment // 1_000_000, UTC).strftime("%y%m%d%H%M%S"))
