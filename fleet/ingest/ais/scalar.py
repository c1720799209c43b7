"""One message at a time by the field table: what is few, and what the columns are measured by.

Invariant: equal, bit for bit, to what `unpack` makes of the same payloads in columns.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

from fleet.ingest.ais.bits import Bits
from fleet.ingest.ais.fields import AUXILIARY, LAYOUTS, Field, Layout, Name
from fleet.ingest.ais.rates import RATES

NAN: Final = float("nan")
PARTS: Final = {0: LAYOUTS["24A"], 1: LAYOUTS["24B"]}
CODE, FLOAT, RATE, TEXT = range(4)
RATE_OF: Final = RATES.tolist()


class Cut(NamedTuple):
    """How one field is cut out of a message of `Cuts.bits` bits."""

    what: int
    shift: int
    mask: int
    sign: int
    scale: int
    low: int
    high: int
    first: int
    end: int
    only: bool | None


class Cuts(NamedTuple):
    bits: int
    fields: tuple[Cut, ...]


def layout_of(bits: Bits) -> Layout | None:
    kind = bits.get(0, 6)
    return LAYOUTS.get(kind) if kind != 24 else PARTS.get(bits.get(38, 2))


def values(layout: Layout, bits: Bits, mmsi: int) -> list[Any]:
    """The fields' values, in the order of the table."""
    size, fields = _cuts(layout.name)
    length = bits.length
    whole = bits.value << size - length if length < size else bits.value >> length - size
    auxiliary = mmsi // 10_000_000 == AUXILIARY
    out: list[Any] = []
    for what, shift, mask, sign, scale, low, high, first, end, only in fields:
        if what == TEXT:
            out.append(bits.text(first, end - first))
            continue
        there = end <= length and (only is None or only is auxiliary)
        code = ((whole >> shift & mask) ^ sign) - sign if there else 0
        if what == CODE:
            out.append(code)
        elif what == FLOAT:
            out.append(NAN if low <= code <= high else code / scale)
        else:
            out.append(RATE_OF[code])
    return out


@cache
def _cuts(name: Name) -> Cuts:
    fields = LAYOUTS[name].fields
    size = max(f.first_bit + f.width for f in fields)
    return Cuts(size, tuple(_cut(f, size) for f in fields))


def _cut(f: Field, size: int) -> Cut:
    end = f.first_bit + f.width
    what = TEXT if f.kind == "text" else RATE if f.kind == "rot" else FLOAT if f.scale else CODE
    sign = 1 << (f.width - 1) if f.kind in ("i", "rot") else 0
    low, high = f.missing or (1, 0)
    mask = (1 << f.width) - 1
    return Cut(what, size - end, mask, sign, f.scale, low, high, f.first_bit, end, f.auxiliary)
