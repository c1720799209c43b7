"""Armoured payloads to field columns: many characters at a time, shifts and masks cut the fields.

Invariant: equal, bit for bit, to `scalar.values` of each payload. All is driven by the field table.
A character is six bits, four of them a unit of 24, two units a word: every field lies in a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.bits import ALPHABET
from fleet.ingest.ais.fields import AUXILIARY, LAYOUTS, Field, Layout, Name
from fleet.ingest.ais.rates import RATES
from fleet.ingest.ais.text import Bytes, Text, blank_behind, chars, table
from fleet.model import Ints, Mask

Column = NDArray[Any]
SHORT, LONG = 32, 80
"""Characters that are looked at: of layouts within one slot, and of the rest."""
UNIT, WORD = 24, 48
"""Bits of four characters, and of the two units that make a word."""
ILLEGAL: Final = table(
    {code: 255 for code in range(256) if code not in ALPHABET}
    | {code: value for value, code in enumerate(ALPHABET)}
)
"""Six bits by armoured character; 255 where it is none."""
ZERO: Final = np.uint8(ord("0"))
ZEROS: Final = np.uint64(0x0101010101010101 * ord("0"))
HIGHEST: Final = ord("w") - ord("0")
LOW_HALF: Final = 39  #: "W", the last before the gap of eight characters that are none
GAP, EIGHTS = np.uint8(40), np.uint8(0xF8)
LETTER: Final = np.array([code + 64 if code < 32 else code for code in range(64)], np.uint8)
"""Six-bit text as ASCII (M.1371-5, Table 47); code 0, `@`, ends it."""
TEXT: Final = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How the fields of one layout are cut out of its words: a row a field."""

    ints: tuple[str, ...]
    flags: tuple[str, ...]
    floats: tuple[str, ...]
    rates: tuple[str, ...]
    word: Ints  #: of ints, flags, floats and rates, in this order
    shift: Ints
    mask: Ints
    sign: Ints
    scale: NDArray[np.float64]  #: of the floats
    low: Ints
    high: Ints
    late: tuple[tuple[int, int], ...]  #: rows that a message of the least length lacks, their end
    only: tuple[tuple[int, bool], ...]  #: rows that auxiliary craft alone send, or do not
    texts: tuple[tuple[str, int, int], ...]  #: name, first bit, characters


@cache
def plan(name: Name) -> Plan:
    layout = LAYOUTS[name]
    groups: tuple[list[Field], ...] = ([], [], [], [])
    for f in layout.fields:
        if f.kind != "text":
            groups[3 if f.kind == "rot" else 2 if f.is_float else f.kind == "bool"].append(f)
    ints, flags, floats, rates = groups
    every = [*ints, *flags, *floats, *rates]
    least = layout.bits[0]
    return Plan(
        ints=tuple(f.name for f in ints),
        flags=tuple(f.name for f in flags),
        floats=tuple(f.name for f in floats),
        rates=tuple(f.name for f in rates),
        word=np.array([_word(f, layout) for f in every], np.int64),
        shift=_column(WORD - f.first_bit + UNIT * _word(f, layout) - f.width for f in every),
        mask=_column((1 << f.width) - 1 for f in every),
        sign=_column(1 << (f.width - 1) if f.kind in ("i", "rot") else 0 for f in every),
        scale=np.array([[float(f.scale)] for f in floats]).reshape(-1, 1),
        low=_column((f.missing or (1, 0))[0] for f in floats),
        high=_column((f.missing or (1, 0))[1] for f in floats),
        late=tuple(
            (i, f.first_bit + f.width)
            for i, f in enumerate(every)
            if f.first_bit + f.width > least
        ),
        only=tuple((i, f.auxiliary) for i, f in enumerate(every) if f.auxiliary is not None),
        texts=tuple((f.name, f.first_bit, f.width // 6) for f in layout.fields if f.kind == "text"),
    )  # fmt: skip


def is_long(layout: Layout) -> bool:
    """Its fields do not lie within SHORT characters."""
    return max(f.first_bit + f.width for f in layout.fields) > 6 * SHORT


def _word(f: Field, layout: Layout) -> int:
    """The word that holds it begins at so many units."""
    return word_of(f, LONG if is_long(layout) else SHORT)


def word_of(f: Field, width: int) -> int:
    """The same within so many characters."""
    first = min(f.first_bit // UNIT, width // 4 - 2)
    assert f.first_bit + f.width <= UNIT * first + WORD, f"{f.name} does not lie in one word"
    return first


def _column(values: Any) -> Ints:
    return np.array(list(values), np.int64).reshape(-1, 1)


def sixes(text: Text, at: Ints, size: Ints, width: int) -> tuple[Bytes, Mask | None]:
    """(n, width) six bits of each character, 0 behind the last; and which are illegal, if any."""
    codes = text.windows(at, width)
    eight = codes.view("<u8")
    eight ^= ZEROS
    blank_behind(codes, size)
    eight ^= ZEROS
    codes -= ZERO
    gap = codes & EIGHTS == GAP
    illegal: Mask | None = None
    if gap.any() or codes.max() > HIGHEST:
        illegal = (gap | (codes > HIGHEST)).any(1)
    codes -= (codes > LOW_HALF).view(np.uint8) << 3
    return codes, illegal


def words(codes: Bytes) -> Ints:
    """(words, n): the 48 bits of each message from each unit on."""
    two = codes.view("<u2")
    pairs = two << 6
    pairs &= 0xFC0
    pairs |= two >> 8
    four = pairs.view("<u4")
    units = four << 12
    units &= 0xFFF000
    units |= four >> 16
    turned = units.T.astype(np.int64)
    out = turned[:-1] << UNIT
    out |= turned[1:]
    return out


def fields(layout: Layout, cut: Ints, codes: Bytes, length: Ints, mmsi: Ints) -> dict[str, Column]:
    """The columns of one layout: of `cut` words and of `codes`, which hold it alone."""
    p = plan(layout.name)
    raw = cut[p.word]
    raw >>= p.shift
    raw &= p.mask
    for row, end in p.late:
        raw[row] *= length >= end
    for row, auxiliary in p.only:
        raw[row] *= (mmsi // 10_000_000 == AUXILIARY) == auxiliary
    raw ^= p.sign
    raw -= p.sign
    a, b = len(p.ints), len(p.ints) + len(p.flags)
    c = b + len(p.floats)
    out: dict[str, Column] = dict(zip(p.ints, raw[:a], strict=True))
    out.update(zip(p.flags, raw[a:b].astype(np.bool_), strict=True))
    if c > b:
        told = raw[b:c]
        values = told / p.scale
        values[(told >= p.low) & (told <= p.high)] = np.nan
        out.update(zip(p.floats, values, strict=True))
    for name, turn in zip(p.rates, raw[c:], strict=True):
        out[name] = RATES[turn]
    for name, first, count in p.texts:
        out[name] = texts(codes, first, count, length)
    return out


def texts(codes: Bytes, first: int, count: int, length: Ints) -> NDArray[np.str_]:
    """Six-bit texts: up to the first `@`, without the blanks at their end."""
    at, shift = divmod(first, 6)
    some: NDArray[Any] = codes[:, at : at + count]
    if shift:
        some = (some << shift | codes[:, at + 1 : at + count + 1] >> 6 - shift) & 63
    some = some * ((length - first) // 6 > np.arange(count)[:, None]).T
    return letters(some)


def letters(codes: Bytes) -> NDArray[np.str_]:
    """Texts of up to TEXT six-bit codes each."""
    n, count = codes.shape
    ended = np.logical_or.accumulate(codes == 0, axis=1)
    out = np.zeros((n, TEXT), np.uint8)
    out[:, :count] = LETTER[codes] * ~ended
    inked = np.logical_or.accumulate(((out != 32) & (out != 0))[:, ::-1], axis=1)
    return chars(out * inked[:, ::-1])
