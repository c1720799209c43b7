"""Times as recordings write them, in columns: what `fleet.ingest.stamps` reads one by one.

Invariant: equal to `stamps` on any bytes. What is not of the common form is read there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.text import Text, table
from fleet.ingest.stamps import EARLIEST, LATEST, pghp_time, unix_time
from fleet.model import DAY, HOUR, MINUTE, SECOND, Ints, Mask

DIGITS: Final = 16
SCALE: Final = np.array([0] * 9 + [SECOND] * 3 + [1000] * 3 + [1] * 2, np.int64)
"""By the number of digits: none, seconds, milliseconds, microseconds."""
POWERS: Final = 10 ** np.arange(DIGITS - 1, -1, -1, dtype=np.int64)
COLUMN: Final = np.arange(DIGITS)
HEX_DIGIT: Final = table({ord(c): int(c, 16) for c in "0123456789abcdefABCDEF"}, "i2", -1)
ANY_CHECK, NO_CHECK = -1, -2
"""A $PGHP line that names no checksum speaks of any sentence; one digit is nobody's."""

PGHP_FIELDS: Final = 13
"""Commas before the checksum: $PGHP, version, seven of time, four others."""
PGHP_WIDTH: Final = 96
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


def numbers(text: Text, start: Ints, end: Ints) -> tuple[Ints, Mask]:
    """The digits between two places as a number, and where they are 1 to 16 digits only."""
    count = end - start
    digits = text.windows(end - DIGITS, DIGITS) - np.uint8(48)
    digits *= (DIGITS - count)[:, None] <= COLUMN
    good = (digits.max(1, initial=0) <= 9) & (count > 0) & (count <= DIGITS)
    return digits.astype(np.int64) @ POWERS, good


def unix_times(text: Text, start: Ints, end: Ints) -> Ints:
    """As `unix_time` of the bytes between each pair of places."""
    value, plain = numbers(text, start, end)
    out = sane(value * SCALE[np.clip(end - start, 0, DIGITS)])
    if not plain.all():
        for row in (~plain).nonzero()[0].tolist():
            out[row] = unix_time(text.data[start[row] : end[row]])
    return out


def moments(fields: NDArray[Any], micros: Ints) -> Ints:
    """Year to second, a row each, as UTC microseconds; NEVER where they are no time.

    Only 1999 to 2100 can come out as sane; other years are clipped to a year that is not.
    """
    year, month, day, hour, minute, second = fields
    index = (np.clip(year, 1999, 2100) - 1999) * 13 + np.clip(month, 0, 12)
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= LENGTHS[index])
    good &= (hour < 24) & (minute < 60) & (second < 60)
    days = (MONTHS[index] + day - 1) * DAY
    return sane((days + hour * HOUR + minute * MINUTE + second * SECOND + micros) * good)


def pghp_times(text: Text, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """As `pghp_time` of the bytes between each pair of places; the checksum as a number."""
    window = text.windows(start, PGHP_WIDTH)
    rows, columns = (window == 44).nonzero()
    first = np.searchsorted(rows, np.arange(len(start)))
    many = np.diff(first, append=len(rows)) >= PGHP_FIELDS
    at = first[:, None] + np.arange(PGHP_FIELDS)
    commas = columns[np.minimum(at, max(len(columns) - 1, 0))] if len(columns) else at * 0
    commas += start[:, None]
    last = commas[:, -1]
    plain = many & (last < end) & (commas[:, 0] == start + 5)
    ends, starts = commas[:, 2:9], commas[:, 1:8] + 1
    size = ends - starts
    quads = text.u4[ends - 4]
    digits = quads.view(np.uint8).reshape(*quads.shape, 4) - np.uint8(48)
    digits *= np.arange(4) >= (4 - size)[..., None]
    plain &= ((size >= 1) & (size <= 4)).all(1) & (digits <= 9).all((1, 2))
    fields = (digits.astype(np.int64) @ POWERS[-4:]).T
    np.minimum(fields[5], 59, out=fields[5])
    times = moments(fields[:6], np.minimum(fields[6] * 1000, SECOND - 1))
    tens, ones = HEX_DIGIT[text.u1[last + 1]], HEX_DIGIT[text.u1[last + 2]]
    checks = np.where(tens < 0, ANY_CHECK, np.where(ones < 0, NO_CHECK, tens * 16 + ones))
    checks = checks.astype(np.int64)
    if not plain.all():
        for row in (~plain).nonzero()[0].tolist():
            times[row], check = pghp_time(text.data[start[row] : end[row]])
            checks[row] = int(check, 16) if len(check) == 2 else NO_CHECK if check else ANY_CHECK
    return times, checks
