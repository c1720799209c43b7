"""A head without its past: from the newest fixes and the open alerts.

Invariant: an episode that is open in the database goes on under its key; it is not opened again
because the engine's state was lost or has another shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from fleet.alerts.engine import RULES, State
from fleet.alerts.state import OTHER_BITS, Active, Sessions, Silences
from fleet.model import Batch, Columns, Flag
from fleet.store import alerts, positions
from fleet.store.alerts import Open
from fleet.store.db import Connection
from fleet.worker.head import Head
from fleet.worker.register import Register
from fleet.worker.world import World

C = TypeVar("C", bound=Columns)


async def rebuilt(conn: Connection, present: World, register: Register, seq: int) -> Head:
    """A head that knows where everybody was and what is open."""
    last = await positions.latest(conn)
    unended = await alerts.unended(conn)
    size = max(
        len(register.vessels), int(last.vessel.max(initial=0)) + 1, *(o.vessel + 1 for o in unended)
    )
    state = _placed(State.empty(size, RULES), last)
    engine = present.engine(register.vessels)
    return Head(seq, _remembering(state, unended), engine, present.versions)


def _placed(state: State, last: Batch) -> State:
    state.last.put(last.vessel, last)
    trusted = last.take(last.flags & Flag.SKEWED == 0)
    np.maximum.at(state.heard, trusted.source, trusted.t)
    return state


def _remembering(state: State, unended: Sequence[Open]) -> State:
    active, sessions, silences = dict(state.active), dict(state.sessions), state.silences
    for rule in RULES:
        mine = [o for o in unended if o.kind == rule.key]
        if rule.silence:
            silences = _columns(Silences, [_silent(o) for o in mine])
        elif rule.observe or rule.look:
            active[rule.key] = _columns(Active, [_holding(o) for o in mine])
        elif rule.calls:
            sessions[rule.key] = _columns(Sessions, [_calling(o) for o in mine])
    return replace(state, active=active, sessions=sessions, silences=silences)


def _holding(o: Open) -> dict[str, int]:
    return {
        "key": o.vessel << OTHER_BITS | o.other, "since": o.episode, "count": 1, "fired": True,
        "severity": o.severity, "opened": o.episode, "off_since": 0, "off_count": 0,
    }  # fmt: skip


def _calling(o: Open) -> dict[str, int]:
    return {
        "vessel": o.vessel, "opened": o.episode, "last_seen": o.last_seen, "count": o.occurrences,
        "told": o.last_seen, "other": o.other,
    }  # fmt: skip


def _silent(o: Open) -> dict[str, int]:
    start = o.last_heard or o.episode
    return {
        "vessel": o.vessel, "start": start, "opened": o.episode, "severity": o.severity,
        "confirmed": 0, "off_since": 0, "ended": 0, "chain": start,
    }  # fmt: skip


def _columns(kind: type[C], found: Sequence[dict[str, Any]]) -> C:
    """Rows, already in the order of their keys, as columns."""
    empty = kind.empty(0)
    types = {f.name: getattr(empty, f.name).dtype for f in fields(empty)}
    return kind(*(np.array([row[n] for row in found], t) for n, t in types.items()))
