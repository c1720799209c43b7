"""Whose number is this? The review queue of unknown identities, and what was decided.

The command centre decides; the workers are told in the same transaction, and every rule goes by it.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from fleet.api.auth import Commander, Conn, See, allow
from fleet.api.errors import Problem, not_found
from fleet.api.schemas.base import BIGGEST_INT
from fleet.api.schemas.identities import (
    DecideIn,
    DecisionOut,
    Decisions,
    Page,
    QueuePage,
    Stranger,
    Strangers,
    UndoIn,
)
from fleet.store import identities
from fleet.store.identities import Decision, Settled

router = APIRouter(
    prefix="/identities", tags=["identities"], dependencies=[allow("commander", "admin")]
)
VesselId = Annotated[int, Path(ge=1, le=BIGGEST_INT)]


@router.get("", summary="Identities in no register that nobody has decided about, newest first")
async def queue(wanted: Annotated[QueuePage, Query()], scope: See, conn: Conn) -> Strangers:
    rows = await identities.queue(
        conn, scope, everybody=wanted.everybody, limit=wanted.limit, offset=wanted.offset
    )
    return Strangers(identities=[Stranger.of(row) for row in rows])


@router.get("/decisions", summary="What was decided and is in force, newest first")
async def decided(wanted: Annotated[Page, Query()], scope: See, conn: Conn) -> Decisions:
    rows = await identities.decisions(conn, scope, limit=wanted.limit, offset=wanted.offset)
    return Decisions(decisions=[DecisionOut.of(row) for row in rows])


@router.get("/{vessel_id}/decisions", summary="Everything decided about one, undone or not")
async def history(vessel_id: VesselId, scope: See, conn: Conn) -> Decisions:
    rows = await identities.decisions(conn, scope, vessel_id)
    return Decisions(decisions=[DecisionOut.of(row) for row in rows])


@router.post("/{vessel_id}/decide", summary="Say whose it is (command centre)")
async def decide(
    vessel_id: VesselId, body: DecideIn, me: Commander, scope: See, conn: Conn
) -> Decisions:
    """A boat's: its positions are that boat's from now on. A net beacon raises nothing."""
    said = Decision(body.decision, me.account.id, body.reason, body.reg_no or "")
    try:
        found = await identities.decide(conn, vessel_id, said)
    except LookupError as error:
        raise Problem.of(422, "body.reg_no", f"there is no vessel {error}") from None
    except Settled as error:
        raise Problem(409, str(error)) from None
    if not found:
        raise not_found()
    return await history(vessel_id, scope, conn)


@router.post("/{vessel_id}/undo", summary="Take a decision back (command centre)")
async def undo(
    vessel_id: VesselId, body: UndoIn, me: Commander, scope: See, conn: Conn
) -> Decisions:
    """The number is unknown again, and its positions from now on are a stranger's."""
    try:
        found = await identities.undo(conn, vessel_id, me.account.id, body.reason)
    except Settled as error:
        raise Problem(409, str(error)) from None
    if not found:
        raise not_found()
    return await history(vessel_id, scope, conn)
