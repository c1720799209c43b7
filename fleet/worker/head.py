"""What the worker knows at one batch, and the step from one batch to the next. Pure.

Invariant: a step is made from a head without touching it; it becomes the head when it is
committed. What a commit writes, and what a restart feeds again, is all in the step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from fleet.alerts.engine import Engine, Inputs, State, feed, tick
from fleet.alerts.view import on_time
from fleet.ingest.format import Record
from fleet.model import MINUTE, Batch, Change, Flag, Ints, Mask
from fleet.store.engine import Entry
from fleet.vessels import Vessels
from fleet.worker import codec, dedup, identity
from fleet.worker.dedup import Recent
from fleet.worker.gather import Gathered

CLOCK_SET = 10 * MINUTE
"""Trusted fixes are at most 2 minutes ahead of the clock."""
NONE: Ints = np.zeros(0, np.int64)
Residue: TypeAlias = Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """The state after batch `seq`, and what the next is judged by."""

    seq: int
    state: State
    engine: Engine
    versions: Mapping[str, int]  #: of the thresholds, by kind
    residue: Residue = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)


@dataclass(frozen=True, slots=True)
class Aside:
    """What a batch brought that is not judged, and counts by feed."""

    records: Sequence[tuple[int, Record]] = ()  #: with their senders' vessels
    refused: Counter[str] = field(default_factory=Counter)  #: fixes of a sender without a vessel
    repeated: Counter[str] = field(default_factory=Counter)  #: fixes told before


@dataclass(frozen=True, slots=True)
class Known:
    """The register as of one batch: what changed since the head's, and all of it."""

    ids: Ints
    vessels: Vessels


@dataclass(frozen=True, slots=True)
class Step:
    """One batch judged: what to write, and the head it leads to."""

    base: Head
    head: Head
    inputs: Inputs
    changes: Sequence[Change]
    entry: Entry
    fresh: Mask  #: fixes newer than everything stored of their vessel
    ids: Ints  #: vessels whose change the entry holds
    aside: Aside = field(default_factory=Aside)

    @property
    def newest(self) -> int:
        """The newest trusted fix time; 0 where there is none."""
        batch = self.inputs.batch
        return int(batch.t[batch.flags & Flag.SKEWED == 0].max(initial=0))

    @property
    def waited(self) -> int:
        """Microseconds since the first of it was received."""
        now = self.entry.now
        return max(0, now - int(self.inputs.batch.received.min(initial=now)))


def judge(base: Head, got: Gathered, known: Known, residue: Residue, now: int) -> Step:
    """Feed one batch."""
    engine = replace(base.engine, vessels=known.vessels)
    recent, told = dedup.aligned(base.recent, got.batch)
    signals = (*got.signals, *identity.fresh(engine, base.state, got.differences, told))
    fresh = _fresh(told, base.state)
    late = _late(told, base.state)
    state, changes = feed(engine, base.state, Inputs(told, signals), now)
    batch = replace(told, flags=_flags(told, state) | late)
    kept = {**base.residue, **residue}
    head = Head(base.seq + 1, state, engine, base.versions, kept, recent)
    changed = known.vessels.take(known.ids)
    body = codec.entry(Inputs(got.batch, signals), known.ids, changed, residue)
    entry = Entry(head.seq, now, "feed", body)
    inputs, aside = Inputs(batch, signals), _aside(got, told, base.state)
    return Step(base, head, inputs, changes, entry, fresh, known.ids, aside)


def _aside(got: Gathered, told: Batch, state: State) -> Aside:
    again = got.feed[dedup.repeated(told, state.last)]
    counts = np.bincount(again, minlength=len(got.feeds)).tolist()
    repeated = Counter({name: n for name, n in zip(got.feeds, counts, strict=True) if n})
    return Aside(got.records, got.refused, repeated)


def following(base: Head) -> Head:
    """The same head, one batch on."""
    return replace(base, seq=base.seq + 1)


def with_vessels(base: Head, vessels: Vessels) -> Head:
    """The head with another register."""
    state = base.state.grown(max(len(vessels) - 1, 0))
    return replace(base, state=state, engine=replace(base.engine, vessels=vessels))


def ahead(base: Head, now: int) -> bool:
    """Whether the state is from the future: this machine's clock was wrong and has been set."""
    return int(base.state.heard.max()) > now + CLOCK_SET


def grounded(base: Head, now: int) -> Head:
    """The head without fixes from the future: they would make every true one late."""
    state, last = base.state, base.state.last.copy()
    rows = (last.t > now + CLOCK_SET).nonzero()[0]
    last.put(rows, Batch.empty(len(rows)))
    heard, resumed, passed = (
        np.minimum(times, now) for times in (state.heard, state.resumed, state.passed)
    )
    return replace(
        base, state=replace(state, last=last, heard=heard, resumed=resumed, passed=passed)
    )


def look(base: Head, now: int) -> Step | None:
    """Let time pass; None where nothing came of it."""
    state, changes = tick(base.engine, base.state, now)
    if not changes:
        return None
    head = replace(base, seq=base.seq + 1, state=state)
    entry = Entry(head.seq, now, "tick", b"")
    return Step(base, head, Inputs(Batch.empty(0)), changes, entry, np.zeros(0, np.bool_), NONE)


def again(base: Head, entry: Entry) -> Head:
    """Feed what the journal holds; what came of it is stored already."""
    if entry.kind == "tick":
        state, _ = tick(base.engine, base.state, entry.now)
        return replace(base, seq=entry.seq, state=state)
    inputs, ids, changed, residue = codec.opened(entry.body)
    vessels = base.engine.vessels.updated(ids, changed) if len(ids) else base.engine.vessels
    engine = replace(base.engine, vessels=vessels)
    recent, told = dedup.aligned(base.recent, inputs.batch)
    state, _ = feed(engine, base.state, replace(inputs, batch=told), entry.now)
    return Head(entry.seq, state, engine, base.versions, {**base.residue, **residue}, recent)


def _last(batch: Batch, state: State) -> Ints:
    """When each fix's vessel was last heard."""
    known = batch.vessel < len(state.last)
    return np.where(known, state.last.t[np.where(known, batch.vessel, 0)], 0)


def _fresh(batch: Batch, state: State) -> Mask:
    trusted = batch.flags & Flag.SKEWED == 0
    return np.asarray(trusted & (batch.t > _last(batch, state)))


def _in_order(batch: Batch, state: State) -> bool:
    """Whether every fix is newer than all before it of its vessel: so it is nearly always."""
    order = np.argsort(batch.vessel, kind="stable")
    vessel, t = batch.vessel[order], batch.t[order]
    steps = (t[1:] > t[:-1]) | (vessel[1:] != vessel[:-1])
    return bool(steps.all() and (batch.t > _last(batch, state)).all())


def _late(batch: Batch, state: State) -> Ints:
    """The flag of fixes older than their vessel's last when they came in."""
    if not len(batch) or _in_order(batch, state):
        return np.zeros(len(batch), np.int64)
    last = state.grown(int(batch.vessel.max())).last
    good, _ = on_time(batch, last)
    newest = np.zeros(len(last), np.int64)
    np.maximum.at(newest, batch.vessel[good], batch.t[good])
    newest = np.maximum(newest, last.t)
    usable = np.isfinite(batch.lon) & (batch.flags & Flag.SKEWED == 0)
    late = usable & ~good & (batch.t < newest[batch.vessel])
    return np.where(late, int(Flag.LATE), 0)


def _flags(batch: Batch, state: State) -> Ints:
    """The flags, with where the boat is (port, coverage) for each vessel's newest fix."""
    if not len(batch):
        return batch.flags
    last = state.last
    same = (last.t[batch.vessel] == batch.t) & (last.source[batch.vessel] == batch.source)
    return np.where(same, batch.flags | last.flags[batch.vessel], batch.flags)
