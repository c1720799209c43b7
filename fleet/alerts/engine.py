"""Turn what rules say now into what changed: alerts that opened, rose, cleared or were wrong.

Pure: `feed` and `tick` take the old state and return the new one and the changes. The episodes
that come out do not depend on how the stream was cut, on duplicates, or on restarts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from fleet.alerts import calls, policy, silence
from fleet.alerts.facts import Facts
from fleet.alerts.fleetwide import LOOK, due, glance
from fleet.alerts.rule import Look, Memory, Observed, Rule, View
from fleet.alerts.rules import RULES
from fleet.alerts.scoped import Marks, Scoped
from fleet.alerts.state import N_SOURCES, VISIT, WORK, Active, State, going_on, layout
from fleet.alerts.steps import close_where, expire, step
from fleet.alerts.view import Setting, on_time, overtaken, prepare
from fleet.geo import Zones
from fleet.model import MINUTE, Batch, Change, Flag, Ints, Mask, Signal
from fleet.vessels import Vessels

__all__ = ["RULES", "Engine", "Inputs", "State", "close_zone", "feed", "layout", "tick"]

BREAK = 10 * MINUTE
"""A feed that brought nothing for this long was down: nobody was silent meanwhile."""

SETTLE = 10 * MINUTE
"""A season's end is closed by the clock this much later, so that fixes on their way count first."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one commit's worth of deliveries held, in order of arrival."""

    batch: Batch
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything the outcome depends on besides state and input; immutable."""

    rules: tuple[Rule, ...]
    params: Mapping[str, Any]  #: by rule key, each of that rule's own type
    zones: Zones
    vessels: Vessels
    facts: Facts = field(default_factory=Facts)
    scoped: Mapping[str, Scoped] = field(default_factory=dict)  #: kinds with overrides

    def fitted(self, slots: int) -> Engine:
        """With a register of at least as many rows as the state; the new ones are nobody."""
        short = slots - len(self.vessels)
        if short <= 0:
            return self
        return replace(self, vessels=Vessels.concat([self.vessels, Vessels.empty(short)]))

    def able(self) -> tuple[Rule, ...]:
        """The rules that have what they need from outside; logs first, port visits before all:
        others build on them.
        """
        able = (r for r in self.rules if not self.facts.lacks(r.needs))
        return tuple(sorted(able, key=lambda r: (not r.log, r.key != VISIT)))

    def setting(self) -> Setting:
        return Setting(self.zones, self.vessels, self.facts, self._margin_m())

    def _margin_m(self) -> float:
        """How far around a zone counts as still near it: the widest that a rule asks for."""
        return max((getattr(p, "exit_margin_m", 0.0) for p in self.params.values()), default=0.0)

    def clock(self) -> silence.Clock | None:
        rule = next((r for r in self.rules if r.silence), None)
        if rule is None or rule.silence is None:
            return None
        return silence.Clock(
            rule,
            self.params[rule.key],
            rule.silence,
            self.vessels,
            self.facts,
            self._moratorium,
            self.scoped.get(rule.key),
        )

    def _moratorium(self, t: Ints) -> Mask:
        seasons = [z for z in self.zones.zones if z.kind == "moratorium"]
        on = [z.in_season(t) for z in seasons]
        return np.asarray(np.any(on, axis=0) if on else np.zeros(len(t), np.bool_))


def feed(engine: Engine, state: State, inputs: Inputs, now: int) -> tuple[State, list[Change]]:
    """The new state and what changed. The old state is untouched, so a failed commit costs
    nothing: the caller keeps it and feeds the redelivered batch again. `now` is unused by the
    rules of fix time; it is part of the contract for those that need the hour.
    """
    del now
    changes: list[Change] = []
    for rule in (r for r in engine.rules if r.calls):
        gap = int(engine.params[rule.key].session_gap_min * MINUTE)
        state, more = calls.answer(rule, gap, state, inputs.signals)
        changes += more
    batch = inputs.batch
    if len(batch) == 0:
        return policy.judged(state, changes)
    state = state.grown(int(batch.vessel.max())).owned()
    engine = engine.fitted(len(state.last))
    for part in _parts(batch, state):
        state, more = _part(engine, state, part)
        changes += more
    return policy.judged(silence.forget(state), changes)


def tick(engine: Engine, state: State, now: int) -> tuple[State, list[Change]]:
    """What follows from time alone: silences, and seasons that ended. Judged on what was heard,
    never later than `now`.
    """
    watermark = min(int(state.heard.max()), now)
    changes: list[Change] = []
    clock = engine.fitted(len(state.last)).clock()
    if clock:
        state, changes = silence.look(clock, state)
    for rule in (r for r in engine.rules if r.zoned):
        active, more = expire(rule, state.active[rule.key], engine.zones, watermark - SETTLE)
        if more:
            state = replace(state, active={**state.active, rule.key: active})
            changes += more
    return policy.judged(state, changes)


def close_zone(
    engine: Engine, state: State, zone: int, now: int, reason: str
) -> tuple[State, list[Change]]:
    """End every episode that hangs on this zone: it was changed, ended or deleted."""
    active, changes = dict(state.active), []
    for rule in (r for r in engine.rules if r.zoned):
        mine = active[rule.key].other() == zone
        active[rule.key], more = close_where(rule, active[rule.key], mine, now, reason)
        changes += more
    return policy.judged(replace(state, active=active), changes)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a batch without a feed's return or a moment to look in its midst."""

    batch: Batch
    seen: Ints  #: (n, sources) the newest fix time of each kind of feed, up to each row
    clock: Ints  #: the newest receipt up to each row


def _parts(batch: Batch, state: State) -> Iterator[Part]:
    """The batch cut where a feed came back after a break, and where the fleet is looked at."""
    trusted = np.where(batch.flags & Flag.SKEWED, 0, batch.t)
    marks = np.stack(
        [
            np.maximum.accumulate(np.r_[state.heard[s], np.where(batch.source == s, trusted, 0)])
            for s in range(N_SOURCES)
        ],
        axis=1,
    )
    clock = np.maximum.accumulate(np.r_[state.clock, batch.received])
    jump = ((marks[1:] - marks[:-1]) > BREAK).any(axis=1)
    look = clock[1:] // LOOK > clock[:-1] // LOOK
    cuts = np.unique(np.r_[0, np.flatnonzero(jump | look), len(batch)])
    for lo, hi in pairwise(cuts):
        yield Part(batch.take(slice(lo, hi)), marks[lo + 1 : hi + 1], clock[lo + 1 : hi + 1])


def _part(engine: Engine, state: State, part: Part) -> tuple[State, list[Change]]:
    """Look at the fleet if it is time, take note of a feed's return, then feed."""
    changes: list[Change] = []
    at = int(part.clock[0]) // LOOK * LOOK
    if state.clock and at > state.clock:
        state, changes = _look(engine, state, at)
    state, more = _resume(engine, state, part.batch)
    changes += more
    state, more = _feed_part(engine, state, part)
    return replace(state, clock=int(part.clock[-1])), changes + more


def _resume(engine: Engine, state: State, part: Batch) -> tuple[State, list[Change]]:
    """If this part begins with a feed's return: judge the silences up to the break, then restart
    that feed's clock.
    """
    source, t = int(part.source[0]), int(part.t[0])
    skewed = bool(part.flags[0] & Flag.SKEWED)
    if skewed or t - int(state.heard[source]) <= BREAK:
        return state, []
    clock = engine.clock()
    state, changes = silence.look(clock, state) if clock else (state, [])
    resumed = state.resumed.copy()
    resumed[source] = t
    return replace(state, resumed=resumed), changes


def _feed_part(engine: Engine, state: State, part: Part) -> tuple[State, list[Change]]:
    """One stretch without a break: rounds of on-time fixes through every rule, then late ones."""
    batch = part.batch
    good, place = on_time(batch, state.last)
    passed = overtaken(batch, good, state.passed)
    order = np.lexsort((batch.vessel, place))
    order = order[good[order]]
    seen, setting = part.seen[order], engine.setting()
    ready = prepare(batch.take(order), place[order], seen, passed[order], state.last, setting)
    changes: list[Change] = []
    for view in ready.rounds():
        state, more = _round(engine, state, view)
        changes += more
        state.last.put(view.cur.vessel, view.cur)
    np.maximum.at(state.passed, batch.vessel, passed)
    state = replace(state, heard=np.maximum(state.heard, part.seen[-1]))
    clock = engine.clock()
    if clock and not good.all():
        state, more = silence.late(clock, state, batch.take(~good))
        changes += more
    return state, changes


def _round(engine: Engine, state: State, view: View) -> tuple[State, list[Change]]:
    """Every rule on one view."""
    changes: list[Change] = []
    clock = engine.clock()
    if clock:
        until = view.heard[np.arange(len(view.heard)), view.prev.source]
        state, changes = silence.heard(clock, state, view, until)
    active = dict(state.active)
    view = _knowing(view, active)
    for rule in (r for r in engine.able() if r.observe):
        assert rule.observe is not None
        active[rule.key], more = _asked(engine, rule, rule.observe, active, state.memory, view)
        changes += more
        if rule.log:
            view = _knowing(view, active)
    return replace(state, active=active), changes


def _knowing(view: View, active: Mapping[str, Active]) -> View:
    """The view with what the logs say of its vessels."""
    _, port = going_on(active, VISIT, view.cur.vessel)
    fishing, _ = going_on(active, WORK, view.cur.vessel)
    return replace(view, port=port, fishing=fishing)


def _look(engine: Engine, state: State, at: int) -> tuple[State, list[Change]]:
    """Every rule that looks at the whole fleet at once, at one moment of the stream."""
    before = state.clock // LOOK * LOOK
    rules = [r for r in engine.able() if r.look and due(r, before, at)]
    look = glance(engine.setting(), state, at)
    active = dict(state.active)
    changes: list[Change] = []
    for rule in rules:
        assert rule.look is not None
        active[rule.key], more = _asked(engine, rule, rule.look, active, state.memory, look)
        changes += more
    state, more = policy.released(replace(state, active=active), at)
    return state, changes + more


def _mine(rule: Rule, memory: Memory, view: View | Look) -> Memory:
    """What the rule remembers of the vessels in view."""
    return {n: memory[f"{rule.key}.{n}"][view.cur.vessel] for n in rule.memory}


def _asked(
    engine: Engine,
    rule: Rule,
    ask: Callable[[Any, Any, Memory], Observed],
    active: Mapping[str, Active],
    memory: Memory,
    view: View | Look,
) -> tuple[Active, Sequence[Change]]:
    """What one rule says of one view, by each row's own numbers, taken over; the memory is ours
    to write.
    """
    params, scoped = engine.params[rule.key], engine.scoped.get(rule.key)
    mine = _mine(rule, memory, view)
    marks: Marks | None = None
    if scoped is None:
        told = ask(view, params, mine)
    else:
        marks = scoped.marks(view.cur, view.vessels)
        told = marks.observed(lambda numbers: ask(view, numbers, mine))
    for name, rows in told.memory.items():
        memory[f"{rule.key}.{name}"][view.cur.vessel] = rows
    return step(rule, params, active[rule.key], told, view, marks)
