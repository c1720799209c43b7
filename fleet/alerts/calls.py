"""Calls for help 求救: raised on the first message, folded into one alert a session.

A call needs no position, is never filtered and never clears by itself. A beacon that is silent
for the session gap and calls again is a new alert. A call that reaches us late, from before a
session, belongs to that session when it is within the gap of it; one older than the gap counts as
sent that long ago, so that a store of old calls is one alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fleet.alerts.rule import Rule
from fleet.alerts.state import Sessions, State
from fleet.model import MINUTE, Act, Change, Mask, Severity, Signal

TELL_AGAIN = MINUTE
"""A beacon calls eight times a minute; its alert is touched once."""


def answer(
    rule: Rule, session_gap: int, state: State, signals: Sequence[Signal]
) -> tuple[State, list[Change]]:
    """Open a session or count the repeat; at most one REPEAT a session and minute."""
    calls = [s for s in signals if s.kind == rule.calls]
    if not calls:
        return state, []
    sessions = state.sessions[rule.key].copy()
    changes: list[Change] = []
    for signal in calls:
        t = max(signal.t, signal.received - session_gap)
        row = _session(sessions, signal, t, session_gap)
        if row is None:
            sessions, row = _begun(sessions, signal, t), len(sessions)
            changes.append(_change(rule, sessions, row, Act.OPEN, signal))
        elif _again(sessions, row, t):
            changes.append(_change(rule, sessions, row, Act.REPEAT, signal))
    return replace(state, sessions={**state.sessions, rule.key: sessions}), changes


def settled(rule: Rule, state: State, which: Mask, now: int) -> tuple[State, list[Change]]:
    """End these sessions (a mask) because what they were about is so no longer."""
    sessions = state.sessions[rule.key]
    changes = [
        Change(
            rule.key, int(sessions.vessel[i]), int(sessions.other[i]), int(sessions.opened[i]),
            Act.CLEAR, now, rule.severity, "settled",
        )
        for i in np.flatnonzero(which)
    ]  # fmt: skip
    kept = sessions.take(~which)
    return replace(state, sessions={**state.sessions, rule.key: kept}), changes


def _session(sessions: Sessions, signal: Signal, t: int, gap: int) -> int | None:
    """The row of the session this call belongs to."""
    fits = (sessions.vessel == signal.vessel) & (sessions.other == signal.other)
    fits &= (sessions.opened - gap <= t) & (t <= sessions.last_seen + gap)
    rows = np.flatnonzero(fits)
    return int(rows[-1]) if len(rows) else None


def _begun(sessions: Sessions, signal: Signal, t: int) -> Sessions:
    one = [np.array([v], np.int64) for v in (signal.vessel, t, t, 1, t, signal.other)]
    return Sessions.concat([sessions, Sessions(*one)])


def _again(sessions: Sessions, row: int, t: int) -> bool:
    """Count the call; whether it is time to say so again."""
    sessions.last_seen[row] = max(int(sessions.last_seen[row]), t)
    sessions.count[row] += 1
    due = t - int(sessions.told[row]) >= TELL_AGAIN
    if due:
        sessions.told[row] = t
    return due


def _change(rule: Rule, sessions: Sessions, row: int, act: Act, signal: Signal) -> Change:
    return Change(
        rule.key,
        signal.vessel,
        signal.other,
        int(sessions.opened[row]),
        act,
        signal.t,
        Severity(signal.severity or rule.severity),
        signal.how,
        signal.lon,
        signal.lat,
        {"how": signal.how, "text": signal.text, "count": int(sessions.count[row])},
    )
