"""VMS positions 船位 as CSV tables: header in Chinese or English, decimal or sexagesimal degrees.

A bad row is named by line and column and costs itself alone. Times are Asia/Shanghai unless an
offset stands there. Columns, units and encoding are options of the feed.
"""

from __future__ import annotations

import csv
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final

from fleet.ingest import clean
from fleet.ingest.format import Format, Reports
from fleet.ingest.rows import Rows
from fleet.ingest.tally import Tally
from fleet.ingest.vms import columns, values
from fleet.ingest.vms.columns import DELIMITERS, Layout, Options
from fleet.ingest.vms.values import WrongError
from fleet.model import IdentityKind, Source

LONGEST: Final = 64 << 10
"""Bytes of one line."""
STREAMS: Final = 256
"""Files and senders remembered; the one silent for longest is forgotten first."""
TURN: Final = b"\f"
"""A line that is a form feed ends the table: each file, each message is one of its own."""
BOM: Final = b"\xef\xbb\xbf"
DATED = re.compile(r"\d{4}")
"""Every row has a time, and so four digits together; no header has."""


@dataclass(slots=True)
class Stream:
    """A table that is being read: its header, where it stands, and an unfinished line."""

    line: int = 0  #: lines so far
    header: bytes = b""  #: as it came
    encoding: str = ""  #: that a line which is not ASCII has shown
    layout: Layout | None = None
    kind: IdentityKind | None = None  #: of all its rows: that of its first header
    rest: bytes = b""
    skipping: bool = False  #: the unfinished line was too long, and is counted already

    def turn(self) -> None:
        """The next line begins another table."""
        for one in fields(self):
            setattr(self, one.name, one.default)


class Decoder:
    """One feed: a table for each station."""

    __slots__ = ("_options", "_streams")

    def __init__(self, options: Options = Options()) -> None:  # noqa: B008 -- frozen
        self._options = options
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        stream = self._stream(station)
        piece = Piece(stream, self._options, received)
        *lines, stream.rest = (stream.rest + chunk).split(b"\n")
        for line in lines:
            piece.line(line)
        piece.bound()
        kind = piece.kind or stream.kind or FORMAT.kind
        return piece.rows.reports(kind, FORMAT.source, piece.tally, tuple(piece.names))

    def residue(self) -> Mapping[str, bytes]:
        return {s: _packed(stream) for s, stream in self._streams.items() if stream != Stream()}

    def restore(self, rest: bytes, station: str) -> None:
        """Read its header again; what it says is known."""
        count, encoding, kind, skipping, header, left = rest.split(b"\n", 5)
        stream = self._stream(station)
        if header:
            Piece(stream, self._options, 0).line(header)
        stream.line, stream.encoding = int(count), encoding.decode()
        stream.kind = IdentityKind(kind.decode()) if kind else None
        stream.rest, stream.skipping = left, skipping == b"1"

    def _stream(self, station: str) -> Stream:
        stream = self._streams.setdefault(station, Stream())
        self._streams.move_to_end(station)
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return stream


def _packed(stream: Stream) -> bytes:
    said = (str(stream.line), stream.encoding, stream.kind or "", "1" if stream.skipping else "")
    return b"\n".join((*(one.encode() for one in said), stream.header, stream.rest))


class Piece:
    """One piece of a table being read."""

    __slots__ = ("kind", "names", "options", "received", "rows", "stream", "tally")

    def __init__(self, stream: Stream, options: Options, received: int) -> None:
        self.stream, self.options, self.received = stream, options, received
        self.kind: IdentityKind | None = None  #: of its rows
        self.names: dict[str, int] = {}
        self.rows, self.tally = Rows(), Tally()

    def line(self, raw: bytes) -> None:
        """One line without its end."""
        stream = self.stream
        if raw.rstrip(b"\r") == TURN:
            return stream.turn()
        stream.line += 1
        skipped, stream.skipping = stream.skipping, False
        line = raw.removeprefix(BOM).strip()
        if skipped or not line or line.startswith(b"#"):
            return None
        self.tally.sentences += 1
        if len(raw) > LONGEST:
            return self._refuse("line: too long", raw)
        text = self._text(line)
        return self._refuse("line: encoding", raw) if text is None else self._line(text, line)

    def bound(self) -> None:
        """Keep no more of an unfinished line than a line may have."""
        stream = self.stream
        if stream.skipping:
            stream.rest = b""
        elif len(stream.rest) > LONGEST:
            self.tally.sentences += 1
            self._refuse("line: too long", stream.rest, stream.line + 1)
            stream.rest, stream.skipping = b"", True

    def _text(self, line: bytes) -> str | None:
        """UTF-8 or GB18030: a table is in one of them, and its first line that is not ASCII says
        which, since a short word of the one can look like the other.
        """
        if line.isascii():
            return line.decode()
        asked = self.options.encoding if self.options.encoding != "auto" else self.stream.encoding
        for encoding in (asked,) if asked else ("utf-8", "gb18030"):
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError:
                continue
            self.stream.encoding = encoding
            return text
        return None

    def _line(self, text: str, raw: bytes) -> None:
        stream = self.stream
        if self.options.headless:
            stream.layout = stream.layout or columns.fixed(self.options)
        elif stream.layout is None or not DATED.search(text):
            marks = (self.options.delimiter,) if self.options.delimiter else DELIMITERS
            found = columns.layout({mark: _cells(text, mark) for mark in marks}, self.options)
            if found is not None:
                return self._header(found, raw)
        if stream.layout is None:
            return self._refuse("row: before a header", raw)
        stream.kind = stream.kind or stream.layout.kind
        if self.kind not in (None, stream.kind):
            return self._refuse("row: another identity than before", raw)
        self.kind = stream.kind
        return self._row(_cells(text, stream.layout.delimiter), stream.layout, raw)

    def _header(self, found: Layout | str, raw: bytes) -> None:
        """A table may come with its header again; it cannot begin to name boats in another way."""
        stream = self.stream
        if isinstance(found, Layout) and stream.kind not in (None, found.kind):
            found = "header: another identity than before"
        stream.layout = found if isinstance(found, Layout) else None
        stream.header = raw if stream.layout else b""
        if isinstance(found, str):
            return self._refuse(found, raw)
        stream.kind = found.kind
        self.tally.types["header"] += 1
        return None

    def _row(self, cells: Sequence[str], layout: Layout, raw: bytes) -> None:
        if len(cells) < layout.width:
            return self._refuse("row: too few columns", raw)
        row = Row(cells, layout)
        try:
            key, at, floats = row.key(self.names), row.time(), row.floats()
        except WrongError as wrong:
            return self._refuse(f"{row.column}: {wrong}", raw)
        flags, why = clean.terminal_time(at, self.received)
        if why:
            return self._refuse(f"time: {why}", raw)
        self.tally.types["position"] += 1
        received = self.received or at
        self.rows.add((key, at, received, -1, int(flags), received), floats)
        if name := row.text("name"):
            said = (key, at, name, row.text("callsign"), 0, -1, NAN, NAN, NAN, "")
            self.rows.statics.append(said)
        return None

    def _refuse(self, why: str, raw: bytes, number: int = 0) -> None:
        """Counted by reason; the sample says which line it was."""
        where = b"line %d: " % (number or self.stream.line)
        self.tally.reject(why, where + raw[:200])


NAN: Final = clean.NAN


class Row:
    """One row; `column` is the one that was read last."""

    __slots__ = ("cells", "column", "layout")

    def __init__(self, cells: Sequence[str], layout: Layout) -> None:
        self.cells, self.layout, self.column = cells, layout, ""

    def key(self, names: dict[str, int]) -> int:
        """The MMSI, or the index of a name."""
        cell = self._cell(self.layout.identity)
        if self.layout.kind == IdentityKind.MMSI:
            return values.mmsi(cell)
        known = values.name(cell)
        return names.setdefault(known, len(names))

    def time(self) -> int:
        """Of two columns, unless that of the time has it all."""
        day, clock = self._cell("date"), self._cell("time")
        alone = not day or len(clock.strip()) > len("12:34:56.789")
        return values.moment(clock if alone else f"{day} {clock}", self.layout.utc_offset_h)

    def floats(self) -> tuple[float, ...]:
        """As in `rows.Floats`. A place of nobody's (0, 0) is no place, and no position."""
        unit = self.layout.position
        lat = values.angle(self._cell("lat"), unit, 90)
        lon = values.angle(self._cell("lon"), unit, 180)
        if clean.position(lon, lat) != (lon, lat):
            raise WrongError("not available")
        sog = values.speed(self._cell("speed"), self.layout.speed)
        cog, heading = (values.course(self._cell(column)) for column in ("course", "heading"))
        return lon, lat, sog, cog, heading, NAN

    def text(self, column: str) -> str:
        return " ".join(self._cell(column).split())[:120]

    def _cell(self, column: str) -> str:
        """What stands there, "" where there is no such column."""
        self.column = column
        place = self.layout.at.get(column, len(self.cells))
        return self.cells[place] if place < len(self.cells) else ""


def _cells(text: str, mark: str) -> list[str]:
    """Split as CSV; quotes that make no sense are text."""
    try:
        return next(csv.reader([text], delimiter=mark), [])
    except csv.Error:
        return text.split(mark)


def configured(options: Mapping[str, Any]) -> dict[str, Callable[[], Decoder]]:
    return {"": partial(Decoder, columns.read(options))}


FORMAT = Format(
    "vms",
    IdentityKind.MMSI,
    Source.VMS,
    Decoder,
    dated=True,
    page=b"\n" + TURN + b"\n",
    configured=configured,
)
