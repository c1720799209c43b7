"""Gaps 失联: who has not been heard, judged against what the same kind of feed did bring.

A silence is measured on the watermark of its source, not on the wall clock: when nothing at all
arrives (a dead receiver, a service that was down), nobody falls silent. The outcome is the same
whether the clock looked often, rarely or never between two fixes: what a look raised too high is
revised or retracted when the next fix, or late data, shows the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from fleet.alerts.facts import Facts
from fleet.alerts.rule import Rule, Silent, View
from fleet.alerts.scoped import Scoped
from fleet.alerts.state import Silences, State
from fleet.model import DAY, Act, Batch, Change, Ints, Mask, Severity
from fleet.vessels import Vessels

REMEMBER = DAY
"""How long an ended gap can still be disproved by late data."""

Stages: TypeAlias = Callable[[Any, Silent], Ints]
"""(params, who is silent) -> array (n, 5): the silence in microseconds from which each Severity
applies (column = severity; unreachable stages are huge). Those that the silence so far has reached
must not depend on how long it is."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One look: the gap rule with its numbers, and what it may know of the world."""

    rule: Rule
    params: Any
    stages: Stages
    vessels: Vessels
    facts: Facts
    moratorium: Callable[[Ints], Mask]
    scoped: Scoped | None = None  #: overrides of the numbers, by each boat's last fix

    def silent(self, state: State, last: Batch, until: Ints) -> Silent:
        """These boats, silent since their last fixes."""
        since = _base(last, state)
        memory = {n: state.memory[f"{self.rule.key}.{n}"][last.vessel] for n in self.rule.memory}
        return Silent(
            last, since, until - since, self.moratorium(last.t), memory, self.vessels, self.facts
        )

    def limits(self, who: Silent) -> Ints:
        if self.scoped is None:
            return self.stages(self.params, who)
        marks = self.scoped.marks(who.last, self.vessels)
        return marks.spread(lambda params, rows: self.stages(params, who.take(rows)))

    def numbers(self, fix: Batch) -> tuple[Any, list[str]]:
        """What one boat with this last fix is judged by, and the overrides among it."""
        if self.scoped is None:
            return self.params, []
        mask = int(self.scoped.marks(fix, self.vessels).rows()[0])
        return self.scoped.params(mask), self.scoped.labels(mask)

    def level(self, limits: Ints, silence: Ints) -> Ints:
        """The worst severity whose limit the silence has reached; 0 for none."""
        reached = (silence[:, None] >= limits) * np.arange(limits.shape[1])
        return np.asarray(reached.max(axis=1, initial=0), np.int64)


def look(clock: Clock, state: State) -> tuple[State, list[Change]]:
    """Raise what the watermarks show now."""
    known = np.flatnonzero((state.last.t > 0) & clock.vessels.registered[: len(state.last)])
    last = state.last.take(known)
    who = clock.silent(state, last, state.heard[last.source])
    limits = clock.limits(who)
    level = clock.level(limits, who.silence)
    hit = level > 0
    return _raise(clock, state, who.take(hit), limits[hit], level[hit])


def _base(last: Batch, state: State) -> Ints:
    """From when a silence counts: the last fix, the time it reached us (a slow link is not a
    silence), or the return of its feed.
    """
    return np.maximum(np.maximum(last.t, last.received), state.resumed[last.source])


def _raise(
    clock: Clock, state: State, who: Silent, limits: Ints, level: Ints
) -> tuple[State, list[Change]]:
    """Open or raise the gaps of these vessels to at least `level`."""
    last = who.last
    open_row = _open_rows(state.silences, last.vessel)
    is_open = open_row >= 0
    s, changes = state.silences.copy(), []
    for i in np.flatnonzero(is_open):
        row = open_row[i]
        if level[i] > s.severity[row]:
            s.severity[row] = level[i]
            at = int(who.since[i] + limits[i, level[i]])
            raised = _change(clock, s, row, Act.RAISE, at, last.take(slice(i, i + 1)))
            changes.append(_with_evidence(clock, raised, who, int(i)))
    new = ~is_open
    born = _born(last.take(new), who.since[new], limits[new], level[new])
    for k, i in enumerate(np.flatnonzero(new)):
        opened = _change(clock, born, k, Act.OPEN, int(born.opened[k]), last.take(slice(i, i + 1)))
        changes.append(_with_evidence(clock, opened, who, int(i)))
    return replace(state, silences=Silences.concat([s, born])), changes


def _with_evidence(clock: Clock, change: Change, who: Silent, i: int) -> Change:
    """The change with what the rule has to say of this boat's silence."""
    if clock.rule.evidence is None:
        return change
    return replace(change, evidence={**change.evidence, **clock.rule.evidence(who, i, 0)})


def _born(last: Batch, base: Ints, limits: Ints, level: Ints) -> Silences:
    """New open episodes: opened when the first stage that applies was reached."""
    zero = np.zeros_like(level)
    return Silences(last.vessel, last.t, base + limits.min(axis=1), level, zero, zero, zero, last.t)


def _open_rows(s: Silences, vessel: Ints) -> Ints:
    """Row of each vessel's open episode, or -1."""
    rows = np.flatnonzero(s.ended == 0)
    rows = rows[np.argsort(s.vessel[rows], kind="stable")]
    at = np.searchsorted(s.vessel[rows], vessel)
    found = np.append(rows, -1)[np.minimum(at, len(rows))]
    match = (found >= 0) & (np.append(s.vessel, -1)[found] == vessel)
    return np.where(match, found, -1)


def heard(clock: Clock, state: State, view: View, seen_until: Ints) -> tuple[State, list[Change]]:
    """What one round of on-time fixes says: gaps they prove, disprove or end.

    `seen_until` is the watermark of each vessel's former source when its fix came in.
    """
    prev, cur = view.prev, view.cur
    who = clock.silent(state, prev, np.minimum(cur.t, seen_until))
    limits = clock.limits(who)
    true = clock.level(limits, who.silence)
    news = np.maximum(cur.t, cur.received) > who.since  # else it says nothing of a silence since
    ours = clock.vessels.registered[cur.vessel] & (prev.t > 0) & news
    rows = _open_rows(state.silences, cur.vessel)
    touched = np.flatnonzero(ours & ((rows >= 0) | (true > 0)))
    changes: list[Change] = []
    for i in touched:
        one = slice(i, i + 1)
        if rows[i] < 0:
            state, more = _raise(clock, state, who.take(one), limits[one], true[one])
            changes += more
        state, more = _settle(clock, state, view, int(i), int(true[i]))
        changes += more
    return state, changes


def _settle(
    clock: Clock, state: State, view: View, i: int, true: int
) -> tuple[State, list[Change]]:
    """Bring one vessel's open episode to what its fixes prove, then count towards its end."""
    s = state.silences.copy()
    cur = view.cur.take(slice(i, i + 1))
    row, t = int(_open_rows(s, cur.vessel)[0]), int(cur.t[0])
    proven = max(int(s.confirmed[row]), true)
    act = _verdict(int(s.severity[row]), proven)
    s.severity[row] = s.confirmed[row] = proven
    changes = [_change(clock, s, row, act, t, cur)] if act else []
    if act == Act.RETRACT:
        keep = np.arange(len(s)) != row
        return replace(state, silences=s.take(keep)), changes
    if true or not s.off_since[row]:
        s.chain[row] = -1 if s.off_since[row] else s.chain[row]
        s.off_since[row] = t
    elif t - s.off_since[row] >= _interval(clock, cur):
        s.ended[row] = t
        changes.append(_change(clock, s, row, Act.CLEAR, t, cur))
    return replace(state, silences=s), changes


def _verdict(alerted: int, proven: int) -> Act | None:
    """What to do about an episode alerted at one severity and proven at another."""
    if alerted == proven:
        return None
    if proven == 0:
        return Act.RETRACT
    return Act.RAISE if proven > alerted else Act.REVISE


def _interval(clock: Clock, cur: Batch) -> int:
    own = int(clock.vessels.interval[cur.vessel[0]])
    return own or int(clock.numbers(cur)[0].default_interval_s * 1_000_000)


def late(clock: Clock, state: State, batch: Batch) -> tuple[State, list[Change]]:
    """Fixes older than their vessel's last: they may fill the hole that was taken for a gap."""
    changes: list[Change] = []
    hit = np.isin(batch.vessel, state.silences.vessel)
    for i in np.flatnonzero(hit):
        state, more = _fill(clock, state, batch.take(slice(i, i + 1)))
        changes += more
    return state, changes


def _fill(clock: Clock, state: State, fix: Batch) -> tuple[State, list[Change]]:
    s = state.silences
    t = int(fix.t[0])
    mine = (s.vessel == fix.vessel[0]) & (s.off_since > t) & (s.chain >= 0) & (s.chain < t)
    if not mine.any():
        return state, []
    row = int(np.flatnonzero(mine)[0])
    hole = int(s.opened[row] - s.start[row])
    if t - s.chain[row] >= hole:
        return state, []
    s = s.copy()
    s.chain[row] = t
    if s.off_since[row] - t >= hole:
        return replace(state, silences=s), []
    change = _change(clock, s, row, Act.RETRACT, t, fix)
    return replace(state, silences=s.take(np.arange(len(s)) != row)), [change]


def forget(state: State) -> State:
    """Drop ended gaps that nothing can disprove any more."""
    s = state.silences
    old = (s.ended > 0) & (s.ended < state.heard.max() - REMEMBER)
    return replace(state, silences=s.take(~old)) if old.any() else state


def _change(clock: Clock, s: Silences, row: int, act: Act, t: int, fix: Batch) -> Change:
    reasons = {Act.RETRACT: "late_data", Act.REVISE: "late_data", Act.CLEAR: "heard_again"}
    severity = max(int(s.severity[row]), int(Severity.INFO))
    return Change(
        clock.rule.key,
        int(s.vessel[row]),
        0,
        int(s.opened[row]),
        act,
        t,
        Severity(severity),
        reasons.get(act, "silent"),
        float(fix.lon[0]),
        float(fix.lat[0]),
        {"last_heard": int(s.start[row]), **_scope(clock, s, row, fix)},
    )


def _scope(clock: Clock, s: Silences, row: int, fix: Batch) -> dict[str, Any]:
    """The overrides by which the fix before the silence was judged."""
    before = clock.scoped is not None and fix.t[0] == s.start[row]
    scope = clock.numbers(fix)[1] if before else []
    return {"scope": scope} if scope else {}
