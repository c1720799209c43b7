"""Files of what rules need from outside, into the tables: checked whole, then what differs.

Invariant: nothing is written while one row of one file is bad; a column that a file does not have
is left as it is; the workers are told in the same transaction. Wind and depth are grids: a field
takes the place of the same field, the depths of the depths that were there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fleet.commands.importing.facts import NOUNS, depths, fields
from fleet.commands.importing.load import Summary
from fleet.commands.importing.nouns import Noun
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record, survey
from fleet.store import fact_edits
from fleet.store.db import Connection
from fleet.store.scope import Scope

KINDS = tuple(NOUNS)
ALL = Scope(signed=True, everything=True)
TABLE_KEYS = {"certificates": ("reg_no", "kind"), "order_status": ("order", "reg_no")}
"""Where a file tells a history, the table keeps the newest."""
NEWEST = {"certificates": "issued", "order_status": "at"}
SPANS = (("valid_from", "valid_to"), ("departs", "returns"), ("issued", "deadline"))
EVER = datetime.min.replace(tzinfo=UTC)
Row = dict[str, Any]


async def load(conn: Connection, kind: str, paths: Sequence[Path], *, demo: bool) -> Summary:
    """Bring the files in; raises DataError naming every bad row, having written nothing."""
    noun = NOUNS[kind]
    records, problems = survey(paths, noun)
    problems += [*await _astray(conn, noun, records), *_backwards(records)]
    if kind == "orders":
        problems += await _areas(conn, records)
    if problems:
        raise DataError(sorted(problems, key=lambda p: (p.file, p.row)))
    if kind == "wind":
        return await _wind(conn, records)
    if kind == "depth":
        return await _depth(conn, records)
    return await _rows(conn, kind, records, demo)


async def _astray(conn: Connection, noun: Noun, records: Sequence[Record]) -> list[Problem]:
    """Codes that stand for nothing."""
    out: list[Problem] = []
    for column in (c for c in noun.columns if c.refers):
        said = {r.values[column.name] for r in records if r.values.get(column.name) is not None}
        gone = await fact_edits.unknown(conn, column.refers, said)
        why = f"there is no {column.refers} with this code"
        out += [r.problem(column.name, why) for r in records if r.values.get(column.name) in gone]
    return out


def _backwards(records: Sequence[Record]) -> Iterator[Problem]:
    """Spans that end before they begin."""
    for record in records:
        for first, last in SPANS:
            begin, end = record.values.get(first), record.values.get(last)
            if begin is not None and end is not None and end <= begin:
                yield record.problem(last, f"is not after {first}")


async def _areas(conn: Connection, records: Sequence[Record]) -> list[Problem]:
    """An order is for one area or for all of the sea."""
    said = {code for r in records for code in r.values.get("areas") or ()}
    gone = await fact_edits.unknown(conn, "zone", said)
    out = []
    for record in records:
        areas = record.values.get("areas") or []
        if len(areas) > 1:
            out.append(record.problem("areas", "names several: give one order for each"))
        elif set(areas) & gone:
            out.append(record.problem("areas", "there is no zone with this code"))
    return out


async def _rows(conn: Connection, kind: str, records: Sequence[Record], demo: bool) -> Summary:
    noun = NOUNS[kind]
    names = TABLE_KEYS.get(kind, noun.key)
    there = {_key(row, names): row for row in await fact_edits.listed(conn, kind, ALL)}
    wanted = _newest(records, names, NEWEST.get(kind))
    taken = [
        r.problem(names[0], "exists already and is no demonstration data")
        for key, r in wanted.items()
        if demo and there.get(key, {}).get("demo") is False
    ]
    if taken:
        raise DataError(taken)
    blank = {c.name: c.empty for c in noun.columns}
    merged = {
        key: {**blank, **there.get(key, {}), **_told(r), "demo": demo} for key, r in wanted.items()
    }
    fresh = [key for key in merged if key not in there]
    changed = [key for key in merged if key in there and _differs(merged[key], there[key])]
    if fresh or changed:
        await fact_edits.write(conn, kind, [merged[key] for key in [*fresh, *changed]])
    return Summary(noun.name, len(fresh), len(changed), len(merged) - len(fresh) - len(changed))


def _newest(
    records: Iterable[Record], names: Sequence[str], by: str | None
) -> dict[tuple[Any, ...], Record]:
    """The last row of each key, in the order of time where the file has one."""
    rows = list(records)
    if by is not None:
        rows.sort(key=lambda r: r.values.get(by) or EVER)
    return {_key(r.values, names): r for r in rows}


def _key(row: Mapping[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in names)


def _told(record: Record) -> Row:
    """What the file says; a report without its time was made when it came in."""
    return {k: v for k, v in record.values.items() if not (k == "reported_at" and v is None)}


def _differs(row: Row, old: Mapping[str, Any]) -> bool:
    return any(row.get(name) != value for name, value in old.items())


async def _wind(conn: Connection, records: Sequence[Record]) -> Summary:
    found = fields(r.values for r in records)
    await fact_edits.write_wind(conn, found, None)
    return Summary("wind", len(found), 0, 0)


async def _depth(conn: Connection, records: Sequence[Record]) -> Summary:
    points = depths(r.values for r in records)
    await fact_edits.write_depth(conn, points, None)
    return Summary("depth", len(points), 0, 0)
