"""Deliveries to reports: by a decoder for each feed, or many at once where the format can.

Invariant: nothing that a delivery holds is lost on the way without being counted; a decoder that
breaks its promise and raises is taken for an unreadable delivery, not for the end of the worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from fleet.ingest.feed import Delivery
from fleet.ingest.format import Decoder, Format, Reports
from fleet.model import SECOND, Ints
from fleet.worker.intake import Item

FIRST: Ints = np.zeros(1, np.int64)
MOMENT = SECOND // 10
"""Datagrams of so short a time count as received with the first: AIS dates to the second."""
TOGETHER = 1 << 13
"""Bytes: what is refused is set aside as a whole."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Deliveries of one feed that were decoded together, and what they held; `broken` says why
    nothing could be read at all. More than one only where the decoder keeps nothing between them:
    they may be taken apart and decoded again.
    """

    items: Sequence[Item]
    reports: Reports | None
    broken: str = ""
    origin: Ints | None = None  #: of each fix: which of the items held it; None: the only one

    @property
    def delivery(self) -> Delivery:
        """The first."""
        return self.items[0].delivery


class Decoders:
    """The decoder of every feed, made when it is first needed."""

    def __init__(self, formats: Mapping[str, Format]) -> None:
        self.formats = formats
        self._of: dict[tuple[str, str], Decoder] = {}

    def decode(self, items: Sequence[Item]) -> list[Decoded]:
        """What the deliveries hold, in their order."""
        out: list[Decoded] = []
        for _, run in groupby(items, _together):
            mine = list(run)
            out += self._joint(mine) if len(mine) > 1 else [self._one(mine[0])]
        return out

    def in_a_row(self, items: Sequence[Item]) -> list[Item]:
        """What a stream brought in one moment, as one piece: to a decoder of streams it is the
        same, and a datagram by itself costs as much as a hundred lines. Only where nobody waits
        for each to be acknowledged.
        """
        out: list[Item] = []
        for _, run in groupby(items, self._stream):
            mine = list(run)
            out += mine if len(mine) == 1 or self._stream(mine[0]) is None else _merged(mine)
        return out

    def _stream(self, item: Item) -> tuple[object, ...] | None:
        """Alike for items that continue each other; None for what stands alone."""
        d, form = item.delivery, self.formats.get(item.delivery.format)
        alone = form is None or form.datagram or form.page or d.topic or item.feed.acks
        return None if alone else (id(item.feed), d.station, *_together(item))

    def halves(self, work: Sequence[Decoded]) -> tuple[Sequence[Decoded], Sequence[Decoded]]:
        """The same deliveries in two parts; there must be two."""
        if len(work) > 1:
            half = len(work) // 2
            return work[:half], work[half:]
        items = work[0].items
        half = len(items) // 2
        return self.decode(items[:half]), self.decode(items[half:])

    def _joint(self, items: Sequence[Item]) -> list[Decoded]:
        """All at once where the format can do that."""
        first = items[0].delivery
        form = self.formats.get(first.format)
        if form is None or form.many is None or form.topical:
            return [self._one(item) for item in items]
        try:
            found = form.many([item.delivery for item in items])
            reports = first.claimed(found.reports)
        except Exception:  # noqa: BLE001 -- any bug of a decoder: see which delivery it is
            return [self._one(item) for item in items]
        return [Decoded(items, reports, origin=found.origin)]

    def _one(self, item: Item) -> Decoded:
        d = item.delivery
        if d.format not in self.formats:
            return Decoded([item], None, f"unknown format {d.format}")
        try:
            found = self._decoder(d).feed(d.payload, d.speaker, d.received)
            return Decoded([item], d.claimed(found))
        except Exception as error:  # noqa: BLE001 -- any bug of a decoder, on any input
            self._of.pop((d.feed, d.format), None)
            return Decoded([item], None, f"decoder failed: {type(error).__name__}")

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


def _merged(items: Sequence[Item]) -> list[Item]:
    """Of one stream: those within MOMENT and TOGETHER of the first of them, received as it was."""
    out: list[Item] = []
    start, size = 0, 0
    for i, item in enumerate(items):
        first, d = items[start].delivery, item.delivery
        later = abs(d.received - first.received) > MOMENT
        if i > start and (later or size + len(d.payload) > TOGETHER):
            out.append(_one_piece(items[start:i]))
            start, size = i, 0
        size += len(d.payload)
    return [*out, _one_piece(items[start:])]


def _one_piece(items: Sequence[Item]) -> Item:
    if len(items) == 1:
        return items[0]
    payload = b"".join(item.delivery.payload for item in items)
    return replace(items[0], delivery=replace(items[0].delivery, payload=payload))


def _together(item: Item) -> tuple[object, ...]:
    """Alike for deliveries that one call can decode."""
    d = item.delivery
    return d.feed, d.format, d.kind, d.source


def _restored(form: Format, waiting: Mapping[str, bytes]) -> Decoder:
    """A decoder that waits with this; a fresh one where it breaks its promise and raises."""
    decoder = form.decoder()
    try:
        for station, rest in waiting.items():
            decoder.restore(rest, station)
    except Exception:  # noqa: BLE001 -- half a message lost is better than no start
        return form.decoder()
    return decoder


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
