"""The forms a message is written in: a JSON object, a CSV row; Parquet is in a file of its own.

Invariant: messages are written in the order in which they arrived, each as a whole line, and at
once: who reads a pipe waits for them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, BinaryIO, Protocol

import msgspec

from fleet.commands.decoding.columns import Column, Plan
from fleet.commands.decoding.rows import Rows, arrived


class Writer(Protocol):
    def write(self, tables: Sequence[Rows]) -> None:
        """Write what one piece of input held."""

    def close(self) -> None:
        """Write what is still held back."""


class JsonLines:
    """One object a line. NaN and what nobody knows is null; of a type always the same names."""

    def __init__(self, out: BinaryIO, plan: Plan) -> None:
        self._out, self._encoder = out, msgspec.json.Encoder()
        self._made = {
            name: msgspec.defstruct("Message", [(c.name, Any) for c in columns], gc=False)
            for name, columns in plan.tables.items()
        }

    def write(self, tables: Sequence[Rows]) -> None:
        rows: list[msgspec.Struct] = []
        for table in tables:
            rows += map(self._made[table.name], *table.values())
        self._out.write(self._encoder.encode_lines(arrived(tables, rows)))
        self._out.flush()

    def close(self) -> None:
        pass


class Csv:
    """A heading, then one row a message; a column that its type does not have is empty."""

    def __init__(self, out: BinaryIO, plan: Plan) -> None:
        self._out, self._columns = out, plan.union()
        self._line(io.StringIO(), [[c.name for c in self._columns]])

    def write(self, tables: Sequence[Rows]) -> None:
        rows: list[tuple[Any, ...]] = []
        for table in tables:
            rows += zip(*self._cells(table), strict=False)
        self._line(io.StringIO(), arrived(tables, rows))

    def _line(self, text: io.StringIO, rows: Sequence[Sequence[Any]]) -> None:
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._out.write(text.getvalue().encode())
        self._out.flush()

    def _cells(self, table: Rows) -> Iterator[Any]:
        """An iterable a column; endless ones for the columns that the type does not have."""
        found = dict(zip((c.name for c in table.columns), table.values(), strict=True))
        yield from (_cells(c, found) for c in self._columns)

    def close(self) -> None:
        pass


def _cells(column: Column, found: Mapping[str, list[Any]]) -> Any:
    """The values of a column as CSV has them."""
    values = found.get(column.name)
    match column.kind:
        case _ if values is None:
            return repeat("")
        case "float":
            return ["" if value != value else value for value in values]  # noqa: PLR0124 -- NaN
        case "bool":
            return ["true" if value else "false" for value in values]
        case "fields":
            return [msgspec.json.encode(value).decode() if value else "" for value in values]
        case _:
            return values
