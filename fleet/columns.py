"""NumPy columns to binary COPY blocks and arrays of rows, and times to and from PostgreSQL's epoch.

A structured big-endian dtype *is* the COPY record, and, with the types named in it, the element of
an array of a table's row type; so either is made without a loop over rows.
Invariant: a record of fixed width cannot hold NULL; a float that is not known is NaN.
Source: PostgreSQL 17, COPY "Binary Format"; record_recv and array_recv of its backend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fleet.model import Ints

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
INT4_OID, INT4_ARRAY_OID = 23, 1007
EPOCH_OFFSET = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL counts from."""
FORMATS = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float4": ">f4", "float8": ">f8",
           "timestamptz": ">i8"}  # fmt: skip
OIDS = {"int2": 21, "int4": INT4_OID, "int8": 20, "float4": 700, "float8": 701,
        "timestamptz": 1184, "int4[]": INT4_ARRAY_OID}  # fmt: skip

Sets: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Sets of integers, one a row: where each row's begin (rows + 1 offsets), and all the members."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands around the values of one record."""

    head: tuple[tuple[str, str], ...]  #: fields before the first value
    typed: bool  #: whether each value is preceded by its type, besides its size


AT_ONCE = 4096
"""Rows filled column by column before the next: they stay in the cache meanwhile."""
COPY = Shape((("fields", ">i2"),), typed=False)
ELEMENT = Shape((("size", ">i4"), ("fields", ">i4")), typed=True)


def block(layout: Mapping[str, str], columns: Mapping[str, Any]) -> bytes:
    """One COPY block; `layout` names each column's SQL type, "int4[]" taking `Sets`."""
    return HEADER + _body(COPY, layout, columns) + TRAILER


def unblock(layout: Mapping[str, str], body: bytes) -> dict[str, NDArray[Any]]:
    """The columns of whole COPY records (no header, no trailer), times as ours; the inverse of
    `block`. ValueError where they are of another layout, so where anything in them is NULL.
    """
    frame = _frame(COPY, layout, {})
    if len(body) % frame.dtype.itemsize:
        raise ValueError("COPY data of another layout, or with NULL")
    rows = np.frombuffer(body, frame.dtype)
    heads = [name for name in frame.dtype.names or () if name not in layout]
    if any((rows[name] != frame[name]).any() for name in heads):
        raise ValueError("COPY data of another layout, or with NULL")
    out = {
        name: rows[name].astype(FORMATS[kind].replace(">", "=")) for name, kind in layout.items()
    }
    for name in (name for name, kind in layout.items() if kind == "timestamptz"):
        out[name] += EPOCH_OFFSET
    return out


def array(layout: Mapping[str, str], columns: Mapping[str, Any], row_type: int) -> bytes:
    """The same rows as one binary parameter: an array of a table's row type, given by its oid.

    `layout` must name all columns of the table, in the table's order.
    """
    rows = len(next(iter(columns.values())))
    head = np.array([1, 0, row_type, rows, 1] if rows else [0, 0, row_type], ">u4")
    return head.tobytes() + _body(ELEMENT, layout, columns)


def _body(shape: Shape, layout: Mapping[str, str], columns: Mapping[str, Any]) -> bytes:
    arrays = [name for name, kind in layout.items() if kind == "int4[]"]
    if not arrays:
        rows = len(next(iter(columns.values())))
        return _records(shape, layout, columns, rows).tobytes()
    return b"".join(_by_width(shape, layout, columns, arrays[0]))


def _by_width(
    shape: Shape, layout: Mapping[str, str], columns: Mapping[str, Any], array: str
) -> list[bytes]:
    """Records of one array length at a time: each length has a width of its own."""
    offsets, members = columns[array]
    widths = np.diff(offsets)
    if len(widths) and (widths == widths[0]).all():  # nearly always: one station heard each
        same = {**columns, array: members[offsets[0] : offsets[-1]].reshape(len(widths), -1)}
        return [_records(shape, layout, same, len(widths)).tobytes()]
    parts = []
    for width in np.unique(widths):
        at = (widths == width).nonzero()[0]
        part = {name: column[at] for name, column in columns.items() if name != array}
        part[array] = members[offsets[at][:, None] + np.arange(width)]
        parts.append(_records(shape, layout, part, len(at)).tobytes())
    return parts


def _records(
    shape: Shape, layout: Mapping[str, str], columns: Mapping[str, Any], rows: int
) -> NDArray[Any]:
    widths = {n: columns[n].shape[1] for n, kind in layout.items() if kind == "int4[]"}
    out = np.repeat(_frame(shape, layout, widths), rows)
    for start in range(0, rows, AT_ONCE):
        some = slice(start, start + AT_ONCE)
        for name, kind in layout.items():
            if kind == "int4[]":
                out[name]["elements"]["value"][some] = columns[name][some]
            else:
                value = columns[name][some]
                out[name][some] = value - EPOCH_OFFSET if kind == "timestamptz" else value
    return out


def _frame(shape: Shape, layout: Mapping[str, str], widths: Mapping[str, int]) -> NDArray[Any]:
    """One record: what is the same in all of them."""
    out = np.zeros(1, _dtype(shape, layout, widths))
    out["fields"] = len(layout)
    if shape.typed:
        out["size"] = out.dtype.itemsize - out.dtype["size"].itemsize
    for name, kind in layout.items():
        out[f"{name}_size"] = out.dtype[name].itemsize
        if shape.typed:
            out[f"{name}_oid"] = OIDS[kind]
        if kind == "int4[]":
            _frame_array(out[name], widths[name])
    return out


def _dtype(shape: Shape, layout: Mapping[str, str], widths: Mapping[str, int]) -> np.dtype[Any]:
    fields: list[tuple[str, Any]] = list(shape.head)
    for name, kind in layout.items():
        value = _array_dtype(widths[name]) if kind == "int4[]" else np.dtype(FORMATS[kind])
        typed = [(f"{name}_oid", ">i4")] if shape.typed else []
        fields += [*typed, (f"{name}_size", ">i4"), (name, value)]
    return np.dtype(fields)


def _array_dtype(width: int) -> np.dtype[Any]:
    """One-dimensional int4[]: dimensions, nulls, element type, length, lower bound, elements."""
    head = [(n, ">i4") for n in ("dimensions", "nulls", "oid", "length", "lower")]
    element = np.dtype([("size", ">i4"), ("value", ">i4")])
    return np.dtype([*head, ("elements", element, (width,))])


def _frame_array(out: NDArray[Any], width: int) -> None:
    out["dimensions"], out["oid"], out["lower"] = 1, INT4_OID, 1
    out["length"] = width
    out["elements"]["size"] = 4


def group(keys: Sequence[Ints], member: Ints) -> tuple[Ints, Sets]:
    """Rows with equal keys as one: the first row of each in input order, and its members.

    The result is sorted by the keys, as every multi-row write must be.
    """
    order = np.lexsort((member, *reversed(keys)))
    change = np.ones(len(order), np.bool_)
    change[1:] = np.logical_or.reduce([k[order][1:] != k[order][:-1] for k in keys])
    start = change.nonzero()[0]
    first = np.minimum.reduceat(order, start) if len(start) else order
    fresh = change.copy()
    fresh[1:] |= member[order][1:] != member[order][:-1]
    ends = np.append(start, len(order))
    offsets = np.concatenate([[0], np.cumsum(fresh)])[ends]
    return first, (offsets, member[order][fresh])


def to_datetime(t: int) -> datetime:
    """Microseconds as an aware datetime, exactly."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=t)


def from_datetime(at: datetime) -> int:
    """An aware datetime as microseconds, exactly."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
