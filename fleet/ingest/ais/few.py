"""The fields of few messages of many layouts at once: a row a message, a slot a field.

For small pieces the number of NumPy calls is the cost, so that all layouts share them: each row
takes its shifts and masks by its layout. Invariant: equal, bit for bit, to `unpack.fields`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.fields import AUXILIARY, LAYOUTS, Field, Layout
from fleet.ingest.ais.moments import TIMELESS
from fleet.ingest.ais.rates import RATES
from fleet.ingest.ais.text import Bytes
from fleet.ingest.ais.unpack import LONG, TEXT, UNIT, WORD, Plan, letters, plan, word_of
from fleet.ingest.clean import NO_SECOND
from fleet.model import Floats, Ints

FEW: Final = 1024
"""Up to so many messages; more are cheaper layout by layout."""
PLANS: Final = [plan(name) for name in LAYOUTS]
FLOATS: Final = max(len(p.floats) for p in PLANS)
CODES: Final = 1 + max(len(p.ints) + len(p.flags) + len(p.rates) for p in PLANS)
SLOTS: Final = CODES + FLOATS
TEXTS: Final = max(len(p.texts) for p in PLANS)
NOWHERE: Final = 6 * LONG
"""A bit that no message has."""


class Slots:
    """Where the fields of a layout are: integers, flags and rates first, then the floats.

    The second is always the first of all, longitude and latitude the first two of the floats.
    """

    def __init__(self, layout: Layout, p: Plan) -> None:
        named = {f.name: f for f in layout.fields}
        codes = [name for name in (*p.ints, *p.flags, *p.rates) if name != "second"]
        floats = sorted(p.floats, key=lambda name: ("lon", "lat", name).index(name))
        self.of = {name: slot for slot, name in enumerate(codes, 1)}
        self.of |= {name: CODES + slot for slot, name in enumerate(floats)}
        self.of |= {"second": 0} if "second" in named else {}
        self.texts = {name: slot for slot, (name, _, _) in enumerate(p.texts)}
        self.flags, self.rates = frozenset(p.flags), frozenset(p.rates)
        self.names = tuple(named)
        self.fields: list[Field | None] = [None] * SLOTS
        for name, slot in self.of.items():
            self.fields[slot] = named[name]

    def column(self, value: Any, empty: int) -> list[int]:
        return [empty if f is None else value(f) for f in self.fields]


ALL: Final = [Slots(layout, p) for layout, p in zip(LAYOUTS.values(), PLANS, strict=True)]


def _stacked(value: Any, empty: int = 0) -> Ints:
    return np.array([slots.column(value, empty) for slots in ALL], np.int64)


def _word(f: Field) -> int:
    return word_of(f, LONG)


WORDS: Final = _stacked(_word)
SHIFT: Final = _stacked(lambda f: WORD - f.first_bit + UNIT * _word(f) - f.width)
MASK: Final = _stacked(lambda f: (1 << f.width) - 1)
SIGN: Final = _stacked(lambda f: 1 << (f.width - 1) if f.kind in ("i", "rot") else 0)
END: Final = _stacked(lambda f: f.first_bit + f.width)
KEPT: Final = np.stack(
    [_stacked(lambda f: f.auxiliary is not True), _stacked(lambda f: f.auxiliary is not False)]
)
"""By whether the sender is an auxiliary craft."""
WHOLE: Final = END.max(1)
"""Bits of a message that lacks no field."""
SHARED: Final = np.array([any(f.auxiliary is not None for f in x.fields) for x in LAYOUTS.values()])
"""Layouts with a field that auxiliary craft alone send, or do not."""
SCALE: Final[Floats] = np.maximum(_stacked(lambda f: f.scale), 1)[:, CODES:].astype(np.float64)
LOW: Final = _stacked(lambda f: (f.missing or (1, 0))[0])[:, CODES:]
HIGH: Final = _stacked(lambda f: (f.missing or (1, 0))[1])[:, CODES:]
TELLS: Final = np.array(
    [0 if "second" in s.of else NO_SECOND if "lon" in s.of else TIMELESS for s in ALL]
)
"""What stands for the second of layouts that have none."""
PLACE: Final = np.full((len(PLANS), TEXTS, TEXT), NOWHERE)
"""First bit of every character."""
for _rank, _plan in enumerate(PLANS):
    for _slot, (_name, _first, _count) in enumerate(_plan.texts):
        PLACE[_rank, _slot, :_count] = _first + 6 * np.arange(_count)
SPOKEN: Final = next(rank for rank, p in enumerate(PLANS) if p.texts)
"""The layouts from here on have texts."""


class Few:
    """The fields of all rows, cut at once; texts when they are asked for."""

    def __init__(self, words: Ints, codes: Bytes, rank: NDArray[np.uint8], length: Ints) -> None:
        self.codes, self.rank, self.length = codes, rank, length
        mmsi = words[0] >> 10 & (1 << 30) - 1
        at = WORDS.take(rank, 0)
        at *= len(rank)
        at += np.arange(len(rank))[:, None]
        raw = words.ravel().take(at)
        raw >>= SHIFT.take(rank, 0)
        raw &= MASK.take(rank, 0)
        if (length < WHOLE.take(rank)).any():
            raw *= END[rank] <= length[:, None]
        if SHARED[rank[0] : rank[-1] + 1].any():
            raw *= KEPT[(mmsi // 10_000_000 == AUXILIARY).astype(np.int8), rank]
        sign = SIGN.take(rank, 0)
        raw ^= sign
        raw -= sign
        self.raw, self.second = raw, raw[:, 0] + TELLS[rank]
        told = raw[:, CODES:]
        self.values = told / SCALE.take(rank, 0)
        self.values[(told >= LOW.take(rank, 0)) & (told <= HIGH.take(rank, 0))] = np.nan
        self.places: Floats = self.values[:, :2].T
        self.flags = raw[:, :CODES].astype(np.bool_)
        self.silent = int(np.searchsorted(rank, SPOKEN))
        self.texts = self._texts(self.silent) if self.silent < len(rank) else None

    def columns(self, rank: int, rows: slice) -> FewFields:
        """The fields of one layout, which has these rows."""
        return FewFields(self, ALL[rank], rows)

    def _texts(self, first: int) -> NDArray[np.str_]:
        """(rows from the first, TEXTS): as `unpack.texts`."""
        rank, codes = self.rank[first:], self.codes[first:]
        place = PLACE[rank].reshape(len(rank), -1)
        at, row = place // 6, np.arange(len(rank))[:, None]
        np.minimum(at, codes.shape[1] - 2, out=at)
        pairs: NDArray[Any] = codes[row, at].astype(np.uint16) << 6
        pairs |= codes[row, at + 1]
        some = (pairs >> (6 - place % 6).astype(np.uint16) & 63).astype(np.uint8)
        some *= place + 6 <= self.length[first:, None]
        return letters(some.reshape(-1, TEXT)).reshape(len(rank), TEXTS)


class FewFields(Mapping[str, NDArray[Any]]):
    """The fields of one layout among them."""

    def __init__(self, few: Few, slots: Slots, rows: slice) -> None:
        self.few, self.slots, self.rows = few, slots, rows

    def __getitem__(self, name: str) -> NDArray[Any]:
        few, slots, rows = self.few, self.slots, self.rows
        slot = slots.of.get(name)
        if slot is None:
            text = slots.texts[name]
            assert few.texts is not None
            return few.texts[rows.start - few.silent : rows.stop - few.silent, text]
        if slot >= CODES:
            return few.values[rows, slot - CODES]
        if name in slots.flags:
            return few.flags[rows, slot]
        found: Ints = few.raw[rows, slot]
        return RATES[found] if name in slots.rates else found

    def __contains__(self, name: object) -> bool:
        return name in self.slots.of or name in self.slots.texts

    def __iter__(self) -> Iterator[str]:
        return iter(self.slots.names)

    def __len__(self) -> int:
        return len(self.slots.names)
