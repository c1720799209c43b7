"""From decoded deliveries to what the engine is fed: by vessel, in order of arrival, as columns.

Identities of all kinds are one column of keys: an MMSI as it is, a name as a negative number into
a table of the batch. Invariant: a report is left out only where its sender has no vessel, and then
it is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from fleet.ingest.format import Call, Fixes, Record, Reports, Statics
from fleet.model import Batch, IdentityKind, Ints, Mask, Signal, Source, VesselClass
from fleet.vessels import NOBODY, Registry
from fleet.worker.decode import Decoded

Name: TypeAlias = tuple[IdentityKind, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a batch of deliveries holds."""

    fixes: Fixes
    statics: Statics
    names: tuple[Name, ...]  #: key -1 is the first
    calls: tuple[tuple[Source, Call], ...]
    records: tuple[Record, ...]
    classes: Mapping[int, VesselClass]
    source: Ints  #: of each fix
    station: Ints  #: of each fix: an index into `stations`
    stations: tuple[str, ...]
    feed: Ints  #: of each fix: an index into `feeds`
    feeds: tuple[str, ...]

    def keys(self) -> Ints:
        """Every identity besides those of the fixes; some more than once."""
        few = [*self.classes, *(c.key for _, c in self.calls), *(r.key for r in self.records)]
        return np.concatenate([np.array(few, np.int64), self.statics.key])

    def name(self, key: int) -> Name:
        """A key as the register writes it."""
        return self.names[-1 - key] if key < 0 else (IdentityKind.MMSI, str(key))

    def vessels(self, keys: Ints, registry: Registry) -> Ints:
        """The vessel of each key, NOBODY where it is unknown."""
        found = registry.find(IdentityKind.MMSI, keys)
        if self.names:
            ids = [registry.names.get(kind, {}).get(name, NOBODY) for kind, name in self.names]
            named = keys < 0
            found[named] = np.array(ids, np.int64)[-1 - keys[named]]
        return found


def heard(work: Sequence[Decoded]) -> Heard:
    """What these deliveries hold, in order of arrival."""
    table: dict[Name, int] = {}
    found = [(d, _keyed(d.reports, table)) for d in work if d.reports]
    reports = [r for _, r in found]
    counts = [len(r.fixes) for r in reports]
    stations: dict[str, int] = {}
    feeds: dict[str, int] = {}
    by = [_stations(d, stations) for d, _ in found]
    return Heard(
        Fixes.concat([r.fixes for r in reports]),
        Statics.concat([r.statics for r in reports if len(r.statics)]),
        tuple(table),
        tuple((r.source, call) for r in reports for call in r.calls),
        tuple(record for r in reports for record in r.records),
        _classes(reports),
        _repeated([int(r.source) for r in reports], counts),
        np.concatenate(by) if by else np.zeros(0, np.int64),
        tuple(stations),
        _repeated([feeds.setdefault(d.delivery.feed, len(feeds)) for d, _ in found], counts),
        tuple(feeds),
    )


def _repeated(values: Sequence[int], counts: Sequence[int]) -> Ints:
    return np.repeat(np.array(values, np.int64), counts)


def _stations(d: Decoded, table: dict[str, int]) -> Ints:
    """The station of each fix, numbered by the table, which grows."""
    assert d.reports is not None
    at = [table.setdefault(item.delivery.station, len(table)) for item in d.items]
    if d.origin is None:
        return np.full(len(d.reports.fixes), at[0])
    return np.array(at, np.int64)[d.origin]


def _keyed(r: Reports, table: dict[Name, int]) -> Reports:
    """With names as negative keys, numbered by the table, which grows."""
    if r.kind == IdentityKind.MMSI:
        return r
    at = [-1 - table.setdefault((r.kind, name), len(table)) for name in r.names]
    keys = np.array(at, np.int64)
    return replace(
        r,
        fixes=replace(r.fixes, key=keys[r.fixes.key]),
        statics=replace(r.statics, key=keys[r.statics.key]),
        calls=tuple(replace(call, key=at[call.key]) for call in r.calls),
        records=tuple(replace(record, key=at[record.key]) for record in r.records),
        classes={at[key]: cls for key, cls in r.classes.items()},
    )


def _classes(reports: Iterable[Reports]) -> dict[int, VesselClass]:
    """Of several that one identity is called, the largest: a beacon stays one."""
    out: dict[int, VesselClass] = {}
    for r in reports:
        for key, cls in r.classes.items():
            out[key] = max(cls, out.get(key, cls))
    return out


@dataclass(frozen=True, slots=True)
class Gathered:
    """The same by vessel."""

    batch: Batch
    signals: tuple[Signal, ...]
    records: tuple[tuple[int, Record], ...]
    feed: Ints  #: of each fix: an index into `feeds`
    feeds: tuple[str, ...]
    refused: Counter[str]  #: fixes whose sender has no vessel, by feed
    differences: tuple[Signal, ...] = ()  #: from the register, of every static report


def gathered(
    found: Heard, vessel: Ints, registry: Registry, stations: Mapping[str, int]
) -> Gathered:
    """The fixes, calls and records of the batch; `vessel` is each fix's."""
    f = found.fixes
    by = np.array([stations[name] for name in found.stations], np.int64)
    batch = Batch(
        vessel, f.t, f.received, found.source, f.lon, f.lat, f.sog, f.cog, f.heading, f.status,
        f.flags, by[found.station], f.battery, f.heard,
    )  # fmt: skip
    known = vessel != NOBODY
    refused, feed = _by_feed(found, ~known), found.feed
    if not known.all():
        batch, feed = batch.take(known), feed[known]
    signals = tuple(_signals(found, registry))
    records = tuple(_records(found, registry))
    return Gathered(batch, signals, records, feed, found.feeds, refused)


def _by_feed(found: Heard, which: Mask) -> Counter[str]:
    counts = np.bincount(found.feed[which], minlength=len(found.feeds)).tolist()
    return Counter({name: n for name, n in zip(found.feeds, counts, strict=True) if n})


def _signals(found: Heard, registry: Registry) -> Iterable[Signal]:
    keys: Ints = np.array([call.key for _, call in found.calls], np.int64)
    ids = found.vessels(keys, registry).tolist() if found.calls else []
    for vessel, (source, c) in zip(ids, found.calls, strict=True):
        yield Signal(c.kind, vessel, c.t, c.received, source, c.lon, c.lat, c.text, c.how)


def _records(found: Heard, registry: Registry) -> Iterable[tuple[int, Record]]:
    keys: Ints = np.array([record.key for record in found.records], np.int64)
    ids = found.vessels(keys, registry).tolist() if found.records else []
    pairs = zip(ids, found.records, strict=True)
    return [(vessel, record) for vessel, record in pairs if vessel != NOBODY]
