"""The live stream: one WebSocket, and the same bytes by HTTP where no socket gets through."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response, WebSocket

from fleet.api.auth import Conn, Here, See
from fleet.api.errors import unavailable
from fleet.api.live import socket
from fleet.api.schemas.base import BIGGEST_ID
from fleet.api.schemas.status import LiveEvents

router = APIRouter(prefix="/live", tags=["live"])
Since = Annotated[int, Query(ge=-1, le=BIGGEST_ID)]


class FleetFrame(Response):
    media_type = "application/octet-stream"


@router.get(
    "/fleet",
    summary="What the fleet did since a tick: the binary frame of the socket",
    response_class=FleetFrame,
)
async def fleet(scope: See, here: Here, since: Since = 0) -> FleetFrame:
    if not here.hub.ready:
        raise unavailable("the live stream has not read the database yet")
    seat = await here.hub.seat(scope)
    known = since if since > 0 and since > seat.changed else None
    body = here.hub.fleet(seat, known)
    return FleetFrame(body, headers={"X-Fleet-Tick": str(here.hub.table.tick)})


@router.get("/events", summary="What happened since a sequence number: the socket's text frames")
async def events(scope: See, conn: Conn, since: Since = -1) -> LiveEvents:
    """-1 asks only where the stream is now."""
    newest, frames = await socket.missed(conn, scope, since)
    return LiveEvents(event_seq=newest, reset=frames is None, frames=frames or [])


@router.websocket("")
async def live(ws: WebSocket, here: Here) -> None:
    """Say {"hello": {"fleet_since": tick, "event_since": seq}}; then listen."""
    await socket.serve(ws, here)
