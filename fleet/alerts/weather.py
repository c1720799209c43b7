"""Wind as several forecasts and measurements together say it 风力."""

from __future__ import annotations

import numpy as np

from fleet.alerts.facts import Wind
from fleet.model import Floats, Ints


def agreed(wind: Wind, force: Floats) -> Floats:
    """What the two newest forecasts both say, or what was measured: (cycles, n) -> (n,)."""
    measured = np.fmax.reduce(force[wind.observed], axis=0, initial=np.nan)
    told = force[~wind.observed][np.argsort(-wind.issued[~wind.observed], kind="stable")[:2]]
    both = told.min(axis=0) if len(told) == 2 else np.full(force.shape[1], np.nan)
    return np.asarray(np.fmax(measured, both))


def blowing(wind: Wind, lon: Floats, lat: Floats, t: Ints) -> Floats:
    """The agreed force, Beaufort, at each place and time; NaN where nothing is known."""
    out = np.full(len(t), np.nan)
    if not len(wind):
        return out
    step = np.searchsorted(wind.times, t, side="right")
    for one in np.unique(step):
        rows = np.flatnonzero(step == one)
        at = int(t[rows[0]])
        out[rows] = agreed(wind, wind.at(lon[rows], lat[rows], at))
    return out
