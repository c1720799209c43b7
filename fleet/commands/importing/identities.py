"""Who is called what, and from when: one identity belongs to one vessel at a time.

Invariant: a number that another registered boat holds is refused, never taken over silently; one
known only from the air passes to the registered boat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fleet.commands.importing.fields import identity as spelt
from fleet.commands.importing.load import Row, Summary, store
from fleet.commands.importing.nouns import KINDS, identity
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record
from fleet.store import register
from fleet.store.db import Connection

EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
NOUN = identity(ZoneInfo("UTC"))


def of_vessels(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Part the vessels from the identities that stand in their rows."""
    vessels = [_without(r, [str(k) for k in KINDS]) for r in records]
    found = [
        _identity(r, str(kind), r.values[kind])
        for r in records
        for kind in KINDS
        if r.values.get(kind)
    ]
    return vessels, found


def of_terminals(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Part the reporting interval, which is the vessel's, from the terminal's number."""
    vessels = [_without(r, ["terminal"]) for r in records if r.values.get("interval_s")]
    return vessels, [_identity(r, "terminal", r.values["terminal"]) for r in records]


def _without(record: Record, names: Sequence[str]) -> Record:
    kept = {k: v for k, v in record.values.items() if k not in names}
    return Record(record.file, record.row, kept)


def _identity(record: Record, kind: str, value: str) -> Record:
    values = {"reg_no": record.values["reg_no"], "kind": kind, "value": value}
    return Record(record.file, record.row, values)


async def load_identities(
    conn: Connection, records: Sequence[Record], *, now: datetime | None = None
) -> Summary:
    """Write identities; with `now`, a vessel's earlier one of the same kind ends there."""
    there = await register.current(conn, "identity")
    rows, problems = _planned(there, records, now)
    if problems:
        raise DataError(problems)
    mine = {_key(row): row for row in there if row["reg_no"] is not None}
    return await store(conn, NOUN, {_key(row): row for row in rows}.values(), mine, "import")


async def problems_of(
    conn: Connection, records: Sequence[Record], *, now: datetime | None = None
) -> list[Problem]:
    """What `load_identities` would refuse."""
    return _planned(await register.current(conn, "identity"), records, now)[1] if records else []


def _planned(
    there: Sequence[Row], records: Sequence[Record], now: datetime | None
) -> tuple[list[Row], list[Problem]]:
    """The rows that these identities come to, and those that are another's."""
    held = _by_value(there)
    owned = _by_owner(there)
    rows: list[Row] = []
    problems: list[Problem] = []
    for record in records:
        try:
            wanted = _row(record)
        except ValueError as error:
            problems.append(record.problem("value", str(error)))
            continue
        problems += _clashes(record, wanted, held[wanted["kind"], wanted["value"]])
        fresh = _renewed(wanted, owned[wanted["reg_no"], wanted["kind"]], now) if now else [wanted]
        rows += fresh
        held[wanted["kind"], wanted["value"]] += fresh
    return rows, problems


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in NOUN.key)


def _by_value(rows: Sequence[Row]) -> defaultdict[tuple[str, str], list[Row]]:
    out: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["reg_no"] is not None:
            out[row["kind"], row["value"]].append(row)
    return out


def _by_owner(rows: Sequence[Row]) -> defaultdict[tuple[str, str], list[Row]]:
    out: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        out[row["reg_no"], row["kind"]].append(row)
    return out


def _row(record: Record) -> Row:
    values = {"valid_from": None, "valid_to": None, "confidence": 1.0, **record.values}
    values["value"] = spelt(values["kind"], values["value"])
    start, end = _span(values)
    if end <= start:
        raise ValueError("stops being valid before it starts")
    return values


def _span(row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return row["valid_from"] or EVER, row["valid_to"] or NEVER


def _clashes(record: Record, wanted: Row, held: Sequence[Row]) -> Iterator[Problem]:
    start, end = _span(wanted)
    for other in held:
        begun, over = _span(other)
        if other["reg_no"] != wanted["reg_no"] and start < over and begun < end:
            why = f"is the {wanted['kind']} of {other['reg_no']} at that time"
            yield record.problem("value", why)
            return


def _renewed(wanted: Row, owned: Sequence[Row], now: datetime) -> list[Row]:
    """The identity that holds from now on, and the ends of those it takes the place of."""
    valid = [row for row in owned if _span(row)[0] <= now < _span(row)[1]]
    same = [row for row in valid if row["value"] == wanted["value"]]
    if same:
        return same
    ended = [{**row, "valid_to": now} for row in valid]
    return [*ended, {**wanted, "valid_from": now} if ended else wanted]
