"""Killed at any moment, the service tells of the same alerts: snapshot, replay, and on it goes.

All rules are on, all facts filled, and every kind is raised: that is tested as well, so that what
is equal is not nothing. Kill points, snapshots, pieces and redelivered rows are drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fleet.alerts.engine import RULES, Inputs, State, feed, tick
from fleet.model import Act, Change, Signal
from tests.alerts import watch
from tests.alerts.sea import Row
from tests.alerts.track import batch

Stream: TypeAlias = Sequence[Row | Signal]
ENGINE = watch.engine()
EVENING = watch.evening()
END = len(EVENING)
DRAWN = settings(
    max_examples=2, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Life:
    """Of one process: it starts from the snapshot before it, and is killed at a row."""

    kill: int
    snapshot: int  #: so many rows before it is killed it leaves one
    pieces: int  #: rows that it takes at once
    again: int  #: rows before its start that the feed brings once more, unacknowledged as they were


def fed(state: State, rows: Stream, pieces: int) -> tuple[State, list[Change]]:
    """Piece after piece, the clock looking after each."""
    said: list[Change] = []
    for at in range(0, len(rows), pieces):
        part = rows[at : at + pieces]
        fixes = [r for r in part if not isinstance(r, Signal)]
        calls = tuple(s for s in part if isinstance(s, Signal))
        state, more = feed(ENGINE, state, Inputs(batch(fixes), calls), 0)
        said += more
        state, more = tick(ENGINE, state, 2**62)
        said += more
    return state, said


def episodes(said: Sequence[Change]) -> dict[Any, Any]:
    """(kind, vessel, other, opened) to (cleared, severity), retracted ones gone (design, 2). What
    explains an episode is policy's, which may learn of a call only with the piece that brings it.
    """
    out: dict[Any, Any] = {}
    for c in said:
        cleared, severity = out.get(c.key, (None, c.severity))
        if c.act == Act.RETRACT:
            del out[c.key]
        elif c.act not in (Act.SUPPRESS, Act.RELEASE):
            severity = max(c.severity, severity) if c.act == Act.CLEAR else c.severity
            out[c.key] = (c.t if c.act == Act.CLEAR else cleared, severity)
    return out


@cache
def whole() -> dict[Any, Any]:
    """The evening without a restart, in one piece."""
    return episodes(fed(State.empty(watch.SLOTS, RULES), EVENING, END)[1])


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    kills = sorted(draw(st.sets(st.integers(1, END - 1), min_size=1, max_size=3)))
    return [
        Life(kill, draw(st.integers(0, 400)), draw(st.sampled_from([60, 150, 900])),
             draw(st.sampled_from([0, 1, 40])))
        for kill in (*kills, END)
    ]  # fmt: skip


def lived(run: Sequence[Life]) -> tuple[list[Change], list[Change]]:
    """What is told in the end, and what those who were killed told after their last snapshot."""
    body, begin = State.empty(watch.SLOTS, RULES).pack(), 0
    told: list[Change] = []
    lost: list[Change] = []
    for life in run:
        snapshot = max(life.kill - life.snapshot, begin) if life.kill < END else END
        first = max(begin - life.again, 0)
        state, said = fed(State.unpack(body), EVENING[first:snapshot], life.pieces)
        told += said
        body = state.pack()
        lost += fed(state, EVENING[snapshot : life.kill], life.pieces)[1]
        begin = snapshot
    return told, lost


def test_every_kind_is_raised_in_the_evening() -> None:
    assert {kind for kind, *_ in whole()} == {rule.key for rule in RULES}
    assert sum(cleared is not None for cleared, _ in whole().values()) > 40


@pytest.mark.timeout(600)
@DRAWN
@given(lives())
def test_killed_anywhere_the_same_alerts(run: list[Life]) -> None:
    told, lost = lived(run)
    assert episodes(told) == whole()
    opened = {c.key for c in told if c.act == Act.OPEN}
    assert {c.key for c in lost if c.act == Act.OPEN} <= opened, "told before the kill, not after"


@pytest.mark.timeout(600)
@DRAWN
@given(st.sets(st.integers(1, END - 1), max_size=12), st.integers(0, 2**32))
def test_cut_and_delivered_twice_the_same_alerts(cuts: set[int], seed: int) -> None:
    """Pieces of any size, every third of which comes once more, right away or after the next."""
    edges = [0, *sorted(cuts), END]
    state, told = State.empty(watch.SLOTS, RULES), list[Change]()
    for i, (a, b) in enumerate(pairwise(edges)):
        before = edges[max(i - seed % 2, 0)]
        for part in [EVENING[a:b], EVENING[before:b]] if (i + seed) % 3 == 0 else [EVENING[a:b]]:
            state, said = fed(state, part, max(len(part), 1))
            told += said
    assert episodes(told) == whole()
