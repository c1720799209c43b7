"""Work orders in the database: opened for alerts, moved by people, watched by the clock.

Every function locks alert before order, is safe to run again, and returns its events: the caller
appends them last and commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import structlog

from fleet.columns import to_datetime
from fleet.grid import answers, escalation
from fleet.grid.answers import Actor, Invalid
from fleet.grid.closing import LIVING, unsaid
from fleet.grid.lifecycle import OPEN, WORKING, NotAllowed, OrderAct, OrderStatus, Outcome
from fleet.grid.order import Order, Step
from fleet.grid.policy import default
from fleet.grid.roster import Roster
from fleet.grid.words import Reason
from fleet.model import Act, Case, Status
from fleet.store import alert_acts, notices, outbox, people
from fleet.store.alert_acts import NotFoundError, StaleError, on_alert, verdict
from fleet.store.db import Connection, many, queries, rows, savepoint
from fleet.store.dossier import Dossier, lock, set_alert, write, write_all
from fleet.store.events import Event

__all__ = [
    "Actor", "NotFoundError", "OrderAct", "StaleError", "act", "on_alert", "open_orders", "tick",
    "verdict",
]  # fmt: skip

SQL = queries("orders")
LOG = structlog.get_logger("fleet.orders")
MOST = 200
"""Orders that one tick looks at; the next one follows within a second."""


async def open_orders(conn: Connection, cases: Sequence[Case], now: int) -> list[Event]:
    """Orders for newly opened and raised cases, and word to the boats themselves."""
    if not cases:
        return []
    latest = {case.alert: case for case in cases}
    found = await lock(conn, latest)
    roster = await people.roster(conn, now)
    dossiers = await _located(
        conn, [replace(found[a], case=latest[a]) for a in sorted(found)], roster
    )
    informed = await outbox.recall(conn, [d.order.id for d in dossiers if d.order])
    events: list[Event] = []
    decided: list[tuple[Dossier, Step]] = []
    for each in dossiers:
        dossier, early = await _awake(conn, each, now)
        events += early
        step = _opening(dossier, roster, now, informed)
        if step is not None:
            decided.append((dossier, step))
            roster = _busier(roster, dossier, step, now)
    events += [e for _, more in await write_all(conn, decided, now) for e in more]
    await _tell_boats(conn, dossiers, now)
    return events


async def _awake(conn: Connection, dossier: Dossier, now: int) -> tuple[Dossier, list[Event]]:
    """A shelved alert that became worse, order or none, is shelved no longer."""
    if dossier.status == Status.SHELVED:
        return await alert_acts.unshelve(conn, dossier, now)
    return dossier, []


def _opening(dossier: Dossier, roster: Roster, now: int, informed: Collection[int]) -> Step | None:
    """Open, raise or reopen the order of one case, where one is due. `informed` are the orders
    whose lead was told that it was over.
    """
    case, order = dossier.case, dossier.order
    if case.kind in default().no_order or not alert_acts.rings(dossier, case.severity):
        return None
    desk = dossier.desk(roster, now)
    if order is None:
        return escalation.open_order(desk, Order(case.alert, case.severity, now))
    worse = case.severity > order.severity
    if worse and order.status in OPEN:
        return escalation.worsen(desk, order, case.severity)
    if order.status in WORKING:
        return escalation.go_on(order) if order.id in informed else None
    rings = worse or dossier.status == Status.ACTIVE
    if order.status == OrderStatus.VOID or (rings and order.status == OrderStatus.CLOSED):
        return escalation.reopen(desk, order)
    return None


async def tick(conn: Connection, now: int) -> list[Event]:
    """What time alone brings about: deadlines, ended shelvings, alerts that went away."""
    due = await rows(conn, SQL["due"], now=to_datetime(now), most=MOST)
    if not due:
        return []
    return await _apart(conn, sorted(r["id"] for r in due), await people.roster(conn, now), now)


async def _apart(conn: Connection, alerts: Sequence[int], roster: Roster, now: int) -> list[Event]:
    """All of these in one go; should one refuse, it alone is left aside, and said."""
    try:
        async with savepoint(conn):
            return await _due(conn, alerts, roster, now)
    except Exception as error:
        if not its_own_fault(error):
            raise
        if len(alerts) == 1:
            LOG.error("alert left aside", alert=alerts[0], error=repr(error)[:500])  # noqa: TRY400 - each second
            return []
    half = len(alerts) // 2
    parts = (alerts[:half], alerts[half:])
    return [e for part in parts for e in await _apart(conn, part, roster, now)]


def its_own_fault(error: Exception) -> bool:
    """What is in the rows, not a database that is away, busy or not as it should be."""
    bad = psycopg.DataError | psycopg.IntegrityError
    return isinstance(error, bad) or not isinstance(error, psycopg.Error | OSError)


async def _due(conn: Connection, alerts: Sequence[int], roster: Roster, now: int) -> list[Event]:
    """What time brings about for these."""
    dossiers = await lock(conn, alerts, wait=False)
    events: list[Event] = []
    decided: list[tuple[Dossier, Step]] = []
    for dossier in dossiers.values():
        events += await _alert_due(conn, dossier, now)
        step = _order_due(dossier, roster, now)
        if step is not None:
            decided.append((dossier, step))
            roster = _busier(roster, dossier, step, now)
    return events + [e for _, more in await write_all(conn, decided, now) for e in more]


async def _alert_due(conn: Connection, dossier: Dossier, now: int) -> list[Event]:
    """A shelving that is over; a red alert that passed after a person had closed its order."""
    until, order = dossier.alert["shelved_until"], dossier.order
    if dossier.status == Status.SHELVED and until is not None and until <= to_datetime(now):
        return (await alert_acts.unshelve(conn, dossier, now))[1]
    passed = dossier.status == Status.ACKNOWLEDGED and dossier.alert["cleared"] is not None
    if passed and order is not None and order.status == OrderStatus.CLOSED:
        return [(await set_alert(conn, dossier, Act.CLOSE, now, reason=order.outcome))[1]]
    return []


def _order_due(dossier: Dossier, roster: Roster, now: int) -> Step | None:
    """What the clock demands of the order; nothing while the alert is shelved."""
    order = dossier.order
    if order is None or dossier.status == Status.SHELVED:
        return None
    desk = dossier.desk(roster, now)
    if order.status == OrderStatus.VOID and dossier.status == Status.ACTIVE:
        return escalation.reopen(desk, order)
    return _gone(dossier, order, now) or escalation.due(desk, order)


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


@dataclass(frozen=True, slots=True)
class Request:
    """What a person wants done to an order."""

    act: OrderAct
    reason: str
    note: str
    person: int | None
    step: str
    outcome: str


async def act(
    conn: Connection,
    order: int,
    act: OrderAct | str,
    actor: Actor,
    *,
    now: int | None = None,
    version: int | None = None,
    **fields: Any,
) -> tuple[Order, list[Event]]:
    """Accept, decline, progress, reassign, handover or close; `fields` as in Request."""
    now = await alert_acts.clock(conn) if now is None else now
    blank: Mapping[str, Any] = {"reason": "", "note": "", "person": None, "step": "", "outcome": ""}
    asked = Request(OrderAct(act), **{**blank, **fields})
    dossier = await _of_order(conn, order)
    present = _order(dossier)
    if _again(present, asked, actor):
        return present, []
    alert_acts.fresh(version, present.version)
    roster = await people.roster(conn, now)
    step = await _step(conn, dossier, roster, asked, actor, now)
    dossier, events = await write(conn, dossier, step, now, actor)
    dossier, more = await _alert_side(conn, dossier, asked, actor, now)
    return _order(dossier), [*events, *more]


async def _step(
    conn: Connection, dossier: Dossier, roster: Roster, asked: Request, actor: Actor, now: int
) -> Step:
    order, desk = _order(dossier), dossier.desk(roster, now)
    if asked.act == OrderAct.ACCEPT and order.status in WORKING:
        raise NotAllowed(order.status, asked.act, await _who(conn, order))
    answers.permit(order, asked.act, actor, desk)
    match asked.act:
        case OrderAct.ACCEPT:
            return answers.accept(order, actor.person or 0, now)
        case OrderAct.DECLINE:
            if not asked.reason.strip():
                raise Invalid("reason", "say why")
            return escalation.decline(desk, order, asked.reason)
        case OrderAct.PROGRESS:
            return answers.progress(order, asked.step, asked.note)
        case OrderAct.REASSIGN | OrderAct.HANDOVER:
            person = await _known(conn, asked.person)
            return answers.pass_on(desk, order, asked.act, person, asked.reason)
        case OrderAct.CLOSE:
            if field := unsaid(dossier.case.severity, asked.outcome, asked.note):
                raise Invalid(field, "a red alert ends by a person's outcome and words")
            return answers.close(order, asked.outcome, asked.note, now)
        case other:
            raise NotAllowed(order.status, other, "the service does that")


async def _alert_side(
    conn: Connection, dossier: Dossier, asked: Request, actor: Actor, now: int
) -> tuple[Dossier, list[Event]]:
    """An acceptance acknowledges the alert; an outcome may end it."""
    if asked.act == OrderAct.ACCEPT:
        return await alert_acts.accepted(conn, dossier, now, actor)
    if asked.act == OrderAct.CLOSE:
        return await alert_acts.settle(conn, dossier, Outcome(asked.outcome), now, actor)
    return dossier, []


def _again(order: Order, asked: Request, actor: Actor) -> bool:
    """A second tap, or a request repeated after its answer was lost: nothing is left to do."""
    if asked.act == OrderAct.ACCEPT:
        mine = actor.person is not None and order.lead == actor.person
        return mine and order.status in WORKING
    closed = order.status == OrderStatus.CLOSED
    return asked.act == OrderAct.CLOSE and closed and order.outcome == asked.outcome


async def _of_order(conn: Connection, order: int) -> Dossier:
    found = await rows(conn, SQL["alert_of"], id=order)
    if not found:
        raise NotFoundError(f"no order {order}")
    return await alert_acts.one_dossier(conn, found[0]["alert"])


def _order(dossier: Dossier) -> Order:
    if dossier.order is None:
        raise NotFoundError(f"alert {dossier.case.alert} has no order")
    return dossier.order


async def _known(conn: Connection, person: int | None) -> int:
    """The person named, if there is such a one who still serves."""
    found = {} if person is None else await people.contacts(conn, [person])
    if person is None or person not in found or not found[person].active:
        raise Invalid("person", "nobody of that number serves here")
    return person


async def _who(conn: Connection, order: Order) -> str:
    found = await people.contacts(conn, [order.lead or 0])
    return " ".join(f"{c.name} has it" for c in found.values())


def _busier(roster: Roster, before: Dossier, step: Step, now: int) -> Roster:
    """The roster with one more order for whoever has just been asked."""
    lead = step.order.lead
    if lead is None or (before.order is not None and before.order.lead == lead):
        return roster
    return roster.busier(lead, now)


async def _located(conn: Connection, dossiers: Sequence[Dossier], roster: Roster) -> list[Dossier]:
    """Each alert knows its sea grid from the first look on."""
    found = {
        d.case.alert: grids[0]
        for d in dossiers
        if d.alert["grid"] is None and (grids := roster.at(d.case.lon, d.case.lat))
    }
    await many(conn, SQL["locate_alert"], [{"id": a, "grid": g} for a, g in found.items()])
    return [
        replace(d, alert={**d.alert, "grid": found.get(d.case.alert, d.alert["grid"])})
        for d in dossiers
    ]


async def _tell_boats(conn: Connection, dossiers: Sequence[Dossier], now: int) -> None:
    """What concerns the boat directly goes to its own terminals too, at every severity."""
    told = [
        d
        for d in dossiers
        if d.case.kind in default().tell_captain and d.status in LIVING and d.case.parent is None
    ]
    aboard = await people.terminals(conn, {d.case.vessel for d in told}, now) if told else {}
    messages = [notices.to_boat(d.case, aboard.get(d.case.vessel, [])) for d in told]
    await outbox.put(conn, [m for each in messages for m in each])
