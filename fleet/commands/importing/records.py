"""Rows of a table as checked values under the names that the register uses.

Invariant: either every row of every file is good, or DataError names every bad one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.commands.importing.nouns import IGNORED, Column, Noun
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.tables import Row, Table, read_table
from fleet.settings import hint


@dataclass(frozen=True, slots=True)
class Record:
    """One row: `values` holds only the columns that the file has."""

    file: str
    row: int
    values: Mapping[str, Any]

    def problem(self, column: str, why: str) -> Problem:
        value = self.values.get(column)
        return Problem(self.file, self.row, column, "" if value is None else str(value), why)

    def key(self, noun: Noun) -> tuple[Any, ...]:
        return tuple(self.values.get(name) for name in noun.key)


def read_tables(paths: Sequence[Path], noun: Noun) -> list[Record]:
    """Every row of every file."""
    records, problems = survey(paths, noun)
    if problems:
        raise DataError(problems)
    return records


def survey(paths: Sequence[Path], noun: Noun) -> tuple[list[Record], list[Problem]]:
    """Every row as far as it can be read, and what is wrong with them as they stand."""
    problems: list[Problem] = []
    records = [r for path in paths for r in records_of(read_table(path), noun, problems)]
    return records, [*problems, *twice(records, noun)]


def records_of(table: Table, noun: Noun, problems: list[Problem]) -> Iterator[Record]:
    columns = _columns(table, noun, problems)
    if columns is None:
        return
    for row in table.rows:
        found = dict(_values(table.file, row, columns, problems))
        yield Record(table.file, row.number, found)


def _columns(table: Table, noun: Noun, problems: list[Problem]) -> list[Column | None] | None:
    """The column of each heading; None where the headings are wrong, which is said."""
    words = [w.strip().lstrip("*").rstrip("*") for w in table.head.cells]
    known = noun.headings
    lower = {k.lower(): c for k, c in known.items()}
    found = [lower.get(w.lower()) for w in words]
    before = len(problems)
    for word, column in zip(words, found, strict=True):
        if column is None and word and word.lower() not in IGNORED:
            problems.append(_head(table, word, f"is no column of {noun.name}s{hint(word, known)}"))
        elif column and found.count(column) > 1:
            problems.append(_head(table, word, "stands for a column that is there twice"))
    for column in noun.columns:
        if column.required and column not in found:
            spelt = " or ".join((column.name, *column.zh))
            problems.append(_head(table, "", f"the column {spelt} is missing"))
    return found if len(problems) == before else None


def _head(table: Table, word: str, why: str) -> Problem:
    return Problem(table.file, table.head.number, "heading" if word else "", word, why)


def _values(
    file: str, row: Row, columns: Sequence[Column | None], problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    if any(row.cells[len(columns) :]):
        problems.append(Problem(file, row.number, "", "", "has more cells than there are headings"))
    cells = (*row.cells, *[""] * len(columns))
    for column, cell in zip(columns, cells, strict=False):
        if column is None:
            continue
        try:
            yield column.name, value_of(column, cell)
        except ValueError as error:
            problems.append(Problem(file, row.number, column.name, cell, str(error)))


def value_of(column: Column, cell: str) -> Any:
    """The value of a cell; raises ValueError saying what is wrong with it."""
    if cell:
        return column.read(cell)
    if column.required:
        raise ValueError("is missing")
    return column.empty


def twice(records: Iterable[Record], noun: Noun) -> Iterator[Problem]:
    """Rows whose key another row has already."""
    seen: dict[tuple[Any, ...], Record] = {}
    for record in records:
        key = record.key(noun)
        if all(part is None for part in key):
            continue  # its own problem already
        first = seen.setdefault(key, record)
        if first is not record:
            where = f"row {first.row}" + (f" of {first.file}" * (first.file != record.file))
            yield record.problem(noun.key[0], f"is there already in {where}")
