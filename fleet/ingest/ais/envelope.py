"""What the tables of one piece share: who sent each message, when, and by whose account.

Invariant: columns in the order of the tables' rows; a column is the same whenever it is looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.found import AT, CHANNEL, GROUP, GROUP_SIZE, SOURCE, SOURCE_SIZE
from fleet.ingest.ais.text import Text, chars
from fleet.model import Ints, Mask

Column = NDArray[Any]


class Common(dict[str, Column]):
    """The columns that all tables share; what stands as text in the input is cut out at a look."""

    text: Text
    some: NDArray[np.int64]
    received: int

    def later(self, text: Text, some: NDArray[np.int64], received: int) -> None:
        self.text, self.some, self.received = text, some, received

    def __missing__(self, name: str) -> Column:
        made = self[name] = self._made(name)
        return made

    def _made(self, name: str) -> Column:
        text, some = self.text, self.some
        if name == "received":
            return np.full(some.shape[1], self.received)
        if name == "talker":
            return chars(text.windows(some[AT] + 1, 2))
        if name == "own":
            own: Mask = text.u1[some[AT] + 5] == ord("O")
            return own
        if name == "channel":
            channel = text.u1[some[CHANNEL]]
            return chars((channel * (channel != ord(",")))[:, None])
        at, size = {"station": (SOURCE, SOURCE_SIZE), "group": (GROUP, GROUP_SIZE)}[name]
        return _texts(text, some[at], some[size])


def _texts(text: Text, at: Ints, size: Ints) -> NDArray[np.str_]:
    """Latin-1 texts of these places; most often there are none."""
    width = int(size.max(initial=0))
    if not width:
        return np.zeros(len(at), "<U1")
    window = text.windows(at, width)
    return chars(window * (np.arange(width) < size[:, None]))
