"""Times as terminals write them, RFC 3339 or Unix milliseconds: one, or a whole column at once.

Invariant: `moments` gives what `moment` gives of each. The column reads the one layout that
nearly every terminal sends (`2026-11-23T17:30:05.250Z`) as digits; anything else goes one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.stamps import EARLIEST, LATEST, micros, sane
from fleet.model import NEVER, SECOND, Ints, Mask

RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
WHOLE: Final = "0000-00-00T00:00:00"
FEW: Final = 16
"""Below so many a column costs more than it saves."""


def moment(value: object) -> int:
    """RFC 3339 text or Unix milliseconds as UTC microseconds; 0 where it is neither."""
    if isinstance(value, bool):
        return NEVER
    if isinstance(value, int):
        return sane(value * 1000)
    found = RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return NEVER
    date, hour, second, fraction, offset = found.groups()
    whole = "59" if second == "60" else second  # a leap second is counted with the one before
    digits = (fraction or ".0")[1:7].ljust(6, "0")
    try:
        return sane(
            micros(datetime.fromisoformat(f"{date}T{hour}:{whole}.{digits}{offset.upper()}"))
        )
    except (ValueError, OverflowError):
        return NEVER


def moments(values: Sequence[str | int]) -> Ints:
    """The same of many."""
    out = np.zeros(len(values), np.int64)
    lengths = np.array([len(v) if type(v) is str else 0 for v in values], np.int64)
    left = np.ones(len(values), np.bool_)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length).tolist()
        if len(WHOLE) < length <= len(WHOLE) + 11 and len(rows) >= FEW:
            good, times = _read("".join([str(values[i]) for i in rows]), int(length))
            at = np.array(rows)[good]
            out[at], left[at] = times, False
    for i in np.flatnonzero(left).tolist():
        out[i] = moment(values[i])
    return out


def _read(text: str, length: int) -> tuple[Mask, Ints]:
    """Which of the texts of one length are of the usual layout, and the times of those."""
    layout = (
        WHOLE + (length > len(WHOLE) + 1) * "." + "0" * (length - len(WHOLE) - 2) + "Z"
    ).encode()
    none: Ints = np.zeros(0, np.int64)
    if not text.isascii() or length == len(WHOLE) + 2:
        return np.zeros(len(text) // length, np.bool_), none
    signs = np.frombuffer(text.encode(), np.uint8).reshape(-1, length)
    wanted = np.frombuffer(layout, np.uint8)
    digit = wanted == ord("0")
    good = (signs[:, ~digit] == wanted[~digit]).all(axis=1)
    good &= (signs[:, digit] - ord("0") <= 9).all(axis=1)
    d = (signs[good] - ord("0")).astype(np.int64)
    valid, times = _composed(d, length)
    good[good] = valid
    return good, times[valid]


def _composed(d: NDArray[np.int64], length: int) -> tuple[Mask, Ints]:
    """Digits as times; what no calendar has is left to the slow way."""
    year, month, day, hour, minute, second = (
        d[:, 0] * 1000 + d[:, 1] * 100 + d[:, 2] * 10 + d[:, 3],
        *(d[:, i] * 10 + d[:, i + 1] for i in (5, 8, 11, 14, 17)),
    )
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    first, following = (m.astype("M8[D]").astype(np.int64) for m in (months, months + 1))
    valid = (month >= 1) & (month <= 12) & (day >= 1) & (day <= following - first)
    valid &= (year >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    seconds = (((first + day - 1) * 24 + hour) * 60 + minute) * 60 + second
    times = seconds * SECOND
    for i in range(min(6, length - len(WHOLE) - 2)):
        times += d[:, len(WHOLE) + 1 + i] * 10 ** (5 - i)
    return valid, np.where((times >= EARLIEST) & (times < LATEST), times, NEVER)
