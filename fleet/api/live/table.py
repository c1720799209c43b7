"""The newest fix of every vessel in memory, as columns indexed by vessel id.

Any client at any tick gets what changed since: a slow one gets fewer, larger frames, never a
longer queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fleet.api.live import frames
from fleet.model import Ints, Mask
from fleet.store.reads import Rows

NOBODY = -1


@dataclass(slots=True)
class View:
    """What the clients of one scope see: nothing until it is assigned, unless it is everything."""

    everything: bool = False
    mask: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    own: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    generation: int = 0  #: the set of vessels changed: a client needs a snapshot
    changed: int = 0  #: tick at which it did
    sent: dict[tuple[int, bool], bytes] = field(default_factory=dict)  #: one encode, N sends

    def assign(self, ids: list[int], own: list[int], tick: int) -> None:
        """Replace the set; the generation moves only if it is another one."""
        mask, mine = _mask(ids), _mask(own)
        if np.array_equal(mask, self.mask) and np.array_equal(mine, self.own):
            return
        self.mask, self.own = mask, mine
        self.generation += 1
        self.changed = tick
        self.sent.clear()


def _mask(ids: list[int]) -> Mask:
    out = np.zeros(max(ids, default=0) + 1, np.bool_)
    out[ids] = True
    return out


def _cut(mask: Mask, size: int) -> Mask:
    """The mask for exactly `size` vessels."""
    return np.pad(mask[:size], (0, max(0, size - len(mask))))


@dataclass(slots=True)
class Table:
    tick: int = 0
    records: frames.Records = field(default_factory=lambda: np.zeros(0, frames.RECORD))
    t: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    seq: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def put(self, rows: Rows) -> bool:
        """Take rows of vessel_latest; whether there were any."""
        if not rows:
            return False
        ids = np.array([r["vessel"] for r in rows], np.int64)
        self._grow(int(ids.max()) + 1)
        self.records[ids] = frames.records(rows)
        self.t[ids] = [r["t"] for r in rows]
        self.seq[ids] = [r["seq"] for r in rows]
        self.tick = max(self.tick, int(self.seq[ids].max()))
        return True

    def _grow(self, size: int) -> None:
        more = size - len(self.seq)
        if more <= 0:
            return
        more = max(more, len(self.seq) // 2)
        self.records = np.concatenate([self.records, np.zeros(more, frames.RECORD)])
        self.t = np.concatenate([self.t, np.zeros(more, np.int64)])
        self.seq = np.concatenate([self.seq, np.full(more, NOBODY, np.int64)])

    def encode(self, view: View, since: int | None, now: int) -> bytes:
        """What changed after tick `since` in this view; None: all of it, as a snapshot."""
        chosen: NDArray[np.bool_] = self.seq > (NOBODY if since is None else since)
        if not view.everything:
            chosen &= _cut(view.mask, len(chosen))
        rows = np.flatnonzero(chosen)
        kept = self.records[rows]
        own = np.True_ if view.everything else _cut(view.own, len(chosen))[rows]
        kept["flags"] |= np.where(own, frames.OWN, 0).astype(np.uint8)
        return frames.fleet(kept, self.t[rows], self.tick, now, snapshot=since is None)
