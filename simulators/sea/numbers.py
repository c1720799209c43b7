"""The numbers of definitions, from domain.md A.1–A.3, with which scripts are told from one another.

They say what an incident is, not when a service alarms: a play is `alert` where what it does lies
clearly beyond its number, `either` within the margin around it, and nothing where it lies clear.
"""

from __future__ import annotations

from typing import Final

MINUTE, HOUR = 60.0, 3600.0

COMMON_CAUSE: Final = 0.3  # A.1: of the vessels of one feed, within 10 min
GAP: Final = 30 * MINUTE  # A.2 #3: at sea in good coverage, yellow; 2 h orange
GAP_ORANGE: Final = 2 * HOUR
GAP_IN_PORT: Final = 60 * HOUR  # A.2 #3
TERMINAL_OFF: Final = 1 * HOUR  # A.2 #4: the other source goes on
ENTER_FOR: Final = 60.0  # A.2 #5: 2 fixes and 60 s
EXIT_FOR: Final = 180.0  # A.2 #5: 3 fixes and 180 s
EXIT_MARGIN_NM: Final = 150 / 1852  # A.2 #5
APPROACH_NM: Final = 0.5  # A.2 #5: or 10 min
APPROACH_FOR: Final = 10 * MINUTE
LINE_NM: Final = (5.0, 3.0, 1.0, 0.0)  # A.2 #6: blue, yellow, orange, red
AT_SEA_IN_MORATORIUM: Final = 30 * MINUTE  # A.2 #7
FISHING_FOR: Final = 20 * MINUTE  # A.2 #8
FISHING_KN: Final = 5.5  # A.2 #8: mean speed
AREA_MARGIN_NM: Final = 0.5  # A.2 #9
AREA_FOR: Final = 10 * MINUTE
CPA_NM: Final = 0.5  # A.3 warn
CPA_DANGER_NM: Final = 0.25
TCPA: Final = (4 * MINUTE, 15 * MINUTE)
CPA_FOR: Final = 60.0
MERCHANT_KN: Final = 5.0
MERCHANT_M: Final = 50.0
CLOSING_KN: Final = 3.0
RANGE_NM: Final = 6.0
DRIFT_KN: Final = (0.3, 2.0)  # A.2 #13
DRIFT_FOR: Final = 30 * MINUTE
ANCHOR_SETTLED: Final = 20 * MINUTE  # A.2 #14
ANCHOR_FOR: Final = 2 * MINUTE
GROUNDING_CLEAR_M: Final = 1.0  # A.2 #15
GROUNDING_AHEAD: Final = 10 * MINUTE
CLASS_KN: Final = 18.0  # A.2 #16: fishing class
HARBOUR_KN: Final = 5.0
SPEED_FOR: Final = 2 * MINUTE
GROUP_NM: Final = 5.0  # A.2 #17
GROUP_NONE_NM: Final = 8.0
GROUP_FOR: Final = 15 * MINUTE
ALONE_NM: Final = 8.0  # A.2 #18
ALONE_FOR: Final = 30 * MINUTE
OVERDUE: Final = 2 * HOUR  # A.2 #19: yellow; 6 h orange, 12 h red
UNDECLARED_FOR: Final = 30 * MINUTE  # A.2 #20
TOGETHER_NM: Final = 300 / 1852  # A.2 #21
TOGETHER_FOR: Final = 45 * MINUTE
LOITER_KN: Final = 2.0  # A.2 #22
LOITER_FOR: Final = 2 * HOUR
JUMP_KN: Final = 60.0  # A.2 #23
BATTERY_PCT: Final = (20.0, 10.0)  # A.2 #25
HOME_KN: Final = 7.0  # A.2 #11: on the way to port
CROWDED: Final = 0.9  # A.2 #27
FEED_USUAL: Final = 3.0  # A.2 #28: times the usual silence


def judge(value: float, limit: float, margin: float = 0.2) -> str:
    """`alert` clearly above the limit, `either` within the margin's share of it, `` below."""
    if value >= limit * (1 + margin):
        return "alert"
    return "either" if value > limit * (1 - margin) else ""


def judge_below(value: float, limit: float, margin: float = 0.2) -> str:
    """The same where small is grave."""
    if value <= limit * (1 - margin):
        return "alert"
    return "either" if value < limit * (1 + margin) else ""
