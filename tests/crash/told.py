"""The real outbox beside a fault run, and who it tells: a webhook that counts the ids it got."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fleet.outbox import service
from fleet.settings import Settings


class Ear(ThreadingHTTPServer):
    """Takes every notification; `ids` are those told at least once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taken)
        self.ids: set[str] = set()


class Taken(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        assert isinstance(self.server, Ear)
        self.server.ids.add(self.headers["webhook-id"])
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """The test says what is of interest."""


@contextmanager
def telling(url: str, folder: Path) -> Iterator[Ear]:
    """The outbox of this database at work; it must not have ended by itself."""
    ear, stop, loop = Ear(), asyncio.Event(), asyncio.new_event_loop()
    given: dict[str, Any] = {
        "database_url": url, "data_dir": folder, "webhook_secret": "secret",
        "webhook_url": f"http://127.0.0.1:{ear.server_port}/in", "webhook_allow": ("127.0.0.0/8",),
    }  # fmt: skip
    settings = Settings(**given)
    hearing = threading.Thread(target=ear.serve_forever, daemon=True)
    sending = threading.Thread(
        target=loop.run_until_complete, args=(service.run(settings, stop),), daemon=True
    )
    hearing.start()
    sending.start()
    try:
        yield ear
        assert sending.is_alive(), "the outbox waits"
    finally:
        loop.call_soon_threadsafe(stop.set)
        sending.join(20)
        loop.close()
        ear.shutdown()
        ear.server_close()
