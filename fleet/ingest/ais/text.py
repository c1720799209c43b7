"""Bytes that NumPy may read from any place: one, two, four, eight or more at a time.

All views share one buffer. `PAD` zero bytes stand before and behind what was given, so that a
window around any of its places lies within.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.model import Ints

PAD: Final = 96
ZEROS: Final = bytes(PAD)
Bytes = NDArray[np.uint8]
Words = NDArray[Any]


class Text:
    """`data` begins with PAD zero bytes and ends with as many."""

    __slots__ = ("data", "u1", "u2", "u4", "u8")

    def __init__(self, *pieces: bytes) -> None:
        data = b"".join((ZEROS, *pieces, ZEROS))
        n = len(data) - 8
        self.data = data
        self.u1: Bytes = np.frombuffer(data, np.uint8)
        self.u2: Words = np.ndarray((n,), "<u2", data, strides=(1,))
        self.u4: Words = np.ndarray((n,), "<u4", data, strides=(1,))
        self.u8: Words = np.ndarray((n,), "<u8", data, strides=(1,))

    def windows(self, at: Ints, width: int) -> Bytes:
        """(len(at), width) bytes from each place on; at most PAD wide."""
        view = np.ndarray((len(self.data) - width,), f"V{width}", self.data, strides=(1,))
        return view[at].view(np.uint8).reshape(-1, width)

    def strings(self, at: Ints, size: Ints) -> list[bytes]:
        data = self.data
        return [data[a : a + n] for a, n in zip(at.tolist(), size.tolist(), strict=True)]


@cache
def _masks(width: int) -> Words:
    """By the number of bytes kept: so many of ones, then zeros."""
    kept = np.arange(width) < np.arange(width + 1)[:, None]
    return (kept * np.uint8(255)).view(f"V{width}").ravel()


def blank_behind(window: Bytes, size: Ints) -> None:
    """Make the bytes of each row behind its first `size` zeros; the width is a multiple of 8."""
    width = window.shape[1]
    masks = _masks(width)[np.minimum(size, width)]
    eight = window.view("<u8")
    eight &= masks.view("<u8").reshape(eight.shape)


def chars(codes: NDArray[Any]) -> NDArray[np.str_]:
    """(n, width) character codes as n strings; 0 ends one."""
    n, width = codes.shape
    return codes.astype("<u4", order="C").view(f"<U{width}").reshape(n)


def table(entries: dict[int, int] | Sequence[int], dtype: str = "u1", other: int = 0) -> Any:
    """256 entries by byte."""
    out = np.full(256, other, dtype)
    for byte, value in entries.items() if isinstance(entries, dict) else enumerate(entries):
        out[byte] = value
    return out
