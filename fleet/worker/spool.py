"""A bounded queue on disk, for feeds that cannot be told to send again.

Invariant: what was appended comes out in the order in which it went in, until it is acknowledged;
when the bound is reached the oldest is forced out and counted. A frame torn by a crash, or damaged
on the disk, ends its segment and is counted, never believed.
"""

from __future__ import annotations

import asyncio
import errno
import os
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from struct import Struct
from typing import BinaryIO

import msgspec

from fleet.ingest.feed import Delivery
from fleet.model import IdentityKind, Source

HEAD = Struct("<II")  #: length of the body, its CRC-32
LONGEST = 16 << 20
SEGMENTS = 16
"""The bound is kept by dropping whole segments: about one part in so many is dropped at once."""


class SpoolError(Exception):
    """The spool cannot be used: somebody else has it, or the disk does not take it."""


class Spool:
    """One folder of numbered segments; `name` and `acks` make it a Feed."""

    acks = True

    def __init__(
        self, folder: Path, most: int, name: str = "spool", lost: Callable[[int], object] = int
    ) -> None:
        self.name = name
        self.folder = folder
        self.most = most
        self.lost = lost  #: told the number of frames forced out or damaged
        self._ends: dict[int, int] = {}  #: segment -> bytes in it
        self._frames: dict[int, int] = {}  #: segment -> frames not acknowledged
        self._file: BinaryIO | None = None
        self._read = (0, 0)  #: segment and offset of the next frame to hand out
        self._news = asyncio.Event()
        self._dirty = False

    # Life

    def open(self) -> None:
        """Take the folder, cut off what a crash tore, and find where reading stopped."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        start = self._mark()
        for path in sorted(self.folder.glob("*.seg")):
            number = int(path.stem)
            if number < start[0]:
                path.unlink()
                continue
            self._survey(number, start[1] if number == start[0] else 0)
        first = min(self._ends, default=start[0])
        self._read = start if start[0] in self._ends else (first, 0)
        self._news.set()

    def _mark(self) -> tuple[int, int]:
        try:
            segment, offset = (self.folder / "mark").read_text().split()
            return int(segment), int(offset)
        except (OSError, ValueError):
            return 0, 0

    def _survey(self, number: int, start: int) -> None:
        """Count a segment's frames and cut it after the last whole one."""
        size, end, frames = self._path(number).stat().st_size, start, 0
        for _, after in frames_of(self._path(number), start):
            end, frames = after, frames + 1
        if end < size:
            os.truncate(self._path(number), end)
            self.lost(1)
        self._ends[number], self._frames[number] = end, frames

    def close(self) -> None:
        if self._file:
            self.sync()
            self._file.close()
            self._file = None

    # In

    @property
    def waiting(self) -> int:
        """Frames not acknowledged."""
        return sum(self._frames.values())

    @property
    def drained(self) -> bool:
        """Everything has been handed out: live input keeps its order from here on."""
        last = max(self._ends, default=0)
        return self._read >= (last, self._ends.get(last, 0))

    @property
    def size(self) -> int:
        return sum(self._ends.values())

    def append(self, delivery: Delivery) -> None:
        """Put one delivery at the end; it survives a kill at once, a power cut after `sync`."""
        frame = encode(delivery)
        while self._ends and self.size + len(frame) > self.most and self._force_out():
            pass
        file = self._segment()
        try:
            if file.write(frame) < len(frame):  # the last bytes of the disk, without an error
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
        except OSError as error:  # the disk is full: nothing half-written may stay
            self._cut_back(file)
            self.lost(1)
            raise SpoolError(f"{self.folder}: {error.strerror}") from error
        number = max(self._ends)
        self._ends[number] += len(frame)
        self._frames[number] += 1
        self._dirty = True
        self._news.set()

    def _segment(self) -> BinaryIO:
        number = max(self._ends, default=self._read[0])
        if self._file and self._ends[number] < max(self.most // SEGMENTS, 1 << 16):
            return self._file
        self.close()
        fresh = max(number, self._read[0]) + 1
        self._file = self._path(fresh).open("ab", buffering=0)
        self._ends[fresh], self._frames[fresh] = 0, 0
        return self._file

    def _cut_back(self, file: BinaryIO) -> None:
        os.ftruncate(file.fileno(), self._ends[max(self._ends)])

    def _force_out(self) -> bool:
        """Drop the oldest segment; False when there is only the one being written."""
        oldest = min(self._ends)
        if oldest == max(self._ends):
            return False
        self.lost(self._frames.pop(oldest))
        del self._ends[oldest]
        self._path(oldest).unlink(missing_ok=True)
        self._read = max(self._read, (min(self._ends), 0))
        return True

    def sync(self) -> None:
        """Bring everything to the disk."""
        if self._file and self._dirty:
            self._dirty = False
            os.fdatasync(self._file.fileno())

    # Out

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """Everything not acknowledged, oldest first, then what comes."""
        while True:
            self._news.clear()
            for delivery in self._next():
                yield delivery
            if self.drained:
                await self._news.wait()

    def _next(self) -> Iterator[Delivery]:
        """The frames of the present segment from the reading mark on."""
        number, offset = self._read
        if offset >= self._ends.get(number, 0):
            later = [n for n in self._ends if n > number]
            if not later:
                return
            self._read = number, offset = min(later), 0
        for body, end in frames_of(self._path(number), offset):
            if end > self._ends.get(number, 0):
                break
            self._read = (number, end)
            yield body.delivery(self._read)
            if self._read != (number, end):
                return  # forced out meanwhile
        else:
            self._skip_damage(number)

    def _skip_damage(self, number: int) -> None:
        """A frame that was whole when it was counted cannot be read: give up its segment."""
        if self._read[0] == number and self._read[1] < self._ends.get(number, 0):
            self.lost(1)
            self._ends[number] = self._read[1]

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """These are stored: they need not come again."""
        for delivery in deliveries:
            segment = delivery.handle[0]
            if segment in self._frames:
                self._frames[segment] -= 1
        if deliveries:
            self._keep_mark(deliveries[-1].handle)

    def _keep_mark(self, mark: tuple[int, int]) -> None:
        noted = self._noted(mark)
        writing = max(self._ends, default=0)
        for number in [n for n in self._ends if n < mark[0]]:
            del self._ends[number], self._frames[number]
            self._path(number).unlink(missing_ok=True)
        if mark >= (writing, self._ends.get(writing, 0)):
            self._restart(writing)
        if not noted:
            self._noted(mark)

    def _noted(self, mark: tuple[int, int]) -> bool:
        """Write down how far everything is acknowledged, or a full disk has no room for it until
        segments are gone; without it a restart brings some again, which changes nothing.
        """
        draft = self.folder / "mark.new"
        try:
            draft.write_text(f"{mark[0]} {mark[1]}\n")
            draft.replace(self.folder / "mark")
        except OSError:
            return False
        return True

    def _restart(self, number: int) -> None:
        """All is read: the last segment can go too, and the disk is empty again."""
        if number not in self._ends or not self.drained:
            return
        self.close()
        del self._ends[number], self._frames[number]
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:012}.seg"


class Body(msgspec.Struct, array_like=True):
    """What a frame holds of a delivery."""

    feed: str
    station: str
    format: str
    payload: bytes
    received: int
    sequence: int | None = None
    topic: str = ""
    kind: IdentityKind | None = None
    source: Source | None = None

    def delivery(self, handle: tuple[int, int]) -> Delivery:
        return Delivery(**{n: getattr(self, n) for n in self.__struct_fields__}, handle=handle)


ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Body)


def encode(d: Delivery) -> bytes:
    body = ENCODER.encode(Body(*(getattr(d, name) for name in Body.__struct_fields__)))
    return HEAD.pack(len(body), zlib.crc32(body)) + body


def frames_of(path: Path, offset: int) -> Iterator[tuple[Body, int]]:
    """Whole frames from an offset on, each with its end; stops at the first that is not."""
    with path.open("rb") as file:
        file.seek(offset)
        while len(head := file.read(HEAD.size)) == HEAD.size:
            length, crc = HEAD.unpack(head)
            body = file.read(length) if length <= LONGEST else b""
            if len(body) != length or zlib.crc32(body) != crc:
                return
            try:
                decoded = DECODER.decode(body)
            except msgspec.DecodeError:
                return
            offset += HEAD.size + length
            yield decoded, offset
