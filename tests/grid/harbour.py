"""The same small port in a real database, and short words for what its people do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import shapely

from fleet.columns import to_datetime
from fleet.grid.answers import Actor
from fleet.grid.order import Order
from fleet.model import MINUTE, Case, Severity
from fleet.store import desk_clock, events, orders
from fleet.store.db import Connection, one, rows
from fleet.store.events import Event
from tests.grid.port import GRID, GRIDS, ID, IN_03, LEADERS, NAME, T0, YELLOW, duty

COMMANDER = Actor(900, None, "commander")


async def build(conn: Connection, people: str, start: int = T0, hours: int = 24) -> None:
    """The port with these people on duty for a day around `start`."""
    for name, person in ID.items():
        await conn.execute(
            "insert into person (id, code, name) values (%s, %s, %s)", (person, name, name)
        )
    for code, grid in GRID.items():
        leader = ID.get(LEADERS[code] or "")
        shape = shapely.to_geojson(GRIDS[grid].shape)
        await conn.execute(
            "insert into sea_grid (id, code, name, leader, geometry) values (%s, %s, %s, %s, %s)",
            (grid, code, f"网格 {code}", leader, shape),
        )
    await conn.execute("insert into vessel (id, name, home_grid) values (7, '琼三亚渔07007', 3)")
    await conn.execute(
        "insert into vessel_identity (kind, value, vessel) values ('terminal', 'BD-0007', 7)"
    )
    await shift(conn, people, start, hours)


async def shift(conn: Connection, people: str, start: int, hours: int = 24) -> None:
    """These people, and nobody else, are on duty from `start` on."""
    await conn.execute("delete from duty_shift")
    for d in [duty(part) for part in people.split(",") if part.strip()]:
        if d.level == 1:
            await conn.execute(
                "insert into grid_member values (%s, %s, %s) on conflict do nothing",
                (d.grid, d.person, d.rank),
            )
        begin = to_datetime(start) - timedelta(hours=1)
        await conn.execute(
            "insert into duty_shift (person, grid, level, starts, ends) values (%s,%s,%s,%s,%s)",
            (d.person, d.grid, d.level, begin, begin + timedelta(hours=hours + 1)),
        )


async def alert(
    conn: Connection,
    kind: str = "speed",
    severity: Severity = YELLOW,
    at: tuple[float, float] = IN_03,
    episode: int = T0,
) -> Case:
    """An alert as the worker would have stored it."""
    row = await one(
        conn,
        """insert into alert (kind, vessel, episode, severity, status, opened, last_seen, lon, lat)
           values (%(kind)s, 7, %(t)s, %(severity)s, 'active', %(t)s, %(t)s, %(lon)s, %(lat)s)
           returning id""",
        kind=kind,
        severity=severity,
        t=to_datetime(episode),
        lon=at[0],
        lat=at[1],
    )
    return Case(row["id"], kind, 7, severity, *at, GRID["03"])


async def engine(conn: Connection, case: Case, **columns: Any) -> None:
    """What the worker's engine writes to an alert."""
    for name, value in columns.items():
        await conn.execute(f"update alert set {name} = %s where id = %s", (value, case.alert))  # noqa: S608


@dataclass
class Day:
    """One alert, its order and everybody's acts at given minutes."""

    conn: Connection
    case: Case
    log: list[Event] = field(default_factory=list)

    async def _keep(self, found: list[Event]) -> list[str]:
        await events.append(self.conn, found)
        self.log += found
        return [f"{e.act}" + ("" if e.work_order else " alert") for e in found]

    async def open(self, minute: float = 0) -> list[str]:
        return await self._keep(await orders.open_orders(self.conn, [self.case], at(minute)))

    async def tick(self, minute: float) -> list[str]:
        return await self._keep(await desk_clock.tick(self.conn, at(minute)))

    async def does(self, who: str, act: str, minute: float = 1, **fields: Any) -> list[str]:
        """A member (by name) or "commander" acts on the order."""
        order = await self.order()
        _, found = await orders.act(
            self.conn, order["id"], act, actor(who), now=at(minute), **fields
        )
        return await self._keep(found)

    async def alerts(self, who: str, act: str, minute: float = 1, **fields: Any) -> list[str]:
        """The same on the alert."""
        _, found = await orders.on_alert(
            self.conn, self.case.alert, act, actor(who), now=at(minute), **fields
        )
        return await self._keep(found)

    async def verdict(self, who: str, said: str, minute: float = 1, **fields: Any) -> list[str]:
        _, found = await orders.verdict(
            self.conn, self.case.alert, said, actor(who), now=at(minute), **fields
        )
        return await self._keep(found)

    async def order(self) -> dict[str, Any]:
        row = await one(
            self.conn, "select * from work_order where alert = %(a)s", a=self.case.alert
        )
        return row | {"lead": NAME.get(row["lead"])}

    async def alert(self) -> dict[str, Any]:
        return await one(self.conn, "select * from alert where id = %(a)s", a=self.case.alert)

    async def outbox(self, state: str = "queued") -> list[str]:
        found = await rows(
            self.conn,
            "select recipient, body->>'type' as type from outbox where state = %(s)s order by id",
            s=state,
        )
        return [f"{r['recipient'].removeprefix('fleet/v1/notify/')} {r['type']}" for r in found]

    async def asked(self) -> list[str]:
        found = await rows(self.conn, "select person, answer from assignment order by id")
        return [f"{NAME[r['person']]} {r['answer']}".strip() for r in found]


def at(minute: float) -> int:
    return T0 + round(minute * MINUTE)


def actor(who: str) -> Actor:
    if who == "commander":
        return COMMANDER
    if who == "chief":
        return Actor(901, ID["qian"], "commander")
    return Actor(ID[who], ID[who], "member")


async def day(conn: Connection, people: str, **columns: Any) -> Day:
    """The port, one alert, its order opened."""
    await build(conn, people)
    made = Day(conn, await alert(conn, **columns))
    await made.open()
    return made


def leads(order: Order) -> str | None:
    return None if order.lead is None else NAME[order.lead]
