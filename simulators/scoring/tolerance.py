"""How far an alert may lie from the incident and still be its alert: published, in seconds.

`early`: how long before the incident's `begins` the alert may open. `late`: how long after `due`
the operator may be told; later is missed. `after`: how long after `ends` a late report may still
open it. The numbers are the domain's own debounce times (domain.md A.1 and A.2) plus three reports
of a terminal that reports each three minutes; they follow from no service's settings.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Tolerance:
    early: float = 2 * MINUTE
    late: float = 15 * MINUTE
    after: float = 10 * MINUTE


DEFAULT = Tolerance()
CALL = Tolerance(early=30, late=2 * MINUTE, after=10 * MINUTE)
SLOW = Tolerance(early=15 * MINUTE, late=30 * MINUTE, after=15 * MINUTE)

TOLERANCES: dict[str, Tolerance] = {
    # a call for help is raised on its first message
    "distress": CALL,
    "mob": CALL,
    # sea room closes at 20 kn and more: what comes later than this cannot be acted upon
    "collision": Tolerance(early=12 * MINUTE, late=3 * MINUTE, after=2 * MINUTE),
    "grounding": Tolerance(early=12 * MINUTE, late=5 * MINUTE, after=5 * MINUTE),
    # opened when the silence began, told when it had lasted; or opened when told
    "gap": Tolerance(early=20 * MINUTE, late=20 * MINUTE, after=10 * MINUTE),
    "terminal_off": Tolerance(early=20 * MINUTE, late=20 * MINUTE, after=10 * MINUTE),
    # warned of before they happen: the first step is an hour off, the end is a deadline
    "boundary": Tolerance(early=90 * MINUTE, late=15 * MINUTE, after=15 * MINUTE),
    "recall": Tolerance(early=24 * HOUR, late=40 * MINUTE, after=HOUR),
    "wind_limit": Tolerance(early=26 * HOUR, late=HOUR, after=HOUR),
    "zone_enter": Tolerance(early=15 * MINUTE, late=15 * MINUTE, after=10 * MINUTE),
    "nav_area": Tolerance(early=HOUR, late=20 * MINUTE, after=15 * MINUTE),
    # conditions that have no sharp beginning
    "fishing_like": Tolerance(early=30 * MINUTE, late=40 * MINUTE, after=30 * MINUTE),
    "drift": SLOW,
    "anchor_drag": Tolerance(early=5 * MINUTE, late=15 * MINUTE, after=15 * MINUTE),
    "group_sep": SLOW,
    "single_night": SLOW,
    "encounter": SLOW,
    "loiter": Tolerance(early=30 * MINUTE, late=HOUR, after=30 * MINUTE),
    "moratorium": Tolerance(early=15 * MINUTE, late=30 * MINUTE, after=15 * MINUTE),
    "undeclared_departure": SLOW,
    "overdue": Tolerance(early=5 * MINUTE, late=30 * MINUTE, after=30 * MINUTE),
    "identity": Tolerance(early=10 * MINUTE, late=30 * MINUTE, after=HOUR),
    "battery": Tolerance(early=15 * MINUTE, late=20 * MINUTE, after=15 * MINUTE),
    "spoof": Tolerance(early=5 * MINUTE, late=20 * MINUTE, after=20 * MINUTE),
    "port_crowding": Tolerance(early=20 * MINUTE, late=20 * MINUTE, after=20 * MINUTE),
    "feed": Tolerance(early=10 * MINUTE, late=15 * MINUTE, after=15 * MINUTE),
    "mass_movement": Tolerance(early=10 * MINUTE, late=20 * MINUTE, after=20 * MINUTE),
}


def of(kind: str) -> Tolerance:
    return TOLERANCES.get(kind, DEFAULT)
