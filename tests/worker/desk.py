"""A worker and the API over the same database, and the command centre signed in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx

from fleet.api.app import create_app
from fleet.settings import Settings
from fleet.store import accounts
from fleet.store.db import Connection, pool
from fleet.worker.loop import Worker
from tests.worker.scripted import NOW, SECOND, Scripted, report

HOST = "127.0.0.1:8000"
PEOPLE = """
insert into person (id, code, name) values (1, 'P1', '值班长');
insert into duty_shift (person, level, starts, ends)
values (1, 4, now() - interval '1 day', now() + interval '30 days');
insert into vessel (id, reg_no, name, class, registered) values (101, 'B1', '琼三亚渔101', 1, true);
insert into vessel (id, reg_no, name, class, registered) values (102, 'B2', '琼三亚渔102', 1, true);
insert into vessel_identity (kind, value, vessel) values ('terminal', 'T1', 101);
insert into vessel_identity (kind, value, vessel) values ('terminal', 'T2', 102);
"""
AT_SEA = (109.1, 17.3)


@asynccontextmanager
async def command_centre(url: str, sql: Connection) -> AsyncIterator[httpx.AsyncClient]:
    """A program of the commander's, on the API over this database."""
    number = await accounts.create(
        sql, login="chief", password_hash="x", role="commander", person=1, org=None,
        must_change=False,
    )  # fmt: skip
    token, _ = await accounts.sign_in(sql, number, timedelta(days=1), kind="token")
    made = pool(url, "fleet-api-test", size=2)
    await made.open()
    app = create_app(Settings.model_validate({"database_url": url}), made)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}/api/v1", headers=headers
        ) as http:
            yield http
    finally:
        await made.close()


class Sea:
    """What the boats send, and what o'clock it is, in minutes from the beginning."""

    def __init__(self, worker: Worker, feed: Scripted) -> None:
        self.worker, self.feed = worker, feed

    def clock(self, minute: float) -> None:
        now = NOW + round(minute * 60 * SECOND)
        self.worker.clock = lambda: now

    async def sends(self, minute: float, terminal: str = "T1", **more: Any) -> None:
        """One report of one terminal."""
        self.clock(minute)
        item = self.feed.item(report(terminal, minute * 60, *AT_SEA, **more))
        await self.worker.batch([item])
        await self.worker.settle()

    async def runs(self, first: float, last: float, knots: float, terminal: str = "T1") -> None:
        """A report every half minute at this speed."""
        for half in range(round(first * 2), round(last * 2) + 1):
            await self.sends(half / 2, terminal, sog_kn=knots)

    async def waits(self, minute: float) -> None:
        """It is that minute, and the worker looks at the clock."""
        self.clock(minute)
        await self.worker.tick()


async def asked(http: httpx.AsyncClient, method: str, path: str, **body: Any) -> Any:
    answer = await http.request(method, path, json=None if method == "GET" else body)
    assert answer.status_code == 200, answer.text
    return answer.json()
