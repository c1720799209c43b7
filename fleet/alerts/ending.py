"""What a rule leaves behind when it is evaluated no longer: its episodes end, and say why.

Judged from the state and the engine alone, never from what was before, so that it holds after any
restart. Invariant: nothing stays open that no rule looks at; a call for help is ended by people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.alerts import policy
from fleet.alerts.engine import RULES, Engine
from fleet.alerts.rule import Rule
from fleet.alerts.state import Silences, State
from fleet.alerts.steps import close_where
from fleet.model import Act, Change, Severity

OFF, BLIND = "rule_off", "no_data"
"""It was switched off by a person; it has nothing to go by any more."""


def unwatched(engine: Engine, state: State, now: int) -> tuple[State, list[Change]]:
    """End every episode of the rules that this engine does not evaluate."""
    active, memory, changes = dict(state.active), dict(state.memory), list[Change]()
    silences = state.silences
    for rule, reason in _idle(engine):
        if rule.key in active and len(mine := active[rule.key]):
            every = np.ones(len(mine), np.bool_)
            active[rule.key], more = close_where(rule, mine, every, now, reason)
            changes += more
        memory |= _forgotten(rule, memory)
        if rule.silence:
            changes += _silences(rule, silences, now, reason)
            silences = Silences.empty(0)
    after = replace(state, active=active, memory=memory, silences=silences)
    return policy.judged(after, changes) if changes else (after, changes)


def _idle(engine: Engine) -> Iterator[tuple[Rule, str]]:
    on = {rule.key for rule in engine.rules}
    for rule in RULES:
        if rule.key not in on:
            yield rule, OFF
        elif engine.facts.lacks(rule.needs):
            yield rule, BLIND


def _forgotten(rule: Rule, memory: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """What it remembered of the vessels would be old when it is evaluated again."""
    names = [f"{rule.key}.{name}" for name in rule.memory]
    return {name: np.full_like(memory[name], np.nan) for name in names if name in memory}


def _silences(rule: Rule, silences: Silences, now: int, reason: str) -> Sequence[Change]:
    """The gaps that are open."""
    going_on = silences.take(silences.ended == 0)
    return [
        Change(
            rule.key,
            int(going_on.vessel[i]),
            0,
            int(going_on.opened[i]),
            Act.CLEAR,
            now,
            Severity(max(int(going_on.severity[i]), Severity.INFO)),
            reason,
        )
        for i in range(len(going_on))
    ]
