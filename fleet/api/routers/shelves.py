"""Silenced keys: which are in force, and the end of one by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from fleet.api.auth import Conn, See, Worker
from fleet.api.errors import not_found
from fleet.api.routers.alerts import actor, told
from fleet.api.schemas.base import BIGGEST_ID
from fleet.api.schemas.shelves import EndShelfIn, Shelf, Shelves
from fleet.store import orders, shelves

router = APIRouter(prefix="/shelves", tags=["alerts"])
ShelfId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


@router.get("", summary="What is silenced, by whom, why and until when")
async def listed(scope: See, conn: Conn) -> Shelves:
    return Shelves(shelves=[Shelf.of(row) for row in await shelves.listed(conn, scope)])


@router.post("/{shelf_id}/end", summary="End a silence: what is still true comes back")
async def end(shelf_id: ShelfId, _body: EndShelfIn, scope: See, me: Worker, conn: Conn) -> Shelves:
    """Answers with the shelves still in force."""
    if not await shelves.listed(conn, scope, shelf_id):
        raise not_found()
    await told(conn, await orders.end_shelf(conn, shelf_id, actor(me)))
    return await listed(scope, conn)
