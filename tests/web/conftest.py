"""The console as people meet it: the real API in a process of its own, and a real Chromium.

The browser has no WebGL and no GPU; whatever it asks outside the server fails the test.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from deploy.local import chromium
from fleet.api.passwords import hashed
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
    """The API at `url` over the database at `database`; may be stopped and started again."""

    url: str
    database: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "fleet", "api", "--port", str(self.port)]
        env = {**os.environ, "FLEET_DATABASE_URL": self.database, "FLEET_LOG_LEVEL": "warning"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env)
        self._answering()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.database, autocommit=True) as conn:
            conn.execute(statement.encode())

    def _answering(self) -> None:
        for _ in range(600):
            try:
                httpx.get(f"{self.url}/healthz", timeout=2).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the API does not answer")


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
