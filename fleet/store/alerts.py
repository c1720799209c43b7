"""What the engine says happened, brought to the alerts: each key is one row, once.

Invariant: every move goes through `alerts.lifecycle`; a change that the table does not allow (a
repeated OPEN after a crash, a CLEAR of what people closed) changes nothing and is not an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any, TypeAlias

from psycopg.types.json import Jsonb

from fleet.alerts.lifecycle import NotAllowed, move
from fleet.alerts.rules import LOGS
from fleet.columns import from_datetime, to_datetime
from fleet.grid.policy import default
from fleet.model import Act, Case, Change, Key, Severity, Status
from fleet.store import logs, shelves
from fleet.store.db import Connection, plain, queries, rows
from fleet.store.events import Event
from fleet.store.shelves import Ended, Shelf, Subject, subject
from fleet.vessels import NOBODY

SQL = queries("alerts")
Row: TypeAlias = dict[str, Any]

ASKS = (Act.OPEN, Act.RAISE, Act.RELEASE)
"""After these somebody may have to be asked."""
NEWS = (Act.OPEN, Act.RELEASE)
"""By these an alert comes before somebody for the first time, unless its key is silenced."""
ENDED = (Status.CLOSED, Status.INVALID, Status.RETRACTED)
WOKEN = {"acknowledged": None, "cleared": None, "closed": None, "verdict": None}
"""What an alert forgets when it becomes active again."""
TOLD = (Status.ACTIVE, Status.ACKNOWLEDGED, Status.CLEARED)
"""What stands so has come before the command centre."""
WRITTEN = (
    "id", "severity", "status", "last_seen", "occurrences", "cleared", "acknowledged", "closed",
    "verdict", "reason", "lon", "lat", "evidence", "shelved_until", "shown", "parent",
)  # fmt: skip
"""What a change may alter of an alert."""
FOUNDED = (
    "kind", "vessel", "other", "episode", "severity", "status", "opened", "last_seen",
    "occurrences", "cleared", "closed", "reason", "lon", "lat", "evidence", "rule_version",
    "shelved_until", "shown",
)  # fmt: skip
"""What a new one has."""
CALLS_AGAIN = "calls_again"
"""The reason of a call for help that goes on though people had ended it."""


async def apply(
    conn: Connection,
    changes: Sequence[Change],
    now: int,
    versions: Mapping[str, int] | None = None,
) -> tuple[list[Case], list[Event]]:
    """Bring the changes to the table, in order. Returns the cases newly opened or raised, and
    what to append to the history. `versions` is the rule version by kind.
    """
    await logs.keep(conn, [c for c in changes if c.kind in LOGS])
    changes = [c for c in changes if c.kind not in LOGS]
    if not changes:
        return [], []
    table = await _find(conn, changes)
    silent = await shelves.of(conn, (c.key for c in changes if c.act in NEWS), now)
    done: list[tuple[Change, Row]] = []
    for told in changes:
        row = table.get(told.key)
        if told.act == Act.SUPPRESS and not _explains(table, told):
            continue
        change = _again(told) if row and _calls_again(row, told, now) else told
        after = _opened(change, now, versions or {}) if row is None else _moved(row, change, now)
        if after is not None:
            done.append((change, after))
            done += _silenced(change, after, silent)
            table[change.key] = done[-1][1]
    await _break(conn, done, silent, now)
    ids = await _write(conn, [table[k] for k in dict.fromkeys(c.key for c, _ in done)], now)
    await _adopt(conn, table, done, ids)
    homes = await _homes(conn, {change.vessel for change, _ in done})
    events = [_event(change, row, ids[change.key]) for change, row in done]
    asked = dict.fromkeys(change.key for change, _ in done if _asks(change, table[change.key]))
    cases = [_case(ids[k], table[k], homes.get(k[1])) for k in asked]
    return cases, events


def _silenced(
    change: Change, row: Row, silent: Mapping[Subject, Shelf]
) -> list[tuple[Change, Row]]:
    """Born shelved 生而搁置: a person has silenced this key, at this severity or worse."""
    shelf = silent.get(subject(change.key))
    if shelf is None or change.act not in NEWS or row["status"] != Status.ACTIVE:
        return []
    if not shelf.silences(row["severity"]):
        return []
    evidence = {"shelf": shelf.id, "shelved_until": shelf.until.isoformat()}
    quiet = replace(change, act=Act.SHELVE, reason=shelf.reason, evidence=evidence)
    return [(quiet, {**row, "status": Status.SHELVED, "shelved_until": shelf.until})]


async def _break(
    conn: Connection, done: Sequence[tuple[Change, Row]], silent: Mapping[Subject, Shelf], now: int
) -> None:
    """What comes worse than it was silenced ends the silence of its key."""
    for key in sorted({subject(c.key) for c, _ in done if c.act in NEWS} & silent.keys()):
        mine = [row["severity"] for c, row in done if subject(c.key) == key]
        if not silent[key].silences(max(mine)):
            kind, vessel, other = key
            about = {"kind": kind, "vessel": vessel, "other": other}
            await shelves.end(conn, about, now, Ended.WORSE)


async def reasons(conn: Connection, changes: Sequence[Change]) -> dict[int, str]:
    """The alerts that these changes are about, each with the change's reason."""
    table = await _find(conn, changes) if changes else {}
    return {table[c.key]["id"]: c.reason for c in changes if c.key in table}


@dataclass(frozen=True, slots=True)
class Open:
    """One episode that has not ended."""

    kind: str
    vessel: int
    other: int
    episode: int
    severity: int
    last_seen: int
    occurrences: int
    last_heard: int  #: gap: the last fix before the silence; else 0


async def unended(conn: Connection) -> list[Open]:
    """Every episode that has not ended, by key."""
    times = ("episode", "last_seen")
    found = await rows(conn, SQL["open"])
    return [Open(**row | {name: from_datetime(row[name]) for name in times}) for row in found]


async def _find(conn: Connection, changes: Iterable[Change]) -> dict[Key, Row]:
    parents = {c.parent for c in changes if c.parent}
    keys = sorted({change.key for change in changes} | parents)
    found = await rows(
        conn,
        SQL["find"],
        kinds=[k[0] for k in keys],
        vessels=[k[1] for k in keys],
        others=[k[2] for k in keys],
        episodes=[to_datetime(k[3]) for k in keys],
    )
    return {_key_of(row): row for row in found}


def _key_of(row: Row) -> Key:
    return row["kind"], row["vessel"], row["other"], from_datetime(row["episode"])


def _opened(change: Change, now: int, versions: Mapping[str, int]) -> Row | None:
    """A new row. Only OPEN and RAISE make one: the others are about what was never said."""
    if change.act not in (Act.OPEN, Act.RAISE):
        return None
    return {
        "id": None, "kind": change.kind, "vessel": change.vessel, "other": change.other,
        "episode": to_datetime(change.episode), "severity": int(change.severity),
        "status": Status.ACTIVE, "opened": to_datetime(now), "last_seen": to_datetime(change.t),
        "occurrences": 1, "cleared": None, "closed": None, "reason": plain(change.reason),
        "lon": change.lon, "lat": change.lat, "evidence": plain(change.evidence),
        "rule_version": versions.get(change.kind, 1), "grid": None, "parent": None,
        "acknowledged": None, "verdict": None, "shelved_until": None, "shown": None,
    }  # fmt: skip


def _asks(change: Change, row: Row) -> bool:
    """Whether somebody may have to be asked: not of what something else explains."""
    if row["status"] == Status.SUPPRESSED:
        return False
    calling = change.act == Act.REPEAT and row["status"] == Status.ACTIVE
    return change.act in ASKS or calling


def _moved(row: Row, change: Change, now: int) -> Row | None:
    """The row after the change, or None where it does not apply."""
    severity = _severity(row, change)
    before, again = Status(row["status"]), change.reason == CALLS_AGAIN
    try:
        status = move(before, change.act, severity)
    except NotAllowed:
        return None
    if change.act == Act.RAISE and severity == row["severity"] and not again:
        return None
    t, placed = to_datetime(change.t), not isnan(change.lon)
    said = plain(change.evidence) | _called(change, before, now)
    ended = status in ENDED and before not in ENDED
    return (
        row
        | (WOKEN if status == Status.ACTIVE != before else {})
        | {
            "severity": int(severity),
            "status": status,
            "last_seen": max(row["last_seen"], t),
            "occurrences": row["occurrences"] + (again or change.act == Act.REPEAT),
            **({"cleared": t} if change.act == Act.CLEAR else {}),
            **({"parent": None} if change.act == Act.RELEASE else {}),
            **({} if status == Status.SHELVED else {"shelved_until": None}),
            **({"closed": to_datetime(now)} if ended else {}),
            "reason": _reason(before, status, row["reason"], plain(change.reason)),
            "lon": change.lon if placed else row["lon"],
            "lat": change.lat if placed else row["lat"],
            "evidence": row["evidence"] | said,
        }
    )


def _called(change: Change, before: Status, now: int) -> dict[str, str]:
    """A call that goes on after people ended it is remembered, by our clock: `desk_clock`."""
    again = change.act == Act.REPEAT and before in ENDED and change.kind in default().calls_again
    return {"called": to_datetime(now).isoformat()} if again else {}


def _calls_again(row: Row, change: Change, now: int) -> bool:
    """A call for help that people ended a while ago goes on: somebody must look again. By our
    clock and theirs who ended it, for the caller's may be wrong.
    """
    wait = default().calls_again.get(row["kind"])
    ended = row["status"] in {Status.CLOSED, Status.INVALID}
    if change.act != Act.REPEAT or wait is None or not ended:
        return False
    return row["closed"] is None or now - from_datetime(row["closed"]) >= wait


def _again(call: Change) -> Change:
    """A REPEAT that is news: also to the webhook and the history, which leave repeats out."""
    return replace(call, act=Act.RAISE, reason=CALLS_AGAIN)


def _reason(before: Status, after: Status, old: str, new: str) -> str:
    """The engine's word, unless a person has had theirs."""
    return new if new and {Status.ACTIVE, Status.SHELVED} & {before, after} else old


def _severity(row: Row, change: Change) -> Severity:
    """Within an episode it only rises, unless late data shows that it was too high."""
    if change.act in (Act.REVISE, Act.OPEN):
        return change.severity
    return Severity(max(row["severity"], change.severity if change.act == Act.RAISE else 0))


async def _write(conn: Connection, after: Sequence[Row], now: int) -> dict[Key, int]:
    """All new ones in one statement, all others in another: a storm is no row of round trips."""
    for row in after:
        if row["shown"] is None and row["status"] in TOLD:
            row["shown"] = to_datetime(now)
    fresh = [row for row in after if row["id"] is None]
    known = [row for row in after if row["id"] is not None]
    if any(row["vessel"] == NOBODY for row in fresh):
        await conn.execute(SQL["nobody"])
    if known:
        await conn.execute(SQL["update"], _columns(known, WRITTEN))
    made = await rows(conn, SQL["insert"], **_columns(fresh, FOUNDED)) if fresh else []
    ids = {_key_of(row): row["id"] for row in made}
    for row in fresh:
        row["id"] = ids[_key_of(row)]
    return {_key_of(row): row["id"] for row in after}


def _columns(table: Sequence[Row], names: Sequence[str]) -> dict[str, list[Any]]:
    columns = {name: [row[name] for row in table] for name in names}
    return columns | {"evidence": [Jsonb(row["evidence"]) for row in table]}


def _explains(table: Mapping[Key, Row], change: Change) -> bool:
    """Whether the root of this child is there and nobody has ended it."""
    root = table.get(change.parent) if change.parent else None
    return root is not None and root["status"] not in ENDED


async def _adopt(
    conn: Connection, table: Mapping[Key, Row], done: Sequence[tuple[Change, Row]],
    ids: Mapping[Key, int],
) -> None:  # fmt: skip
    """Write whose child each suppressed alert is."""
    pairs = [
        (ids[c.key], table[c.parent]["id"]) for c, _ in done if c.act == Act.SUPPRESS and c.parent
    ]
    if pairs:
        children, parents = zip(*sorted(pairs), strict=True)
        await conn.execute(SQL["adopt"], {"ids": list(children), "parents": list(parents)})


async def _homes(conn: Connection, vessels: Iterable[int]) -> dict[int, int | None]:
    found = await rows(conn, SQL["homes"], ids=sorted(vessels))
    return {row["id"]: row["home_grid"] for row in found}


def _case(alert: int, row: Row, home: int | None) -> Case:
    return Case(
        alert,
        row["kind"],
        row["vessel"],
        Severity(row["severity"]),
        row["lon"],
        row["lat"],
        home,
        row["parent"],
    )


def _event(change: Change, row: Row, alert: int) -> Event:
    detail = {
        "t": to_datetime(change.t).isoformat(), "severity": int(row["severity"]),
        "status": str(row["status"]), "lon": change.lon, "lat": change.lat,
        **dict(change.evidence),
    }  # fmt: skip
    return Event(
        act=str(change.act),
        alert=alert,
        vessel=change.vessel,
        grid=row["grid"],
        reason=plain(change.reason),
        detail=plain(detail),
    )
