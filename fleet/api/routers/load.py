"""How much the command centre is told: alerts per operator and hour, floods, precision by kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from fleet.api.auth import Conn, See
from fleet.api.schemas.load import AlertLoad, LoadFilters
from fleet.grid.policy import default
from fleet.store import load

router = APIRouter(tags=["alerts"])


@router.get("/alert-load", summary="Alerts per operator hour, worst ten minutes, precision by kind")
async def alert_load(wanted: Annotated[LoadFilters, Query()], scope: See, conn: Conn) -> AlertLoad:
    """Of the last 24 hours, or of any stretch up to a year; of what the caller may see."""
    stretch, budget = wanted.stretch(datetime.now(UTC)), default().budget
    found = await load.load(conn, scope, stretch, budget.window)
    return AlertLoad.of(found, stretch, wanted.operators, budget)
