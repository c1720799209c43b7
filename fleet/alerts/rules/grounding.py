"""搁浅：航行状态“搁浅”为红色；按水深与吃水，10分钟航程内富余水深不足1米为橙色；在浅水中突然停住为红色。
Aground or about to be: status 6 is red; orange when, on this course, less than a metre will be
left under the keel within ten minutes (needs depths); red when the boat stops dead in shallow
water. Cleared when the depth is right again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.neighbours import reckoned
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import fix_evidence
from fleet.model import MINUTE, SECOND, Floats, Ints, Mask, Severity

AGROUND = 6  #: navigational status
AHEAD = 5
"""Places looked at on the way ahead."""


@dataclass(frozen=True, slots=True)
class Params:
    under_keel_m: float
    look_ahead_min: float
    usual_draught_m: float  #: where the boat's own is not known
    least_kn: float  #: slower boats are not on their way onto anything
    stop_from_kn: float
    stop_to_kn: float
    stop_s: float
    shallow_m: float
    clear_min: float


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    afloat = view.ours() & (view.port == 0) & ~view.leap
    aground = (view.cur.status == AGROUND) & view.ours()
    red = aground | (afloat & _stopped(view, p))
    orange = afloat & ~red & (_least_ahead_m(view, p) < p.under_keel_m)
    row = np.flatnonzero(red | orange)
    severity = np.where(red[row], Severity.EMERGENCY, Severity.ALARM)
    # A boat that lies there stays aground until it moves again.
    lies = np.flatnonzero(view.leap | (afloat & ~(view.cur.sog > p.least_kn)))
    lies = lies[~np.isin(lies, row)]
    zero = np.zeros(len(row), np.int64)
    return Observed(seen(row, zero, severity, red[row]), (lies, np.zeros(len(lies), np.int64)))


def _stopped(view: View, p: Params) -> Mask:
    """From speed to none within a minute, in shallow water."""
    quick = (view.cur.t - view.prev.t <= p.stop_s * SECOND) & (view.prev.t > 0)
    halted = (view.prev.sog > p.stop_from_kn) & (view.cur.sog < p.stop_to_kn)
    shallow = view.facts.depth.at(view.cur.lon, view.cur.lat) < p.shallow_m
    return np.asarray(quick & halted & shallow)


def _least_ahead_m(view: View, p: Params) -> Floats:
    """The least water under the keel on the way of the next minutes; NaN where not known."""
    cur = view.cur
    rows: Ints = np.flatnonzero(cur.sog >= p.least_kn)
    out = np.full(len(cur), np.nan)
    if not len(view.facts.depth) or not len(rows):
        return out
    draught = view.facts.detail("draught_m", cur.vessel[rows])
    draught = np.where(np.isnan(draught), p.usual_draught_m, draught)
    part = cur.take(rows)
    for share in np.linspace(0, 1, AHEAD):
        hours = np.full(len(rows), share * p.look_ahead_min / 60)
        lon, lat = reckoned(part.lon, part.lat, part.sog, part.cog, hours)
        out[rows] = np.fmin(out[rows], view.facts.depth.at(lon, lat) - draught)
    return out


def debounce(p: Params) -> Debounce:
    return Debounce(2, 0, 2, int(p.clear_min * MINUTE))


def evidence(view: View, row: int, other: int) -> dict[str, Any]:
    depth = view.facts.depth.at(view.cur.lon[[row]], view.cur.lat[[row]])[0]
    known = {} if np.isnan(depth) else {"depth_m": round(float(depth), 1)}
    return {**fix_evidence(view, row, other), **known}


RULE = Rule(
    "grounding", "搁浅", "Aground, or about to be", Params, observe, debounce, evidence=evidence,
    uses=("depth",),
)  # fmt: skip
