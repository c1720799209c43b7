"""The 256 rates of turn: the only field of AIS whose steps are not equal.

ROT_AIS = 4.733 sqrt(degrees a minute), to starboard positive (M.1371-5, Table 48).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from fleet.model import Floats

NO_INDICATOR: Final = 127
"""+-127: turning at more than 5 degrees in 30 s, nobody knows how fast; -128: not available."""


def rate(code: int) -> float:
    """Degrees a minute; NaN where the code tells none."""
    if abs(code) >= NO_INDICATOR:
        return float("nan")
    size = float((Fraction(code * 1000, 4733)) ** 2)
    return -size if code < 0 else size


RATES: Final[Floats] = np.array([rate(code) for code in [*range(128), *range(-128, 0)]])
"""By the code, negative ones from the end."""
