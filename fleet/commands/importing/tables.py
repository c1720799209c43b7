"""A CSV or XLSX file as rows of text under its own headings.

Invariant: every row carries the number its owner sees in front of it. Encodings and separators are
found out, never guessed past an error: bytes that fit no encoding are named with their place.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from fleet.commands.importing.problem import DataError, Problem

LARGEST = 64 * 1024 * 1024
"""A register of a whole province is a few MB."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    file: str
    head: Row
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """The table in the file; raises DataError with what is wrong with the file as a whole."""
    if path.stat().st_size > LARGEST:
        raise _whole(path, f"is larger than {LARGEST >> 20} MB")
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        return _table(path, _sheet(path))
    if path.suffix.lower() == ".xls":
        raise _whole(path, "is an old .xls workbook: save it as .xlsx or CSV")
    return _table(path, _lines(path))


def _table(path: Path, rows: Iterator[Row]) -> Table:
    filled = [r for r in rows if any(r.cells) and not r.cells[0].startswith("#")]
    if not filled:
        raise _whole(path, "is empty: a first line with the names of the columns is needed")
    return Table(path.name, filled[0], tuple(filled[1:]))


def _lines(path: Path) -> Iterator[Row]:
    text = decoded(path)
    # newline handling is the reader's: a quoted cell may hold line ends
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    start = 1
    try:
        for cells in reader:
            yield Row(start, tuple(c.strip() for c in cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError([Problem(path.name, start, "", "", f"is no CSV: {error}")]) from None


def decoded(path: Path) -> str:
    """The text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030."""
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _text(path, raw, ("utf-16",))
    return _text(path, raw, ("utf-8-sig", "gb18030"))


def _text(path: Path, raw: bytes, encodings: Sequence[str]) -> str:
    good = 0  # bytes that made sense in the best of the encodings
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            good = max(good, error.start)
            continue
        if "\0" in text:
            raise _whole(path, "holds zero bytes: it is no text file")
        return text
    line = raw[:good].count(b"\n") + 1
    raise DataError([Problem(path.name, line, "", "", f"is neither {' nor '.join(encodings)}")])


def _separator(text: str) -> str:
    head = next((x for x in text.splitlines() if x.strip() and not x.startswith("#")), "")
    return max(",\t;", key=head.count)


def _sheet(path: Path) -> Iterator[Row]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        raise _whole(path, "is no XLSX workbook, or is protected by a password") from None
    try:
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise _whole(path, "has no visible sheet")
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield Row(number, tuple(_cell(c) for c in cells) or ("",))
    finally:
        book.close()


def _cell(value: Any) -> str:
    """A cell as its owner would type it: 412000001, not 412000001.0."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).strip()


def _whole(path: Path, why: str) -> DataError:
    return DataError([Problem(path.name, 0, "", "", why)])
