"""A recording read from disk, as fast as it is asked for or at a multiple of its own pace.

Delivered with `received` 0: the recording's own times are the clock. Where its first lines have
none, they get the first time found in it, or else the time the file was last written.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from fleet.ingest import clean
from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import END, FeedError, Link
from fleet.ingest.format import Decoder, Format
from fleet.ingest.framing import mark
from fleet.model import SECOND

CHUNK = 65_536
HEAD = 256 << 10
"""Bytes searched for the first time of a recording."""
LONGEST = 1 << 20
"""Of a line where every line is a payload."""


class File(Link):
    acks = False

    def __init__(
        self, name: str, path: Path, form: Format, *, speed: float = 0.0, start: int = 0
    ) -> None:
        """`speed` 0: as fast as asked for; 10: ten times as fast as it was recorded. `start`: the
        time of the first line where the recording does not say (UTC microseconds).
        """
        super().__init__()
        if not path.is_file():
            raise FeedError(f"{path} is not a file")
        self.name, self.path, self.form, self.speed, self.start = name, path, form, speed, start
        self.station = "" if form.datagram else path.name
        self.done = 0  #: bytes delivered, before any unpacking

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        """Ends with the recording."""
        self.up()
        pace = Pace(self.form.decoder(), self.speed) if self.speed else None
        if not self.form.datagram:
            written = self.path.stat().st_mtime_ns // 1000
            head = await asyncio.to_thread(self._head)
            yield self._delivery(clock(head, self.form, self.start or written))
        with closing(self._pieces()) as pieces:
            while piece := await asyncio.to_thread(next, pieces, b""):
                for part in piece.splitlines(keepends=True) if pace else (piece,):
                    if pace:
                        await pace.wait(part)
                    yield self._delivery(part)
        if not self.form.datagram:
            yield self._delivery(END)
        self.up("at its end")

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """A file stays where it is."""

    def _pieces(self) -> Generator[bytes, None, None]:
        with opened(self.path) as file:
            read = file.readline if self.form.datagram else file.read
            limit = LONGEST if self.form.datagram else CHUNK
            while piece := read(limit):
                self.done += len(piece)
                yield piece

    def _head(self) -> bytes:
        with opened(self.path) as file:
            return file.read(HEAD)

    def _delivery(self, payload: bytes) -> Delivery:
        return Delivery(self.name, self.station, self.form.key, payload, received=0)


def opened(path: Path) -> BinaryIO:
    """The bytes of a recording, packed or not."""
    made = gzip.open if path.suffix == ".gz" else open
    return made(path, "rb")  # type: ignore[return-value]


def clock(head: bytes, form: Format, otherwise: int = 0) -> bytes:
    """What to feed before a recording, so that its first lines have a time, too: the first one
    found in its head, or the one given (0: the decoder's own beginning, the year 2000). Nothing
    where every report has its date.
    """
    if form.dated:
        return b""
    times = form.decoder().feed(head + END, "", 0).fixes.received
    known = times[times >= clean.NOBODYS]
    start = int(known[0]) if len(known) else otherwise
    return mark(b"fk", str(start).encode()) if start else b""


class Pace:
    """Holds back each line until its time has come."""

    def __init__(self, decoder: Decoder, speed: float) -> None:
        self._decoder, self._speed = decoder, speed
        self._began: tuple[float, int] | None = None

    async def wait(self, line: bytes) -> None:
        times = self._decoder.feed(line, "", 0).fixes.received
        if not len(times):
            return
        now, recorded = asyncio.get_running_loop().time(), int(times[-1])
        if self._began is None:
            self._began = (now, recorded)
        due = self._began[0] + (recorded - self._began[1]) / SECOND / self._speed
        if due > now:
            await asyncio.sleep(due - now)
