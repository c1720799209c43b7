"""Files that others put into a folder: each read once, and put aside when all of it is stored.

A file is taken when it has not changed between two looks, so half an upload is none. It is moved
into `done/` after the commit of its last piece: what was killed before that reads it again, which
changes nothing, since positions have a key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import Link, received_now
from fleet.ingest.feeds.file import CHUNK, opened
from fleet.ingest.format import Format

EVERY_S = 2.0
"""Between two looks."""
DONE = "done"
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
"""What programs call a file that they are still writing."""

Mark: TypeAlias = tuple[int, int]  #: size in bytes, nanoseconds of the last change


@dataclass(frozen=True, slots=True)
class Handle:
    path: Path
    last: bool  #: with this piece all of it is stored


class Folder(Link):
    acks = True

    def __init__(self, name: str, path: Path, form: Format, *, every_s: float = EVERY_S) -> None:
        super().__init__()
        self.name, self.path, self.form, self.every_s = name, path, form, every_s
        self._seen: dict[Path, Mark] = {}  #: at the last look
        self._taken: dict[Path, Mark] = {}  #: read and not yet moved

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        while True:
            for path in await asyncio.to_thread(self._look):
                with closing(self._pieces(path)) as pieces:
                    while delivery := await asyncio.to_thread(next, pieces, None):
                        yield delivery
            await asyncio.sleep(self.every_s)

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Called in order: when the last piece of a file is stored, so are the others."""
        stored = [d.handle.path for d in deliveries if d.handle.last]
        if stored:
            await asyncio.to_thread(self._put_aside, stored)

    def _look(self) -> list[Path]:
        """The files that have not changed since the last look and were not read, oldest first."""
        try:
            found = dict(self._files())
        except OSError as error:
            self.down(error.strerror or error)
            return []
        self._seen, before = found, self._seen
        self._taken = {p: mark for p, mark in self._taken.items() if p in found}
        ready = [p for p, mark in found.items() if before.get(p) == mark != self._taken.get(p)]
        self.up(f"{len(found)} files wait" if found else "")
        return sorted(ready, key=lambda path: (found[path][1], path))

    def _files(self) -> Generator[tuple[Path, Mark], None, None]:
        """Plain files only: a link may lead anywhere."""
        with os.scandir(self.path) as entries:
            for entry in entries:
                hidden = entry.name.startswith(".") or entry.name.endswith(UNFINISHED)
                if not hidden and entry.name != DONE and entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    yield Path(entry.path), (stat.st_size, stat.st_mtime_ns)

    def _pieces(self, path: Path) -> Generator[Delivery, None, None]:
        """The file between two ends of a table: nothing of the one before is continued in it."""
        self._taken[path] = self._seen[path]
        yield self._delivery(self.form.page, Handle(path, last=False))
        try:
            with opened(path) as file:
                while chunk := file.read(CHUNK):
                    yield self._delivery(chunk, Handle(path, last=False))
        except (OSError, EOFError):
            self.counts["files that cannot be read"] += 1
            return
        yield self._delivery(self.form.page, Handle(path, last=True))

    def _delivery(self, payload: bytes, handle: Handle) -> Delivery:
        form, now = self.form.key, received_now()
        return Delivery(self.name, self.name, form, payload, now, handle=handle)

    def _put_aside(self, paths: Sequence[Path]) -> None:
        for path in paths:
            try:
                self._move(path)
            except OSError as error:
                self.counts["files that cannot be moved"] += 1
                self.detail = f"{path.name}: {error.strerror}"

    def _move(self, path: Path) -> None:
        """Not over one of the same name: that was another day's."""
        aside = path.parent / DONE
        aside.mkdir(exist_ok=True)
        target, number = aside / path.name, 1
        while target.exists():
            number += 1
            target = aside / f"{path.stem}.{number}{path.suffix}"
        path.rename(target)
