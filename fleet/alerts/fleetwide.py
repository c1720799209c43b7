"""Looks at the whole fleet 全局巡视: when they are due, and what they show.

A look belongs to the stream, not to the wall clock: it is due when the newest receipt passes a
multiple of LOOK, between two rows. So it shows the same fleet however the stream was cut, and
after a restart. Moments at which nothing was received are not looked at.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fleet.alerts.rule import Look, Rule
from fleet.alerts.state import VISIT, WORK, State, going_on
from fleet.alerts.view import Setting
from fleet.model import SECOND

LOOK = 10 * SECOND
"""As often as collisions must be looked for (domain E: CPA over the fleet every 10 s)."""


def due(rule: Rule, before: int, at: int) -> bool:
    """Whether a rule that looks more seldom looks now; `before` is the look before."""
    return not rule.every or at // rule.every > before // rule.every


def glance(by: Setting, state: State, at: int) -> Look:
    """Every vessel that was ever heard or is registered; row 0 is nobody."""
    slots = len(state.last)
    there = (state.last.t > 0) | by.vessels.registered[:slots]
    there[0] = True
    rows = np.flatnonzero(there)
    cur = state.last.take(rows)
    fixed = cur.t
    cur = replace(cur, vessel=rows, t=np.full(len(rows), at))
    _, port = going_on(state.active, VISIT, rows)
    fishing, _ = going_on(state.active, WORK, rows)
    return Look(cur, fixed, port, fishing, by.zones, by.vessels, by.facts, state.heard)
