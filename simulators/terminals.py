"""Position terminals aboard (Beidou/4G): native JSON v1, stored and forwarded where no network is.

A fix keeps the time it was taken; what could not be sent waits and goes as one array.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from simulators import geo
from simulators.geo import HOUR, MINUTE, Motion
from simulators.register import Boat

TOPIC = "fleet/v1/terminals/{}/report"
HOLES_EVERY = 6 * HOUR
HOLE_SHARE = 0.06  #: of these spells have a hole in the network's coverage


def topic(terminal: str) -> str:
    return TOPIC.format(terminal)


def body(seed: int, boat: Boat, m: Motion, t: float, *, sos: bool = False) -> dict[str, Any]:
    """One report, as in the JSON Schema of the service."""
    external = boat.length_m >= 12
    report: dict[str, Any] = {
        "v": 1,
        "terminal": boat.terminal,
        "t": datetime.fromtimestamp(int(t), UTC).isoformat().replace("+00:00", "Z"),
        "lon": round(m.lon, 6),
        "lat": round(m.lat, 6),
        "sog_kn": round(m.sog, 1),
        "battery_pct": battery(seed, boat, t),
        "power": "external" if external else "battery",
    }
    if m.sog > 0.3:
        report["cog_deg"] = round(m.cog, 1) % 360
    if sos:
        report["sos"] = True
    return report


def battery(seed: int, boat: Boat, t: float) -> int:
    """Small boats charge by day and drain by night; the others hang on the ship's power."""
    if boat.length_m >= 12:
        return 100
    low = _drained(seed, boat.terminal)
    hour = (t / HOUR + 8) % 24
    full = abs(((hour - 6) % 24) / 12 - 1)  # 1 at 06:00 before charging, 0 at 18:00
    return round(100 - (100 - low) * full)


def due(seed: int, boat: Boat, t: float) -> float:
    """When the report of time t can be sent: at once, or at the end of a hole in the network."""
    start, end = _hole(seed, boat.terminal, t // HOLES_EVERY)
    return end if start <= t < end else t


@lru_cache(maxsize=4096)
def _drained(seed: int, terminal: str) -> float:
    return geo.chance(seed, terminal, "battery").uniform(30, 70)


@lru_cache(maxsize=4096)
def _hole(seed: int, terminal: str, spell: float) -> tuple[float, float]:
    rng = geo.chance(seed, terminal, "hole", spell)
    if rng.random() >= HOLE_SHARE:
        return 0.0, 0.0
    start = spell * HOLES_EVERY + rng.uniform(0, HOLES_EVERY - 30 * MINUTE)
    return start, start + rng.uniform(6, 18) * MINUTE
