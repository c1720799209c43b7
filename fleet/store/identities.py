"""The review queue of unknown identities 身份复核: whose number it is, a person says.

A boat's, a net beacon's 网位仪, foreign, or a merchant ship's; the workers read it again at once.
Invariant: of one stranger one decision is in force; what was decided, by whom and why stays, undone
or not; positions are never moved, only who the next ones are of.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.model import VesselClass
from fleet.store.db import Connection, queries, rows
from fleet.store.reads import Row, Rows
from fleet.store.scope import Scope

SQL = queries("identities")
CLASSES = {"net_beacon": VesselClass.BEACON, "merchant": VesselClass.MERCHANT}
"""What a stranger becomes by a decision; a foreign one stays what it says it is."""


class Settled(Exception):
    """The stranger has a decision already, or none to undo, or is no stranger."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody says a stranger is."""

    decision: str  #: boat, net_beacon, foreign, merchant
    actor: int | None
    reason: str
    reg_no: str = ""  #: of the boat


async def queue(
    conn: Connection, scope: Scope, *, everybody: bool, limit: int, offset: int
) -> Rows:
    """Strangers that nobody has decided about; `everybody`: also who says it is a merchant ship."""
    asked = scope.params(all=everybody, limit=limit, offset=offset)
    return await rows(conn, SQL["queue"], **asked)


async def decisions(
    conn: Connection, scope: Scope, vessel: int | None = None, *, limit: int = 500, offset: int = 0
) -> Rows:
    """Those in force; of one stranger all, newest first."""
    asked = scope.params(vessel=vessel, limit=limit, offset=offset)
    return await rows(conn, SQL["decisions"], **asked)


async def decide(conn: Connection, vessel: int, said: Decision) -> bool:
    """Say what a stranger is; False where there is no such vessel.

    Raises Settled where it is registered, names itself no more, or is decided about; LookupError
    where there is no such boat.
    """
    stranger = await _first(conn, "stranger", vessel=vessel)
    if stranger is None:
        return False
    if stranger["registered"] or stranger["identity"] is None:
        raise Settled("is no stranger: it is in the register, or its number is another's now")
    if await _first(conn, "in_force", vessel=vessel):
        raise Settled("is decided already: undo that first")
    boat = await _boat(conn, said)
    kind, value = stranger["identity"]
    noted = {"decision": said.decision, "actor": said.actor, "reason": said.reason}
    known = {"kind": kind, "value": value, "vessel": vessel, "class": stranger["class"]}
    await conn.execute(SQL["decide"], {**noted, **known, "boat": boat})
    if boat is not None:
        await conn.execute(SQL["move"], {"from": vessel, "to": boat, "since": None})
    else:
        cls = int(CLASSES.get(said.decision) or stranger["class"])
        marked = {"vessel": vessel, "decision": said.decision, "class": cls}
        await conn.execute(SQL["mark"], marked)
    await _revise(conn, vessel, boat)
    return True


async def undo(conn: Connection, vessel: int, actor: int | None, reason: str) -> bool:
    """Take the decision in force back; False where there is no such vessel, Settled without one."""
    if await _first(conn, "stranger", vessel=vessel) is None:
        return False
    found = await _first(conn, "in_force", vessel=vessel)
    if found is None:
        raise Settled("has no decision to undo")
    await conn.execute(SQL["undo"], {"id": found["id"], "actor": actor, "reason": reason})
    if found["boat"] is not None:
        back = {"from": found["boat"], "to": vessel, "since": found["at"]}
        await conn.execute(SQL["move"], back)
    else:
        marked = {"vessel": vessel, "decision": None, "class": found["class"]}
        await conn.execute(SQL["mark"], marked)
    await _revise(conn, vessel, found["boat"])
    return True


async def _boat(conn: Connection, said: Decision) -> int | None:
    if said.decision != "boat":
        return None
    found = await _first(conn, "boat", reg_no=said.reg_no)
    if found is None:
        raise LookupError(said.reg_no)
    return int(found["id"])


async def _revise(conn: Connection, vessel: int, boat: int | None) -> None:
    touched = [vessel] if boat is None else [vessel, boat]
    await conn.execute(SQL["revise"], {"vessels": touched})


async def _first(conn: Connection, name: str, **params: object) -> Row | None:
    found = await rows(conn, SQL[name], **params)
    return found[0] if found else None
