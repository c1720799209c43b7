"""Times of the two files: RFC 3339 text in UTC, or microseconds since 1970; inside, seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def seconds(value: Any) -> float:
    """Seconds since 1970, UTC. A time without an offset is UTC."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"no time: {value!r}")
    if isinstance(value, int | float):
        return value / 1e6
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def perhaps(value: Any) -> float | None:
    return None if value is None else seconds(value)


def text(t: float) -> str:
    """To the millisecond, with Z."""
    at = datetime.fromtimestamp(round(t, 3), UTC)
    return at.isoformat(timespec="milliseconds").replace(".000", "").replace("+00:00", "Z")
