"""Times as recordings write them: tag blocks, $PGHP lines, prefixes and suffixes of a line.

Every reader answers UTC microseconds, or NEVER where the bytes are no time of this century.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fleet.model import NEVER, SECOND

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


EARLIEST = micros(datetime(2000, 1, 1, tzinfo=UTC))
LATEST = micros(datetime(2100, 1, 1, tzinfo=UTC))

NUMBER = re.compile(rb"(\d{9,19})(?:\.(\d{1,6}))?")
ISO = re.compile(rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?")
PGHP = re.compile(rb"\$PGHP,[^,]*" + rb",(\d{1,4})" * 7 + rb"(?:,[^,]*){4},([0-9A-Fa-f]{0,2})")
LEAST = 9
"""Fewer bytes are no time."""
SCALES = ((11, SECOND), (14, 1000), (17, 1))
"""Fewer digits than this: seconds, milliseconds, microseconds; more are nanoseconds."""


def sane(time: int) -> int:
    return time if EARLIEST <= time < LATEST else NEVER


def unix_time(text: bytes) -> int:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, told by their size."""
    found = NUMBER.fullmatch(text.strip())
    return _number(found) if found else NEVER


def stamp_after(suffix: bytes) -> int:
    """`,1328133720012` and the like: the first field that is a time."""
    for piece in suffix.split(b","):
        if len(piece) >= LEAST and (time := unix_time(piece)):
            return time
    return stamp_before(suffix)


def stamp_before(prefix: bytes) -> int:
    """`1550303566;`, `2019-02-16 07:52:46;` and the like."""
    if found := ISO.search(prefix):
        year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
        fraction = (found[7] or b"").ljust(6, b"0")
        return _moment((year, month, day, hour, minute, second), int(fraction))
    found = NUMBER.search(prefix)
    return _number(found) if found else NEVER


def pghp_time(body: bytes) -> tuple[int, bytes]:
    """The time of a `$PGHP` line and the checksum of the sentence it speaks of."""
    found = PGHP.match(body)
    if found is None:
        return NEVER, b""
    year, month, day, hour, minute, second, millis = (int(found[i]) for i in range(1, 8))
    return _moment((year, month, day, hour, minute, second), millis * 1000), found[8].upper()


def _number(found: re.Match[bytes]) -> int:
    digits, fraction = found[1], found[2]
    scale = next((scale for size, scale in SCALES if len(digits) <= size), 0)
    time = int(digits) * scale if scale else int(digits) // 1000
    if fraction and scale == SECOND:
        time += int(fraction.ljust(6, b"0"))
    return sane(time)


def _moment(fields: tuple[int, int, int, int, int, int], fraction: int) -> int:
    year, month, day, hour, minute, second = fields
    try:
        whole = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return NEVER
    return sane(micros(whole) + min(fraction, SECOND - 1))
