"""Recorded input as pieces of bytes, and what a first look at it tells.

Invariant: a recording says the same however it is cut: its own times are its clock (`received` 0),
and who is what is learnt from all of it before anything is judged.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.file import HEAD, clock
from fleet.ingest.format import Format
from fleet.ingest.formats import FORMATS
from fleet.model import Flag, IdentityKind, VesselClass
from fleet.worker.decode import Decoded, Decoders
from fleet.worker.gather import heard
from fleet.worker.intake import Item

FEED = "replay"
PIECE = 64 * 1024
LINES = 0
"""The size that stands for one line at a time."""
TOGETHER = 4096
"""Lines of a format whose payloads are lines that are read and judged at once."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Files in the order in which they are played."""

    paths: Sequence[Path]
    format: Format
    piece: int = PIECE

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self.paths)

    def items(self) -> Iterator[Item]:
        """Every piece, in order."""
        for path in self.paths:
            for payload in self._payloads(path):
                yield self._item(path, payload)

    def _payloads(self, path: Path) -> Iterator[bytes]:
        with path.open("rb") as file:
            if self.format.datagram:  # a line is a payload
                yield from _cut(file, LINES)
                return
            # lines before the first recorded time get that time
            yield clock(file.read(HEAD), self.format)
            file.seek(0)
            yield from _cut(file, self.piece)
        # the last line of a file may lack its end
        yield b"\n"

    def stretches(self) -> Iterator[list[Item]]:
        """The pieces, many lines together where nobody waits for each."""
        together = TOGETHER if self.format.datagram and self.piece != LINES else 1
        items = self.items()
        while stretch := list(islice(items, together)):
            yield stretch

    def decoded(self) -> Iterator[Decoded]:
        """Every piece, decoded; those of a stretch together where the format can do that."""
        decoders = Decoders(FORMATS)
        return (one for stretch in self.stretches() for one in decoders.decode(stretch))

    def _item(self, path: Path, payload: bytes) -> Item:
        # terminals are named in their payloads, not by the file
        station = "" if self.format.datagram else path.name
        delivery = Delivery(FEED, station, self.format.key, payload, 0)
        return Item(Silent(), delivery)


def _cut(file: Any, piece: int) -> Iterator[bytes]:
    if piece == LINES:
        yield from file
    else:
        yield from iter(lambda: file.read(piece), b"")


class Silent:
    """The feed of a recording: nobody waits to be told."""

    name = FEED
    acks = False

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        del deliveries

    def deliveries(self) -> Any:
        raise NotImplementedError


@contextmanager
def opened(names: Sequence[str]) -> Iterator[list[Path]]:
    """The files; `-` is standard input."""
    with tempfile.TemporaryDirectory(prefix="fleet-replay-") as folder:
        yield [_twice(name, Path(folder) / str(at)) for at, name in enumerate(names)]


def _twice(name: str, kept: Path) -> Path:
    """A file that can be read twice: itself, or a copy of what comes through a pipe."""
    if name == "-":
        with kept.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        return kept
    path = Path(name)
    if path.is_fifo():
        with path.open("rb") as pipe, kept.open("wb") as file:
            shutil.copyfileobj(pipe, file)
        return kept
    return path


@dataclass(slots=True)
class Survey:
    """What all of a recording says of who is in it, and when."""

    classes: dict[IdentityKind, dict[str, VesselClass]] = field(default_factory=dict)
    first: int = 0
    last: int = 0

    def note(self, decoded: Decoded) -> None:
        found = heard([decoded])
        for key in {*found.fixes.key.tolist(), *found.keys().tolist()}:
            kind, name = found.name(key)
            known = self.classes.setdefault(kind, {})
            cls = found.classes.get(key, VesselClass.UNKNOWN)
            known[name] = max(cls, known.get(name, VesselClass.UNKNOWN))
        if decoded.reports is not None:
            fixes = decoded.reports.fixes
            trusted = fixes.t[(fixes.flags & Flag.SKEWED) == 0]
            if len(trusted):
                first, last = int(trusted.min()), int(trusted.max())
                self.first = min(first, self.first or first)
                self.last = max(last, self.last)


def survey(recording: Recording, advance: Callable[[int], None]) -> Survey:
    """Look at all of it once."""
    found = Survey()
    for decoded in recording.decoded():
        found.note(decoded)
        advance(size(decoded.items))
    return found


def size(items: Sequence[Item]) -> int:
    """Bytes of these pieces."""
    return sum(len(item.delivery.payload) for item in items)


@dataclass(slots=True)
class Counts:
    """What was read, by what became of it."""

    sentences: int = 0
    fixes: int = 0
    positions: int = 0  #: fixes with a position
    types: dict[str, int] = field(default_factory=dict)
    rejects: dict[str, int] = field(default_factory=dict)

    def note(self, decoded: Decoded) -> None:
        reports = decoded.reports
        if reports is None:
            _add(self.rejects, {decoded.broken: 1})
            return
        self.sentences += reports.sentences
        self.fixes += len(reports.fixes)
        placed = np.isfinite(reports.fixes.lon) & np.isfinite(reports.fixes.lat)
        self.positions += int(placed.sum())
        _add(self.types, reports.types)
        _add(self.rejects, reports.rejects)

    def add(self, more: Counts) -> None:
        """Count what another recording held as well."""
        self.sentences += more.sentences
        self.fixes += more.fixes
        self.positions += more.positions
        _add(self.types, more.types)
        _add(self.rejects, more.rejects)


def _add(totals: dict[str, int], more: Mapping[str, int]) -> None:
    for key, count in more.items():
        totals[key] = totals.get(key, 0) + count
