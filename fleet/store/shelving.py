"""Shelving an alert and bringing it back: the key falls silent, the order waits, and both return.

A shelf is for a key (`store.shelves`); what is done to one alert here is done to its key.
"""

from __future__ import annotations

from dataclasses import replace

from fleet.columns import to_datetime
from fleet.grid import escalation
from fleet.grid.answers import Actor, Invalid
from fleet.grid.lifecycle import WAITING
from fleet.grid.words import Reason
from fleet.model import DAY, Act
from fleet.store import people, shelves
from fleet.store.asking import and_write, reopening
from fleet.store.db import Connection
from fleet.store.dossier import Dossier, set_alert
from fleet.store.events import Event
from fleet.store.shelves import Ended

LONGEST, MEMBERS_LONGEST = 366 * DAY, DAY
"""What the command centre may silence, and what the lead of an order may till others look."""


async def shelve(
    conn: Connection, dossier: Dossier, now: int, actor: Actor, reason: str, until: int | None
) -> tuple[Dossier, list[Event]]:
    """Silence the alert's key until a time, or (None) as long as this occurrence lasts."""
    if not reason.strip():
        raise Invalid("reason", "say why")
    commander = actor.role == "commander"
    most, words = (LONGEST, "a year") if commander else (MEMBERS_LONGEST, "a day")
    if until is not None and not now < until <= now + most:
        raise Invalid("until", f"must lie in the future, at the most {words} away")
    at = None if until is None else to_datetime(until)
    dossier, event = await set_alert(
        conn, dossier, Act.SHELVE, now, actor, reason=reason, shelved_until=at
    )
    await shelves.put(conn, dossier.alert, now, until, reason, actor.account)
    order = dossier.order
    if order is None or order.status not in WAITING:
        return dossier, [event]
    step = escalation.hold(dossier.desk(await people.roster(conn, now), now), order, Reason.SHELVED)
    return await and_write(conn, dossier, step, now, actor, event)


async def unshelve(
    conn: Connection, dossier: Dossier, now: int, why: Ended, actor: Actor | None = None
) -> tuple[Dossier, list[Event]]:
    """The silence ends, by hand, by its time, or because it became worse: whoever is on duty now
    is asked afresh; what was born shelved gets its order now.
    """
    dossier, event = await set_alert(conn, dossier, Act.UNSHELVE, now, actor)
    event = replace(event, reason=str(why))
    if why != Ended.EXPIRED:
        by = actor.account if actor else None
        await shelves.end(conn, dossier.alert, now, why, by)
    order = dossier.order
    if order is None:
        step = await reopening(conn, dossier, now)
    elif order.status in WAITING:
        step = escalation.resume(dossier.desk(await people.roster(conn, now), now), order)
    else:
        step = None
    return await and_write(conn, dossier, step, now, actor, event)
