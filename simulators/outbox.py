"""The terminals' way to the broker: QoS 1, kept aboard until the broker has confirmed it.

One client speaks for all terminals. While the broker is away each terminal stores up to a bound,
then sends its oldest first, several reports in one array.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from typing import Any
from urllib.parse import unquote, urlsplit

import aiomqtt

from simulators import terminals

KEPT = 2000  #: reports a terminal stores
BURST = 60  #: reports in one array
RETRY_S = 1.0


class Outbox:
    def __init__(self, url: str) -> None:
        self.url = url
        self.connected = asyncio.Event()
        self.published = 0
        self._pending: dict[str, deque[dict[str, Any]]] = {}
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, terminal: str, body: dict[str, Any]) -> None:
        self._pending.setdefault(terminal, deque(maxlen=KEPT)).append(body)
        self._idle.clear()
        self._work.set()

    async def drained(self, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's patience
        """Whether everything has been confirmed in this time."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Until cancelled; reconnects by itself."""
        while True:
            try:
                async with client(self.url) as connection:
                    self.connected.set()
                    await self._serve(connection)
            except aiomqtt.MqttError:
                self.connected.clear()
                await asyncio.sleep(RETRY_S)

    async def _serve(self, connection: aiomqtt.Client) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            for terminal in list(self._pending):
                await self._empty(connection, terminal)
            if not self._pending:
                self._idle.set()

    async def _empty(self, connection: aiomqtt.Client, terminal: str) -> None:
        waiting = self._pending[terminal]
        while waiting:
            bodies = [waiting[n] for n in range(min(BURST, len(waiting)))]
            payload = json.dumps(bodies[0] if len(bodies) == 1 else bodies)
            self._work.set()  # until confirmed: a lost connection must come back to this
            await connection.publish(terminals.topic(terminal), payload, qos=1)
            self.published += len(bodies)
            for _ in bodies:
                waiting.popleft()
        del self._pending[terminal]


def client(url: str) -> aiomqtt.Client:
    """A client for mqtt[s]://user:password@host:port."""
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    return aiomqtt.Client(
        hostname=parts.hostname or "127.0.0.1",
        port=parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls_context=ssl.create_default_context() if secure else None,
    )
