"""uvicorn around the app: refuses to start unsafe, and stops without losing a word.

On SIGTERM sockets are closed with 1012, so that clients come back by themselves; requests under
way are finished. A peer that stops reading is dropped by the kernel after some seconds.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn

from fleet.api.app import create_app
from fleet.api.edge import is_loopback
from fleet.settings import Settings
from fleet.store.db import pool as make_pool

POOL_SIZE = 12
BACKLOG = 2048
UNREAD_MS, UNREAD_BYTES = 15_000, 256 * 1024
STOP_S = 8


class CannotServe(Exception):
    """The service does not start with these settings; names the key to change."""


def check(settings: Settings) -> None:
    """Raise CannotServe where plain HTTP would leave this machine unless somebody allowed it."""
    if is_loopback(settings.host) or settings.insecure_http or settings.trusted_proxy:
        return
    raise CannotServe(
        f"host: {settings.host} is not loopback, and this server speaks plain HTTP. Put a TLS proxy"
        " in front and set trusted_proxy = true, or set insecure_http = true to allow it."
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections die when their peer does not read what was sent."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD_BYTES)
    try:
        made.bind((host, port))
    except OSError as exc:
        made.close()
        said = f"cannot listen on {host}:{port}: {exc.strerror}; see the settings host and port"
        raise CannotServe(said) from None
    made.listen(BACKLOG)
    made.setblocking(False)
    return made


async def serve(settings: Settings, *, ready: Callable[[int], None] | None = None) -> None:
    """Serve until SIGTERM, SIGINT or cancellation; `ready` is told the port once it listens."""
    check(settings)
    pool = make_pool(settings.database_url.get_secret_value(), "fleet-api", size=POOL_SIZE)
    await pool.open(wait=False)  # without a database it still says so on /readyz
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings, pool),
            loop="none",
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=4096,
            ws_per_message_deflate=False,
            proxy_headers=False,  # fleet.api.edge does it, and believes the last proxy only
            server_header=False,
            date_header=True,
            access_log=False,
            log_config=None,
            lifespan="on",
            timeout_graceful_shutdown=STOP_S,
        )
    )
    try:
        with listen(settings.host, settings.port) as sock:
            if ready is not None:
                ready(sock.getsockname()[1])
            await _run(server, sock)
    finally:
        await pool.close()


async def _run(server: uvicorn.Server, sock: socket.socket) -> None:
    task = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        server.should_exit = True
        await task
        raise
