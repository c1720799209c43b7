"""What one piece of input held: a table of columns a message type, and the rest as records.

Invariant: the same sentences give the same tables whatever way they were read and cut. Nothing is
left out silently: what could not be read is counted in `tally`, what is odd is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cache, cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.fields import LAYOUTS, Field, Layout, Name
from fleet.ingest.format import Record
from fleet.ingest.tally import Tally

Column = NDArray[Any]


class Doubt(IntFlag):
    """What is odd about a message, in `flags` beside the bits of `fleet.model.Flag`."""

    MMSI = 256  #: 0, or more than nine digits
    POSITION = 512  #: beyond 180 degrees east or west, 90 north or south
    LENGTH = 1024  #: more bits than the standard gives the type
    SOURCE = 2048  #: the receiver's time is none to be believed, and was not used


ENVELOPE: Final[Mapping[str, str]] = {
    "order": "number of the sentence that completed it, from 0, in its stream",
    "mmsi": "who sent it",
    "repeat": "how often it was repeated by others; 3: do not repeat",
    "channel": "VHF channel as the receiver names it: A, B, 1, 2 or nothing",
    "talker": "who says so: AI, BS, AB, ...",
    "own": "of the receiver's own ship (VDO)",
    "station": "source in the tag block",
    "group": "id of the tag block's group",
    "heard": "the receiver's time, UTC microseconds; 0 where it told none",
    "received": "when this program got it, UTC microseconds; 0 in a recording",
    "sent": "about when it was sent: `heard` where it is believed, else `received`, else the time "
    "that the recording has reached; UTC microseconds",
    "t": "when what it says was so: the fix time by the UTC second, else as `sent`",
    "flags": "bits of fleet.model.Flag (16 estimated, 32 no clock) and Doubt (256 MMSI, "
    "512 position, 1024 length, 2048 source time)",
    "parts": "sentences it took",
}
"""The columns that every table has, before its fields."""
WHOLE: Final = "order", "mmsi", "repeat", "heard", "received", "sent", "t", "flags", "parts"
TEXTS: Final = {"channel": "<U1", "talker": "<U2", "station": np.str_, "group": np.str_}


def dtype_of(f: Field) -> str:
    """Of a field's column."""
    if f.kind == "text":
        return "<U20"
    return "<f8" if f.is_float else "?" if f.kind == "bool" else "<i8"


class Table(Mapping[str, Column]):
    """Columns by name: those of ENVELOPE, then those of the layout's fields.

    The envelope is cut out of columns that the tables of one `Messages` share.
    """

    __slots__ = ("_common", "_fields", "_rows", "layout")

    def __init__(
        self, layout: Layout, fields: Mapping[str, Column], common: Mapping[str, Column],
        rows: slice,
    ) -> None:  # fmt: skip
        self.layout, self._fields, self._common, self._rows = layout, fields, common, rows

    def __getitem__(self, name: str) -> Column:
        found = self._fields.get(name)
        return self._common[name][self._rows] if found is None else found

    def __contains__(self, name: object) -> bool:
        return name in self._fields or name in ENVELOPE

    def __iter__(self) -> Iterator[str]:
        yield from ENVELOPE
        yield from (f.name for f in self.layout.fields)

    def __len__(self) -> int:
        """Columns; `rows` is the number of messages."""
        return len(ENVELOPE) + len(self.layout.fields)

    @property
    def rows(self) -> int:
        return int(self._rows.stop - self._rows.start)


Row = tuple[Any, ...]
"""The values of ENVELOPE's columns, then of the layout's fields."""


class Rest(Protocol):
    """Messages without a table: known to be readable, made records when somebody looks."""

    def __len__(self) -> int: ...
    def read(self) -> tuple[tuple[Record, ...], tuple[Row, ...]]:
        """The records, and the values of ENVELOPE's columns, one row for each."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records that were made at once."""

    records: tuple[Record, ...] = ()
    envelopes: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self.records)

    def read(self) -> tuple[tuple[Record, ...], tuple[Row, ...]]:
        return self.records, self.envelopes


@dataclass
class Messages:
    """Everything one piece held; the order of arrival is in the column `order`."""

    tables: Mapping[Name, Table] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    rest: Rest = Records()

    @cached_property
    def _records(self) -> tuple[tuple[Record, ...], tuple[Row, ...]]:
        return self.rest.read()

    @property
    def others(self) -> tuple[Record, ...]:
        """The messages without a table, in the order of arrival."""
        return self._records[0]

    @property
    def envelopes(self) -> tuple[Row, ...]:
        """The values of ENVELOPE's columns, one row for each of `others`."""
        return self._records[1]

    def __len__(self) -> int:
        """Messages that were read."""
        return sum(table.rows for table in self.tables.values()) + len(self.rest)


def tabled(rows: Mapping[Name, list[Row]]) -> dict[Name, Table]:
    """Tables of rows that were read one by one."""
    return {name: _table(LAYOUTS[name], rows[name]) for name in LAYOUTS if rows.get(name)}


def _table(layout: Layout, rows: list[Row]) -> Table:
    columns = dict(zip(_names(layout.name), zip(*rows, strict=True), strict=True))
    made: dict[str, Column] = {}
    for kind, names in _kinds(layout.name):  # one array for all columns of a kind
        made |= zip(names, np.array([columns[name] for name in names], kind), strict=True)
    return Table(layout, made, made, slice(0, len(rows)))


@cache
def _names(name: Name) -> tuple[str, ...]:
    return tuple(dtypes(LAYOUTS[name]))


@cache
def _kinds(name: Name) -> list[tuple[str, list[str]]]:
    kinds: dict[str, list[str]] = {}
    for column, kind in dtypes(LAYOUTS[name]).items():
        kinds.setdefault(np.dtype(kind).kind, []).append(column)
    return [({"i": "<i8", "f": "<f8", "b": "?"}.get(k, k), v) for k, v in kinds.items()]


def dtypes(layout: Layout) -> dict[str, Any]:
    """Of every column of a table."""
    envelope = {name: TEXTS.get(name, "<i8") for name in ENVELOPE} | {"own": "?"}
    return envelope | {f.name: dtype_of(f) for f in layout.fields}
