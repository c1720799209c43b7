"""Statistics of the whole fleet, from hourly roll-ups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from fleet.api.auth import Conn, See
from fleet.api.errors import Problem
from fleet.api.schemas.base import Time
from fleet.api.schemas.statistics import Statistics
from fleet.store import statistics

router = APIRouter(tags=["vessels"])
LONGEST = timedelta(days=92)


@router.get("/statistics", summary="Reports and vessels heard, hour by hour and by source")
async def fleet_hours(
    scope: See,
    conn: Conn,
    since: Annotated[
        Time | None, Query(alias="from", description="default: 24 h before to")
    ] = None,
    until: Annotated[Time | None, Query(alias="to", description="default: now")] = None,
) -> Statistics:
    """Of the vessels that the caller may see; at most 92 days. An hour is there ten minutes after
    its end, and again after late reports; an hour without reports is not.
    """
    until = until or datetime.now(UTC)
    since = since or until - timedelta(days=1)
    if not since < until <= since + LONGEST:
        raise Problem.of(422, "query.from", "must lie before to, by at most 92 days")
    return Statistics.of(since, until, await statistics.hours(conn, scope, since, until))
