"""Work orders: mine, all, one, and what its lead and the command centre do with it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from fleet.api.auth import Conn, See, Signed, Worker
from fleet.api.errors import not_found
from fleet.api.routers.alerts import actor, sees_phones, told
from fleet.api.schemas.alerts import (
    AcceptIn,
    Assignment,
    CloseIn,
    DeclineIn,
    Order,
    OrderAnswer,
    OrderDetail,
    OrderFilters,
    Orders,
    PassOnIn,
    ProgressIn,
)
from fleet.api.schemas.base import BIGGEST_ID, Happened
from fleet.grid.lifecycle import OrderAct
from fleet.store import orders as desk
from fleet.store import reads
from fleet.store.accounts import Session
from fleet.store.db import Connection
from fleet.store.scope import Scope

router = APIRouter(prefix="/orders", tags=["orders"])
OrderId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


@router.get("", summary="Work orders, newest first")
async def orders(
    wanted: Annotated[OrderFilters, Query()], scope: See, me: Signed, conn: Conn
) -> Orders:
    own = me.account.person
    rows = await reads.orders(conn, scope, me=own, **wanted.model_dump())
    more = str(rows[-1]["order_id"]) if len(rows) == wanted.limit else None
    return Orders(orders=[Order.of(r, phone=sees_phones(me, r)) for r in rows], next=more)


@router.get("/{order_id}", summary="One work order with whom it was offered to")
async def order(order_id: OrderId, scope: See, me: Signed, conn: Conn) -> OrderDetail:
    row = await reads.order(conn, scope, order_id)
    if row is None:
        raise not_found()
    asked = await reads.assignments(conn, scope, order_id)
    return OrderDetail(
        order=Order.of(row, phone=sees_phones(me, row)),
        assignments=[Assignment.model_validate(a) for a in asked],
        history=[Happened.of(e) for e in await reads.history(conn, scope, row["id"])],
    )


async def _act(
    conn: Connection, me: Session, order_id: int, act: OrderAct, body: AcceptIn
) -> OrderAnswer:
    """One transaction: scope, the desk's rules, the change, the events last."""
    if await reads.order(conn, me.account.scope, order_id) is None:
        raise not_found()
    fields: dict[str, Any] = body.model_dump()
    _, happened = await desk.act(conn, order_id, act, actor(me), **fields)
    await told(conn, happened)
    # Read past the scope: an act may have taken the order out of it, and it was theirs to do.
    row = await reads.order(conn, Scope(signed=True, everything=True), order_id)
    if row is None:
        raise not_found()
    return OrderAnswer(order=Order.of(row, phone=sees_phones(me, row)))


@router.post("/{order_id}/accept", summary="Take it")
async def accept(order_id: OrderId, body: AcceptIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.ACCEPT, body)


@router.post("/{order_id}/decline", summary="Cannot take it")
async def decline(order_id: OrderId, body: DeclineIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.DECLINE, body)


@router.post("/{order_id}/progress", summary="How far it is")
async def progress(order_id: OrderId, body: ProgressIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.PROGRESS, body)


@router.post("/{order_id}/reassign", summary="Name another lead (command centre)")
async def reassign(order_id: OrderId, body: PassOnIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.REASSIGN, body)


@router.post("/{order_id}/handover", summary="Pass it on")
async def handover(order_id: OrderId, body: PassOnIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.HANDOVER, body)


@router.post("/{order_id}/close", summary="Say how it ended")
async def close(order_id: OrderId, body: CloseIn, me: Worker, conn: Conn) -> OrderAnswer:
    return await _act(conn, me, order_id, OrderAct.CLOSE, body)
