"""The transactional outbox: messages are rows, written with the decision that they tell.

Delivery is at least once with one key a message, so the receiver can tell a repetition; a row that
was cancelled is never sent later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb

from fleet.store.db import Connection, many, one, plain, queries, rows
from fleet.store.events import Event

SQL = queries("outbox")
CHANNEL = "fleet_outbox"  #: of NOTIFY
LEASE_S = 10.0
"""After this a message of a dead sender is free again."""
OLD_S = 60.0
"""A message that waits longer has not reached anybody: the command centre is told."""

RINGING = (
    "order.offered", "order.raised", "order.alarm", "notice", "alert",
    "fleet.alert.open", "fleet.alert.raise", "fleet.alert.release", "fleet.alert.unshelve",
    "fleet.order.offer", "fleet.order.escalate", "fleet.order.raise", "fleet.order.alarm",
)  # fmt: skip
"""Types of message that call for attention, and so end with an acknowledgement."""


UNTOLD = frozenset({"repeat", "undelivered"})
"""Events that make no webhook message: too many, and about the messages themselves."""


class Channel(StrEnum):
    MQTT = "mqtt"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one receiver. `body["type"]` says what it is."""

    key: str
    recipient: str  #: MQTT topic; empty for the one webhook
    body: Mapping[str, Any]
    alert: int | None = None
    work_order: int | None = None
    channel: Channel = Channel.MQTT


@dataclass(frozen=True, slots=True)
class Due:
    """A message under our lease."""

    id: int
    key: str
    recipient: str
    body: Mapping[str, Any]
    attempts: int  #: this one included
    age_s: float


async def put(conn: Connection, messages: Sequence[Message]) -> None:
    """Write the messages and hint to the sender. The same key twice is one message."""
    if not messages:
        return
    await many(conn, SQL["put"], [_row(m) for m in messages])
    await conn.execute(SQL["hint"], {"channel": CHANNEL})


async def cancel_alert(conn: Connection, alert: int, why: str) -> int:
    """Nothing queued for the alert rings any more, whoever it was for."""
    cursor = await conn.execute(
        SQL["cancel_alert"], {"alert": alert, "why": why, "types": list(RINGING)}
    )
    return cursor.rowcount


async def cancel_orders(conn: Connection, orders: Mapping[int, str]) -> None:
    """Nothing queued for these orders rings any more; says why for each."""
    types = list(RINGING)
    values = [{"order": o, "why": why, "types": types} for o, why in orders.items()]
    await many(conn, SQL["cancel_order"], values)


async def recall(conn: Connection, orders: Sequence[int]) -> frozenset[int]:
    """Those of the orders whose lead was told that it was over; a later end is told again."""
    keys = [f"order:{order}:ended" for order in orders]
    found = await rows(conn, SQL["recall"], keys=keys) if keys else []
    return frozenset(row["work_order"] for row in found)


async def prune(conn: Connection, ages_s: Mapping[str, float], most: int) -> int:
    """Delete up to so many messages that are done with, by state and age; keeps what belongs to
    an order still open.
    """
    states, ages = list(ages_s), list(ages_s.values())
    cursor = await conn.execute(SQL["prune"], {"states": states, "ages": ages, "most": most})
    return cursor.rowcount


async def claim(conn: Connection, channel: Channel, most: int, lease_s: float) -> list[Due]:
    """Take what is due under a lease; the caller commits before it sends."""
    found = await rows(conn, SQL["claim"], channel=channel, most=most, lease_s=lease_s)
    found.sort(key=lambda r: r["id"])
    now = (await one(conn, "select now() as now"))["now"]
    return [
        Due(
            r["id"], r["key"], r["recipient"], r["body"], r["attempts"],
            (now - r["created"]).total_seconds(),
        )
        for r in found
    ]  # fmt: skip


async def check(conn: Connection, due: Due) -> tuple[bool, bool]:
    """Just before sending: (still ours, still this receiver's affair)."""
    row = await one(conn, SQL["check"], id=due.id, attempts=due.attempts)
    return row["ours"], row["current"]


async def sent(conn: Connection, due: Due) -> None:
    await conn.execute(SQL["sent"], {"id": due.id})


async def again(conn: Connection, due: Due, wait_s: float, error: str) -> None:
    """Try again later."""
    await conn.execute(SQL["again"], _mine(due) | {"wait_s": wait_s, "error": error[:500]})


async def release(conn: Connection, due: Due) -> None:
    """Give the row back untried."""
    await conn.execute(SQL["release"], _mine(due))


async def fail(conn: Connection, due: Due, error: str) -> bool:
    """Give up; True if the row was still ours to give up."""
    cursor = await conn.execute(SQL["fail"], _mine(due) | {"error": error[:500]})
    return cursor.rowcount > 0


async def supersede(conn: Connection, due: Due, why: str) -> None:
    """Cancel a row that events have overtaken."""
    await conn.execute(SQL["supersede"], _mine(due) | {"why": why})


async def flag_undelivered(conn: Connection, old_s: float = OLD_S) -> list[Event]:
    """One event for every message to people or boats that has waited too long."""
    return [
        Event("undelivered", row["alert"], row["work_order"], detail=_undelivered(row))
        for row in await rows(conn, SQL["flag"], old_s=old_s)
    ]


def _undelivered(row: Mapping[str, Any]) -> dict[str, Any]:
    body = row["body"]
    return {"type": body["type"], "person": body.get("person"), "error": row["error"]}


async def counts(conn: Connection) -> list[dict[str, Any]]:
    """Rows by channel and state, for /metrics and the status page."""
    return await rows(conn, SQL["counts"])


async def tail(conn: Connection, most: int = 500) -> list[dict[str, Any]]:
    """The events that have no webhook message yet; moves the cursor past them.

    What would ring and was acknowledged meanwhile is left out, and so is what was born shelved or
    under a root: that nobody is to hear.
    """
    await conn.execute(SQL["begin"])
    cursor = await rows(conn, SQL["cursor"])
    if not cursor:
        return []  # another sender is at it
    found = await rows(conn, SQL["events"], seq=cursor[0]["seq"], most=most)
    if found:
        await conn.execute(SQL["advance"], {"seq": found[-1]["seq"]})
    told = [row for row in found if not row["overtaken"] and row["act"] not in UNTOLD]
    return [{k: v for k, v in row.items() if k != "overtaken"} for row in told]


def _mine(due: Due) -> dict[str, Any]:
    return {"id": due.id, "attempts": due.attempts}


def _row(m: Message) -> dict[str, Any]:
    return {
        "key": m.key, "channel": m.channel, "recipient": m.recipient, "alert": m.alert,
        "work_order": m.work_order, "body": Jsonb(plain(m.body)),
    }  # fmt: skip
