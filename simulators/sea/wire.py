"""AIS position reports as sentences, many at once: its own encoder, from ITU-R M.1371-5.

Types 1 and 3 (table 48) and 18 (table 70) are laid out bit by bit in NumPy columns, armoured and
check-summed; a test reads every field back with pyais. Everything rarer is encoded by pyais.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Columns: TypeAlias = Mapping[str, NDArray[Any]]

BITS = 168
CLASS_A = (
    ("type", 6), ("repeat", 2), ("mmsi", 30), ("status", 4), ("turn", 8), ("sog", 10),
    ("accuracy", 1), ("lon", 28), ("lat", 27), ("cog", 12), ("heading", 9), ("second", 6),
    ("manoeuvre", 2), ("spare", 3), ("raim", 1), ("radio", 19),
)  # fmt: skip
CLASS_B = (
    ("type", 6), ("repeat", 2), ("mmsi", 30), ("spare", 8), ("sog", 10), ("accuracy", 1),
    ("lon", 28), ("lat", 27), ("cog", 12), ("heading", 9), ("second", 6), ("regional", 2),
    ("cs", 1), ("display", 1), ("dsc", 1), ("band", 1), ("msg22", 1), ("assigned", 1),
    ("raim", 1), ("radio", 20),
)  # fmt: skip
FIXED = {"accuracy": 1, "cs": 1, "dsc": 1, "band": 1, "msg22": 1}
WEIGHTS = np.array([32, 16, 8, 4, 2, 1], np.uint8)
HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)
CHUNK = 100_000


def units(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    sog: NDArray[np.float64],
    cog: NDArray[np.float64],
) -> dict[str, NDArray[Any]]:
    """Degrees and knots as AIS counts them; a boat that lies still has no course."""
    tenths = np.clip(np.rint(sog * 10), 0, 1022).astype(np.int64)
    course = np.rint(cog * 10).astype(np.int64) % 3600
    return {
        "lon": np.rint(lon * 600_000).astype(np.int64),
        "lat": np.rint(lat * 600_000).astype(np.int64),
        "sog": tenths,
        "cog": np.where(tenths <= 3, 3600, course),
    }


def payloads(fields: Columns, layout: tuple[tuple[str, int], ...]) -> Bytes:
    """Rows of 28 armoured characters. A missing field is 0, or what FIXED says."""
    rows = len(fields["mmsi"])
    out = np.empty((rows, BITS // 6), np.uint8)
    for start in range(0, rows, CHUNK):
        part = slice(start, min(rows, start + CHUNK))
        bits = np.zeros((part.stop - start, BITS), np.uint8)
        at = 0
        for name, width in layout:
            if name in fields:
                shifts = np.arange(width - 1, -1, -1)
                bits[:, at : at + width] = (fields[name][part, None] >> shifts) & 1
            elif name in FIXED:
                bits[:, at + width - 1] = FIXED[name]
            at += width
        six = (bits.reshape(-1, BITS // 6, 6) * WEIGHTS).sum(axis=2, dtype=np.uint8)
        out[part] = np.where(six < 40, six + 48, six + 56)
    return out


def lines(payload: Bytes, channel: Bytes, station: str, second: NDArray[np.int64]) -> list[bytes]:
    """Whole lines with their tag blocks, as the receiver of that name passes them on."""
    rows = len(payload)
    tags = np.empty((rows, 5 + len(station) + 10), np.uint8)
    tags[:] = np.frombuffer(f"s:{station},c:0000000000".encode(), np.uint8)
    tags[:, -10:] = second[:, None] // 10 ** np.arange(9, -1, -1) % 10 + 48
    body = np.empty((rows, 13 + payload.shape[1] + 2), np.uint8)
    body[:, :13] = np.frombuffer(b"AIVDM,1,1,,A,", np.uint8)
    body[:, 11] = channel
    body[:, 13:-2] = payload
    body[:, -2:] = np.frombuffer(b",0", np.uint8)
    parts = [_text(rows, b"\\"), tags, _sum(tags), _text(rows, b"\\!"), body, _sum(body)]
    whole = np.concatenate([*parts, _text(rows, b"\r\n")], axis=1)
    width = whole.shape[1]
    data = whole.tobytes()
    return [data[n : n + width] for n in range(0, rows * width, width)]


def _text(rows: int, text: bytes) -> Bytes:
    return np.broadcast_to(np.frombuffer(text, np.uint8), (rows, len(text)))


def _sum(part: Bytes) -> Bytes:
    """`*` and the XOR of a row in two hexadecimal digits."""
    total = np.bitwise_xor.reduce(part, axis=1)
    out = np.full((len(part), 3), ord("*"), np.uint8)
    out[:, 1], out[:, 2] = HEX[total >> 4], HEX[total & 15]
    return out
