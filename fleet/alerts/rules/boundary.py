"""临近或越过界线：按距离和法向速度预计越线时间，分蓝黄橙红四级；越线为红色。
Boundary: signed distance to a line and the speed across it give the time to crossing. Blue below
60 min or 5 nm, yellow 30 min or 3 nm, orange 10 min or 1 nm, red when across (two fixes, or one
well past). Who has been opening for ten minutes is told nothing new. Ends after ten minutes 1 nm
beyond the outer limit; after a crossing, when back on its own side beyond 1 nm for fifteen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import MAX_STEP_KN, Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.geo import signed_distance_nm
from fleet.model import HOUR, MINUTE, SECOND, Floats, Ints, Mask, Severity

SAMPLES = 8
REACH_NM = 30.0
"""Further away nothing can follow: the outer stage is 60 min, and no boat does 30 kn."""


@dataclass(frozen=True, slots=True)
class Params:
    info_min: float
    info_nm: float
    warning_min: float
    warning_nm: float
    alarm_min: float
    alarm_nm: float
    crossed_nm: float
    back_nm: float
    opening_min: float
    back_min: float
    window_min: float

    def stages(self) -> tuple[tuple[Severity, float, float], ...]:
        """(severity, minutes to crossing, distance in nm), mildest first."""
        return (
            (Severity.INFO, self.info_min, self.info_nm),
            (Severity.WARNING, self.warning_min, self.warning_nm),
            (Severity.ALARM, self.alarm_min, self.alarm_nm),
        )


@dataclass(frozen=True, slots=True)
class Approach:
    """The boats within reach of their nearest line, one row each."""

    row: Ints  #: of the view
    line: Ints  #: zone id
    t: Ints
    d: Floats  #: nm, negative past the line
    times: Floats  #: (n, SAMPLES) seconds of the last samples, newest first; NaN where none
    miles: Floats  #: (n, SAMPLES) their distances

    def closing_kn(self) -> Floats:
        """Median speed towards the line over the samples; 0 with fewer than two."""
        hours = (self.times[:, :-1] - self.times[:, 1:]) * SECOND / HOUR
        speed = (self.miles[:, 1:] - self.miles[:, :-1]) / hours
        speed[~(np.abs(speed) <= MAX_STEP_KN)] = np.nan
        ordered, n = np.sort(speed, axis=1), (~np.isnan(speed)).sum(axis=1)
        pick, some = np.arange(len(n)), np.maximum(n, 1)
        middle = (ordered[pick, (some - 1) // 2] + ordered[pick, some // 2]) / 2
        return np.asarray(np.where(n > 0, middle, 0.0))

    def minutes(self, speed: Floats) -> Floats:
        """Time to crossing at this speed (kn); infinite when not closing."""
        minutes: Floats = np.full(len(speed), np.inf)
        np.divide(self.d * 60, speed, out=minutes, where=speed > 0)
        return minutes


def observe(view: View, p: Params, memory: Memory) -> Observed:
    new = {name: rows.copy() for name, rows in memory.items()}
    a = _approach(view, p, new)
    closing = a.closing_kn()
    level, leaving = _level(a, p, closing), _leaving(a, p, closing, new)
    _remember(a, p, level, new)
    past = new["crossed"][a.row] == 1
    on = np.where(past, a.d <= 0, (level > 0) & ~leaving)
    gone = ~on & (a.t / SECOND - new["off"][a.row] >= _wait(p, past))
    new["crossed"][a.row[gone]] = 0
    sure = (level == Severity.EMERGENCY) & (a.d < -p.crossed_nm)
    level = np.where(past & on, Severity.EMERGENCY, level)
    holds = seen(a.row[on], a.line[on], level[on], sure[on])
    stay = ~on & ~gone
    strange = np.flatnonzero(view.leap & ~np.isnan(new["line"]))
    row = np.concatenate([a.row[stay], strange])
    line = np.concatenate([a.line[stay], new["line"][strange].astype(np.int64)])
    return Observed(holds, (row, line), new)


def _wait(p: Params, past: Mask) -> Floats:
    """Seconds beyond the clearing distance before the episode ends."""
    return np.asarray(np.where(past, p.back_min, p.opening_min) * MINUTE / SECOND)


def _approach(view: View, p: Params, new: dict[str, Any]) -> Approach:
    """Each boat's nearest line in force within reach, with the newest sample in front."""
    rows = np.flatnonzero(view.ours() & ~view.leap)
    best = np.full(len(rows), np.inf)
    line = np.zeros(len(rows), np.int64)
    crossed = new["crossed"][rows] == 1
    for i in np.flatnonzero(view.zones.where(rule="line") & ~view.zones.where(kind="coast")):
        d = _distance(int(i), view, rows, crossed)
        closer = np.abs(d) < np.abs(best)
        best[closer], line[closer] = d[closer], view.zones.ids[i]
    near = (np.abs(best) <= REACH_NM) | (crossed & np.isfinite(best))
    rows, best, line = rows[near], best[near], line[near]
    t = view.cur.t[rows]
    times, miles = new["times"][rows], new["miles"][rows]
    times[new["line"][rows] != line] = np.nan
    times = np.concatenate([(t / SECOND)[:, None], times[:, :-1]], axis=1)
    miles = np.concatenate([best[:, None], miles[:, :-1]], axis=1)
    times[~(times >= times[:, :1] - p.window_min * MINUTE / SECOND)] = np.nan
    new["times"][rows], new["miles"][rows], new["line"][rows] = times, miles, line
    return Approach(rows, line, t, best, times, miles)


def _distance(i: int, view: View, rows: Ints, crossed: Mask) -> Floats:
    """Signed distance to a line, infinite where its season does not concern the boat, or it is
    out of reach and the boat has crossed none.
    """
    zone, lon, lat = view.zones.zones[i], view.cur.lon[rows], view.cur.lat[rows]
    d = view.zones.line_nm(i, lon, lat, REACH_NM)
    d[crossed] = signed_distance_nm(zone.geometry, lon[crossed], lat[crossed])
    d[~zone.in_season(view.cur.t[rows])] = np.inf
    return d


def _leaving(a: Approach, p: Params, closing: Floats, new: dict[str, Any]) -> Mask:
    """Who has been opening for so long that nearness by itself is no news: else a boat that comes
    back from a crossing would be told of the line once more.
    """
    now, since = a.t / SECOND, new["opening"][a.row]
    since = np.where(closing < 0, np.where(np.isnan(since), now, since), np.nan)
    new["opening"][a.row] = since
    return np.asarray(now - since >= p.opening_min * MINUTE / SECOND)


def _level(a: Approach, p: Params, closing: Floats) -> Ints:
    """The severity each boat's distance and time to crossing call for; 0 for none."""
    level, minutes = np.zeros(len(a.row), np.int64), a.minutes(closing)
    for severity, within_min, within_nm in p.stages():
        level[(minutes < within_min) | (a.d < within_nm)] = severity
    twice = (a.d < 0) & (a.miles[:, 1] < 0) & ~np.isnan(a.times[:, 1])
    level[twice | (a.d < -p.crossed_nm)] = Severity.EMERGENCY
    return level


def _remember(a: Approach, p: Params, level: Ints, new: dict[str, Any]) -> None:
    """Whether the boat has crossed, and since when it has been beyond the clearing distance."""
    crossed = (new["crossed"][a.row] == 1) | (level == Severity.EMERGENCY)
    new["crossed"][a.row] = crossed
    clear_nm = np.where(crossed, p.back_nm, p.info_nm + p.back_nm)
    beyond = (a.d > clear_nm) & (crossed | (level == 0))
    since = new["off"][a.row]
    since = np.where(beyond, np.where(np.isnan(since), a.t / SECOND, since), np.nan)
    new["off"][a.row] = since


def debounce(_p: Params) -> Debounce:
    return Debounce(2, 0, 1, 0)


def evidence(view: View, row: int, other: int) -> dict[str, Any]:
    zone = next(z for z in view.zones.zones if z.id == other)
    at = slice(row, row + 1)
    d = signed_distance_nm(zone.geometry, view.cur.lon[at], view.cur.lat[at])
    return {**zone_evidence(view, row, other), "distance_nm": round(float(d[0]), 2)}


RULE = Rule(
    "boundary", "临近界线", "Near or across a boundary", Params, observe, debounce,
    memory={"times": (SAMPLES,), "miles": (SAMPLES,), "line": (), "crossed": (), "off": (),
            "opening": ()},
    zoned=True, evidence=evidence, anchor="line",
)  # fmt: skip
