"""Recall orders 防台召回 with their roll call 点名, and who comes and goes in the ports 进出港."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Path, Query

from fleet.alerts import roll_call
from fleet.api.auth import Commander, Conn, Here, See
from fleet.api.errors import not_found
from fleet.api.routers.facts import refuse
from fleet.api.schemas.base import BIGGEST_INT, Time
from fleet.api.schemas.facts import (
    AnswersIn,
    Called,
    Code,
    PortState,
    PortStates,
    PortVisit,
    PortVisits,
    Recall,
    RecallIn,
    Recalls,
    RollCall,
)
from fleet.columns import from_datetime
from fleet.geo import Zones
from fleet.model import Mask
from fleet.store import fact_edits, zones
from fleet.store.db import Connection
from fleet.store.facts import ANSWERS
from fleet.store.reads import Row, Rows
from fleet.store.scope import Scope

router = APIRouter(tags=["recalls"])
RecallId = Annotated[int, Path(ge=1, le=BIGGEST_INT)]
BERTHED_KN = 0.5
MOST_VISITS = 2000


@router.get("/recalls", summary="Recall orders, the newest first")
async def recalls(scope: See, conn: Conn) -> Recalls:
    return Recalls(recalls=[_recall(r) for r in await fact_edits.recalls(conn, scope)])


@router.post("/recalls", status_code=201, summary="A recall order (command centre)")
async def order(body: RecallIn, me: Commander, scope: See, conn: Conn) -> Recalls:
    """In force at once; a code that is there already is changed."""
    row = body.model_dump()
    await refuse(conn, [row])
    row["areas"] = [row["area"]] if row["area"] else []
    await fact_edits.write(conn, "orders", [row], me.account.id)
    found = await fact_edits.recalls(conn, scope)
    return Recalls(recalls=[_recall(r) for r in found if r["code"] == body.order])


@router.get("/recalls/{recall_id}", summary="Roll call: who is where, as far as in scope")
async def roll(recall_id: RecallId, scope: See, conn: Conn) -> RollCall:
    found = await _found(conn, scope, recall_id)
    boats = await fact_edits.recall_boats(conn, scope, recall_id)
    called = _called(boats, Zones.build(tuple(await zones.load(conn))), found["zone"])
    counts = Counter(boat.state for boat in called)
    every = {state: counts[state] for state in roll_call.STATES}
    return RollCall(**_recall(found).model_dump(), counts=every, boats=called)


@router.post("/recalls/{recall_id}/answers", summary="What boats answered (command centre)")
async def answers(
    recall_id: RecallId, body: AnswersIn, me: Commander, scope: See, conn: Conn
) -> RollCall:
    found = await _found(conn, scope, recall_id)
    values = [row.model_dump() for row in body.rows]
    await refuse(conn, values)
    last = {row["reg_no"]: {**row, "order": found["code"]} for row in values}
    await fact_edits.write(conn, "order_status", [*last.values()], me.account.id)
    return await roll(recall_id, scope, conn)


@router.post("/recalls/{recall_id}/end", summary="End a recall order (command centre)")
async def end(recall_id: RecallId, me: Commander, scope: See, conn: Conn) -> Recall:
    """Ended already: nothing changes."""
    await _found(conn, scope, recall_id)
    await fact_edits.end_recall(conn, recall_id, me.account.id)
    return _recall(await _found(conn, scope, recall_id))


@router.get("/ports", summary="Each port: in port, berthed, arrivals and departures of the day")
async def ports(scope: See, here: Here, conn: Conn) -> PortStates:
    """Boats of the caller's scope; the day begins at midnight of the port's own zone."""
    day = datetime.now(here.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = await fact_edits.ports(conn, scope, day, BERTHED_KN)
    return PortStates(
        since=day.astimezone(UTC),
        at_sea=await fact_edits.at_sea(conn, scope),
        ports=[PortState.model_validate(r) for r in rows],
    )


@router.get("/port-visits", summary="Visits that go on or ended since, the newest first")
async def visits(
    scope: See,
    conn: Conn,
    port: Annotated[Code | None, Query(description="code of the port's zone")] = None,
    since: Annotated[Time | None, Query(description="default: a day ago")] = None,
) -> PortVisits:
    """At most 2000."""
    begin = since or datetime.now(UTC) - timedelta(days=1)
    rows = await fact_edits.port_visits(conn, scope, port, begin, MOST_VISITS)
    return PortVisits(visits=[PortVisit.model_validate(r) for r in rows])


async def _found(conn: Connection, scope: Scope, recall: int) -> Row:
    found = await fact_edits.recalls(conn, scope, recall)
    if not found:
        raise not_found()
    return found[0]


def _recall(row: Row) -> Recall:
    plain = ("id", "title", "action", "area", "issued", "deadline", "ended")
    return Recall(order=row["code"], **{name: row[name] for name in plain})


def _called(boats: Rows, there: Zones, area: int | None) -> list[Called]:
    """Every boat that the order concerns: in its area, or with an answer."""
    column = {
        name: np.array([np.nan if b[name] is None else b[name] for b in boats], np.float64)
        for name in ("lon", "lat", "sog", "cog")
    }
    t = np.array([from_datetime(b["t"]) if b["t"] else 0 for b in boats], np.int64)
    answer = np.array([int(ANSWERS[b["answer"]]) if b["answer"] else -1 for b in boats], np.int64)
    lon, lat = column["lon"], column["lat"]
    now = from_datetime(datetime.now(UTC))
    state = roll_call.states(there, (t, lon, lat, column["sog"], column["cog"]), answer, now)
    mine: Mask = answer >= 0
    if area is None:
        mine = np.ones(len(boats), np.bool_)
    else:
        mine = mine | roll_call.inside(there, there.ids == area, lon, lat)
    return [_boat(boats[i], roll_call.STATES[state[i]]) for i in np.flatnonzero(mine).tolist()]


def _boat(row: Row, state: roll_call.State) -> Called:
    return Called(
        vessel=row["id"],
        reg_no=row["reg_no"],
        name=row["name"],
        state=state,
        answer=row["answer"],
        answered=row["at"],
        last_fix=row["t"],
    )
