"""Work orders in the database: opened for alerts, moved by people (by the clock: `desk_clock`).

Every function locks alert before order, is safe to run again, and returns its events: the caller
appends them last and commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fleet.grid import answers, escalation
from fleet.grid.answers import Actor, Invalid
from fleet.grid.closing import unsaid
from fleet.grid.lifecycle import OPEN, WORKING, NotAllowed, OrderAct, OrderStatus, Outcome
from fleet.grid.order import Order, Step
from fleet.grid.policy import default
from fleet.grid.roster import Roster
from fleet.model import Case, Severity, Status
from fleet.store import alert_acts, notices, outbox, people, shelves
from fleet.store.alert_acts import NotFoundError, StaleError, end_shelf, on_alert, verdict
from fleet.store.asking import rings
from fleet.store.db import Connection, many, queries, rows
from fleet.store.dossier import Dossier, lock, write, write_all
from fleet.store.events import Event
from fleet.store.shelves import Ended
from fleet.store.shelving import unshelve

__all__ = [
    "Actor", "NotFoundError", "OrderAct", "StaleError", "act", "end_shelf", "on_alert",
    "open_orders", "verdict",
]  # fmt: skip

SQL = queries("orders")


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
    dossiers, events = await _awake(conn, dossiers, now)
    decided: list[tuple[Dossier, Step]] = []
    for dossier in dossiers:
        step = _opening(dossier, roster, now, informed)
        if step is not None:
            decided.append((dossier, step))
            roster = busier(roster, dossier, step, now)
    events += [e for _, more in await write_all(conn, decided, now) for e in more]
    await _tell_boats(conn, dossiers, now)
    return events


async def _awake(
    conn: Connection, dossiers: Sequence[Dossier], now: int
) -> tuple[list[Dossier], list[Event]]:
    """A shelved alert that is worse than what was silenced, order or none, is shelved no longer."""
    keys = [d.key for d in dossiers if d.status == Status.SHELVED]
    silent = await shelves.of(conn, keys, now)
    after: list[Dossier] = []
    events: list[Event] = []
    for each in dossiers:
        dossier, shelf = each, silent.get(shelves.subject(each.key))
        worse = shelf is None or not shelf.silences(each.case.severity)
        if each.status == Status.SHELVED and worse:
            dossier, more = await unshelve(conn, each, now, Ended.WORSE)
            events += more
        after.append(dossier)
    return after, events


def _opening(dossier: Dossier, roster: Roster, now: int, informed: Collection[int]) -> Step | None:
    """Open, raise or reopen the order of one case, where one is due. `informed` are the orders
    whose lead was told that it was over.
    """
    case, order = dossier.case, dossier.order
    if case.kind in default().no_order or not rings(dossier, case.severity):
        return None
    desk = dossier.desk(roster, now)
    if order is None:
        return escalation.open_order(desk, Order(case.alert, case.severity, now))
    worse = case.severity > order.severity
    if worse and order.status in OPEN:
        return escalation.worsen(desk, order, case.severity)
    if order.status in WORKING:
        return escalation.go_on(order) if order.id in informed else None
    afresh = worse or dossier.status == Status.ACTIVE
    if order.status == OrderStatus.VOID or (afresh and order.status == OrderStatus.CLOSED):
        return escalation.reopen(desk, order)
    return None


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


def busier(roster: Roster, before: Dossier, step: Step, now: int) -> Roster:
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
        d for d in dossiers if d.case.kind in default().tell_captain and rings(d, Severity.WARNING)
    ]
    aboard = await people.terminals(conn, {d.case.vessel for d in told}, now) if told else {}
    messages = [notices.to_boat(d.case, aboard.get(d.case.vessel, [])) for d in told]
    await outbox.put(conn, [m for each in messages for m in each])
