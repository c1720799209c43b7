"""Values as Signal K writes them: SI units, radians, words; into ours, NaN where there is none.

Source: Signal K specification 1.7, schemas/groups/navigation.json, design.json, communication.json,
and the vessel's own keys (an empty path).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from math import degrees, pi
from typing import Any, Final

from fleet.ingest import clean
from fleet.ingest.decoded import NOWHERE, draught, known
from fleet.ingest.stamps import micros, sane
from fleet.model import NEVER

KNOTS_OF_MPS: Final = 3600 / 1852
"""The international nautical mile is 1852 m."""
STATES: Final = {
    "motoring": 0, "anchored": 1, "not under command": 2, "restricted manouverability": 3,
    "constrained by draft": 4, "moored": 5, "aground": 6, "fishing": 7, "sailing": 8,
    "ais-sart": 14,
}  # fmt: skip
"""`navigation.state` as AIS navigational status."""
MOTION: Final = {
    "navigation.speedOverGround": "sog",
    "navigation.courseOverGroundTrue": "cog",
    "navigation.headingTrue": "heading",
    "navigation.state": "status",
}
WHO: Final = frozenset(
    {
        *("", "name", "communication.callsignVhf", "registrations.imo"),
        *("design.length", "design.beam", "design.draft", "design.aisShipType"),
        "navigation.destination.commonName",
    }
)
NESTED: Final = frozenset({"name", "communication.callsignVhf", "registrations.imo"})
"""Said as parts of the value of the empty path."""
IMO = re.compile(r"(?:IMO ?)?([0-9]{7})")


def moment(value: object) -> int:
    """RFC 3339 as UTC microseconds; NEVER where it is none."""
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
        return sane(micros(time)) if time.tzinfo else NEVER
    except (ValueError, OverflowError):
        return NEVER


def number(value: object) -> float | None:
    """A number of a size that anything here can have."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
        return None
    return float(value)


def knots(value: object) -> float:
    speed = number(value)
    return clean.NAN if speed is None else known(speed * KNOTS_OF_MPS, clean.SOG)


def bearing(value: object) -> float:
    angle = number(value)
    return clean.NAN if angle is None or abs(angle) > 2 * pi + 1e-6 else degrees(angle) % 360


def state(value: object) -> float:
    return STATES.get(value, clean.NAN) if isinstance(value, str) else clean.NAN


UNITS: Final[Mapping[str, Callable[[object], float]]] = dict(
    zip(MOTION, (knots, bearing, bearing, state), strict=True)
)


def position(value: object) -> tuple[float, float] | str:
    """Degrees east and north, NaN where there is none; a reason where it is not one."""
    if value is None:
        return NOWHERE
    if not isinstance(value, dict):
        return "navigation.position: wrong type"
    lon, lat = number(value.get("longitude")), number(value.get("latitude"))
    if lon is None or lat is None:
        return "navigation.position: wrong type"
    return clean.position(lon, lat) or "position out of range"


def nested(whole: Mapping[str, Any], path: str) -> object:
    """What stands at a path within the value of the empty one."""
    found: Any = whole
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def identified(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """What a path says of who the vessel is, as fields of `Who`."""
    whole = value if isinstance(value, Mapping) else {}
    size = number(whole.get("overall")) if whole else number(value)
    if path == "":
        for key in WHO & NESTED:
            yield from identified(key, nested(whole, key))
    elif path in ("name", "navigation.destination.commonName") and isinstance(value, str):
        yield ("name" if path == "name" else "destination"), value[:100]
    elif path == "communication.callsignVhf" and isinstance(value, str):
        yield "callsign", value[:20]
    elif path == "registrations.imo" and isinstance(value, str) and (n := IMO.fullmatch(value)):
        yield "imo", int(n[1])
    elif path in ("design.length", "design.beam") and size and 0 < size < 1000:
        yield ("length_m" if path == "design.length" else "beam_m"), size
    elif path == "design.draft":
        deep = number(whole.get("current")) or number(whole.get("maximum")) or 0.0
        yield "draught_m", draught(deep)
    elif path == "design.aisShipType":
        code = number(whole.get("id")) if whole else number(value)
        yield "ship_type", int(code) if code is not None and 0 <= code <= 255 else -1
