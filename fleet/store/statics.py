"""What transmitters say of themselves, kept as a history of changes: a row a change, not a message.

Invariant: a row holds everything its vessel had said until then; what a report leaves open ("" in
texts, 0 as IMO number, -1 as ship type, NaN) takes nothing back.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.columns import to_datetime
from fleet.ingest.format import Statics
from fleet.model import Ints, Mask
from fleet.store.db import Connection, plain, queries, rows

SQL = queries("statics")
WIDTHS = {"name": 40, "callsign": 16, "destination": 40}
"""Characters kept of a text: AIS has at most 34 (AtoN name with its extension), 7 and 20."""
UNSENT: dict[str, Any] = {"imo": 0, "ship_type": -1}
"""What stands for "not sent" besides "" and NaN."""
SAID = tuple(f.name for f in fields(Statics) if f.name not in {"key", "t"})


class Told:
    """What every transmitter last said, in memory: the row is the vessel's id."""

    def __init__(self) -> None:
        self.rows = unsaid(0)
        self._known: Mask = np.zeros(0, np.bool_)

    def missing(self, vessel: Ints) -> Ints:
        """Those of these vessels whose row was not `put` yet, each once."""
        self._grow(vessel)
        ids = np.unique(vessel)
        return ids[~self._known[ids]]

    def put(self, vessel: Ints, said: Statics) -> None:
        """Row i is what vessel[i] says now; of one vessel's the last counts."""
        self._grow(vessel)
        self.rows.put(vessel, said)
        self._known[vessel] = True

    def news(self, vessel: Ints, said: Statics) -> tuple[Ints, Statics]:
        """The reports that say something new, by vessel and then in order of arrival.

        Returns their vessels, and rows with everything said so far. Changes nothing: `put` it when
        it is stored.
        """
        self._grow(vessel)
        order = np.argsort(vessel, kind="stable")
        ids, said = vessel[order], cut(said.take(order))
        before = self.rows.take(ids)
        first = np.append(True, ids[1:] != ids[:-1]) if len(ids) else np.zeros(0, np.bool_)
        merged, changed = {}, np.zeros(len(ids), np.bool_)
        for name in SAID:
            now = _filled(getattr(said, name), getattr(before, name), name, first)
            was = np.where(first, getattr(before, name), np.roll(now, 1))
            changed |= ~_same(now, was)
            merged[name] = now
        return ids[changed], replace(said, **merged).take(changed)

    def _grow(self, vessel: Ints) -> None:
        short = int(vessel.max(initial=-1)) + 1 - len(self.rows)
        if short > 0:
            more = max(short, len(self.rows) // 2)
            self.rows = Statics.concat([self.rows, unsaid(more)])
            self._known = np.concatenate([self._known, np.zeros(more, np.bool_)])


def unsaid(n: int) -> Statics:
    """N rows of nothing said, with room for texts."""
    made = replace(Statics.empty(n), ship_type=np.full(n, UNSENT["ship_type"]))
    return replace(made, **{name: np.zeros(n, f"U{width}") for name, width in WIDTHS.items()})


def cut(said: Statics) -> Statics:
    """The same with texts no longer than are kept, so that they compare equal once kept."""
    return replace(said, **{n: getattr(said, n).astype(f"U{w}") for n, w in WIDTHS.items()})


def _filled(now: NDArray[Any], before: NDArray[Any], name: str, first: Mask) -> NDArray[Any]:
    """Each row's last word on one field: of this batch, else from before it."""
    row = np.arange(len(now))
    start = np.maximum.accumulate(np.where(first, row, 0)) if len(now) else row
    said = np.maximum.accumulate(np.where(_sent(now, name), row, -1)) if len(now) else row
    return np.where(said >= start, now[said], before)


def _sent(values: NDArray[Any], name: str) -> Mask:
    known = ~np.isnan(values) if values.dtype.kind == "f" else values != UNSENT.get(name, "")
    return np.asarray(known, np.bool_)


def _same(a: NDArray[Any], b: NDArray[Any]) -> Mask:
    equal: Mask = np.asarray(a == b, np.bool_)
    if a.dtype.kind == "f":
        equal |= np.isnan(a) & np.isnan(b)
    return equal


async def load(conn: Connection, vessel: Ints) -> Statics:
    """What these transmitters last said; row i is vessel[i]'s, nothing said where there is none."""
    found = await rows(conn, SQL["last"], ids=vessel.tolist())
    made = unsaid(len(vessel))
    for name in ("t", *SAID):
        column = getattr(made, name)
        values = [row[name] for row in found]
        told = np.array([value is not None for value in values], np.bool_)
        column[told] = [value for value in values if value is not None]
    made.key[:] = vessel
    return made


async def add(conn: Connection, vessel: Ints, news: Statics) -> int:
    """Append what `Told.news` found, and let names follow; return the rows that are new.

    A registered vessel keeps the name that people wrote.
    """
    if not len(vessel):
        return 0
    last = _last(vessel, news.t)
    kept = news.take(last)
    columns = {name: [plain(v) for v in getattr(kept, name).tolist()] for name in SAID}
    given = {"vessels": vessel[last].tolist(), "times": [to_datetime(t) for t in kept.t.tolist()]}
    added = (await conn.execute(SQL["add"], {**columns, **given})).rowcount
    newest = _last(vessel[last], np.zeros(len(last), np.int64))
    names = [columns["name"][i] for i in newest.tolist()]
    await conn.execute(SQL["rename"], {"ids": vessel[last][newest].tolist(), "names": names})
    return added


def _last(vessel: Ints, t: Ints) -> Ints:
    """The last row of each vessel and time, by vessel."""
    order = np.lexsort((np.arange(len(vessel)), t, vessel))
    differs = (np.diff(vessel[order]) != 0) | (np.diff(t[order]) != 0)
    last: Ints = order[np.append(differs, True)]
    return last
