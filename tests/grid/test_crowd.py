"""Many hands at once on the same alerts: no deadlock, no lost act, one lead an order."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from psycopg import errors

from fleet.alerts import lifecycle
from fleet.grid.answers import Invalid, NotYours
from fleet.grid.lifecycle import NotAllowed
from fleet.store import desk_clock, events, orders
from fleet.store.db import Connection, connect, one, rows
from tests.grid.harbour import actor, alert, at, build
from tests.grid.port import ID, RED, YELLOW

PEOPLE = "wang 03, li 03 backup, hai 03, chen leads 03, qian chief"
HANDS = ("wang", "li", "hai", "chen", "chief")
REFUSALS = (NotAllowed, lifecycle.NotAllowed, NotYours, Invalid)


async def hand(url: str, who: str, ids: list[tuple[int, int]], seed: int, done: list[str]) -> None:
    """One person doing anything to anything, as fast as it goes."""
    dice = random.Random(seed)  # noqa: S311 - a seeded crowd
    async with await connect(url, "fleet-test") as conn:
        for _ in range(40):
            order, of = dice.choice(ids)
            act = dice.choice(["accept", "decline", "progress", "handover", "close", "acknowledge"])
            try:
                if act == "acknowledge":
                    _, found = await orders.on_alert(conn, of, act, actor(who), now=at(1))
                else:
                    fields: dict[str, Any] = {
                        "reason": "x",
                        "outcome": "resolved",
                        "step": "contacted",
                    }
                    person = ID[dice.choice(["wang", "li", "hai"])]
                    _, found = await orders.act(
                        conn, order, act, actor(who), now=at(1), person=person, **fields
                    )
                await events.append(conn, found)
                await conn.commit()
                done.append(act)
            except REFUSALS:
                await conn.rollback()


async def clock(url: str, stop: asyncio.Event) -> None:
    """The worker's tick beside them, further on every time."""
    async with await connect(url, "fleet-test") as conn:
        minute = 1
        while not stop.is_set():
            await events.append(conn, await desk_clock.tick(conn, at(minute)))
            await conn.commit()
            minute += 3
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_crowd(database_url: str, seed: int) -> None:
    async with await connect(database_url, "fleet-test") as conn:
        await build(conn, PEOPLE)
        cases = [
            await alert(conn, severity=RED if i % 2 else YELLOW, episode=at(i)) for i in range(6)
        ]
        await events.append(conn, await orders.open_orders(conn, cases, at(0)))
        await conn.commit()
        ids = [(r["id"], r["alert"]) for r in await rows(conn, "select id, alert from work_order")]
        await conn.commit()
        stop, done = asyncio.Event(), list[str]()
        ticking = asyncio.create_task(clock(database_url, stop))
        hands = [hand(database_url, who, ids, seed * 100 + i, done) for i, who in enumerate(HANDS)]
        try:
            await asyncio.gather(*hands)
        except errors.DeadlockDetected:
            pytest.fail("somebody took the locks in another order")
        finally:
            stop.set()
            await ticking
        assert len(done) > 20
        await consistent(conn)


async def consistent(conn: Connection) -> None:
    """What must hold of all orders at any moment."""
    for order in await rows(conn, "select * from work_order"):
        opened = await rows(
            conn,
            "select person from assignment where work_order = %(id)s and answer = ''",
            id=order["id"],
        )
        if order["status"] == "offered":
            assert [a["person"] for a in opened] == [order["lead"]]
        else:
            assert opened == []
        assert (order["lead"] is None) <= (order["status"] in {"unassigned", "closed"})
    seqs = await rows(conn, "select seq from event order by seq")
    assert [r["seq"] for r in seqs] == list(range(1, len(seqs) + 1)), "gapless"
    accepted = await one(
        conn, "select max(n) as n from (select count(*) as n from assignment"
        " where answer = 'accepted' group by work_order) x"
    )  # fmt: skip
    assert accepted["n"] == 1
