"""Records against the register: what they refer to exists, then only what differs is written.

Invariant: a column that a file does not have is left as it is; nothing is written while one record
is bad. Runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fleet.commands.importing.nouns import Noun
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record
from fleet.store import register
from fleet.store.db import Connection

Row = dict[str, Any]
KEYS = {"org": "code", "person": "code", "grid": "code", "vessel": "reg_no"}
UNMARKED = frozenset({"member", "identity"})
"""Nouns without a `demo` mark of their own: they go with what they belong to."""


@dataclass(frozen=True, slots=True)
class Summary:
    noun: str
    new: int
    changed: int
    same: int

    def record(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.noun}: {self.new} new, {self.changed} changed, {self.same} unchanged"


async def load(
    conn: Connection, noun: Noun, records: Sequence[Record], *, demo: bool, reason: str
) -> Summary:
    """Write what is new or different; raises DataError naming every bad record."""
    there = {_key(noun, row): row for row in await register.current(conn, noun.name)}
    await check(conn, noun, records)
    taken = list(_taken(noun, records, there)) if demo else []
    if taken:
        raise DataError(taken)
    merged = [_merged(noun, record, there.get(record.key(noun)), demo) for record in records]
    return await store(conn, noun, merged, there, reason)


async def store(
    conn: Connection,
    noun: Noun,
    rows: Iterable[Row],
    there: Mapping[tuple[Any, ...], Row],
    reason: str,
) -> Summary:
    """Write the rows that differ from what is there, and count."""
    rows = list(rows)
    fresh = [row for row in rows if _key(noun, row) not in there]
    known = [row for row in rows if _key(noun, row) in there]
    changed = [row for row in known if _differs(row, there[_key(noun, row)])]
    await register.write(conn, noun.name, [*fresh, *changed], reason)
    return Summary(noun.name, len(fresh), len(changed), len(known) - len(changed))


def _key(noun: Noun, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in noun.key)


def _differs(row: Row, old: Row) -> bool:
    return any(old.get(name) != value for name, value in row.items())


def _merged(noun: Noun, record: Record, old: Row | None, demo: bool) -> Row:
    """The whole row as it will stand: the file's columns over what is there."""
    blank: Row = {c.name: c.empty for c in noun.columns}
    if noun.name == "zone":
        blank |= {"season": None, "classes": []}
    mark = {} if noun.name in UNMARKED else {"demo": demo}
    return {**blank, **(old or {}), **record.values, **mark}


async def check(conn: Connection, noun: Noun, records: Sequence[Record]) -> None:
    """Refuse codes that stand for nothing."""
    problems = await missing(conn, noun, records)
    if problems:
        raise DataError(problems)


async def missing(conn: Connection, noun: Noun, records: Sequence[Record]) -> list[Problem]:
    """Codes that stand for nothing, neither in the register nor in these files."""
    problems: list[Problem] = []
    for column in noun.columns:
        if not column.refers:
            continue
        key = KEYS[column.refers]
        known = {row[key] for row in await register.current(conn, column.refers)}
        if column.refers == noun.name:
            known |= {r.values.get(key) for r in records}
        problems += _missing(column.name, column.refers, records, known)
    return problems


def _missing(
    column: str, refers: str, records: Sequence[Record], known: set[Any]
) -> Iterator[Problem]:
    for record in records:
        value = record.values.get(column)
        if value is not None and value not in known:
            yield record.problem(column, f"there is no {refers} with this code")


def _taken(
    noun: Noun, records: Sequence[Record], there: Mapping[tuple[Any, ...], Row]
) -> Iterator[Problem]:
    """Real rows that demonstration data would overwrite."""
    for record in records:
        old = there.get(record.key(noun))
        if old is not None and old.get("demo") is False:
            yield record.problem(noun.key[0], "exists already and is no demonstration data")
