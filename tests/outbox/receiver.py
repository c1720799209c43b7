"""A real HTTP receiver on loopback that does what the script says, one entry a request."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

GOOD = "200"
REASONS = {"200": "OK", "204": "No Content", "302": "Found", "404": "Not Found", "500": "Error"}


@dataclass
class Receiver:
    """Answers `200`, `500`, `302`, or does `hang`, `drop` (no answer), `accept-drop` (counts)."""

    script: list[str]
    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self.request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
        body = await reader.readexactly(int(headers["content-length"]))
        answer = self.script.pop(0) if self.script else GOOD
        if answer == "drop":
            return False
        self.requests.append(({"request": head[0], **headers}, body))
        if answer == "accept-drop":
            return False
        if answer == "hang":
            await asyncio.sleep(30)
        more = "Location: http://127.0.0.1:1/\r\n" if answer == "302" else ""
        line = f"HTTP/1.1 {answer} {REASONS[answer]}\r\n{more}Content-Length: 0\r\n\r\n"
        writer.write(line.encode())
        await writer.drain()
        return True

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]


@asynccontextmanager
async def receiving(
    script: Iterable[str] = (), tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(script))
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
