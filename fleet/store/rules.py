"""Writing thresholds: each edit is a version with its author and reason; none is ever changed.

Invariant: what is written was typed by the rule (`parameters.typed`, `scopes.checked`), so workers
can use it; going back is one more version. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rule import Rule
from fleet.alerts.scopes import Place, checked, plainly
from fleet.model import Severity
from fleet.store.db import Connection, one, queries, rows
from fleet.store.zone_edits import Author, Conflict

SQL = queries("rules")


@dataclass(frozen=True, slots=True)
class Present:
    """What the rules have to go by."""

    facts: frozenset[str]  #: names of alerts.facts.WHAT
    kinds: frozenset[str]  #: of zones in force


async def present(conn: Connection) -> Present:
    row = await one(conn, SQL["present"])
    kinds = frozenset(row.pop("kinds"))
    return Present(frozenset(name for name, there in row.items() if there), kinds)


def shipped(kind: str) -> dict[str, Any]:
    """The numbers that come with the program, as a row."""
    found = defaults()[kind]
    return {
        "kind": kind, "version": found.version, "params": dict(found.values), "scopes": [],
        "source": found.source, "enabled": True, "at": None, "reason": "", "actor": None,
        "actor_name": None,
    }  # fmt: skip


async def places(conn: Connection) -> dict[str, Place]:
    """The zones in force by code, as far as an override may name them."""
    found = await rows(conn, SQL["places"])
    return {row.pop("code"): Place(**row) for row in found}


class AlwaysHeardError(ValueError):
    """Calls for help are never filtered (domain notes A.2: OpenCPN applies no filter to them)."""


async def put(
    conn: Connection,
    rule: Rule,
    author: Author,
    *,
    params: Mapping[str, Any] | None = None,
    scopes: Sequence[Mapping[str, Any]] | None = None,
    source: str = "",
    enabled: bool = True,
    version: int | None = None,
) -> int:
    """The next version's number. `params` or `scopes` None leaves them as they are.

    Raises BadParameter (BadScope) naming the key; Conflict where `version` is given and not the
    newest; AlwaysHeardError for calls for help. Overrides that stay are not looked at again: their
    zone may have ended since.
    """
    if rule.calls and rule.severity == Severity.EMERGENCY and not enabled:
        raise AlwaysHeardError("calls for help are always heard")
    await conn.execute(SQL["lock"])
    found = await rows(conn, SQL["newest"], kind=rule.key)
    old = found[0] if found else shipped(rule.key)
    if version is not None and version != old["version"]:
        raise Conflict(f"version {version} was edited, the newest is {old['version']}")
    values = old["params"] if params is None else params
    typed(rule, values)
    over = old["scopes"]
    if scopes is not None:
        checked(rule, values, scopes, await places(conn))
        over = plainly(scopes)
    same = (values, over) == (old["params"], old["scopes"])
    told = source or (old["source"] if same else author.reason)
    new = int(old["version"]) + 1
    await conn.execute(
        SQL["put"],
        {"kind": rule.key, "version": new, "params": Jsonb(dict(values)), "scopes": Jsonb(over),
         "source": told, "enabled": enabled, "actor": author.account, "reason": author.reason},
    )  # fmt: skip
    await conn.execute(SQL["hint"], {"kind": rule.key})
    return new


async def restore(conn: Connection, rule: Rule, version: int, author: Author) -> int | None:
    """An earlier version once more, as the newest; None if there is none such."""
    found = await rows(conn, SQL["version"], kind=rule.key, version=version)
    own = shipped(rule.key)
    kept = found[0] if found else own if version == own["version"] else None
    if kept is None:
        return None
    more = {name: kept[name] for name in ("params", "scopes", "source", "enabled")}
    return await put(conn, rule, author, **more)
