"""Deliveries to reports, and reports to what the engine is fed.

Invariant: nothing that a delivery holds is lost on the way without being counted; a decoder that
breaks its promise and raises is taken for an unreadable delivery, not for the end of the worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from fleet.ingest.feed import Delivery
from fleet.ingest.format import Decoder, Fixes, Format, Reports, Statics
from fleet.model import Batch, IdentityKind, Ints, Signal, VesselClass
from fleet.vessels import NOBODY, Registry
from fleet.worker.intake import Item


@dataclass(frozen=True, slots=True)
class Decoded:
    """One delivery and what it held; `broken` says why nothing could be read at all."""

    item: Item
    reports: Reports | None
    broken: str = ""

    @property
    def delivery(self) -> Delivery:
        return self.item.delivery


class Decoders:
    """The decoder of every feed, made when it is first needed."""

    def __init__(self, formats: Mapping[str, Format]) -> None:
        self.formats = formats
        self._of: dict[tuple[str, str], Decoder] = {}

    def decode(self, item: Item) -> Decoded:
        d = item.delivery
        if d.format not in self.formats:
            return Decoded(item, None, f"unknown format {d.format}")
        try:
            found = self._decoder(d).feed(d.payload, d.speaker, d.received)
            return Decoded(item, d.claimed(found))
        except Exception as error:  # noqa: BLE001 -- any bug of a decoder, on any input
            self._of.pop((d.feed, d.format), None)
            return Decoded(item, None, f"decoder failed: {type(error).__name__}")

    def _decoder(self, d: Delivery) -> Decoder:
        key = (d.feed, d.format)
        if key not in self._of:
            self._of[key] = self.formats[d.format].decoder()
        return self._of[key]

    def residue(self, feeds: Iterable[tuple[str, str]]) -> dict[str, dict[str, bytes]]:
        """What the decoders of these feeds still wait with."""
        kept = {f"{f} {form}": self._residue(f, form) for f, form in sorted(set(feeds))}
        return {key: waiting for key, waiting in kept.items() if waiting is not None}

    def _residue(self, feed: str, form: str) -> dict[str, bytes] | None:
        decoder = self._of.get((feed, form))
        if decoder is None:
            return None
        try:
            return dict(decoder.residue())
        except Exception:  # noqa: BLE001 -- as above
            del self._of[feed, form]
            return None

    def restore(self, residue: Mapping[str, Mapping[str, bytes]]) -> None:
        """Give fresh decoders what others waited with."""
        for key, waiting in residue.items():
            feed, form = key.split(" ")
            if form in self.formats:
                self._of[feed, form] = _restored(self.formats[form], waiting)


def _restored(form: Format, waiting: Mapping[str, bytes]) -> Decoder:
    """A decoder that waits with this; a fresh one where it breaks its promise and raises."""
    decoder = form.decoder()
    try:
        for station, rest in waiting.items():
            decoder.restore(rest, station)
    except Exception:  # noqa: BLE001 -- half a message lost is better than no start
        return form.decoder()
    return decoder


class Static(NamedTuple):
    """One row of Statics."""

    key: int
    t: int
    name: str = ""
    callsign: str = ""
    imo: int = 0
    ship_type: int = -1
    length_m: float = float("nan")
    beam_m: float = float("nan")
    draught_m: float = float("nan")
    destination: str = ""


def each(statics: Statics) -> list[Static]:
    columns = (getattr(statics, name).tolist() for name in Static._fields)
    return [Static(*row) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a batch says of identities: who was heard, as what, with which names and sizes."""

    wanted: Mapping[IdentityKind, Mapping[str, VesselClass]]
    statics: Sequence[tuple[IdentityKind, str, Static]] = field(default=())
    stations: frozenset[str] = frozenset()


def said(work: Sequence[Decoded]) -> Said:
    """Every identity that needs a vessel."""
    wanted: dict[IdentityKind, dict[str, VesselClass]] = {kind: {} for kind in IdentityKind}
    statics: list[tuple[IdentityKind, str, Static]] = []
    for r in (d.reports for d in work if d.reports):
        mine = wanted[r.kind]
        keys = {*r.fixes.key.tolist(), *r.classes}
        for key in keys.union(c.key for c in r.calls).union(r.statics.key.tolist()):
            name, cls = identity(r, key), r.classes.get(key, VesselClass.UNKNOWN)
            mine[name] = max(cls, mine.get(name, VesselClass.UNKNOWN))
        statics += [(r.kind, identity(r, s.key), s) for s in each(r.statics)]
    stations = frozenset(d.delivery.station for d in work if d.reports)
    return Said({k: v for k, v in wanted.items() if v}, tuple(statics), stations)


def identity(reports: Reports, key: int) -> str:
    """A key as the register writes it."""
    return str(key) if reports.kind == IdentityKind.MMSI else reports.names[key]


def gathered(
    work: Sequence[Decoded], registry: Registry, stations: Mapping[str, int]
) -> tuple[Batch, tuple[Signal, ...]]:
    """The fixes and calls of these deliveries, in order of arrival, by vessel."""
    found = [(d.reports, stations[d.delivery.station]) for d in work if d.reports]
    reports = [r for r, _ in found]
    f = Fixes.concat([r.fixes for r in reports])
    counts = [len(r.fixes) for r in reports]
    source = np.repeat(np.array([int(r.source) for r in reports], np.int64), counts)
    heard = np.repeat(np.array([by for _, by in found], np.int64), counts)
    batch = Batch(
        _vessels(reports, f.key, counts, registry), f.t, f.received, source, f.lon, f.lat, f.sog,
        f.cog, f.heading, f.status, f.flags, heard, f.battery, f.received,
    )  # fmt: skip
    return batch, tuple(signal for r in reports for signal in _signals(r, registry))


def _vessels(
    reports: Sequence[Reports], key: Ints, counts: Sequence[int], registry: Registry
) -> Ints:
    """The vessel of every fix: MMSIs all at once, names a report at a time."""
    numbered = np.repeat(np.array([r.kind == IdentityKind.MMSI for r in reports], bool), counts)
    vessel = np.zeros(len(key), np.int64)
    vessel[numbered] = registry.find(IdentityKind.MMSI, key[numbered])
    named: list[int] = []
    for r in reports:
        if r.kind != IdentityKind.MMSI:
            table = registry.names.get(r.kind, {})
            named += [table.get(r.names[k], NOBODY) for k in r.fixes.key.tolist()]
    vessel[~numbered] = named
    return vessel


def _signals(r: Reports, registry: Registry) -> list[Signal]:
    keys: Ints = np.array([c.key for c in r.calls], np.int64)
    ids = registry.find(r.kind, keys, r.names).tolist() if r.calls else []
    return [
        Signal(c.kind, v, c.t, c.received, r.source, c.lon, c.lat, c.text, c.how)
        for c, v in zip(r.calls, ids, strict=True)
    ]


def rejects(work: Iterable[Decoded]) -> dict[str, Counter[str]]:
    """What could not be read, by feed and reason."""
    out: dict[str, Counter[str]] = {}
    for d in work:
        reasons = d.reports.rejects if d.reports else {d.broken: 1}
        if reasons or d.delivery.feed not in out:
            out.setdefault(d.delivery.feed, Counter()).update(reasons)
    return out


def samples(work: Iterable[Decoded]) -> dict[tuple[str, str], bytes]:
    """One example a feed and reason."""
    out: dict[tuple[str, str], bytes] = {}
    for d in work:
        found = d.reports.samples if d.reports else {d.broken: d.delivery.payload}
        for reason, sample in found.items():
            out.setdefault((d.delivery.feed, reason), sample)
    return out
