"""Messages that were found in a piece of input: a column each, and the bytes that these speak of.

Invariant: in the order of arrival; what the framer made stands behind what was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.text import PAD, Text
from fleet.ingest.groups import Message

ORDER, AT, CHANNEL, PAYLOAD, SIZE, FILL, TIME, SOURCE, SOURCE_SIZE, GROUP, GROUP_SIZE, PARTS = (
    range(12)
)
"""Rows of `Found.columns`."""
COLUMNS: Final = 12
HEAD: Final = 7
"""Characters before a payload that is written here: `!`, address and channel."""


@dataclass(slots=True)
class Found:
    """Messages in the order of arrival, a column each; places are in `text`.

    AT is where `!` and the five letters of the address stand; an empty payload is a mark that only
    sets the clock.
    """

    text: Text
    columns: NDArray[np.int64]  #: (COLUMNS, messages)


def joined(found: Found, messages: list[Message]) -> Found:
    """With the messages that the framer made, each in its place."""
    if not messages:
        return found
    pieces, rows = _written(messages, len(found.text.data) - PAD)
    both = np.concatenate((found.columns, np.array(rows, np.int64).T), axis=1)
    text = Text(found.text.data[PAD:-PAD], *pieces)
    first = 2 * both[ORDER] + (both[SIZE] > 0)  # a mark has the number of what follows it
    return Found(text, both[:, first.argsort(kind="stable")])


def _written(messages: list[Message], at: int) -> tuple[list[bytes], list[tuple[int, ...]]]:
    """Messages as bytes to stand from `at` on, and as columns that speak of these."""
    pieces: list[bytes] = []
    rows: list[tuple[int, ...]] = []
    for payload, fill, time, order, address, channel, source, group, parts in messages:
        said, count = at + HEAD, len(payload)
        name = said + count
        pieces.append(b"!%b%b%b" % (address.encode().ljust(5), channel.encode() or b",", payload))
        rows.append((
            order, at, said - 1, said, count, fill, time, name, len(source),
            name + len(source), len(group), parts,
        ))  # fmt: skip
        at = name
        if source or group:
            pieces.append(source.encode("latin-1") + group.encode())
            at += len(pieces[-1])
    return pieces, rows
