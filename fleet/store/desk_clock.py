"""What time alone brings about at the desk: deadlines, ended silences, calls that ring again.

Invariant: every time that counts is in the rows, so a restart forgets none; each part is safe to
run again, locks alert before order, and one bad row stops no other. Events are returned, the
caller appends them last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import psycopg
import structlog

from fleet.alerts.policy import PATIENCE
from fleet.columns import to_datetime
from fleet.grid import escalation
from fleet.grid.lifecycle import WORKING, OrderStatus
from fleet.grid.order import Order, Step
from fleet.grid.policy import default
from fleet.grid.roster import Roster
from fleet.grid.words import Reason
from fleet.model import Act, Case, Severity, Status
from fleet.store import people, shelves
from fleet.store.alerts import CALLS_AGAIN
from fleet.store.db import Connection, queries, rows, savepoint
from fleet.store.dossier import Dossier, lock, set_alert, write_all
from fleet.store.events import Event
from fleet.store.orders import busier, open_orders
from fleet.store.shelves import Ended
from fleet.store.shelving import unshelve

SQL = queries("orders")
LOG = structlog.get_logger("fleet.orders")
MOST = 200
"""Orders that one tick looks at; the next one follows within a second."""
RED_BENEATH = "red_beneath"
"""The reason of an outage that becomes as grave as what it explains."""
WOKEN = {"acknowledged": None, "closed": None, "verdict": None}
ROOT_CLOSED = "root_closed"
"""The reason of what comes up because people ended what explained it."""


async def tick(conn: Connection, now: int) -> list[Event]:
    """What is due now; at most `MOST` of a kind, the rest a second later."""
    await shelves.sweep(conn, now)
    kinds, waits = _intervals(default().rings_again)
    due = await rows(conn, SQL["due"], now=to_datetime(now), most=MOST, kinds=kinds, waits=waits)
    ids, happened = sorted(r["id"] for r in due), []
    if ids:
        roster = await people.roster(conn, now)
        happened = await _apart(conn, ids, lambda part: _due(conn, part, roster, now))
    happened += await _graver(conn, now)
    happened += await _calling(conn, now)
    kinds, waits = _intervals(default().orphaned)
    alone = await rows(
        conn, SQL["orphans"], now=to_datetime(now), most=MOST, kinds=kinds, waits=waits,
        passed=timedelta(microseconds=PATIENCE),
    )  # fmt: skip
    ids = sorted(r["id"] for r in alone)
    return happened + await _apart(conn, ids, lambda part: _orphans(conn, part, now))


async def _graver(conn: Connection, now: int) -> list[Event]:
    """An outage with boats in red beneath it is red: hundreds are told as one, not never."""
    found = await rows(conn, SQL["grave"], most=MOST)
    return await _apart(conn, [r["id"] for r in found], lambda part: _raise(conn, part, now))


async def _raise(conn: Connection, alerts: Sequence[int], now: int) -> list[Event]:
    events = []
    for root in (await lock(conn, alerts, wait=False)).values():
        _, event = await set_alert(
            conn, root, Act.RAISE, now, reason=RED_BENEATH, severity=int(Severity.EMERGENCY),
            acknowledged=None,
        )  # fmt: skip
        events.append(event)
    return events


async def _calling(conn: Connection, now: int) -> list[Event]:
    """Who called again after people had ended the call is looked at again, though silent now."""
    kinds, waits = _intervals(default().calls_again)
    found = await rows(
        conn, SQL["called"], now=to_datetime(now), most=MOST, kinds=kinds, waits=waits
    )
    return await _apart(conn, [r["id"] for r in found], lambda part: _called(conn, part, now))


async def _called(conn: Connection, alerts: Sequence[int], now: int) -> list[Event]:
    events: list[Event] = []
    cases: list[Case] = []
    for call in (await lock(conn, alerts, wait=False)).values():
        count = call.alert["occurrences"] + 1
        dossier, event = await set_alert(
            conn, call, Act.RAISE, now, reason=CALLS_AGAIN, occurrences=count, **WOKEN
        )
        events.append(event)
        cases.append(dossier.case)
    return events + await open_orders(conn, cases, now)


def _intervals(minutes: Mapping[str, int]) -> tuple[list[str], list[timedelta]]:
    return list(minutes), [timedelta(microseconds=t) for t in minutes.values()]


async def _orphans(conn: Connection, alerts: Sequence[int], now: int) -> list[Event]:
    """What a root explained that people have ended: still true, so it comes up by itself."""
    dossiers = await lock(conn, alerts, wait=False)
    silent = await shelves.of(conn, (d.key for d in dossiers.values()), now)
    events: list[Event] = []
    cases: list[Case] = []
    for child in dossiers.values():
        root = child.case.parent
        dossier, event = await set_alert(
            conn, child, Act.RELEASE, now, reason=ROOT_CLOSED, parent=None
        )
        events.append(replace(event, detail={"root": root}))
        shelf = silent.get(shelves.subject(child.key))
        if shelf and shelf.silences(child.case.severity):
            quiet = await set_alert(
                conn, dossier, Act.SHELVE, now, reason=shelf.reason, shelved_until=shelf.until
            )
            events.append(quiet[1])
        cases.append(replace(child.case, parent=None))
    return events + await open_orders(conn, cases, now)


async def _apart(
    conn: Connection, alerts: Sequence[int], work: Callable[[Sequence[int]], Awaitable[list[Event]]]
) -> list[Event]:
    """All of these in one go; should one refuse, it alone is left aside, and said."""
    if not alerts:
        return []
    try:
        async with savepoint(conn):
            return await work(alerts)
    except Exception as error:
        if not its_own_fault(error):
            raise
        if len(alerts) == 1:
            LOG.error("alert left aside", alert=alerts[0], error=repr(error)[:500])  # noqa: TRY400 - each second
            return []
    half = len(alerts) // 2
    parts = (alerts[:half], alerts[half:])
    return [e for part in parts for e in await _apart(conn, part, work)]


def its_own_fault(error: Exception) -> bool:
    """What is in the rows, not a database that is away, busy or not as it should be."""
    bad = psycopg.DataError | psycopg.IntegrityError
    return isinstance(error, bad) or not isinstance(error, psycopg.Error | OSError)


async def _due(conn: Connection, alerts: Sequence[int], roster: Roster, now: int) -> list[Event]:
    """What time brings about for these."""
    dossiers = await lock(conn, alerts, wait=False)
    events: list[Event] = []
    decided: list[tuple[Dossier, Step]] = []
    for before in dossiers.values():
        dossier, more = await _alert_due(conn, before, now)
        events += more
        step = _order_due(before, dossier, roster, now)
        if step is not None:
            decided.append((dossier, step))
            roster = busier(roster, dossier, step, now)
    return events + [e for _, more in await write_all(conn, decided, now) for e in more]


async def _alert_due(conn: Connection, dossier: Dossier, now: int) -> tuple[Dossier, list[Event]]:
    """A silence that is over; a call that nobody has ended; a red alert that passed after a person
    had closed its order. `due` has found it, so what it is says why.
    """
    if dossier.status == Status.SHELVED:
        red = dossier.case.severity == Severity.EMERGENCY
        return await unshelve(conn, dossier, now, Ended.WORSE if red else Ended.EXPIRED)
    if dossier.status != Status.ACKNOWLEDGED:
        return dossier, []
    if dossier.alert["cleared"] is not None and _closed(dossier.order):
        outcome = dossier.order.outcome if dossier.order else ""
        after, event = await set_alert(conn, dossier, Act.CLOSE, now, reason=outcome)
        return after, [event]
    if not _rings_again(dossier, now):
        return dossier, []
    count = dossier.alert["occurrences"] + 1
    after, event = await set_alert(
        conn, dossier, Act.RAISE, now, reason=Reason.STILL_OPEN, acknowledged=None,
        occurrences=count,
    )  # fmt: skip
    return after, [event]


def _closed(order: Order | None) -> bool:
    return order is not None and order.status == OrderStatus.CLOSED


def _rings_again(dossier: Dossier, now: int) -> bool:
    """Whether it was acknowledged so long ago that it rings afresh."""
    wait, at = default().rings_again.get(dossier.case.kind), dossier.alert["acknowledged"]
    return wait is not None and at is not None and at <= to_datetime(now - wait)


def _order_due(before: Dossier, dossier: Dossier, roster: Roster, now: int) -> Step | None:
    """What the clock demands of the order, of which `before` is what was found; nothing while the
    alert was shelved: whoever ended that has seen to the order.
    """
    order = dossier.order
    if order is None or Status.SHELVED in (before.status, dossier.status):
        return None
    desk = dossier.desk(roster, now)
    if order.status == OrderStatus.VOID and dossier.status == Status.ACTIVE:
        return escalation.reopen(desk, order)
    step = _gone(dossier, order, now) or escalation.due(desk, order)
    again = (before.status, dossier.status) == (Status.ACKNOWLEDGED, Status.ACTIVE)
    return escalation.ring_again(desk, order) if step is None and again else step


def _gone(dossier: Dossier, order: Order, now: int) -> Step | None:
    """What an alert that went away does to its order."""
    reasons = {
        Status.RETRACTED: Reason.RETRACTED,
        Status.SUPPRESSED: Reason.SUPPRESSED,
        Status.CLOSED: Reason.ALERT_ENDED,
        Status.INVALID: Reason.ALERT_ENDED,
    }
    reason = reasons.get(dossier.status)
    if reason is None or (order.status in WORKING and reason != Reason.RETRACTED):
        return None
    return escalation.end(order, reason, now)
