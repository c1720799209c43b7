"""The test of the test: services with wrong thresholds, which the suite must tell from ours.

Of each kind one that hears too little (it must miss something) and, of most, one that cries wolf
(it must be wrong more often). The numbers are far off on purpose: the truth leaves a margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Numbers: TypeAlias = Mapping[str, float]

DEAF: dict[str, Numbers] = {
    "speed": {"fishing_kn": 54},
    "collision": {"warn_nm": 0.05, "danger_nm": 0.02},  # CPA limit
    "gap": {"warning_min": 100, "alarm_min": 300, "emergency_min": 900},
    "zone_enter": {"lasting_s": 3600},  # hold
    "boundary": {"info_nm": 0.5, "warning_nm": 0.3, "alarm_nm": 0.1, "info_min": 3,
                 "warning_min": 2, "alarm_min": 1},
    "group_sep": {"apart_nm": 25},
    "encounter": {"near_m": 20},
    "spoof": {"leaps": 4, "window_min": 1},
    "terminal_off": {"silent_min": 600},
    "recall": {"first_h": 0.1, "second_h": 0.1, "speed_kn": 60},
}  # fmt: skip
JUMPY: dict[str, Numbers] = {
    "speed": {"fishing_kn": 6, "lasting_min": 0},
    "collision": {"warn_nm": 2.5, "danger_nm": 2},
    "gap": {"warning_min": 4, "interval_factor": 1},
    "boundary": {"info_nm": 18, "info_min": 600},
    "group_sep": {"apart_nm": 0.2, "lasting_min": 0},
    "encounter": {"lasting_min": 1, "looks": 1},
    "spoof": {"leaps": 1},
    "terminal_off": {"silent_min": 3},
    "recall": {"first_h": 12.5, "away_nm": 30},
}  # fmt: skip
