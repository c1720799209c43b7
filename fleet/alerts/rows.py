"""Which row an id is in: the one way of looking ids up in a sorted column of them."""

from __future__ import annotations

import numpy as np

from fleet.model import Ints


def rows_of(column: Ints, who: Ints) -> Ints:
    """The row of each of `who` in a sorted column of unique ids; -1 where it is not there.

    A column without gaps, as that of a whole fleet is, needs no search.
    """
    if not len(column):
        return np.full(len(who), -1)
    first, last = int(column[0]), int(column[-1])
    if last - first + 1 == len(column):
        return np.where((who >= first) & (who <= last), who - first, -1)
    at = np.minimum(np.searchsorted(column, who), len(column) - 1)
    return np.where(column[at] == who, at, -1)


def union(a: Ints, b: Ints) -> Ints:
    """All ids of both, sorted, each once: what `np.union1d` gives, by one sort."""
    both = np.concatenate([a, b])
    both.sort()
    return np.asarray(both[np.r_[True, both[1:] != both[:-1]][: len(both)]])
