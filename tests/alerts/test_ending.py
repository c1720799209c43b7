"""Rules that are evaluated no longer leave nothing open, and nothing behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fleet.alerts.ending import unwatched
from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.facts import Facts, Trips
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rule import Rule
from fleet.alerts.rules import distress, gap, overdue, speed
from fleet.geo import Zones
from fleet.model import Change, Signal, SignalKind, Source
from tests.alerts.sea import Row, fleet, leg
from tests.alerts.track import batch, clock, show

NOW = clock("06:00")


def engine(*rules: Rule, facts: Facts | None = None) -> Engine:
    params = {r.key: typed(r, defaults()[r.key].values) for r in RULES}
    return Engine(rules, params, Zones.build([]), fleet(), facts or Facts())


def after(rules: Engine, rows: list[Row], *calls: Signal) -> tuple[State, list[Change]]:
    """The state when all has been said."""
    state, out = State.empty(8, RULES), []
    for at in sorted({r["received"] for r in rows} | {c.received for c in calls}):
        here = batch([r for r in rows if r["received"] == at])
        said = tuple(c for c in calls if c.received == at)
        state, changes = feed(rules, state, Inputs(here, said), at)
        state, more = tick(rules, state, at)
        out += changes + more
    return state, out


def told(changes: list[Change]) -> list[str]:
    return [f"{show(c.t)} {c.kind} {c.act} {c.reason}" for c in changes]


def test_what_it_had_raised_ends_and_says_that_it_was_switched_off() -> None:
    state, _ = after(engine(speed.RULE), leg(1, "00:00", 5, sog=25))
    left, changes = unwatched(engine(), state, NOW)
    assert told(changes) == ["06:00 speed clear rule_off"]
    assert len(left.active["speed"]) == 0
    assert unwatched(engine(), left, NOW)[1] == [], "once"


def test_what_is_still_watched_goes_on() -> None:
    state, _ = after(engine(speed.RULE), leg(1, "00:00", 5, sog=25))
    left, changes = unwatched(engine(speed.RULE), state, NOW)
    assert changes == []
    assert len(left.active["speed"]) == 1


def test_what_was_only_waiting_ends_without_a_word() -> None:
    state, changes = after(engine(speed.RULE), leg(1, "00:00", 1, sog=25))
    assert changes == []
    left, changes = unwatched(engine(), state, NOW)
    assert (len(state.active["speed"]), len(left.active["speed"]), changes) == (1, 0, [])


def test_silences_end_too() -> None:
    rows = leg(1, "00:00", 5) + leg(2, "00:00", 60)
    state, _ = after(engine(gap.RULE), rows)
    left, changes = unwatched(engine(), state, NOW)
    assert told(changes) == ["06:00 gap clear rule_off"]
    assert len(left.silences) == 0


def test_a_call_for_help_is_ended_by_people() -> None:
    call = Signal(SignalKind.DISTRESS, 1, clock("00:05"), clock("00:05"), Source.TERMINAL)
    state, _ = after(engine(distress.RULE), leg(1, "00:00", 9), call)
    left, changes = unwatched(engine(), state, NOW)
    assert changes == []
    assert len(left.sessions["distress"]) == 1


def test_a_rule_without_its_facts_says_that_it_has_nothing_to_go_by() -> None:
    one = np.array([1])
    late = Facts(trips=Trips(one, np.array([clock("00:00")]), np.array([clock("01:00")])))
    state, _ = after(engine(overdue.RULE, facts=late), leg(1, "00:00", 200))
    _, changes = unwatched(engine(overdue.RULE), state, NOW)
    assert told(changes) == ["06:00 overdue clear no_data"]


def test_a_child_that_ended_so_is_not_released_later() -> None:
    """The boat calls, its speed is explained by that; the rule goes; the call is long over."""
    call = Signal(SignalKind.DISTRESS, 1, clock("00:00"), clock("00:00"), Source.TERMINAL)
    rules = engine(distress.RULE, speed.RULE)
    state, _ = after(rules, leg(1, "00:01", 8, sog=25), call)
    assert len(state.children) == 1
    left, _ = unwatched(engine(distress.RULE), state, NOW)
    assert len(left.children) == 0
    later = replace(rules, rules=(distress.RULE,))
    for row in leg(2, "09:00", 60):
        left, changes = feed(later, left, Inputs(batch([row])), row["received"])
        assert changes == []
