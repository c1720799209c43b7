"""Parameters that are bytes already: arrays of a table's rows, made by NumPy, sent as they are.

Invariant: the server checks every byte: an array of another row type, or a row with another number
of columns, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types import TypeInfo

from fleet.columns import array
from fleet.store.db import Connection, one, queries

SQL = queries("binary")


@dataclass(frozen=True, slots=True)
class Raw:
    """A parameter in its type's binary format; the statement casts it to the type."""

    body: bytes


class RawDumper(Dumper):
    """Sends the bytes and leaves the type to the cast."""

    format = Format.BINARY
    oid = 0

    def dump(self, obj: Raw) -> bytes:
        return obj.body


psycopg.adapters.register_dumper(Raw, RawDumper)


async def rows_of(
    conn: Connection, table: str, layout: Mapping[str, str], columns: Mapping[str, Any]
) -> Raw:
    """These columns as an array of the table's rows, for `unnest(%(rows)s::table[])`."""
    known = conn.adapters.types.get(table)
    if known is None:
        known = TypeInfo(table, **await one(conn, SQL["row_type"], table=table))
        known.register(conn)
    return Raw(array(layout, columns, known.oid))
