"""One step, one transaction: everything that came of a batch is stored with it, or nothing.

Invariant: the compare-and-set of progress comes first, so that a stale worker writes nothing, and
the events last, so that their numbers are taken for as short as possible.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fleet.columns import to_datetime
from fleet.model import Change, Flag
from fleet.store import alerts, engine, events, feeds, orders, positions, records
from fleet.store.db import Connection
from fleet.store.engine import Beat, Snapshot
from fleet.worker import codec
from fleet.worker.decode import Decoded, rejects, samples
from fleet.worker.head import Aside, Head, Step

PART = "all"
HOST = socket.gethostname()
SKEWED = "clock of the transmitter is off: stored, not judged"
STRANGERS = "identity: too many new ones"
"""A feed that makes up identities: what they send beyond the allowance is left out."""
SLICE = 1000
"""The most changes in one transaction."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What a transaction tells besides the step: the worker's start, the feeds as they are."""

    started: datetime
    lag_s: float = 0.0  #: how long what is being stored has waited
    feeds: Mapping[str, feeds.Health] = field(default_factory=dict)


async def store(
    conn: Connection, step: Step, work: Sequence[Decoded], extra: Extra, *, desk: bool = True
) -> None:
    """Write everything that came of a step; without the desk, alerts stay without orders."""
    if not await engine.count(conn, PART, step.entry):
        return
    now, batch = step.entry.now, step.inputs.batch
    if len(batch):
        await positions.insert(conn, batch, step.fresh)
        await positions.upsert_latest(conn, batch, step.head.seq)
    if step.aside.records:
        await records.insert(conn, step.aside.records)
    cases, happened = await alerts.apply(conn, step.changes, now, step.head.versions)
    if desk:
        happened += await orders.open_orders(conn, cases, now)
    await _tell(conn, work, extra, step.aside)
    await engine.beat(conn, beat(extra, step if work else None))
    await events.append(conn, happened)


def early(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """All but the last slice of very many changes."""
    for at in range(0, len(changes) - SLICE, SLICE):
        yield changes[at : at + SLICE]


async def ahead_of(conn: Connection, step: Step, changes: Sequence[Change]) -> None:
    """Store some of a step's alerts before the step, so that no transaction becomes too long to
    succeed. The step brings them again, which changes nothing.
    """
    await engine.hold(conn, PART, step.base.seq)
    cases, happened = await alerts.apply(conn, changes, step.entry.now, step.head.versions)
    happened += await orders.open_orders(conn, cases, step.entry.now)
    await events.append(conn, happened)


def beat(extra: Extra, step: Step | None = None) -> Beat:
    """The heartbeat, of a batch or of an idle worker."""
    at = datetime.now(UTC) if step else None
    fix = to_datetime(step.newest) if step and step.newest else None
    return Beat(PART, extra.started, at, fix, extra.lag_s, os.getpid(), HOST)


async def _tell(conn: Connection, work: Sequence[Decoded], extra: Extra, aside: Aside) -> None:
    await feeds.tell(conn, healths(work, extra, aside))
    for (feed, reason), sample in sorted(samples(work).items()):
        await feeds.sample(conn, feed, reason, sample)


def healths(work: Sequence[Decoded], extra: Extra, aside: Aside) -> list[feeds.Health]:
    """The state of every feed, and what this batch adds to its counts."""
    counts = rejects(work)
    for name, n in aside.refused.items():
        counts.setdefault(name, Counter())[STRANGERS] += n
    for d in work:
        _count_skewed(d, counts)
    by_feed: dict[str, list[Decoded]] = {}
    for d in work:
        by_feed.setdefault(d.delivery.feed, []).append(d)
    names = sorted(extra.feeds.keys() | counts.keys())
    told = {name: _health(name, by_feed.get(name, []), extra) for name in names}
    return [
        replace(
            health,
            rejects=health.rejects + counts.get(name, Counter()),
            duplicates=aside.repeated[name],
        )
        for name, health in told.items()
    ]


def _health(name: str, mine: Sequence[Decoded], extra: Extra) -> feeds.Health:
    unknown = feeds.Health(name, "", "", mine[0].delivery.format if mine else "", "up")
    return replace(
        extra.feeds.get(name, unknown),
        last_message=max((_received(d) for d in mine), default=0),
        last_fix=max((_received(d) for d in mine if _fixes(d)), default=0),
        messages=sum(max(len(d.items), d.reports.sentences if d.reports else 0) for d in mine),
        fixes=sum(map(_fixes, mine)),
    )


def _received(d: Decoded) -> int:
    """When the last of it was received."""
    return d.items[-1].delivery.received


def _count_skewed(d: Decoded, counts: dict[str, Counter[str]]) -> None:
    """A transmitter whose clock is off is stored but neither shown nor judged: say so."""
    if d.reports and (skewed := int((d.reports.fixes.flags & Flag.SKEWED != 0).sum())):
        counts.setdefault(d.delivery.feed, Counter())[SKEWED] += skewed


def _fixes(d: Decoded) -> int:
    return d.reports.fixes.t.size if d.reports else 0


def snapshot(head: Head, revision: int, layout: str) -> Snapshot:
    """The head as it is kept for a restart."""
    body = codec.image(head.state, head.engine.vessels, head.versions, head.residue, head.recent)
    return Snapshot(head.seq, revision, layout, body)
