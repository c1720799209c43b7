"""A small port in a real database, and clients signed in to it.

Grid 1 is Lin's (boat 1), grid 2 is Wang's (boat 2); boat 3 is of association 2 and no grid. Every
boat has an open alert with the number of the boat and an order with the same number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from fleet.api.app import create_app
from fleet.api.passwords import hashed
from fleet.settings import Settings
from fleet.store import accounts
from fleet.store.db import Pool, connect, pool

WORLD = (Path(__file__).parent / "world.sql").read_text(encoding="utf-8")
HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
PASSWORD = "correct horse battery"
#: login -> (role, person, org); person 1 Lin, 2 Wang, 3 nobody's.
PEOPLE = {
    "chief": ("commander", 9, None),
    "lin": ("member", 1, None),
    "wang": ("member", 2, None),
    "coop": ("association", None, 2),
    "root": ("admin", None, None),
}


@dataclass(frozen=True)
class Port:
    """The app over its database, and a token for each login."""

    url: str
    settings: Settings
    pool: Pool
    app: FastAPI
    tokens: dict[str, str]
    cookies: dict[str, str]

    @asynccontextmanager
    async def client(
        self, login: str | None = None, *, browser: bool = False, address: str = "127.0.0.1"
    ) -> AsyncIterator[httpx.AsyncClient]:
        """A program of this login, or its browser, or (without a login) a stranger."""
        headers, cookies = {}, {}
        if login and browser:
            headers, cookies = {"Origin": ORIGIN}, {"fleet": self.cookies[login]}
        elif login:
            headers = {"Authorization": f"Bearer {self.tokens[login]}"}
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        async with httpx.AsyncClient(
            transport=transport, base_url=f"{ORIGIN}/api/v1", headers=headers, cookies=cookies
        ) as made:
            yield made

    async def sql(self, statement: str, **params: object) -> list[dict[str, object]]:
        async with self.pool.connection() as conn:
            cursor = await conn.execute(statement.encode(), params or None)
            return await cursor.fetchall() if cursor.description else []


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.model_validate({"database_url": database_url})


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hashed(PASSWORD)


@pytest.fixture
async def port(database_url: str, settings: Settings, password_hash: str) -> AsyncIterator[Port]:
    async with opened(database_url, settings, password_hash) as made:
        yield made


@asynccontextmanager
async def opened(database_url: str, settings: Settings, password_hash: str) -> AsyncIterator[Port]:
    tokens, cookies = {}, {}
    async with await connect(database_url, "test") as conn:
        await conn.execute(WORLD.encode())
        for login, (role, person, org) in PEOPLE.items():
            number = await accounts.create(
                conn,
                login=login,
                password_hash=password_hash,
                role=role,
                person=person,
                org=org,
                must_change=False,
            )
            day = timedelta(days=1)
            tokens[login], _ = await accounts.sign_in(conn, number, day, kind="token")
            cookies[login], _ = await accounts.sign_in(conn, number, day)
    made = pool(database_url, "fleet-api-test", size=6)
    await made.open()
    try:
        yield Port(database_url, settings, made, create_app(settings, made), tokens, cookies)
    finally:
        await made.close()
