"""Messages of two parts side by side: nearly all of those that take more than one sentence.

Invariant: the parts of a pair are two sentences in a row of one talker, sequence id and channel,
whole, with right checksums and no named source: what `Framer.sentence` would read of each is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from fleet.ingest.ais.before import Told
from fleet.ingest.ais.scan import ONE, TWO, Plain
from fleet.ingest.ais.text import Text
from fleet.ingest.ais.unpack import LONG, sixes
from fleet.ingest.framing import Pair
from fleet.ingest.groups import LONGEST
from fleet.ingest.sequence import Key
from fleet.model import Ints

NONE: Final = np.zeros(0, np.int64)
SEQUENCE: Final = 0xFFFFFF
"""Sequence id, comma and channel, from the eleventh byte of a sentence on."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the first and of the second parts among the plain sentences."""

    first: Ints
    second: Ints

    def listed(
        self, text: Text, some: Plain, time: Ints, taker: Ints
    ) -> Iterator[tuple[int, int, int, Pair]]:
        """Every pair behind its first line, the takers before that, and the row of its second."""
        data, keys = text.data, dict[bytes, Key]()
        a, b = self.first, self.second
        columns = (
            some.line[a], taker[some.line[a]], b, some.at[a], some.payload[a], some.size[a],
            some.payload[b], some.size[b], some.fill[b], time[a], time[b],
        )  # fmt: skip
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for line, mine, row, at, p, n, p2, n2, fill, t, t2 in rows:
            name = data[at + 1 : p]
            key = keys.get(name) or keys.setdefault(name, _key(name))
            yield line, mine, row, Pair(key, (data[p : p + n], data[p2 : p2 + n2]), fill, (t, t2))


def _key(head: bytes) -> Key:
    """Of `AIVDM,2,1,5,A,`."""
    address, _, _, sequence, channel, _ = head.decode().split(",")
    return Key("", address, "", sequence, channel, 2)


def doubtful(text: Text, some: Plain) -> Ints:
    """Rows of parts that the framer shall judge: empty, very long, or of illegal characters."""
    rows = some.part.nonzero()[0]
    if not len(rows):
        return NONE
    size = some.size[rows]
    _, illegal = sixes(text, some.payload[rows], size, LONG)
    doubt = (size == 0) | (size > LONG)
    found: Ints = rows[doubt if illegal is None else doubt | illegal]
    return found


def paired(text: Text, some: Plain, taker: Ints, told: Told | None) -> tuple[Pairs, Ints]:
    """The pairs, and the rows of parts that are in none; `taker` of every line."""
    rows = some.part.nonzero()[0]
    if not len(rows):
        return Pairs(NONE, NONE), NONE
    part, size, at = some.part[rows], some.size[rows], some.at[rows]
    mine, offset = taker[some.line[rows]], some.payload[rows] - at
    head = text.windows(at, 16).view("<i8")
    sequence = head[:, 1] >> 24 & SEQUENCE
    usable = some.right[rows]
    if told is not None:
        usable &= (told.source_size[mine] | told.group_size[mine]) == 0
    both = (part[:-1] == ONE) & (part[1:] == TWO) & usable[:-1] & usable[1:]
    both &= (head[:-1, 0] == head[1:, 0]) & (sequence[:-1] == sequence[1:])
    both &= (offset[:-1] == offset[1:]) & (mine[:-1] + 1 == mine[1:])
    both &= (some.fill[rows[:-1]] == 0) & (size[:-1] + size[1:] <= LONGEST)
    first = both.nonzero()[0]
    alone = np.ones(len(rows), np.bool_)
    alone[first], alone[first + 1] = False, False
    lost = rows[alone]
    moved = rows - np.searchsorted(lost, rows)  # where they are without those
    return Pairs(moved[first], moved[first + 1]), lost
