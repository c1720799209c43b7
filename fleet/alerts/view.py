"""From a batch in arrival order to rounds that rules can look at: order, lateness, zones.

A fix is on time when it is newer than every fix of its vessel before it, in order of arrival; so
the outcome does not depend on how the stream was cut into batches. All others are late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from fleet.alerts.facts import Facts
from fleet.alerts.rule import MAX_STEP_KN, View
from fleet.geo import NM_PER_DEGREE, Hits, Zones, segments, share_inside
from fleet.model import MINUTE, Batch, Flag, Floats, Ints, Mask
from fleet.vessels import Vessels

CROSSING_AGE = 15 * MINUTE
"""Fixes further apart say nothing about the way between them (domain: segment test)."""
CROSSED = "keep_out"
"""The rule of zones for which the way between two fixes counts."""


def on_time(batch: Batch, last: Batch) -> tuple[Mask, Ints]:
    """Which rows are newer than all before them of their vessel, and each such row's place in
    its vessel's sequence (0 first); the place is 0 for late rows.
    """
    usable = ~np.isnan(batch.lon) & ~np.isnan(batch.lat) & (batch.flags & Flag.SKEWED == 0)
    t = np.where(usable, batch.t, 0)
    if np.bincount(batch.vessel).max(initial=0) <= 1:  # nobody twice: nothing to put in order
        return t > last.t[batch.vessel], np.zeros(len(batch), np.int64)
    good = t > running(batch.vessel, t, last.t)
    order = np.argsort(batch.vessel, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(batch.vessel[order]) != 0][: len(batch)])
    nth: Ints = np.cumsum(good[order]) - good[order]
    nth = nth - np.repeat(nth[first], np.diff(np.r_[first, len(batch)]))
    place = np.zeros(len(batch), np.int64)
    place[order] = np.where(good[order], nth, 0)
    return good, place


def running(vessel: Ints, values: Ints, start: Ints) -> Ints:
    """The largest value of each row's vessel before that row; `start` is by vessel id."""
    n = len(vessel)
    order = np.argsort(vessel, kind="stable")
    who, mine = vessel[order], values[order]
    ordered, rank = np.unique(np.concatenate([mine, start[who]]), return_inverse=True)
    first = np.r_[True, who[1:] != who[:-1]][:n]
    lift = (np.cumsum(first) - 1) * (2 * n + 1)  # a later vessel is above all of an earlier one
    above = np.maximum.accumulate(np.r_[0, (rank[:n] + lift)[:-1]][:n])
    before = np.maximum(above, rank[n:] + lift) - lift
    out = np.empty(n, np.int64)
    out[order] = ordered[before]
    return out


@dataclass(frozen=True, slots=True)
class Setting:
    """What fixes are looked at by."""

    zones: Zones
    vessels: Vessels
    facts: Facts
    margin_m: float  #: how far around a zone counts as still near it


@dataclass(frozen=True, slots=True)
class Prepared:
    """On-time rows sorted by (round, vessel), each with its fix before, and the zones of all."""

    cur: Batch
    prev: Batch
    leap: Mask
    bounds: Ints  #: start of every round, and the end
    inside: Hits
    near: Hits
    crossed: Hits
    crossed_for: Ints
    heard: Ints
    passed: Ints
    setting: Setting

    def rounds(self) -> Iterator[View]:
        """One view a round: at most one fix a vessel, oldest first."""
        for lo, hi in zip(self.bounds[:-1], self.bounds[1:], strict=True):
            crossing = _between(self.crossed, lo, hi)
            yield View(
                self.cur.take(slice(lo, hi)),
                self.prev.take(slice(lo, hi)),
                self.leap[lo:hi],
                _cut(self.inside, lo, hi),
                _cut(self.near, lo, hi),
                _cut(self.crossed, lo, hi),
                self.crossed_for[crossing],
                self.setting.zones,
                self.setting.vessels,
                self.setting.facts,
                np.zeros(hi - lo, np.int64),
                np.zeros(hi - lo, np.bool_),
                self.heard[lo:hi],
                self.passed[lo:hi],
            )


def _between(hits: Hits, lo: int, hi: int) -> slice:
    return slice(*np.searchsorted(hits.row, (lo, hi)))


def _cut(hits: Hits, lo: int, hi: int) -> Hits:
    part = _between(hits, lo, hi)
    return Hits(hits.row[part] - lo, hits.zone[part])


def overtaken(batch: Batch, good: Mask, before: Ints) -> Ints:
    """(n, sources): of each row's vessel the newest fix by each source that was not on time, up to
    that row; `before` is the same by vessel id. A terminal whose reports take longer than the
    boat's AIS from one to the next is heard all the same.
    """
    out = before[batch.vessel]
    late = ~good & (batch.flags & Flag.SKEWED == 0)
    for source in np.unique(batch.source[late]).tolist():
        mine = late & (batch.source == source)
        rows = np.flatnonzero(np.isin(batch.vessel, batch.vessel[mine]))
        told = np.where(mine[rows], batch.t[rows], 0)
        earlier = running(batch.vessel[rows], told, before[:, source])
        out[rows, source] = np.maximum(earlier, told)
    return out


def prepare(
    batch: Batch, place: Ints, heard: Ints, passed: Ints, last: Batch, setting: Setting
) -> Prepared:
    """Look every fix up in the zones, once. Rows are on time, sorted by (place, vessel); `heard`
    has the newest fix time of each kind of feed for every row, `passed` what `overtaken` says.
    """
    zones, cls = setting.zones, setting.vessels.cls[batch.vessel]
    some = _ever(zones, batch.t) | _areas(zones)
    inside, near = zones.about(batch.lon, batch.lat, setting.margin_m, some)
    cur = replace(batch, flags=_place_flags(batch.flags, inside, zones))
    prev = _previous(cur, place, last)
    bounds = np.searchsorted(place, np.arange(place.max(initial=-1) + 2))
    inside, near = (h.take(zones.in_force(h, cls, cur.t)) for h in (inside, near))
    leap = _knots(cur, prev) > MAX_STEP_KN
    crossed, crossed_for = _crossings(cur, prev, leap, zones, cls)
    return Prepared(
        cur, prev, leap, bounds, inside, near, crossed, crossed_for, heard, passed, setting
    )


def _previous(cur: Batch, place: Ints, last: Batch) -> Batch:
    """The fix before each row: the same vessel's in the round before, else the one remembered."""
    prev = last.take(cur.vessel)
    order = np.lexsort((place, cur.vessel))
    same = cur.vessel[order][1:] == cur.vessel[order][:-1]
    prev.put(order[1:][same], cur.take(order[:-1][same]))
    return prev


def _areas(zones: Zones) -> Mask:
    """The zones that mark fixes, whatever the season."""
    return zones.among("port", "coverage")


def _place_flags(flags: Ints, hits: Hits, zones: Zones) -> Ints:
    flags = flags & ~int(Flag.IN_PORT | Flag.COVERED)
    for kind, flag in (("port", Flag.IN_PORT), ("coverage", Flag.COVERED)):
        rows = hits.row[zones.where(kind=kind)[hits.zone]]
        flags[rows] |= int(flag)
    if not zones.where(kind="coverage").any():
        flags |= int(Flag.COVERED)  # no coverage area drawn: everywhere is covered
    return flags


def _ever(zones: Zones, t: Ints) -> Mask:
    """The zones in force at some time of these."""
    some = np.ones(len(zones.zones), np.bool_)
    for z in zones.seasonal().tolist() if len(t) else ():
        some[z] = zones.zones[z].ever_in_season(int(t.min()), int(t.max()))
    return some


def _crossings(cur: Batch, prev: Batch, leap: Mask, zones: Zones, cls: Ints) -> tuple[Hits, Ints]:
    """Zones passed between two fixes close in time, and for how long at constant speed."""
    dt = cur.t - prev.t
    moved = (cur.lon != prev.lon) | (cur.lat != prev.lat)
    fair = (prev.t > 0) & (dt <= CROSSING_AGE) & moved & ~leap
    rows = fair.nonzero()[0]
    part = zones.crossed(prev.lon[rows], prev.lat[rows], cur.lon[rows], cur.lat[rows], rule=CROSSED)
    hits = Hits(rows[part.row], part.zone)
    hits = hits.take(zones.in_force(hits, cls, cur.t))
    lines = segments(prev.lon[hits.row], prev.lat[hits.row], cur.lon[hits.row], cur.lat[hits.row])
    share = share_inside(zones.tree.geometries[hits.zone], lines)
    return hits, np.asarray(share * dt[hits.row], np.int64)


def _knots(cur: Batch, prev: Batch) -> Floats:
    """Speed over the straight way from the fix before; 0 where there is none."""
    dx = (cur.lon - prev.lon) * np.cos(np.radians(cur.lat))
    miles = np.hypot(dx, cur.lat - prev.lat) * NM_PER_DEGREE
    hours = np.maximum(cur.t - prev.t, 1) / (60 * MINUTE)
    return np.asarray(np.where(prev.t > 0, miles / hours, 0.0))
