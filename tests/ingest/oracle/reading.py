"""The oracle's decoder: one message, bit by bit, from the tables of the standard.

A parameter that is not wholly within the bits is not there: nothing is ever made up of zeros.
"""

from __future__ import annotations

from fractions import Fraction

from tests.ingest.oracle.bits import to_number, to_text
from tests.ingest.oracle.tables import (
    AUXILIARY,
    HEAD,
    MOST_EXTENSION,
    TABLES,
    Parameter,
    length,
)

Value = int | float | str | bool | None
"""None: the sender says "not available", or the value is one that cannot be."""

NO_TURN_INDICATOR = 127
LIMITS: dict[str, Fraction | int] = {
    "lon": 180,
    "lat": 90,
    "cog": Fraction(3599, 10),
    "heading": 359,
}
"""Beyond these a raw value is none of the standard's ("should not be used")."""


def layout(bits: str) -> int | str | None:
    """Which table the bits are written by; None where they are none of those read here."""
    if len(bits) < length(HEAD):
        return None
    kind = to_number(bits[:6])
    if kind != 24:
        return kind if kind in TABLES else None
    part = bits[38:40]
    return {"00": "24A", "01": "24B"}.get(part)


def table(bits: str) -> tuple[Parameter, ...]:
    name = layout(bits)
    if name is None:
        return HEAD
    mmsi = to_number(bits[8:38])
    if name == "24B" and 980_000_000 <= mmsi <= 989_999_999:
        return AUXILIARY
    return TABLES[name]


def raw(bits: str) -> dict[str, int]:
    """Each parameter that is wholly there, as the integer of its bits."""
    out, at = {}, 0
    for row in table(bits):
        if row.kind not in ("spare", "text") and at + row.bits <= len(bits):
            out[row.name] = to_number(bits[at : at + row.bits], signed=row.signed)
        at += row.bits
    return out


def read(bits: str) -> dict[str, Value]:
    """Each parameter that is wholly there, in its unit; texts as far as they are there."""
    out: dict[str, Value] = {}
    at = 0
    for row in table(bits):
        piece = bits[at : at + row.bits]
        at += row.bits
        if row.kind == "text" and len(piece) >= 6:
            out[row.name] = to_text(piece)
        elif row.kind not in ("spare", "text") and len(piece) == row.bits:
            out[row.name] = value(row, to_number(piece, signed=row.signed))
    if layout(bits) == 21:
        out["extension"] = to_text(bits[272 : 272 + 6 * MOST_EXTENSION])
        out["full_name"] = full_name(bits)
    return out


def value(row: Parameter, number: int) -> Value:
    if row.kind == "flag":
        return number == 1
    if row.kind == "code":
        return number
    if row.kind == "rot":
        return rate_of_turn(number)
    exact = Fraction(number, row.per_unit)
    if number == row.missing or abs(exact) > LIMITS.get(row.name, abs(number)):
        return None
    return float(exact)


def rate_of_turn(number: int) -> float | None:
    """Degrees a minute, to starboard positive: ROT_AIS = 4.733 sqrt(ROT sensor) (Table 48)."""
    if abs(number) >= NO_TURN_INDICATOR:
        return None
    rate = float((Fraction(number * 1000, 4733)) ** 2)
    return -rate if number < 0 else rate


def full_name(bits: str) -> str:
    """Name and extension of an aid: one string of up to 34 characters, cut at its first `@`."""
    name, extension = bits[43:163], bits[272 : 272 + 6 * MOST_EXTENSION]
    return to_text(name + extension)
