"""How the text of a cell becomes a value. Each reader raises ValueError saying what it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from fleet.model import IdentityKind, VesselClass
from fleet.settings import hint

Reader: TypeAlias = Callable[[str], Any]

TRUE = {"true", "1", "yes", "y", "是", "√"}
FALSE = {"false", "0", "no", "n", "否", "×"}
CLASSES = {
    "fishing": VesselClass.FISHING,
    "渔船": VesselClass.FISHING,
    "merchant": VesselClass.MERCHANT,
    "商船": VesselClass.MERCHANT,
    "货船": VesselClass.MERCHANT,
    "passenger": VesselClass.PASSENGER,
    "客船": VesselClass.PASSENGER,
    "service": VesselClass.SERVICE,
    "公务船": VesselClass.SERVICE,
    "pleasure": VesselClass.PLEASURE,
    "游艇": VesselClass.PLEASURE,
}
MMSI = re.compile(r"[2-9]\d{8}")
PHONE = re.compile(r"\+?[\d() -]{5,20}")
CODE = re.compile(r"[^\s\x00-\x1f]{1,64}")
SEPARATORS = re.compile(r"[;,；、，]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def text(cell: str) -> str:
    if CONTROL.search(cell):
        raise ValueError("holds line ends or control characters")
    if len(cell) > 200:
        raise ValueError("is longer than 200 characters")
    return cell


def code(cell: str) -> str:
    if not CODE.fullmatch(cell):
        raise ValueError("must be 1 to 64 characters without spaces")
    return cell


def phone(cell: str) -> str:
    if not PHONE.fullmatch(cell):
        raise ValueError("is no telephone number")
    return cell


def boolean(cell: str) -> bool:
    if cell.lower() not in TRUE | FALSE:
        raise ValueError("must be yes or no (是 or 否)")
    return cell.lower() in TRUE


def names(cell: str) -> list[str]:
    return [text(part.strip()) for part in SEPARATORS.split(cell) if part.strip()]


def integer(low: int, high: int) -> Reader:
    return _between(int, "must be a whole number", low, high)


def number(low: float, high: float) -> Reader:
    return _between(float, "must be a number", low, high)


def _between(kind: type[int | float], wanted: str, low: float, high: float) -> Reader:
    def read(cell: str) -> float:
        try:
            value = kind(cell.replace("_", "?"))  # 1_000 is no number to people
        except ValueError:
            raise ValueError(wanted) from None
        if not low <= value <= high:
            raise ValueError(f"must be between {low} and {high}")
        return value

    return read


def one_of(known: Mapping[str, Any] | Sequence[str]) -> Reader:
    table = known if isinstance(known, Mapping) else {k: k for k in known}

    def read(cell: str) -> Any:
        found = table.get(cell, table.get(cell.lower()))
        if found is None:
            raise ValueError(f"must be one of {', '.join(table)}{hint(cell, table)}")
        return found

    return read


def vessel_class(cell: str) -> int:
    found: int = one_of(CLASSES)(cell)
    return int(found)


def identity(kind: str, value: str) -> str:
    """The value of an identity, checked for its kind and spelt one way."""
    match IdentityKind(kind):
        case IdentityKind.MMSI:
            if not MMSI.fullmatch(value):
                raise ValueError("an MMSI has nine digits and starts with 2 to 9")
            return value
        case IdentityKind.CALLSIGN:
            return code(value.replace(" ", "").upper())
        case _:
            return code(value)


def instant(zone: ZoneInfo) -> Reader:
    """A time with its offset, or in the port's own zone."""

    def read(cell: str) -> datetime:
        try:
            at = datetime.fromisoformat(cell.replace("/", "-"))
            at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError("must be a time such as 2026-05-01 12:00") from None
        if not EARLIEST <= at <= LATEST:
            raise ValueError("is no time of this age")
        return at

    return read
