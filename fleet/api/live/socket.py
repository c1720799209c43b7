"""One live client: hello, what it missed, then whatever the hub learns.

A client that does not read for three seconds is let go; it comes back with its cursors and
misses nothing. Its session is checked every second by the hub.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import Field, ValidationError

from fleet.api.auth import Service, identify
from fleet.api.live import frames
from fleet.api.live.hub import LOST, Client, Hub, Seat
from fleet.api.schemas.accounts import AccountOut
from fleet.api.schemas.base import In
from fleet.store import live, reads
from fleet.store.accounts import Session
from fleet.store.db import Connection
from fleet.store.scope import Scope

SEND_S, HELLO_S, PING_S = 3.0, 10.0, 5.0
SIGNED_OUT, NO_HELLO, TOO_SLOW = 4401, 4408, 1013
MOST_SOCKETS, MOST_OF_ONE, MOST_SAID = 1_000, 20, 1_000
FARTHEST = 5_000
"""Events a client may be behind and still get one by one."""

Cursor = Annotated[int, Field(ge=-1, le=2**63 - 1)]


class Hello(In):
    """Where the client stands: 0 and -1 mean nowhere."""

    fleet_since: Cursor = 0
    event_since: Cursor = -1


class Greeting(In):
    hello: Hello


@dataclass(slots=True)
class Cursors:
    event: int
    tick: int | None  #: None: a snapshot is due
    generation: int
    status: tuple[bool, str] = (False, "")
    pinged: float = 0.0


class TooSlow(Exception):
    """The peer has not read for SEND_S."""


async def serve(socket: WebSocket, service: Service) -> None:
    """The whole life of one socket."""
    try:
        async with service.pool.connection() as conn:
            session = await identify(socket, conn)
    except LOST:
        await socket.close(TOO_SLOW)  # before accepting: the handshake is refused
        return
    await socket.accept()
    if session is None or session.account.must_change:
        await socket.close(SIGNED_OUT, "sign in first")
        return
    hub, client = service.hub, Client(session.token_hash, session.account.scope)
    if crowded(hub, client):
        await socket.close(TOO_SLOW, "too many live connections")
        return
    hub.clients.add(client)
    try:
        await _converse(socket, service, session, client)
    except TooSlow:
        hub.dropped += 1  # no goodbye: it would wait behind what is not being read
    except (WebSocketDisconnect, *LOST):
        await _close(socket, 1012, "try again")
    finally:
        hub.clients.discard(client)


def crowded(hub: Hub, client: Client) -> bool:
    same = sum(c.token_hash == client.token_hash for c in hub.clients)
    return len(hub.clients) >= MOST_SOCKETS or same >= MOST_OF_ONE


async def _converse(socket: WebSocket, service: Service, session: Session, client: Client) -> None:
    try:
        async with asyncio.timeout(HELLO_S):
            hello = Greeting.model_validate_json(await socket.receive_text()).hello
    except (TimeoutError, ValidationError, KeyError):
        await _close(socket, NO_HELLO, "say hello first")
        return
    reader = asyncio.create_task(_listen(socket))
    writer = asyncio.create_task(_talk(socket, service, session, client, hello))
    try:
        await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
        if writer.done():
            await writer
    finally:
        reader.cancel()
        writer.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)


async def _listen(socket: WebSocket) -> None:
    """Clients have nothing more to say; who talks on and on is hung up on."""
    heard = 0
    while (await socket.receive())["type"] != "websocket.disconnect":
        heard += 1
        if heard > MOST_SAID:
            return


async def _talk(
    socket: WebSocket, service: Service, session: Session, client: Client, hello: Hello
) -> None:
    hub = service.hub
    seat = await hub.seat(client.scope)
    at = Cursors(hub.event_seq, hello.fleet_since or None, seat.generation)
    account = AccountOut.of(session.account).model_dump(mode="json")
    head = {"event_seq": hub.event_seq, "tick": hub.table.tick, "account": account}
    await _send(socket, frames.text(type="hello", **head))
    if hello.event_since >= 0:
        await _missed(socket, service, client, hello.event_since, at)
    while not client.over:
        await _events(socket, hub, seat, at)
        await _fleet(socket, hub, seat, at)
        await _status(socket, hub, at)
        await _wait(client)
    await _close(socket, SIGNED_OUT, "signed out, or the account changed")


async def _wait(client: Client) -> None:
    try:
        async with asyncio.timeout(PING_S):
            await client.wake.wait()
    except TimeoutError:
        pass
    client.wake.clear()


async def _status(socket: WebSocket, hub: Hub, at: Cursors) -> None:
    """Whether anybody watches, when it changes and every PING_S; with it the cursors."""
    watched = hub.watched()
    key = (watched.ok, watched.reason)
    if key == at.status and time.monotonic() - at.pinged < PING_S:
        return
    at.status, at.pinged = key, time.monotonic()
    said = watched.out().model_dump(mode="json")
    await _send(socket, frames.text(type="status", monitoring=said))
    await _send(socket, frames.text(type="ping", event_seq=at.event, tick=at.tick or 0))


async def missed(
    conn: Connection, scope: Scope, since: int
) -> tuple[int, list[dict[str, Any]] | None]:
    """The newest number, and the frames after `since`; None: too many, read the lists."""
    newest, _ = await live.cursors(conn)
    if since < 0:
        return newest, []
    if since > newest or newest - since > FARTHEST:
        return newest, None
    happened = await live.events(conn, scope, since, newest, FARTHEST)
    ids = sorted({r["alert"] for r in happened if r["alert"] is not None})
    about = {r["id"]: r for r in await reads.alerts_by_id(conn, scope, ids)}
    return newest, [frames.event(r, about) for r in happened]


async def _missed(
    socket: WebSocket, service: Service, client: Client, since: int, at: Cursors
) -> None:
    """What happened while the client was away; afterwards its cursor is where that ended."""
    async with service.pool.connection() as conn:
        newest, found = await missed(conn, client.scope, since)
    if found is None:
        await _send(socket, frames.text(type="reset", event_seq=at.event))
        return
    for frame in found:
        await _send(socket, frames.text(**frame))
    at.event = max(at.event, newest)


async def _events(socket: WebSocket, hub: Hub, seat: Seat, at: Cursors) -> None:
    told, upto = await hub.told(seat, at.event)
    if told is None or at.event > hub.event_seq:
        at.event = hub.event_seq
        await _send(socket, frames.text(type="reset", event_seq=at.event))
        return
    for event in told:
        await _send(socket, event.frame)
    at.event = max(at.event, upto)


async def _fleet(socket: WebSocket, hub: Hub, seat: Seat, at: Cursors) -> None:
    if at.generation != seat.generation:
        at.generation, at.tick = seat.generation, None
    if at.tick == hub.table.tick or not hub.ready:
        return
    body = hub.fleet(seat, at.tick)
    at.tick = hub.table.tick
    await _send(socket, body)


async def _send(socket: WebSocket, frame: str | bytes) -> None:
    try:
        async with asyncio.timeout(SEND_S):
            if isinstance(frame, str):
                await socket.send_text(frame)
            else:
                await socket.send_bytes(frame)
    except TimeoutError:
        raise TooSlow from None


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    try:
        async with asyncio.timeout(SEND_S):
            await socket.close(code, reason)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        pass  # it is gone already
