"""One cell of a VMS table: an angle, a time, a speed, an identity; or the reason why it is none.

A reason is one of a closed set of words. Full-width digits and signs are read as ordinary ones.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple
from unicodedata import normalize

from fleet.ingest import clean
from fleet.ingest.stamps import micros, sane, unix_time
from fleet.model import HOUR, NEVER


class WrongError(ValueError):
    """A cell that cannot be read; its text is the reason."""


def plain(cell: str) -> str:
    """Without what spreadsheets put around a number to keep it as text: '123, ="123"."""
    text = normalize("NFKC", cell).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("'").strip()


# Angles

HEMISPHERES: Final = {
    "e": 1, "东经": 1, "东": 1, "w": -1, "西经": -1, "西": -1,
    "n": 1, "北纬": 1, "北": 1, "s": -1, "南纬": -1, "南": -1,
}  # fmt: skip
SIDE = "|".join(HEMISPHERES)
ANGLE = re.compile(
    rf"(?P<before>{SIDE})?\s*(?P<sign>[+-])?\s*"
    r"(?P<degrees>\d{1,3}(?:\.\d*)?)\s*(?:[°º度:\s-]\s*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d*)?)\s*(?:['′’‘分:\s-]\s*"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d*)?)\s*(?:[\"″”秒]|'{2}|′{2})?)?)?)?)?\s*"
    rf"(?P<after>{SIDE})?",
    re.IGNORECASE | re.ASCII,
)
NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d{1,2})?|[+-]?\.\d+", re.ASCII)

SCALES: Final = {
    "1e-6deg": 1e-6,
    "1e-7deg": 1e-7,
    "1/10000min": 1 / 600_000,
    "1/1000min": 1 / 60_000,
}
POSITION_UNITS: Final = ("deg", "ddmm", *SCALES)
"""`deg`: decimal degrees, or degrees, minutes and seconds. `ddmm`: 10930.255, as NMEA 0183 has it.
The others are whole numbers of so much."""


def angle(cell: str, unit: str, limit: float) -> float:
    """Degrees, east and north positive, at most `limit` either way. Raises WrongError."""
    text = plain(cell)
    if not text:
        raise WrongError("missing")
    value = _degrees(text) if unit == "deg" else _scaled(text, unit)
    if abs(value) > limit:
        raise WrongError("out of range")
    return value


def _degrees(text: str) -> float:
    found = ANGLE.fullmatch(text)
    if found is None:
        raise WrongError("not an angle")
    degrees, minutes, seconds = (found[part] or "0" for part in ("degrees", "minutes", "seconds"))
    whole = found["minutes"] is None or "." not in degrees
    whole &= found["seconds"] is None or "." not in minutes
    if not whole or float(minutes) >= 60 or float(seconds) >= 60:
        raise WrongError("not an angle")
    value = float(degrees) + float(minutes) / 60 + float(seconds) / 3600
    return value * _sign(found)


def _sign(found: re.Match[str]) -> int:
    sides = [found[part].lower() for part in ("before", "after") if found[part]]
    if len(sides) > 1 or (sides and found["sign"]):
        raise WrongError("not an angle")
    return HEMISPHERES[sides[0]] if sides else -1 if found["sign"] == "-" else 1


def _scaled(text: str, unit: str) -> float:
    value = number(text)
    if unit in SCALES:
        return value * SCALES[unit]
    degrees, minutes = divmod(abs(value), 100)
    if minutes >= 60:
        raise WrongError("not an angle")
    return (degrees + minutes / 60) * (-1 if value < 0 else 1)


def number(cell: str) -> float:
    """Raises WrongError where it is none."""
    text = plain(cell)
    if NUMBER.fullmatch(text) is None:
        raise WrongError("not a number")
    return float(text)


# Motion

SPEED_UNITS: Final = {
    "kn": 1.0, "kt": 1.0, "kts": 1.0, "knot": 1.0, "knots": 1.0, "节": 1.0,
    "km/h": 1 / 1.852, "kmh": 1 / 1.852, "kph": 1 / 1.852, "公里/小时": 1 / 1.852,
    "公里/时": 1 / 1.852, "千米/小时": 1 / 1.852, "千米/时": 1 / 1.852,
    "m/s": 3.6 / 1.852, "mps": 3.6 / 1.852, "米/秒": 3.6 / 1.852,
    "0.1kn": 0.1, "0.1节": 0.1, "0.1km/h": 0.1 / 1.852,
}  # fmt: skip
"""What a header or a setting may call the unit -> knots (1 knot = 1.852 km/h, ISO 80000-3)."""
FASTEST_KN: Final = 150.0


def speed(cell: str, unit: str) -> float:
    """Knots; NaN where nothing stands there."""
    if not plain(cell):
        return clean.NAN
    value = number(cell) * SPEED_UNITS[unit]
    if not 0 <= value <= FASTEST_KN:
        raise WrongError("out of range")
    return value


def course(cell: str) -> float:
    """Degrees below 360; NaN where nothing stands there."""
    text = plain(cell).rstrip("°º度").strip()
    if not text:
        return clean.NAN
    value = number(text)
    if not 0 <= value <= 360:
        raise WrongError("out of range")
    return value % 360


# Times

DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
CLOCK = r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,9}))?秒?)?分?"
ZONE = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
MOMENT = re.compile(rf"{DATE}(?:T|\s*){CLOCK}\s*{ZONE}", re.IGNORECASE | re.ASCII)
RUN = re.compile(r"(\d{4})(\d\d)(\d\d)T?\s*(\d\d)(\d\d)(\d\d)?", re.ASCII)
UNIX = re.compile(r"\d{10}|\d{13}", re.ASCII)


class Parts(NamedTuple):
    """A time as written; `zone` "" where none stands there."""

    fields: tuple[int, ...]
    fraction: str = ""
    zone: str = ""


def moment(cell: str, offset_h: float) -> int:
    """UTC microseconds. Local time `offset_h` hours ahead of UTC, unless an offset stands there.

    Unix seconds and milliseconds are read as well. Raises WrongError.
    """
    text = plain(cell)
    if not text:
        raise WrongError("missing")
    time = unix_time(text.encode()) if UNIX.fullmatch(text) else _local(_parts(text), offset_h)
    if time == NEVER:
        raise WrongError("not a time")
    return time


def _parts(text: str) -> Parts:
    if found := MOMENT.fullmatch(text):
        fields = tuple(int(found[i] or 0) for i in range(1, 7))
        return Parts(fields, found[7] or "", found[8] or "")
    if found := RUN.fullmatch(text):
        return Parts(tuple(int(found[i] or 0) for i in range(1, 7)))
    raise WrongError("not a time")


def _local(parts: Parts, offset_h: float) -> int:
    year, month, day, hour, minute, second = parts.fields
    fraction = int(parts.fraction[:6].ljust(6, "0"))
    try:
        at = datetime(year, month, day, hour, minute, second, fraction, UTC)
    except ValueError:
        return NEVER
    return sane(micros(at) - round((_offset_h(parts.zone) if parts.zone else offset_h) * HOUR))


def _offset_h(zone: str) -> float:
    if zone[0] not in "+-":
        return 0.0
    digits = zone[1:].replace(":", "")
    hours = int(digits[:2]) + int(digits[2:]) / 60
    return -hours if zone[0] == "-" else hours


# Identities

NINE = re.compile(r"(\d{9})(?:\.0*)?", re.ASCII)
NAME = re.compile(r"[^\s/+#\x00-\x1f\x7f]{1,64}")


def mmsi(cell: str) -> int:
    """Nine digits; a spreadsheet may have written them as a decimal. Raises WrongError."""
    text = plain(cell)
    found = NINE.fullmatch(text)
    if found is None or not clean.valid_mmsi(int(found[1])):
        raise WrongError("not nine digits" if text else "missing")
    return int(found[1])


def name(cell: str) -> str:
    """The number of a card or terminal, or a call sign, as text. Raises WrongError."""
    text = plain(cell)
    if NAME.fullmatch(text) is None:
        raise WrongError("not an identifier" if text else "missing")
    return text
