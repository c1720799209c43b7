"""The heart: from where a rule holds now to which episodes opened, rose and cleared.

Set algebra on sorted int64 keys does the work of a dictionary a vessel. Vessels that are not in
the view keep what they had; subjects the rule neither names as holding nor as kept count as off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rows import rows_of, union
from fleet.alerts.rule import Debounce, Look, Observed, Rule, View
from fleet.alerts.scoped import Marks
from fleet.alerts.state import OTHER_BITS, Active
from fleet.geo import Zones
from fleet.model import Act, Change, Ints, Mask, Severity


@dataclass(frozen=True, slots=True)
class Now:
    """The subjects of one view, aligned: what was remembered and what is seen."""

    a: Active  #: to be updated in place; owned by this step
    row: Ints
    t: Ints
    on: Mask
    off: Mask
    severity: Ints
    sure: Mask
    lasting: Ints  #: that it must hold before it fires; -1: as the debounce says


def step(
    rule: Rule,
    params: Any,
    old: Active,
    seen: Observed,
    view: View | Look,
    marks: Marks | None = None,
) -> tuple[Active, Sequence[Change]]:
    """The new subjects of this rule and the changes, in one pass over the view. `marks` are the
    overrides of `params` that concern its rows, where there are any.
    """
    if not len(seen.holds) and not len(old):
        return old, []
    here = rows_of(view.cur.vessel, old.vessel()) >= 0
    if not len(seen.holds) and not here.any():
        return old, []
    changes: list[Change] = []
    mine = old.take(here)
    if rule.zoned and len(mine):
        when = view.cur.t[rows_of(view.cur.vessel, mine.vessel())]
        mine, changes = expire(rule, mine, view.zones, when)
    now = _align(mine, seen, view)
    if len(now.a) == 0:
        return (old.take(~here) if here.any() else old), changes
    assert rule.debounce is not None
    debounce = marks.debounce(now.row, now.a.other()) if marks else rule.debounce(params)
    was = now.a.fired.copy()
    fire, rise = _rise(now, debounce)
    clear = _fall(now, debounce, was)
    changes += [_change(rule, now, int(i), Act.OPEN, view, marks) for i in np.flatnonzero(fire)]
    changes += [_change(rule, now, int(i), Act.RAISE, view, marks) for i in np.flatnonzero(rise)]
    changes += [_change(rule, now, int(i), Act.CLEAR, view) for i in np.flatnonzero(clear)]
    quiet = _hush(now, debounce, clear)
    left = now.a.take(quiet | ~(clear | (now.off & ~now.a.fired)))
    if here.all():
        return left, changes
    new = Active.concat([old.take(~here), left])
    return new.take(np.argsort(new.key, kind="stable")), changes


def _align(mine: Active, seen: Observed, view: View | Look) -> Now:
    on_key = _key(view, seen.holds.row, seen.holds.other)
    keys = union(mine.key, on_key)
    a = _blank(keys)
    a.put(np.searchsorted(keys, mine.key), mine)
    at = np.searchsorted(keys, on_key)
    on, sure = np.zeros(len(keys), np.bool_), np.zeros(len(keys), np.bool_)
    severity, lasting = np.zeros(len(keys), np.int64), np.full(len(keys), -1)
    on[at], sure[at], severity[at] = True, seen.holds.sure, seen.holds.severity
    if seen.lasting is not None:
        lasting[at] = seen.lasting
    kept = np.zeros(len(keys), np.bool_)
    at = rows_of(keys, _key(view, *seen.keeps))
    kept[at[at >= 0]] = True
    row = rows_of(view.cur.vessel, keys >> OTHER_BITS)
    return Now(a, row, view.cur.t[row], on, ~on & ~kept, severity, sure, lasting)


def _key(view: View | Look, row: Ints, other: Ints) -> Ints:
    return view.cur.vessel[row] << OTHER_BITS | other


def _blank(keys: Ints) -> Active:
    zero = np.zeros_like(keys)
    no = np.zeros(len(keys), np.bool_)
    return Active(
        keys, zero.copy(), zero.copy(), no, zero.copy(), zero.copy(), zero.copy(), zero.copy()
    )


def _rise(now: Now, d: Debounce) -> tuple[Mask, Mask]:
    """Count fixes in a row; fire when there are enough, or when the rule is sure."""
    a, t = now.a, now.t
    waiting = now.on & ~a.fired
    a.since[waiting & (a.count == 0)] = t[waiting & (a.count == 0)]
    a.count[waiting] += 1
    lasting = np.where(now.lasting < 0, d.lasting, now.lasting)
    enough = (a.count >= d.fixes) & (t - a.since >= lasting)
    hushed = (a.opened > 0) & (t - a.off_since < d.quiet) & (now.severity <= a.severity)
    fire = waiting & (now.sure | enough) & ~hushed
    rise = now.on & a.fired & (now.severity > a.severity)
    a.severity[fire | rise] = now.severity[fire | rise]
    a.opened[fire] = t[fire]
    a.fired[fire] = True
    return fire, rise


def _fall(now: Now, d: Debounce, was: Mask) -> Mask:
    """Count fixes in a row outside; clear when there are enough."""
    a, t = now.a, now.t
    a.off_count[now.on] = 0
    leaving = now.off & was
    a.off_since[leaving & (a.off_count == 0)] = t[leaving & (a.off_count == 0)]
    a.off_count[leaving] += 1
    return np.asarray(
        leaving & (a.off_count >= d.clear_fixes) & (t - a.off_since >= d.clear_lasting)
    )


def _hush(now: Now, d: Debounce, clear: Mask) -> Mask:
    """Remember for a while what has cleared: it fires again only when it is worse."""
    a = now.a
    a.fired[clear] = False
    a.off_since[clear] = now.t[clear]
    a.off_count[clear] = a.count[clear] = 0
    a.count[now.off & ~a.fired] = 0
    return np.asarray(~a.fired & (a.opened > 0) & (now.t - a.off_since < d.quiet))


def _change(
    rule: Rule, now: Now, i: int, act: Act, view: View | Look, marks: Marks | None = None
) -> Change:
    row, key = int(now.row[i]), int(now.a.key[i])
    other = key & ((1 << OTHER_BITS) - 1)
    cur = view.cur
    return Change(
        rule.key,
        key >> OTHER_BITS,
        other,
        int(now.a.opened[i]),
        act,
        int(now.t[i]),
        Severity(int(now.a.severity[i])),
        "ended" if act == Act.CLEAR else "holds",
        float(cur.lon[row]),
        float(cur.lat[row]),
        _evidence(rule, view, row, other, marks) if act != Act.CLEAR else {},
    )


def _evidence(
    rule: Rule, view: View | Look, row: int, other: int, marks: Marks | None
) -> dict[str, Any]:
    """What the rule shows for it, and which overrides of its numbers it was judged by."""
    told = rule.evidence(view, row, other) if rule.evidence else {}
    scope = marks.labels(row, other) if marks else []
    return {**told, "scope": scope} if scope else told


def expire(
    rule: Rule, active: Active, zones: Zones, upto: Ints | int
) -> tuple[Active, list[Change]]:
    """End what hangs on a zone whose season is over by `upto` (one time, or one a subject)."""
    ends = np.full(len(active), 2**62, np.int64)
    seasonal = {z.id: z for z in zones.zones if z.seasons}
    other = active.other()
    began = np.where(active.fired, active.opened, active.since)
    for i in np.flatnonzero(np.isin(other, list(seasonal))):
        ends[i] = seasonal[int(other[i])].season_end(int(began[i]))
    return close_where(rule, active, ends <= upto, ends, "season_ended")


def close_where(
    rule: Rule, active: Active, which: Mask, at: Ints | int, reason: str
) -> tuple[Active, list[Change]]:
    """Drop these subjects; those that had fired clear at `at` with the reason."""
    if not which.any():
        return active, []
    when = np.broadcast_to(np.asarray(at, np.int64), which.shape)
    changes = [
        Change(
            rule.key,
            int(active.vessel()[i]),
            int(active.other()[i]),
            int(active.opened[i]),
            Act.CLEAR,
            int(when[i]),
            Severity(int(active.severity[i])),
            reason,
        )
        for i in np.flatnonzero(which & active.fired)
    ]
    return active.take(~which), changes
