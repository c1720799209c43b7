"""Alerts: list, detail, and what people do to them.

An act is one transaction: scope, the desk's rules, the change, the events last.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from fleet.api.auth import Conn, See, Signed, Worker
from fleet.api.errors import Problem, not_found
from fleet.api.schemas.alerts import (
    AcknowledgeIn,
    Alert,
    AlertActIn,
    AlertAnswer,
    AlertDetail,
    AlertFilters,
    Alerts,
    Order,
    ReasonIn,
    ShelveIn,
    VerdictIn,
)
from fleet.api.schemas.base import BIGGEST_ID, Happened
from fleet.columns import from_datetime
from fleet.grid.answers import Actor
from fleet.model import Act
from fleet.store import events, orders, reads
from fleet.store.accounts import Session
from fleet.store.db import Connection
from fleet.store.reads import Row
from fleet.store.scope import Scope

router = APIRouter(prefix="/alerts", tags=["alerts"])
AlertId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def actor(session: Session) -> Actor:
    return Actor(session.account.id, session.account.person, session.account.role)


def sees_phones(session: Session, row: Row) -> bool:
    """The command centre, and the lead of the order it is about."""
    own = session.account.person
    return session.account.role == "commander" or (own is not None and own == row["lead"])


@router.get("", summary="Alerts, the open ones worst first or all newest first")
async def alerts(
    wanted: Annotated[AlertFilters, Query()], scope: See, me: Signed, conn: Conn
) -> Alerts:
    filters = wanted.model_dump(exclude={"status", "cursor"})
    everything = wanted.status == "all"
    rows = await reads.alerts(
        conn, scope, everything=everything, **filters, **_after(wanted.cursor)
    )
    more = _cursor(rows[-1]) if len(rows) == wanted.limit else None
    shown = [Alert.of(r, phone=sees_phones(me, r)) for r in rows]
    return Alerts(alerts=shown, next=more)


def _cursor(last: Row) -> str:
    opened = int(last["opened"].timestamp() * 1_000_000)
    return base64.urlsafe_b64encode(f"{last['severity']}.{opened}.{last['id']}".encode()).decode()


def _after(cursor: str | None) -> dict[str, Any]:
    """Where the page before ended; a cursor of somebody's own making is refused."""
    if cursor is None:
        return {"after_severity": None, "after_opened": None, "after_id": None}
    try:
        text = base64.urlsafe_b64decode(cursor).decode()
        severity, opened, number = (int(part) for part in text.split(".", 2))
        at = EPOCH + timedelta(microseconds=opened)
    except (ValueError, OverflowError, binascii.Error):
        number, at, severity = 0, EPOCH, 0
    if not (1 <= severity <= 4 and 0 < number <= BIGGEST_ID):
        raise Problem.of(422, "query.cursor", "is not one this list gave")
    return {"after_severity": severity, "after_opened": at, "after_id": number}


@router.get("/{alert_id}", summary="One alert with its evidence, history and order")
async def alert(alert_id: AlertId, scope: See, me: Signed, conn: Conn) -> AlertDetail:
    row = await reads.alert(conn, scope, alert_id)
    if row is None:
        raise not_found()
    phone = sees_phones(me, row)
    return AlertDetail(
        alert=Alert.of(row, phone=phone),
        children=row["children"],
        evidence=row["evidence"],
        history=[Happened.of(e) for e in await reads.history(conn, scope, alert_id)],
        order=Order.of(row, phone=phone) if row["order_id"] else None,
    )


async def told(conn: Connection, happened: Sequence[events.Event]) -> None:
    """Append last: the sequence is taken under a lock that the commit frees."""
    await events.append(conn, happened)


async def _act(
    conn: Connection, me: Session, alert_id: int, act: Act, body: AlertActIn, **fields: Any
) -> AlertAnswer:
    if await reads.alert(conn, me.account.scope, alert_id) is None:
        raise not_found()
    _, happened = await orders.on_alert(
        conn, alert_id, act, actor(me), version=body.version, **fields
    )
    return await _answer(conn, me, alert_id, happened)


async def _answer(
    conn: Connection, me: Session, alert_id: int, happened: Sequence[events.Event]
) -> AlertAnswer:
    await told(conn, happened)
    # Read past the scope: an act may have taken the alert out of it, and it was theirs to do.
    row = await reads.alert(conn, Scope(signed=True, everything=True), alert_id)
    if row is None:
        raise not_found()
    return AlertAnswer(alert=Alert.of(row, phone=sees_phones(me, row)))


@router.post("/{alert_id}/acknowledge", summary="Somebody has looked")
async def acknowledge(
    alert_id: AlertId, body: AcknowledgeIn, me: Worker, conn: Conn
) -> AlertAnswer:
    """Stops it ringing everywhere; by the person asked it is an acceptance of the order."""
    return await _act(conn, me, alert_id, Act.ACKNOWLEDGE, body, reason=body.note)


@router.post("/{alert_id}/shelve", summary="Silence its key, with a reason and an end")
async def shelve(alert_id: AlertId, body: ShelveIn, me: Worker, conn: Conn) -> AlertAnswer:
    """Its key (kind, boat, zone) is silent until then, later episodes too; worse breaks it."""
    end = body.end(datetime.now(UTC))
    until = None if end is None else from_datetime(end)
    return await _act(conn, me, alert_id, Act.SHELVE, body, reason=body.reason, until=until)


@router.post("/{alert_id}/unshelve", summary="End the silence")
async def unshelve(alert_id: AlertId, body: AlertActIn, me: Worker, conn: Conn) -> AlertAnswer:
    return await _act(conn, me, alert_id, Act.UNSHELVE, body)


@router.post("/{alert_id}/close", summary="Close, with a reason")
async def close(alert_id: AlertId, body: ReasonIn, me: Worker, conn: Conn) -> AlertAnswer:
    """A red alert needs one of the reason codes: rescued, or an order's outcome."""
    return await _act(conn, me, alert_id, Act.CLOSE, body, reason=body.reason)


@router.post("/{alert_id}/verdict", summary="Say whether it was true")
async def verdict(alert_id: AlertId, body: VerdictIn, me: Worker, conn: Conn) -> AlertAnswer:
    """A false alarm or a test ends the alert and its order."""
    if await reads.alert(conn, me.account.scope, alert_id) is None:
        raise not_found()
    _, happened = await orders.verdict(
        conn, alert_id, body.verdict, actor(me), reason=body.reason, version=body.version
    )
    return await _answer(conn, me, alert_id, happened)
