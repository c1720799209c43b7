"""What is decoded, as pieces of bytes: files, pipes, standard input; gzip by its first bytes.

Invariant: memory is bounded by the piece; a pipe is read as it fills, so that live input is not
kept waiting until a piece is full.
"""

from __future__ import annotations

import fcntl
import gzip
import stat
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final, TypeAlias, cast

from fleet.commands.app import CommandError

PIECE: Final = 1 << 19
"""Bytes, also that a pipe may hold: larger pieces buy little speed for their memory."""
MAGIC: Final = b"\x1f\x8b"
STDIN: Final = "-"
Advance: TypeAlias = Callable[[int], None]
"""Told how many bytes were read."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file, and how much of it there is."""

    name: str

    @property
    def size(self) -> int:
        """Bytes; 0 where nobody knows: a pipe."""
        if self.name == STDIN:
            return 0
        found = Path(self.name).stat()
        return found.st_size if stat.S_ISREG(found.st_mode) else 0

    def pieces(self, advance: Advance) -> Iterator[bytes]:
        """Bytes, never none at all; what is compressed is not any more."""
        if self.name == STDIN:
            widened(sys.stdin.fileno())
            yield from self._read(cast("BufferedReader", sys.stdin.buffer), advance)
            return
        with Path(self.name).open("rb") as file:
            yield from self._read(file, advance)

    def _read(self, file: BufferedReader, advance: Advance) -> Iterator[bytes]:
        place = Place(file, advance, known=bool(self.size))
        try:
            with _plain(file) as plain:
                while piece := plain.read1(PIECE):
                    place.read(piece)
                    yield piece
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise CommandError(f"{self.name}: not whole: {error}") from None


def widened(file: int) -> None:
    """Let a pipe hold a whole piece: what fills it while we are at work is read at once."""
    with suppress(OSError):  # no pipe, or more than this user may have
        fcntl.fcntl(file, fcntl.F_SETPIPE_SZ, PIECE)


@contextmanager
def _plain(file: BufferedReader) -> Iterator[BufferedReader | gzip.GzipFile]:
    """The file, or what is compressed in it; looking at its beginning takes nothing away."""
    if file.peek(len(MAGIC))[: len(MAGIC)] == MAGIC:
        with gzip.GzipFile(fileobj=file) as plain:
            yield plain
    else:
        yield file


@dataclass(slots=True)
class Place:
    """How far a file has been read, compressed as it is; of a pipe, what came out of it."""

    file: BufferedReader
    advance: Advance
    known: bool
    last: int = 0

    def read(self, piece: bytes) -> None:
        now = self.file.tell() if self.known else self.last + len(piece)
        self.advance(now - self.last)
        self.last = now


def inputs(names: Sequence[str]) -> list[Input]:
    """Look at all of them before anything is decoded; raises OSError for one that is not there."""
    made = [Input(name) for name in names]
    for one in made:
        if one.name != STDIN:
            Path(one.name).open("rb").close()
    return made
