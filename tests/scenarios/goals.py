"""What the service must reach on the simulated sea, and where it does not yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """Least recall and precision of a scenario, over the kinds that its truth judges."""

    recall: float = 0.98
    precision: float = 0.95


SEED = 1
"""Pinned: the figures below are of it. `make scenarios` draws another."""

QUICK = ("distress", "mob", "speed", "grounding", "zone_exit", "terminal_off")
"""Those that every run of the tests plays: the red kinds, and one of each way that rules look (a
fix, a zone, the clock, two sources). `make scenarios` plays all."""

KINDS = (
    *QUICK, "anchor_drag", "approach", "battery", "boundary", "collision", "drift", "encounter",
    "feed", "fishing_like", "gap", "group_sep", "identity", "loiter", "moratorium", "nav_area",
    "overdue", "port_crowding", "recall", "risk_zone", "single_night", "spoof",
    "undeclared_departure", "wind_limit", "zone_dwell", "zone_enter",
)  # fmt: skip

USUAL = ("recall>=0.98", "precision>=0.95")
DAYS = {
    "ordinary_day": (*USUAL, "red.recall==1", "per_hour<=6"),
    "opening_day": (*USUAL, "rollups==1", "shown<10"),
    "receiver_outage": (*USUAL, "rollups==1", "shown<10"),
    "pair_trawlers_night": USUAL,
    "satellite_burst": USUAL,
    "typhoon_recall": USUAL,
}
"""Whole days, with what is demanded of them in the words of `score --require`; those without a red
incident demand nothing of red."""

BELOW: dict[str, Goal] = {}
"""Scenarios that do not reach the goal, with what they do reach at SEED: recall, precision. None
now; an entry is taken out when its rule is mended, and a test fails while one is for nothing."""


def goal(scenario: str) -> Goal:
    return BELOW.get(scenario, Goal())


def demands(scenario: str) -> tuple[str, ...]:
    """All that is demanded of a scenario, in the words of `score --require`."""
    if scenario in DAYS:
        return DAYS[scenario]
    least = goal(scenario)
    return f"recall>={least.recall}", f"precision>={least.precision}", "red.recall==1"
