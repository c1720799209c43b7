"""The columns of `fleet decode`, out of the decoder's own field table, and what was asked of them.

Invariant: names, units and meanings come from `fleet.ingest.ais` alone; nothing is described twice.
Every object of a type has the same names in the same order, null where nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from fleet.commands.app import CommandError, Exit
from fleet.ingest.ais import ENVELOPE, LAYOUTS, Field, Name
from fleet.ingest.ais.messages import TEXTS
from fleet.settings import hint

Kind: TypeAlias = Literal["int", "float", "bool", "text", "time", "fields"]
OTHER: Final = "other"
"""Stands for the types that have no table of their own."""
TIMES: Final = ("heard", "received", "sent", "t")
LEFT_OUT: Final = ("order", "group", "received", "sent", "parts")
"""Written only where --fields names them."""
DOCS: Final = {
    **ENVELOPE,
    "heard": "the receiver's time",
    "received": "when this program got it; nothing of a recording",
    "sent": "about when it was sent: `heard` where it is believed, else the time that the "
    "recording has reached",
}
"""Of the envelope; of times in the words of who reads them as times, and None where unknown."""
ROT_DECIMALS: Final = 3
"""Every one of the 256 rates of turn is still told from its neighbours."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    unit: str = ""
    doc: str = ""
    decimals: int = 0  #: of a float: enough to tell every raw code from its neighbours


def _enveloped(name: str) -> Column:
    if name in TIMES:
        return Column(name, "time", "UTC", DOCS[name])
    texts: dict[str, Kind] = dict.fromkeys(TEXTS, "text")
    return Column(name, (texts | {"own": "bool"}).get(name, "int"), "", DOCS[name])


def _of(field: Field) -> Column:
    if field.kind == "text":
        return Column(field.name, "text", "", field.doc)
    if field.kind == "bool":
        return Column(field.name, "bool", "", field.doc)
    if not field.is_float:
        return Column(field.name, "int", field.unit, field.doc)
    decimals = math.ceil(math.log10(field.scale)) if field.scale else ROT_DECIMALS
    return Column(field.name, "float", field.unit, field.doc, decimals)


TYPE: Final = Column("type", "int", "", "AIS message number")
ENVELOPES: Final = (TYPE, *map(_enveloped, ENVELOPE))
RECORD: Final = (
    Column("to", "int", "", "MMSI of who is addressed; 0: all"),
    Column("text", "text", "", "of a safety message (12, 14)"),
    Column("dac", "int", "", "designated area code of application data (6, 8, 25, 26), else -1"),
    Column("fi", "int", "", "function identifier of application data, else -1"),
    Column("payload", "text", "", "application data in hexadecimal digits, bits from the left"),
    Column("fields", "fields", "", "what else the message says, named as pyais names it"),
)
BY_TYPE: Final = sorted(LAYOUTS.values(), key=lambda layout: (layout.type, str(layout.name)))
TABLES: Final[Mapping[Name, tuple[Column, ...]]] = {
    **{layout.name: (*ENVELOPES, *map(_of, layout.fields)) for layout in BY_TYPE},
    OTHER: (*ENVELOPES, *RECORD),
}
"""Every column there is, by the decoder's table."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: of which types which columns."""

    types: frozenset[int]  #: empty: all
    tables: Mapping[Name, tuple[Column, ...]]

    def wants(self, kind: int) -> bool:
        return not self.types or kind in self.types

    def union(self) -> tuple[Column, ...]:
        """The columns of one table that holds every type: CSV, Parquet. The first's words count."""
        found: dict[str, Column] = {}
        for column in (c for table in self.tables.values() for c in table):
            found.setdefault(column.name, column)
        return tuple(found.values())


def planned(types: str, fields: str) -> Plan:
    """Read what --types and --fields say; empty is everything that is usually written."""
    kinds = frozenset(_numbers(types))
    names = [name.strip() for name in fields.split(",") if name.strip()]
    known = {column.name for table in TABLES.values() for column in table}
    for name in names:
        if name not in known:
            raise CommandError(f"--fields: no field {name}{hint(name, known)}", Exit.USAGE)
    tables = {name: tuple(_chosen(table, names)) for name, table in _of_types(kinds)}
    return Plan(kinds, {name: columns for name, columns in tables.items() if columns})


def _numbers(types: str) -> Iterator[int]:
    for word in types.split(","):
        if not word.strip():
            continue
        if not word.strip().isdecimal() or not 1 <= int(word) <= 28:
            raise CommandError(f"--types: {word.strip()} is no type from 1 to 28", Exit.USAGE)
        yield int(word)


def _of_types(kinds: frozenset[int]) -> Iterator[tuple[Name, tuple[Column, ...]]]:
    tabled = {layout.type for layout in LAYOUTS.values()}
    for name, table in TABLES.items():
        own = kinds - tabled if name == OTHER else kinds & {LAYOUTS[name].type}
        if not kinds or own:
            yield name, table


def _chosen(table: Sequence[Column], names: Sequence[str]) -> Iterator[Column]:
    """In the order of the table, whatever order they were asked for in."""
    for column in table:
        if column.name in names if names else column.name not in LEFT_OUT:
            yield column
