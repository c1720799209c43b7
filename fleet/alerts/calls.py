"""Calls for help 求救: raised on the first message, folded into one alert a session.

A call needs no position, is never filtered and never clears by itself. A beacon that is silent
for the session gap and calls again is a new alert. A call that reaches us late, from before a
session, belongs to that session when it is within the gap of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fleet.alerts.rule import Rule
from fleet.alerts.state import Sessions, State
from fleet.model import Act, Change, Severity, Signal


def answer(
    rule: Rule, session_gap: int, state: State, signals: Sequence[Signal]
) -> tuple[State, list[Change]]:
    """Open a session or count the repeat; one REPEAT a session and batch at most."""
    sessions = state.sessions[rule.key]
    opened: list[Change] = []
    repeats: dict[tuple[int, int], Change] = {}
    for signal in (s for s in signals if s.kind == rule.calls):
        row = _session(sessions, signal, session_gap)
        if row is None:
            sessions, row = _begin(sessions, signal)
            opened.append(_change(rule, sessions, row, Act.OPEN, signal))
        else:
            sessions = _again(sessions, row, signal.t)
            repeats[signal.vessel, row] = _change(rule, sessions, row, Act.REPEAT, signal)
    changes = opened + list(repeats.values())
    return (
        replace(state, sessions={**state.sessions, rule.key: sessions}) if changes else state
    ), changes


def _session(sessions: Sessions, signal: Signal, gap: int) -> int | None:
    """The row of the session this call belongs to."""
    fits = (
        (sessions.vessel == signal.vessel)
        & (sessions.opened - gap <= signal.t)
        & (signal.t <= sessions.last_seen + gap)
    )
    rows = np.flatnonzero(fits)
    return int(rows[-1]) if len(rows) else None


def _begin(sessions: Sessions, signal: Signal) -> tuple[Sessions, int]:
    one = [np.array([v], np.int64) for v in (signal.vessel, signal.t, signal.t, 1)]
    return Sessions.concat([sessions, Sessions(*one)]), len(sessions)


def _again(sessions: Sessions, row: int, t: int) -> Sessions:
    sessions = sessions.copy()
    sessions.last_seen[row] = max(int(sessions.last_seen[row]), t)
    sessions.count[row] += 1
    return sessions


def _change(rule: Rule, sessions: Sessions, row: int, act: Act, signal: Signal) -> Change:
    return Change(
        rule.key,
        signal.vessel,
        0,
        int(sessions.opened[row]),
        act,
        signal.t,
        Severity.EMERGENCY,
        signal.how,
        signal.lon,
        signal.lat,
        {"how": signal.how, "text": signal.text, "count": int(sessions.count[row])},
    )
