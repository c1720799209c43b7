"""Times as recordings write them, in columns: what `fleet.ingest.stamps` reads one by one.

Invariant: equal to `stamps` on any bytes. What is not of the common form is read there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.text import Text, blank_behind, table
from fleet.ingest.stamps import EARLIEST, LATEST, LEAST, pghp_time
from fleet.model import DAY, HOUR, MINUTE, SECOND, Ints, Mask

MICRO, NANO = 17, 19
"""Most digits of microseconds and of nanoseconds since 1970."""
SCALE: Final = np.array([0] * 9 + [SECOND] * 3 + [1000] * 3 + [1] * 5, np.int64)
"""By the number of digits: none, seconds, milliseconds, microseconds, nanoseconds."""
POWERS: Final = 10 ** np.arange(NANO - 1, -1, -1, dtype=np.int64)
COLUMN: Final = np.arange(NANO)
HEX_DIGIT: Final = table({ord(c): int(c, 16) for c in "0123456789abcdefABCDEF"}, "i2", -1)
HEX_DIGITS: Final = b"0123456789abcdefABCDEF"
ANY_CHECK, NO_CHECK = -1, -2
"""A $PGHP line that names no checksum speaks of any sentence; one digit is nobody's."""

COMMA: Final = np.uint8(ord(","))
PGHP_FIELDS: Final = 13
"""Commas before the checksum: $PGHP, version, seven of time, four others."""
PGHP_WIDTH: Final = 80
FEW_LINES: Final = 6
FIELD: Final = np.arange(PGHP_FIELDS)[:, None]
KEPT: Final = np.array([0, 0xFF000000, 0xFFFF0000, 0xFFFFFF00, 0xFFFFFFFF], np.uint32)
"""The last bytes of four, by their number."""
HIGH, LOW, ASCII, SIX = (np.uint32(0x01010101 * byte) for byte in (0xF0, 0x0F, 0x30, 6))
MONTHS: Final[Ints] = np.array(
    [np.datetime64(f"{y:04}-{m:02}", "D").astype(np.int64) if m else 0
     for y in range(1999, 2101) for m in range(13)]
)  # fmt: skip
"""Days since 1970 of the first of each month, 13 entries a year from 1999 on."""
LENGTHS: Final[Ints] = np.array(
    [
        (np.datetime64(f"{y:04}-{m:02}", "M") + 1).astype("M8[D]").astype(np.int64)
        - np.datetime64(f"{y:04}-{m:02}", "D").astype(np.int64)
        if m
        else 0
        for y in range(1999, 2101)
        for m in range(13)
    ]
)


def sane(t: Ints) -> Ints:
    """The times of this century, NEVER for others."""
    return t * ((t >= EARLIEST) & (t < LATEST))


def plain_times(text: Text, start: Ints, end: Ints) -> tuple[Ints, Mask]:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, and where there are 9 to 19
    digits between the two places and nothing else.
    """
    count = end - start
    digits = text.windows(end - NANO, NANO) - np.uint8(48)
    digits *= (NANO - count)[:, None] <= COLUMN
    plain = (digits.max(1, initial=0) <= 9) & (count >= LEAST) & (count <= NANO)
    value = digits.astype(np.int64) @ POWERS
    value *= SCALE[np.minimum(np.maximum(count, 0), NANO)]
    return sane(np.where(count > MICRO, value // 1000, value)), plain


def moments(fields: NDArray[Any], micros: Ints) -> Ints:
    """Year to second, a row each, as UTC microseconds; NEVER where they are no time.

    Only 1999 to 2100 can come out as sane; other years are clipped to a year that is not.
    """
    year, month, day, hour, minute, second = fields
    index = (np.minimum(np.maximum(year, 1999), 2100) - 1999) * 13
    index += np.minimum(month, 12)
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= LENGTHS[index])
    good &= (hour < 24) & (minute < 60) & (second < 60)
    days = (MONTHS[index] + day - 1) * DAY
    return sane((days + hour * HOUR + minute * MINUTE + second * SECOND + micros) * good)


def pghp_times(text: Text, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """As `pghp_time` of the bytes between each pair of places; the checksum as a number."""
    if len(start) < FEW_LINES:
        return _few_pghp(text.strings(start, end - start))
    commas, plain = _commas(text, start, end)
    plain &= commas[0] == start + 5
    ends = commas[2:9]
    size = ends - commas[1:8] - 1
    plain &= ((size >= 1) & (size <= 4)).all(0)
    fields, digits = _four_digits(text.u4[ends - 4], size)
    plain &= digits
    np.minimum(fields[5], 59, out=fields[5])
    times = moments(fields[:6], np.minimum(fields[6] * 1000, SECOND - 1))
    last = commas[-1]
    tens, ones = HEX_DIGIT[text.u1[last + 1]], HEX_DIGIT[text.u1[last + 2]]
    checks = np.where(tens < 0, ANY_CHECK, np.where(ones < 0, NO_CHECK, tens * 16 + ones))
    if not plain.all():
        for row in (~plain).nonzero()[0].tolist():
            times[row], check = pghp_time(text.data[start[row] : end[row]])
            checks[row] = int(check, 16) if len(check) == 2 else NO_CHECK if check else ANY_CHECK
    return times, checks.astype(np.int64)


def _few_pghp(lines: list[bytes]) -> tuple[Ints, Ints]:
    """The same for few: nearly all of them are of the same second as the one before."""
    seconds: dict[tuple[bytes, ...], int] = {}
    times, checks = [], []
    for line in lines:
        parts = line.split(b",")
        millis = parts[8] if len(parts) > PGHP_FIELDS else b""
        if not (millis.isdigit() and len(millis) <= 4):
            time, check = pghp_time(line)
        else:
            after, second, check = min(int(millis) * 1000, SECOND - 1), tuple(parts[:8]), parts[13]
            base = seconds.get(second)
            if base is None:
                whole = pghp_time(line)[0]
                base = seconds[second] = whole and whole - after
            time = base and base + after
        times.append(time)
        checks.append(_check(check[:2]))
    return np.array(times, np.int64), np.array(checks, np.int64)


def _check(text: bytes) -> int:
    """Up to two hexadecimal digits; what follows the last of them is nothing."""
    if text[:1] not in HEX_DIGITS or not text:
        return ANY_CHECK
    return int(text, 16) if len(text) == 2 and text[1:] in HEX_DIGITS else NO_CHECK


def _commas(text: Text, start: Ints, end: Ints) -> tuple[Ints, Mask]:
    """(PGHP_FIELDS, n) places of the first commas of each line, and which lines have as many."""
    n, size = len(start), end - start
    window = text.windows(start, PGHP_WIDTH)
    blank_behind(window, size)
    column = (window == COMMA).ravel().nonzero()[0]
    row = column // PGHP_WIDTH
    count = np.bincount(row, minlength=n)
    plain = count >= PGHP_FIELDS
    first = np.cumsum(count) - count
    at = np.minimum(first + FIELD, max(len(column) - 1, 0))
    if not len(column):
        return np.zeros_like(at) + start, plain
    return column[at] + (start - PGHP_WIDTH * np.arange(n)), plain


def _four_digits(quads: NDArray[Any], size: Ints) -> tuple[Ints, Mask]:
    """Numbers of up to four digits that end four little-endian bytes; columns of digits only."""
    kept = KEPT[np.minimum(np.maximum(size, 0), 4)]
    quads = quads & kept
    digits = ((quads & HIGH) == (ASCII & kept)).all(0)
    digits &= (((quads & LOW) + SIX) & HIGH == 0).all(0)
    pairs = ((quads & LOW) * np.uint32(2561)) >> np.uint32(8) & np.uint32(0x00FF00FF)
    return (pairs * np.uint32(6553601) >> np.uint32(16)).astype(np.int64), digits
