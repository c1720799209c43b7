"""Messages as a Parquet file: one table, the columns of every type, null where a type has none.

Invariant: a file under its name is whole; it is written beside it and put in place at the end.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from fleet.commands.app import CommandError
from fleet.commands.decoding.columns import Column, Plan
from fleet.commands.decoding.rows import Rows
from fleet.ingest.clean import NOBODYS

if TYPE_CHECKING:
    import pyarrow as pa

GROUP: Final = 1 << 15
"""Rows held before they are written: a row group."""


def needed() -> Any:
    """pyarrow, which only this form needs."""
    try:
        import pyarrow.parquet  # noqa: PLC0415 -- an optional package
    except ImportError:
        raise CommandError(
            "Parquet needs the package pyarrow: pip install 'fleet[parquet]'"
        ) from None
    return pyarrow


class Parquet:
    """Numbers as the decoder has them: positions are not rounded."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self._pa = needed()
        self._path, self._draft = path, path.with_name(f"{path.name}.{os.getpid()}.part")
        self._columns = plan.union()
        self._schema = self._pa.schema([self._field(c) for c in self._columns])
        self._file = self._pa.parquet.ParquetWriter(self._draft, self._schema, compression="zstd")
        self._held: list[pa.Table] = []
        self._rows = 0

    def _field(self, column: Column) -> pa.Field:
        types = {
            "int": self._pa.int64(), "float": self._pa.float64(), "bool": self._pa.bool_(),
            "text": self._pa.string(), "fields": self._pa.string(),
            "time": self._pa.timestamp("us", "UTC"),
        }  # fmt: skip
        told = {"unit": column.unit, "doc": column.doc}
        return self._pa.field(column.name, types[column.kind], metadata=told)

    def write(self, tables: Sequence[Rows]) -> None:
        if not tables:
            return
        order = np.argsort(np.concatenate([table.order for table in tables]), kind="stable")
        whole = self._pa.concat_tables([self._table(table) for table in tables])
        self._held.append(whole.take(order))
        self._rows += len(order)
        if self._rows >= GROUP:
            self._flush()

    def _table(self, rows: Rows) -> pa.Table:
        arrays = [self._array(field, column, rows) for field, column in self._pairs()]
        return self._pa.Table.from_arrays(arrays, schema=self._schema)

    def _pairs(self) -> Any:
        return zip(self._schema, self._columns, strict=True)

    def _array(self, field: pa.Field, column: Column, rows: Rows) -> pa.Array:
        array = rows.arrays.get(column.name)
        if array is None or column.name not in {c.name for c in rows.columns}:
            return self._pa.nulls(len(rows), field.type)
        if column.kind == "float":
            return self._pa.array(array, field.type, from_pandas=True)  # NaN is null
        if column.kind == "fields":
            return self._pa.array([msgspec.json.encode(x).decode() for x in array], field.type)
        if column.kind == "time":
            times = array.astype("datetime64[us]")
            return self._pa.array(times, self._pa.timestamp("us"), mask=array < NOBODYS).cast(
                field.type
            )
        return self._pa.array(array.tolist() if array.dtype == object else array, field.type)

    def _flush(self) -> None:
        if self._held:
            self._file.write_table(self._pa.concat_tables(self._held))
        self._held, self._rows = [], 0

    def close(self) -> None:
        self._flush()
        self._file.close()
        self._draft.replace(self._path)

    def discard(self) -> None:
        """Leave nothing of a file that did not become whole."""
        self._file.close()
        self._draft.unlink(missing_ok=True)
