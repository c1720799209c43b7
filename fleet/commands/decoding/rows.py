"""Columns to plain values, a message a row, in the order in which the messages arrived.

Invariant: a number is written with as many decimals as tell its raw code from the next, so that
nothing is lost and nothing invented; a time that nobody knows is None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from fleet.commands.decoding.columns import OTHER, Column, Plan
from fleet.ingest.ais import ENVELOPE, Messages, Name, Table
from fleet.ingest.ais.messages import Row
from fleet.ingest.clean import NOBODYS
from fleet.ingest.format import Record

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages that have their columns in common."""

    name: Name
    columns: tuple[Column, ...]
    order: Array  #: when each arrived, among all tables of the piece
    arrays: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.order)

    def values(self) -> list[list[Any]]:
        """A list a column. Floats may be NaN."""
        return [plain(column, self.arrays[column.name]) for column in self.columns]


def chosen(messages: Messages, plan: Plan) -> list[Rows]:
    """What the plan asks for: the decoder's tables, and the records as a table of their own."""
    return [rows for rows in _chosen(messages, plan) if len(rows)]


def _chosen(messages: Messages, plan: Plan) -> Iterator[Rows]:
    for name, columns in plan.tables.items():
        if name == OTHER:
            yield _records(messages, plan, columns)
        elif name in messages.tables:
            table = messages.tables[name]
            yield Rows(name, columns, table["order"], _typed(table))


def _records(messages: Messages, plan: Plan, columns: tuple[Column, ...]) -> Rows:
    pairs = zip(messages.others, messages.envelopes, strict=True)
    found = [_told(record, row) for record, row in pairs if plan.wants(record.type)]
    arrays = {c.name: _array([row[c.name] for row in found]) for c in columns}
    return Rows(OTHER, columns, _array([row["order"] for row in found]), arrays)


def _told(record: Record, envelope: Row) -> dict[str, Any]:
    said = {
        "type": record.type, "to": record.to, "text": record.text, "dac": record.dac,
        "fi": record.fi, "payload": record.payload.hex(),
        "fields": {name: simple(value) for name, value in record.fields.items()},
    }  # fmt: skip
    return dict(zip(ENVELOPE, envelope, strict=True)) | said


def simple(value: Any) -> Any:
    """A field that pyais has read as JSON knows it: raw codes for its enumerations."""
    match value:
        case bytes():
            return value.hex()
        case Enum():
            return simple(value.value)
        case float() if value != value:  # noqa: PLR0124 -- NaN
            return None
        case bool() | int() | float() | str() | None:
            return value
        case _:
            return str(value)


def _array(values: list[Any]) -> Array:
    """One dimension, whatever the values are."""
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _typed(table: Table) -> dict[str, Array]:
    return {"type": np.full(table.rows, table.layout.type), **table}


def arrived(tables: Sequence[Rows], rows: Sequence[T]) -> Sequence[T]:
    """The rows of several tables, one table behind the other, in the order of arrival."""
    if len(tables) < 2:
        return rows
    order = np.argsort(np.concatenate([table.order for table in tables]), kind="stable")
    return [rows[at] for at in order.tolist()]


def plain(column: Column, array: Array) -> list[Any]:
    """The values of one column as Python has them."""
    if column.kind == "float":
        array = np.round(array, column.decimals)
    found: list[Any] = array.tolist()
    return moments(array) if column.kind == "time" else found


def moments(array: Array) -> list[Any]:
    """Microseconds to UTC times as text; None where the clock is nobody's. Most rows share them."""
    different, at = np.unique(array.astype(np.int64), return_inverse=True)
    times = different.astype("datetime64[us]").astype("datetime64[ms]")
    told = np.datetime_as_string(times, timezone="UTC").astype(object)
    told[different < NOBODYS] = None
    found: list[Any] = told[at].tolist()
    return found
