"""From what a transmitter sends to what may be believed 清洗: times, positions, classes.

Pure functions of their arguments. "Not available" becomes NaN; what cannot be is refused with a
reason; raw codes are kept elsewhere. A clock that is off is never trusted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fleet.ingest.stamps import sane
from fleet.model import DAY, HOUR, MINUTE, NEVER, SECOND, Flag, VesselClass

NAN = float("nan")
LATE_SOURCE = 24 * HOUR
"""A receiver's time this long before receipt is believed: a broker may have kept the message
while the service was away. Receivers further off have a wrong clock (48 h is on record)."""
EARLY = 2 * MINUTE
"""No message comes from the future; this much is the skew of honest clocks."""
SKEW = 48 * HOUR
"""A terminal's fix time beyond `EARLY` is kept but flagged, beyond this refused."""
KEPT = 30 * DAY
"""The oldest fix of a terminal's store-and-forward memory that is taken."""
START = 946_684_800 * SECOND
"""2000-01-01: where the clock of a recording without any time starts, visibly nobody's."""
NOBODYS = START + 366 * DAY
"""A recording's clock before this was not set by anything in it."""
NO_SECOND = 60
"""AIS second: 60 not available, 61 manual input, 62 dead reckoning, 63 out of order."""
HALF_MINUTE = 30 * SECOND


@dataclass(slots=True)
class Clock:
    """The time of one stream that is replayed: the last recorded time seen.

    Between recorded times, and where there are none, it follows the UTC seconds of the position
    reports, half-way each time, so that one transmitter with a wrong second cannot drag it along.
    """

    last: int = NEVER

    def tell(self, time: int) -> None:
        self.last = sane(time) or self.last

    def follow(self, fix: int, flags: int) -> int:
        """Go along with a fix; answers what must be added to its flags."""
        if fix > self.now() and not flags & Flag.NO_CLOCK:
            self.last = self.now() + (fix - self.now()) // 2
        return Flag.NO_CLOCK if self.now() < NOBODYS else 0

    def now(self) -> int:
        return self.last or START


def base_time(clock: Clock, source: int, received: int) -> tuple[int, bool]:
    """The time around which a report was sent, and whether a source time had to be ignored.

    `received` 0 is a recording: its own times are the clock, however old.
    """
    if received:
        if not source:
            return received, False
        believed = received - LATE_SOURCE <= source <= received + EARLY
        return (source, False) if believed else (received, True)
    clock.tell(source)
    return clock.now(), bool(source) and not sane(source)


def fix_time(base: int, second: int) -> tuple[int, int]:
    """Fix time and its flags from the AIS UTC second: the nearest such second within 30 s."""
    if second >= NO_SECOND:
        estimated = second in (61, 62)
        return base, (Flag.ESTIMATED | Flag.NO_CLOCK) if estimated else Flag.NO_CLOCK
    minute = base - base % MINUTE
    time = minute + second * SECOND
    if time - base >= HALF_MINUTE:
        time -= MINUTE
    elif base - time > HALF_MINUTE:
        time += MINUTE
    return time, 0


def terminal_time(time: int, received: int) -> tuple[int, str]:
    """Flags of a terminal's own fix time, and why it is refused ("" when it is not)."""
    if not sane(time):
        return 0, "out of range"
    if not received or received - KEPT <= time <= received + EARLY:
        return 0, ""
    if time < received:
        return 0, "older than 30 days"
    return (Flag.SKEWED, "") if time <= received + SKEW else (0, "in the future")


def position(lon: float, lat: float) -> tuple[float, float] | None:
    """NaN for "not available" (181, 91; and 0, 0, which is nobody's); None where it cannot be."""
    if lon == 181.0 or lat == 91.0 or (lon == 0.0 and lat == 0.0):
        return NAN, NAN
    if abs(lon) > 180.0 or abs(lat) > 90.0:
        return None
    return lon, lat


def known(value: float, limit: float) -> float:
    """The value below its limit; at and above it the codes for "not available" begin."""
    return value if 0 <= value < limit else NAN


SOG, SOG_LONG_RANGE, SOG_AIRCRAFT = 102.25, 63.0, 1023.0
CIRCLE = 360.0  #: COG 360 and heading 511 are "not available"


def text(raw: str) -> str:
    """AIS text ends at the first `@`; what follows is what was left in the buffer."""
    return raw.partition("@")[0].rstrip()


BEACONS = {970: VesselClass.SART, 972: VesselClass.MOB, 974: VesselClass.EPIRB}
NET_BEACON = re.compile(r"(^NET[ -]?(MARK|BUOY)|\d{1,3}%|\d[.,]\dV)$", re.IGNORECASE)
"""Net beacons 网位仪 name themselves after their battery: "GY-0731-85%", "WB12 11.8V"."""


def mmsi_class(mmsi: int) -> VesselClass:
    """What kind of object a number of this form is given to; UNKNOWN for ordinary ships."""
    if mmsi < 10_000_000:
        return VesselClass.BASE
    lead = mmsi // 1_000_000
    if lead in BEACONS:
        return BEACONS[lead]
    if lead == 111:
        return VesselClass.AIRCRAFT
    return {99: VesselClass.BASE, 98: VesselClass.SERVICE}.get(lead // 10, VesselClass.UNKNOWN)


def ship_class(ship_type: int) -> VesselClass:
    """AIS ship type code -> class; codes with no class of their own stay UNKNOWN."""
    if ship_type == 30:
        return VesselClass.FISHING
    if ship_type in (36, 37):
        return VesselClass.PLEASURE
    if ship_type in range(31, 36) or ship_type in range(50, 60):
        return VesselClass.SERVICE
    if ship_type in range(40, 50) or ship_type in range(60, 70):
        return VesselClass.PASSENGER
    return VesselClass.MERCHANT if ship_type in range(70, 90) else VesselClass.UNKNOWN


def is_net_beacon(name: str) -> bool:
    return NET_BEACON.search(name) is not None


def valid_mmsi(mmsi: int) -> bool:
    return 0 < mmsi <= 999_999_999
