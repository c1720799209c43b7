"""The AIS receiver on shore as a TCP server: whoever connects gets every line from then on.

Like a real one it keeps nothing for those who are not there, and drops who cannot keep up.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

BEHIND = 4 << 20  #: bytes a client may be behind


class Receiver:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.sent = 0
        self._history: list[bytes] = []
        self._clients: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._clients:
            writer.transport.abort()
        if self._served:
            await asyncio.wait(self._served, timeout=1)

    def remember(self, lines: bytes) -> None:
        """Lines of earlier minutes; the first who connects gets them."""
        self._history.append(lines)

    def send(self, lines: bytes) -> None:
        self.sent += lines.count(b"\n")
        if self._history:
            if not self._clients:
                self._history.append(lines)
                del self._history[:-50_000]
                return
            self._flush()
        for writer in list(self._clients):
            if writer.transport.get_write_buffer_size() > BEHIND:
                writer.transport.abort()
            else:
                writer.write(lines)

    def _flush(self) -> None:
        lines, self._history = b"".join(self._history), []
        for writer in self._clients:
            writer.write(lines)

    def _keep(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            self._served.add(task)
            task.add_done_callback(self._served.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        self._keep(asyncio.current_task())
        if self._history:
            self._flush()
        try:
            while await reader.read(1024):  # a receiver does not listen; this waits for the end
                pass
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            writer.close()
