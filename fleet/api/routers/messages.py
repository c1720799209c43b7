"""Safety texts that were on the air (AIS 12 and 14), found by their words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from fleet.api.auth import Conn, See, allow
from fleet.api.schemas.messages import Message, MessageFilters, Messages
from fleet.store import records

router = APIRouter(prefix="/messages", tags=["messages"])


@router.get(
    "",
    summary="Safety texts from the air, newest first (command centre, admin)",
    dependencies=[allow("commander", "admin")],
)
async def messages(wanted: Annotated[MessageFilters, Query()], scope: See, conn: Conn) -> Messages:
    """With `q`: those that have all its words; each may be the beginning of a word."""
    rows = await records.texts(
        conn,
        scope,
        words=wanted.q,
        vessel=wanted.vessel,
        since=wanted.since,
        before=wanted.cursor,
        limit=wanted.limit,
    )
    more = rows[-1]["id"] if len(rows) == wanted.limit else None
    return Messages(messages=[Message.of(row) for row in rows], next=more)
