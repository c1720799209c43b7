"""The console as people meet it: the real API on a real database, and a real Chromium.

The browser has no WebGL and no GPU; whatever it asks outside the server fails the test.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deploy.local import chromium
from fleet.api.passwords import hashed
from fleet.api.serve import serve
from fleet.settings import Settings
from fleet.store import accounts
from fleet.store.db import connect

ROOT = Path(__file__).parents[2]
WORLD = (Path(__file__).parent / "world.sql").read_text(encoding="utf-8")
PASSWORD = "correct horse battery"
#: login -> (role, person, must_change)
PEOPLE = {
    "chief": ("commander", 9, False),
    "fu": ("member", 1, False),
    "li": ("member", 2, False),
    "root": ("admin", None, False),
    "fresh": ("member", 2, True),
}
#: No WebGL in any form: the console must not come to need it.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """The console of these sources; nothing happens where it is there already."""
    subprocess.run([sys.executable, "hatch_build.py"], cwd=ROOT, check=True, timeout=300)


@pytest.fixture(scope="module")
def browser(template: str) -> Iterator[Browser]:
    """One Chromium; ended with the module, as it keeps this thread's event loop to itself.

    So the template is made before, and everything async meanwhile in a thread of its own.
    """
    path = chromium.ensure()
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield made
        made.close()


@dataclass
class Server:
    """The API at `url` over the database at `database`; may be stopped and started again.

    The real `serve`, on a thread of its own: a process would spend most of a test on imports.
    """

    url: str
    database: str
    port: int
    loop: asyncio.AbstractEventLoop | None = None
    serving: asyncio.Task[None] | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        listening = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)))
        self.thread.start()
        assert listening.wait(30), "the API does not listen"

    async def _serve(self, listening: threading.Event) -> None:
        settings = Settings.model_validate({"database_url": self.database, "port": self.port})
        self.loop = asyncio.get_running_loop()
        self.serving = asyncio.create_task(serve(settings, ready=lambda _: listening.set()))
        with suppress(asyncio.CancelledError):
            await self.serving

    def stop(self) -> None:
        if self.thread and self.loop and self.serving:
            self.loop.call_soon_threadsafe(self.serving.cancel)
            self.thread.join(30)
            self.thread = None

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.database, autocommit=True) as conn:
            conn.execute(statement.encode())


@pytest.fixture
def server(database_url: str, password_hash: str) -> Iterator[Server]:
    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(populate(database_url, password_hash))).result()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(f"http://127.0.0.1:{port}", database_url, port)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hashed(PASSWORD)


async def populate(url: str, password_hash: str) -> None:
    async with await connect(url, "test") as conn:
        await conn.execute(WORLD.encode())
        for login, (role, person, must_change) in PEOPLE.items():
            await accounts.create(
                conn,
                login=login,
                password_hash=password_hash,
                role=role,
                person=person,
                must_change=must_change,
            )


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Open the console, signed in as somebody; at the end nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(login: str | None = None, *, at: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: outside(r.url))
        page.on("console", lambda m: complaints.append(m.text) if forbidden(m.text) else None)
        page.goto(f"{server.url}/{at}")
        if login:
            sign_in(page, login)
        return page

    def outside(url: str) -> None:
        if not url.startswith((server.url, "data:", "blob:")):
            complaints.append(f"asked outside: {url}")

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def forbidden(text: str) -> bool:
    return "Content Security Policy" in text or "WebGL" in text


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.click("form button[type=submit]")
