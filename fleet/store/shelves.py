"""Silence by key 搁置: a person says of one boat, kind and zone "I know", with a reason and an end.

Invariant: a shelf silences its key up to the severity at which it was made, never red; whatever
of that key opens while it is in force is born shelved, by the service's own clock. Becoming worse,
being undone and the end of its time bring back what is still true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from fleet.columns import to_datetime
from fleet.model import Key
from fleet.store.db import Connection, one, queries, rows
from fleet.store.reads import Row, Rows
from fleet.store.scope import Scope, scoped

SQL = queries("shelves")
Subject: TypeAlias = tuple[str, int, int]
"""Kind, vessel, other: an alert's key without its episode."""


class Ended(StrEnum):
    """Why a shelf is no longer in force."""

    EXPIRED = "expired"
    PASSED = "passed"  #: the occurrence that it was for is over
    UNSHELVED = "unshelved"
    WORSE = "worse"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One in force."""

    id: int
    kind: str
    vessel: int
    other: int
    severity: int  #: silences this and milder
    until: datetime
    reason: str
    actor: int | None

    def silences(self, severity: int) -> bool:
        return severity <= self.severity


def subject(key: Key) -> Subject:
    return key[:3]


async def of(conn: Connection, keys: Iterable[Key], now: int) -> Mapping[Subject, Shelf]:
    """The shelves in force for these keys, later episodes included."""
    wanted = sorted({subject(key) for key in keys})
    if not wanted:
        return {}
    kinds, vessels, others = (list(column) for column in zip(*wanted, strict=True))
    found = await rows(
        conn, SQL["of_keys"], kinds=kinds, vessels=vessels, others=others, now=to_datetime(now)
    )
    return {(r["kind"], r["vessel"], r["other"]): Shelf(**r) for r in found}


async def put(
    conn: Connection, alert: Mapping[str, Any], now: int, until: int | None, reason: str,
    actor: int | None,
) -> int:  # fmt: skip
    """Silence the alert's key until a time, or (None) this occurrence of it; its number."""
    at = to_datetime(now)
    key = {name: alert[name] for name in ("kind", "vessel", "other")}
    await conn.execute(SQL["replace"], {**key, "now": at, "actor": actor})
    made = await one(
        conn, SQL["put"], **key, severity=alert["severity"], alert=alert["id"], reason=reason,
        actor=actor, now=at, until=None if until is None else to_datetime(until),
    )  # fmt: skip
    return int(made["id"])


async def end(
    conn: Connection, alert: Mapping[str, Any], now: int, why: Ended, actor: int | None = None
) -> bool:
    """The alert's key is silenced no longer; False where it was not."""
    key = {name: alert[name] for name in ("kind", "vessel", "other")}
    found = await rows(conn, SQL["end"], **key, now=to_datetime(now), actor=actor, why=why)
    return bool(found)


async def sweep(conn: Connection, now: int) -> None:
    """Those whose time is up; their alerts are brought back by `desk_clock.tick`."""
    await conn.execute(SQL["sweep"], {"now": to_datetime(now)})


async def listed(conn: Connection, scope: Scope, shelf: int | None = None) -> Rows:
    """The shelves in force, the next to end first; or one of any, if the caller may see it."""
    return await rows(conn, scoped("shelves")["listed"], **scope.params(id=shelf))


async def one_of(conn: Connection, shelf: int) -> Row | None:
    """One in force."""
    found = await rows(conn, SQL["one"], id=shelf)
    return found[0] if found else None


async def under(conn: Connection, shelf: Mapping[str, Any]) -> list[int]:
    """The alerts that it keeps silent now."""
    key = {name: shelf[name] for name in ("kind", "vessel", "other")}
    return [row["id"] for row in await rows(conn, SQL["under"], **key)]
