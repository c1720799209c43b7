"""One report heard by several stations is one fix, even where it tells no time of its own.

A report with a UTC second has the same fix time from whoever heard it, and the position key makes
it one row. One without (`Flag.NO_CLOCK`: AIS second 60 and above, type 27) gets its receiver's
time, another from each: here all of them get the first's.

Invariant: the outcome depends on the reports and their order alone, not on how they were cut into
batches; what is remembered is bounded by time and by number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fleet.model import MINUTE, SECOND, Batch, Columns, Flag, Floats, Ints, Mask

WINDOW = 30 * SECOND
"""How far apart stations may tell the same report: the issue's default, and half of what may lie
between two reports of a moving class B (30 s; ITU-R M.1371-5, table 2)."""
SLACK = 2 * MINUTE
"""So much older than the newest may a report come in and still be compared: receivers' honest
clocks differ by less (`clean.EARLY`)."""
MOST = 100_000
"""Rows remembered; of more, the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Seen(Columns):
    """Who told which report: one row a report and station."""

    vessel: Ints
    source: Ints
    first: Ints  #: the fix time that all of them get
    station: Ints
    lon: Floats
    lat: Floats
    sog: Floats
    cog: Floats
    status: Ints


SAME = ("vessel", "source", "lon", "lat", "sog", "cog", "status")
"""What is the same from everybody who heard one report."""


@dataclass(frozen=True, slots=True)
class Recent:
    """What was told of late without a time of its own."""

    window: int = WINDOW  #: microseconds
    newest: int = 0  #: the newest such time
    seen: Seen = field(default_factory=lambda: Seen.empty(0))


def aligned(recent: Recent, batch: Batch) -> tuple[Recent, Batch]:
    """The batch with one fix time for each report; pure."""
    timeless = batch.flags & (Flag.NO_CLOCK | Flag.SKEWED) == Flag.NO_CLOCK
    if not timeless.any():
        return recent, batch
    rows = np.flatnonzero(timeless)
    fresh = _told(batch.take(rows))
    newest = np.maximum.accumulate(np.maximum(batch.t[rows], recent.newest))
    due = batch.t[rows] >= newest - SLACK
    every = Seen.concat([recent.seen, fresh])
    old = len(recent.seen)
    for group in _alike(every):
        _match(every.first, every.station, group, old, due, recent.window)
    t = batch.t.copy()
    t[rows] = every.first[old:]
    return _kept(recent, every, int(newest[-1])), replace(batch, t=t)


def _told(batch: Batch) -> Seen:
    first = batch.t.copy()
    return Seen(
        batch.vessel, batch.source, first, batch.station, batch.lon, batch.lat, batch.sog,
        batch.cog, batch.status,
    )  # fmt: skip


def _alike(seen: Seen) -> Iterator[Ints]:
    """The rows of each report that came more than once, in order of arrival."""
    columns = [np.nan_to_num(getattr(seen, name), nan=-1.0) for name in SAME]
    order = np.lexsort(columns)
    differs = np.logical_or.reduce([c[order][1:] != c[order][:-1] for c in columns])
    for group in np.split(order, np.flatnonzero(differs) + 1):
        if len(group) > 1:
            yield np.sort(group)


def _match(first: Ints, station: Ints, group: Ints, old: int, due: Mask, window: int) -> None:
    """Give each new row of a group the time of the nearest report that its station has not told;
    without one it is a report of its own.
    """
    told: dict[int, set[int]] = {}
    for i in group.tolist():
        t, by = int(first[i]), int(station[i])
        if i >= old and due[i - old]:
            near = [f for f, who in told.items() if by not in who and abs(t - f) <= window]
            first[i] = t = _nearest(t, near)
        told.setdefault(t, set()).add(by)


def _nearest(t: int, near: Sequence[int]) -> int:
    """Of equally near ones the earlier; t itself where there is none."""
    return min(near, key=lambda f: (abs(f - t), f), default=t)


def _kept(recent: Recent, seen: Seen, newest: int) -> Recent:
    """Without what no report that is due can be compared with."""
    seen = seen.take(seen.first >= newest - SLACK - recent.window)
    if len(seen) > MOST:
        seen = seen.take(np.sort(np.argsort(seen.first, kind="stable")[-MOST:]))
    return replace(recent, newest=newest, seen=seen)


def repeated(batch: Batch, last: Batch) -> Mask:
    """Which fixes somebody had told before: in this batch, or as their vessel's newest."""
    known = batch.vessel < len(last)
    row = np.where(known, batch.vessel, 0)
    again = known & (last.t[row] == batch.t) & (last.source[row] == batch.source)
    if len(batch) and (batch.station != batch.station[0]).any():
        again |= ~_firsts((batch.vessel, batch.t, batch.source))
    return np.asarray(again)


def _firsts(keys: Sequence[Ints]) -> Mask:
    """The first row of each key, in order of arrival."""
    mixed = np.zeros(len(keys[0]), np.uint64)
    for key in keys:  # one 64-bit number for the key: a chance of 1 in 10^9 in a batch of 10^5
        mixed = (mixed ^ key.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    first = np.zeros(len(mixed), np.bool_)
    first[np.unique(mixed, return_index=True)[1]] = True
    return first
