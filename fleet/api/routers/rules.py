"""The alert kinds: what they watch, whether they can, their numbers, and who changed those.

Every change is a new version, typed by the rule before it is stored, and taken over by the workers
within seconds; alerts keep the version that raised them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from fleet.alerts.parameters import BadParameter
from fleet.alerts.rule import Rule as Kind
from fleet.alerts.rules import RULES
from fleet.alerts.scopes import BadScope
from fleet.alerts.standing import Standing, standing
from fleet.api.auth import Commander, Conn, See
from fleet.api.errors import Problem, not_found
from fleet.api.schemas.rules import (
    DataState,
    Rule,
    RuleIn,
    RuleRestoreIn,
    Rules,
    RuleState,
    RuleVersion,
    RuleVersions,
)
from fleet.store import load, reads
from fleet.store import rules as stored
from fleet.store.db import Connection
from fleet.store.scope import Scope
from fleet.store.zone_edits import Author

router = APIRouter(prefix="/rules", tags=["rules"])
KINDS = {rule.key: rule for rule in sorted(RULES, key=lambda rule: rule.key)}
KindName = Annotated[str, Path(pattern=r"^[a-z][a-z_]{0,31}$")]


@router.get("", summary="The alert kinds: words, numbers, how far evaluated, counts")
async def rules(scope: See, conn: Conn) -> Rules:
    """The numbers that ship with the service, where the database has no version of its own."""
    return Rules(rules=await _listed(conn, scope, tuple(KINDS.values())))


@router.get("/{kind}", summary="One alert kind")
async def rule(kind: KindName, scope: See, conn: Conn) -> Rule:
    return (await _listed(conn, scope, (_kind(kind),)))[0]


@router.put("/{kind}", summary="The next version of a kind's numbers (command centre)")
async def update(kind: KindName, body: RuleIn, me: Commander, scope: See, conn: Conn) -> Rule:
    """422 names the key, or the override's field, that is missing, unknown or not usable."""
    known, author = _kind(kind), Author(me.account.id, body.reason)
    more = body.model_dump(exclude={"reason"})
    try:
        await stored.put(conn, known, author, **more)
    except BadScope as error:
        raise Problem.of(422, f"body.{error.key}", error.why) from None
    except BadParameter as error:
        raise Problem.of(422, f"body.params.{error.key}", error.why) from None
    except stored.AlwaysHeardError as error:
        raise Problem.of(422, "body.enabled", str(error)) from None
    except ValueError as error:
        raise Problem.of(422, "body.params", str(error)) from None
    return (await _listed(conn, scope, (known,)))[0]


@router.post("/{kind}/restore", summary="Bring an earlier version back (command centre)")
async def restore(
    kind: KindName, body: RuleRestoreIn, me: Commander, scope: See, conn: Conn
) -> Rule:
    """Itself a new version."""
    known, author = _kind(kind), Author(me.account.id, body.reason)
    try:
        found = await stored.restore(conn, known, body.version, author)
    except ValueError as error:  # numbers of a version of the program that took others
        raise Problem(409, str(error)) from None
    if found is None:
        raise not_found()
    return (await _listed(conn, scope, (known,)))[0]


@router.get("/{kind}/versions", summary="Who changed it, when and why")
async def versions(kind: KindName, scope: See, conn: Conn) -> RuleVersions:
    """The newest first; the last is what ships with the service."""
    own = stored.shipped(_kind(kind).key)
    rows = await reads.rule_versions(conn, scope, kind)
    if all(row["version"] != own["version"] for row in rows):
        rows.append(own)
    return RuleVersions(versions=[RuleVersion.of(row) for row in rows])


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise not_found()
    return KINDS[name]


async def _listed(conn: Connection, scope: Scope, kinds: tuple[Kind, ...]) -> list[Rule]:
    own = {row["kind"]: row for row in await reads.rules(conn, scope)}
    counts = await reads.rule_counts(conn, scope)
    judged = await load.verdicts(conn, scope, datetime.now(UTC))
    there = await stored.present(conn)
    return [
        Rule.build(
            k,
            own.get(k.key) or stored.shipped(k.key),
            standing(k, there.facts, there.kinds),
            counts.get(k.key, {}),
            judged.get(k.key, {}),
        )
        for k in kinds
    ]


async def lacking(conn: Connection, scope: Scope) -> list[RuleState]:
    """The rules in force that cannot do all of their work, for the health page."""
    off = {row["kind"] for row in await reads.rules(conn, scope) if not row["enabled"]}
    there = await stored.present(conn)
    found = [(k, standing(k, there.facts, there.kinds)) for k in KINDS.values()]
    return [_state(k, s) for k, s in found if s.state != "evaluated" and k.key not in off]


def _state(kind: Kind, found: Standing) -> RuleState:
    return RuleState(
        kind=kind.key,
        title_zh=kind.title_zh,
        title_en=kind.title_en,
        data=DataState.of(found),
    )
