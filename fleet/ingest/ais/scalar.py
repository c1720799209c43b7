"""One message at a time by the field table: what is few, and what the columns are measured by.

Invariant: equal, bit for bit, to what `unpack` makes of the same payloads in columns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from fleet.ingest.ais.bits import Bits
from fleet.ingest.ais.fields import AUXILIARY, LAYOUTS, Field, Layout
from fleet.ingest.ais.rates import RATES

Reader = Callable[[Bits], Any]
NAN = float("nan")
PARTS = {0: LAYOUTS["24A"], 1: LAYOUTS["24B"]}


def layout_of(bits: Bits) -> Layout | None:
    kind = bits.get(0, 6)
    return LAYOUTS.get(kind) if kind != 24 else PARTS.get(bits.get(38, 2))


def values(layout: Layout, bits: Bits, mmsi: int) -> list[Any]:
    """The fields' values, in the order of the table."""
    auxiliary = mmsi // 10_000_000 == AUXILIARY
    return [
        reader(bits) if only in (None, auxiliary) else nothing
        for reader, only, nothing in _readers(layout.name)
    ]


@cache
def _readers(name: int | str) -> tuple[tuple[Reader, bool | None, Any], ...]:
    return tuple((_reader(f), f.auxiliary, _nothing(f)) for f in LAYOUTS[name].fields)


def _nothing(f: Field) -> Any:
    return "" if f.kind == "text" else NAN if f.is_float else 0


def _reader(f: Field) -> Reader:
    first, width, end = f.first_bit, f.width, f.first_bit + f.width
    if f.kind == "text":
        return lambda bits: bits.text(first, width)
    take = Bits.signed if f.kind in ("i", "rot") else Bits.get

    def raw(bits: Bits) -> int:
        return take(bits, first, width) if end <= bits.length else 0

    if f.kind == "rot":
        return lambda bits: float(RATES[raw(bits)])
    return _scaled(f, raw) if f.is_float else raw


def _scaled(f: Field, raw: Callable[[Bits], int]) -> Reader:
    scale, (low, high) = f.scale, f.missing or (1, 0)

    def value(bits: Bits) -> float:
        code = raw(bits)
        return NAN if low <= code <= high else code / scale

    return value
