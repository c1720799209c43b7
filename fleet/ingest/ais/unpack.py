"""Armoured payloads to field columns: base64 packs the bits, shifts and masks cut the fields.

Invariant: equal, bit for bit, to `scalar.values` of each payload. All is driven by the field table;
the C of `binascii` does the packing, four characters to three bytes.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.bits import ALPHABET, ARMOUR
from fleet.ingest.ais.fields import AUXILIARY, LAYOUTS, Field, Layout, Name
from fleet.ingest.ais.rates import RATES
from fleet.ingest.ais.text import Bytes, Text, chars, table
from fleet.model import Ints, Mask

Column = NDArray[Any]
SHORT, LONG = 32, 80
"""Characters that are looked at: of layouts within one slot, and of the rest."""
ZERO: Final = np.uint8(ord("0"))
ILLEGAL: Final = table(
    {code: 255 for code in range(256) if code not in ALPHABET}
    | {code: value for value, code in enumerate(ALPHABET)}
)
SIEVE: Final = bytes(ARMOUR[code] if code in ALPHABET else ord("-") for code in range(256))
"""As ARMOUR, but what is illegal becomes nothing: base64 leaves it out, and the length tells."""
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
        shift=_column(64 - f.first_bit + 32 * _word(f, layout) - f.width for f in every),
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
    """The 64 bits that hold it begin at 32 times this bit."""
    return word_of(f, LONG if is_long(layout) else SHORT)


def word_of(f: Field, width: int) -> int:
    """The same within so many characters."""
    return min(f.first_bit // 32, (width // 4 * 3 - 8) // 4)


def _column(values: Any) -> Ints:
    return np.array(list(values), np.int64).reshape(-1, 1)


def packed(text: Text, at: Ints, size: Ints, width: int) -> tuple[Bytes, Mask | None]:
    """(n, width * 3/4) bytes of the payloads' bits, zeros behind; and which are illegal, if any."""
    window = text.windows(at, width)
    least = min(int(size.min()), width)  # what all have needs no zeros
    behind = np.arange(least, width, dtype=np.uint8) >= _short(size, width)
    np.copyto(window[:, least:], ZERO, where=behind)
    illegal: Mask | None = None
    bits = _decoded(window.tobytes().translate(SIEVE))
    if len(bits) != len(at) * width // 4 * 3:
        illegal = (ILLEGAL[window] == 255).any(1)
        bits = a2b_base64(window.tobytes().translate(ARMOUR))
    return np.frombuffer(bits, np.uint8).reshape(-1, width // 4 * 3), illegal


def _decoded(base64: bytes) -> bytes:
    try:
        return a2b_base64(base64)
    except Base64Error:  # illegal characters left out, what remains is not by fours
        return b""


def _short(size: Ints, width: int) -> Bytes:
    return np.minimum(size, width).astype(np.uint8)[:, None]


def words(bits: Bytes) -> Ints:
    """(words, n): the 64 bits of each message from each multiple of 32 on."""
    n, width = bits.shape
    count = (width - 8) // 4 + 1
    view = np.ndarray((count, n), ">i8", bits, strides=(4, width))
    return view.astype(np.int64)


def fields(layout: Layout, cut: Ints, bits: Bytes, length: Ints, mmsi: Ints) -> dict[str, Column]:
    """The columns of one layout: of `cut` words and `bits` bytes, which hold it alone."""
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
        codes = raw[b:c]
        values = codes / p.scale
        values[(codes >= p.low) & (codes <= p.high)] = np.nan
        out.update(zip(p.floats, values, strict=True))
    for name, codes in zip(p.rates, raw[c:], strict=True):
        out[name] = RATES[codes]
    for name, first, count in p.texts:
        out[name] = texts(bits, first, count, length)
    return out


def texts(bits: Bytes, first: int, count: int, length: Ints) -> NDArray[np.str_]:
    """Six-bit texts: up to the first `@`, without the blanks at their end."""
    place = first + 6 * np.arange(count)
    pairs = bits[:, place // 8].astype(np.uint16) << 8
    pairs |= bits[:, np.minimum(place // 8 + 1, bits.shape[1] - 1)]
    codes = ((pairs >> (10 - place % 8).astype(np.uint16)) & 63).astype(np.uint8)
    codes *= place + 6 <= length[:, None]
    ended = np.logical_or.accumulate(codes == 0, axis=1)
    letters = np.zeros((len(codes), TEXT), np.uint8)
    letters[:, :count] = LETTER[codes] * ~ended
    inked = np.logical_or.accumulate(((letters != 32) & (letters != 0))[:, ::-1], axis=1)
    return chars(letters * inked[:, ::-1])
