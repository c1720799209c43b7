"""The bytes of the live stream: 20-byte records behind a 16-byte header, and JSON text frames.

The WebSocket and its HTTP fallback send the same bytes because they call the same functions.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from fleet.api.schemas.alerts import Alert, Order
from fleet.api.schemas.base import Actor
from fleet.model import SECOND, Flag
from fleet.store.reads import Row, Rows

DELTA, SNAPSHOT = 0x46573031, 0x46573053
HEADER = struct.Struct("<IIII")  # magic, tick low, tick high, count
UNKNOWN, OLDEST = 65535, 65535
RECORD = np.dtype(
    [
        ("vessel", "<u4"),
        ("lon", "<i4"),  # 1e-6 degrees
        ("lat", "<i4"),
        ("cog", "<u2"),  # 0.1 degrees
        ("sog", "<u2"),  # 0.1 knots
        ("age", "<u2"),  # seconds since the fix
        ("cls", "u1"),
        ("flags", "u1"),
    ]
)
IN_PORT, ODD, REGISTERED, OWN = 1, 2, 4, 8
Records = NDArray[Any]


def records(rows: Rows) -> Records:
    """Rows of vessel_latest as records; age is filled in when they are sent."""
    out = np.zeros(len(rows), RECORD)
    if not rows:
        return out
    out["vessel"] = [r["vessel"] for r in rows]
    out["lon"] = np.rint(np.array([r["lon"] for r in rows]) * 1e6)
    out["lat"] = np.rint(np.array([r["lat"] for r in rows]) * 1e6)
    out["cog"] = _tenths([r["cog"] for r in rows], 3600)
    out["sog"] = _tenths([r["sog"] for r in rows], UNKNOWN)
    out["cls"] = [r["class"] for r in rows]
    out["flags"] = [_flags(r) for r in rows]
    return out


def _tenths(values: list[float], modulus: int) -> NDArray[np.int64]:
    """Tenths of a unit; what is not known or cannot be is UNKNOWN."""
    x = np.array(values, np.float64)
    known = np.isfinite(x) & (x >= 0) & (x < 6553.5)
    tenths = np.rint(np.where(known, x, 0) * 10).astype(np.int64)
    return np.where(known, tenths % modulus, UNKNOWN)


def _flags(row: Row) -> int:
    flags = Flag(row["flags"])
    return (
        (IN_PORT if flags & Flag.IN_PORT else 0)
        | (ODD if flags & (Flag.LATE | Flag.SKEWED) else 0)
        | (REGISTERED if row["registered"] else 0)
    )


def fleet(kept: Records, t: NDArray[np.int64], tick: int, now: int, *, snapshot: bool) -> bytes:
    """One binary frame; `t` are the records' fix times, `now` makes them ages."""
    sent = kept.copy()
    sent["age"] = np.clip((now - t) // SECOND, 0, OLDEST)
    magic = SNAPSHOT if snapshot else DELTA
    return HEADER.pack(magic, tick & 0xFFFFFFFF, tick >> 32, len(sent)) + sent.tobytes()


def text(**frame: Any) -> str:
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z).decode()


def event(row: Row, alerts: Mapping[int, Row]) -> dict[str, Any]:
    """One thing that happened, with the present state of what it happened to."""
    frame: dict[str, Any] = {"type": "event", **{k: row[k] for k in ("seq", "at", "act", "reason")}}
    frame["actor"] = None
    if row["actor"] is not None:
        frame["actor"] = Actor(id=row["actor"], name=row["actor_name"] or "").model_dump()
    about = alerts.get(row["alert"])
    if about is not None:
        frame |= {"type": "alert", "alert": Alert.of(about).model_dump(mode="json")}
        if row["work_order"] is not None and about["order_id"] == row["work_order"]:
            frame |= {"type": "order", "order": Order.of(about).model_dump(mode="json")}
    return frame
