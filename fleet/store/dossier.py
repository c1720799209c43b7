"""One alert with its order and everybody who was asked: locked, decided about, written back.

Locks are taken alert before order, in the order of ids, by everybody; events are returned, never
appended here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from fleet.alerts import lifecycle
from fleet.columns import from_datetime, to_datetime
from fleet.grid.answers import Actor
from fleet.grid.lifecycle import OrderAct, OrderStatus
from fleet.grid.order import Asked, Desk, Done, Order, Step
from fleet.grid.policy import Basis, Rung, default
from fleet.grid.roster import Roster
from fleet.model import Act, Case, Key, Severity, Status
from fleet.store import notices, outbox, people
from fleet.store.db import Connection, many, one, plain, queries, rows
from fleet.store.events import Event
from fleet.store.people import Contact

SQL = queries("orders")
TIMES = ("created", "accept_by", "accepted", "closed")
ASKING = (OrderAct.OFFER, OrderAct.ESCALATE, OrderAct.REASSIGN, OrderAct.HANDOVER)
"""Acts that ask somebody: the history names whom."""
OF_THE_SERVICE = (OrderAct.OFFER, OrderAct.ESCALATE)
"""Acts that are the service's own choice, whoever's answer was the occasion."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is locked: the alert's row, the order if there is one, the people asked."""

    alert: Mapping[str, Any]
    case: Case
    order: Order | None
    asked: tuple[Asked, ...]

    @property
    def status(self) -> Status:
        return Status(self.alert["status"])

    @property
    def key(self) -> Key:
        """What people silence: the episode is no part of it."""
        return self.alert["kind"], self.alert["vessel"], self.alert["other"], 0

    def desk(self, roster: Roster, now: int) -> Desk:
        cleared = self.alert["cleared"] is not None
        return Desk(self.case, roster, default(), now, self.asked, cleared)


async def lock(
    conn: Connection, alerts: Collection[int], *, wait: bool = True
) -> dict[int, Dossier]:
    """Lock alerts and their orders; without `wait`, only what nobody else holds."""
    ids = sorted(set(alerts))
    if not wait:
        ids = [row["id"] for row in await rows(conn, SQL["free_alerts"], alerts=ids)]
    found = await rows(conn, SQL["lock_alerts"], alerts=ids)
    ids = [row["id"] for row in found]
    orders = {o["alert"]: o for o in await rows(conn, SQL["lock_orders"], alerts=ids)}
    asked: dict[int, list[Asked]] = {}
    for row in await rows(conn, SQL["assignments"], alerts=ids):
        asked.setdefault(row["work_order"], []).append(Asked(row["person"], row["answer"]))
    return {row["id"]: _dossier(row, orders.get(row["id"]), asked) for row in found}


def _dossier(
    alert: dict[str, Any], order: dict[str, Any] | None, asked: Mapping[int, list[Asked]]
) -> Dossier:
    case = Case(
        alert["id"], alert["kind"], alert["vessel"], Severity(alert["severity"]), alert["lon"],
        alert["lat"], alert["home_grid"], alert["parent"],
    )  # fmt: skip
    if order is None:
        return Dossier(alert, case, None, ())
    return Dossier(alert, case, order_of(order), tuple(asked.get(order["id"], ())))


def order_of(row: Mapping[str, Any]) -> Order:
    """A row of work_order as the record that decisions are made about."""
    values = {f.name: row[f.name] for f in fields(Order)}
    values |= {k: from_datetime(row[k]) if row[k] is not None else None for k in TIMES}
    values |= {
        "status": OrderStatus(row["status"]),
        "severity": Severity(row["severity"]),
        "basis": Basis(row["basis"] or Basis.NONE),
        "step": Rung(row["step"]),
    }
    return Order(**values)


async def write(
    conn: Connection, dossier: Dossier, step: Step, now: int, actor: Actor | None = None
) -> tuple[Dossier, list[Event]]:
    """Store one step."""
    ((after, events),) = await write_all(conn, [(dossier, step)], now, actor)
    return after, events


async def write_all(
    conn: Connection,
    decided: Sequence[tuple[Dossier, Step]],
    now: int,
    actor: Actor | None = None,
) -> list[tuple[Dossier, list[Event]]]:
    """Store steps with their assignments and messages; what was rung for before stops ringing.

    A handful of round trips, however many steps there are.
    """
    saved = await _save(conn, decided)
    await _assign(conn, saved, now)
    leads = {o.lead for d, s in saved for o in (d.order, s.order) if o and o.lead is not None}
    contacts = await people.contacts(conn, leads) if leads else {}
    by = actor.person if actor else None
    await outbox.cancel_orders(conn, _silenced(saved))
    await outbox.put(
        conn,
        [
            message
            for d, s in saved
            for message in notices.of_step(d.case, d.alert["vessel_name"], d.order, s, contacts, by)
        ],
    )
    return [
        (
            replace(d, order=s.order, asked=_asked(d.asked, s)),
            [_event(d, s, done, actor, contacts) for done in s.done],
        )
        for d, s in saved
    ]


def _silenced(saved: Sequence[tuple[Dossier, Step]]) -> dict[int, str]:
    """Orders whose lead or status changed, and by what act: the old messages are not for now."""
    return {
        s.order.id: s.done[-1].act
        for d, s in saved
        if d.order is not None and (d.order.lead, d.order.status) != (s.order.lead, s.order.status)
    }


async def _save(
    conn: Connection, decided: Sequence[tuple[Dossier, Step]]
) -> list[tuple[Dossier, Step]]:
    """The rows of work_order; returns the steps with the ids and versions they have now."""
    fresh = [step for _, step in decided if not step.order.id]
    ids = iter([row["id"] for row in await rows(conn, SQL["numbers"], n=len(fresh))])
    numbered = [(d, s.order if s.order.id else replace(s.order, id=next(ids))) for d, s in decided]
    for query, wanted in (("insert_order", True), ("update_order", False)):
        values = [_values(order) for d, order in numbered if (d.order is None) == wanted]
        await many(conn, SQL[query], values)
    return [
        (d, replace(s, order=replace(order, version=order.version + 1)))
        for (d, order), (_, s) in zip(numbered, decided, strict=True)
    ]


def _values(order: Order) -> dict[str, Any]:
    values: dict[str, Any] = {f.name: getattr(order, f.name) for f in fields(Order)}
    for name in TIMES:
        values[name] = None if values[name] is None else to_datetime(values[name])
    return values | {
        "step": int(order.step),
        "severity": int(order.severity),
        "note": plain(order.note),
    }


async def _assign(conn: Connection, saved: Sequence[tuple[Dossier, Step]], now: int) -> None:
    """Close, end and open assignments, in this order: at most one is open at any time."""
    at = to_datetime(now)
    steps = [step for _, step in saved]
    answered = [
        {"id": s.order.id, "now": at, "answer": s.answer, "reason": plain(s.answer_reason)}
        for s in steps
        if s.answer
    ]
    asked = [
        {
            "id": s.order.id, "now": at, "person": s.ask.person, "level": s.ask.level,
            "answer": s.ask.answer, "reason": s.ask.reason,
        }
        for s in steps
        if s.ask
    ]  # fmt: skip
    await many(conn, SQL["answer"], answered)
    await many(conn, SQL["relieve"], [{"id": s.order.id} for s in steps if s.relieved])
    await many(conn, SQL["ask"], asked)


def _asked(before: tuple[Asked, ...], step: Step) -> tuple[Asked, ...]:
    left = {"": step.answer, "accepted": "relieved" if step.relieved else "accepted"}
    after = [Asked(a.person, left.get(a.answer, a.answer)) for a in before]
    return (*after, Asked(step.ask.person, step.ask.answer)) if step.ask else tuple(after)


def _event(
    dossier: Dossier, step: Step, done: Done, actor: Actor | None, contacts: Mapping[int, Contact]
) -> Event:
    order = step.order
    by = None if actor is None or done.act in OF_THE_SERVICE else actor.account
    return Event(
        done.act, order.alert, order.id, dossier.case.vessel, done.person, order.grid, by,
        plain(done.reason), plain(_detail(step, done, contacts)),
    )  # fmt: skip


def _detail(step: Step, done: Done, contacts: Mapping[int, Contact]) -> dict[str, Any]:
    """What the history says beside the act: the person asked, those told, times as text."""
    detail = dict(done.detail)
    if detail.get("accept_by") is not None:
        detail["accept_by"] = to_datetime(detail["accept_by"]).isoformat()
    if done.act in ASKING and done.person is not None:
        detail["to"] = {"person": done.person, "name": contacts[done.person].name}
    if step.told:
        detail |= {"told": step.told, "told_names": step.told_names}
    return detail


async def set_alert(
    conn: Connection,
    dossier: Dossier,
    act: Act,
    now: int,
    actor: Actor | None = None,
    **changes: Any,
) -> tuple[Dossier, Event]:
    """Do one act to the alert through its own table; an acknowledgement silences everything."""
    alert = dict(dossier.alert)
    status = lifecycle.move(dossier.status, act, dossier.case.severity)
    at = to_datetime(now)
    if act == Act.ACKNOWLEDGE:
        changes["acknowledged"] = alert["acknowledged"] or at
    if status in {Status.CLOSED, Status.INVALID}:
        changes["closed"] = at
    if act != Act.SHELVE:
        changes["shelved_until"] = None
    if status == Status.ACTIVE:
        changes["shown"] = alert["shown"] or at
    said = changes.pop("reason", "")
    after = {**alert, **changes, "status": str(status), "reason": plain(said) or alert["reason"]}
    after["version"] = (await one(conn, SQL["update_alert"], **after))["version"]
    if act not in {Act.UNSHELVE, Act.RELEASE}:
        await outbox.cancel_alert(conn, alert["id"], f"alert: {act}")
    event = Event(
        act, alert["id"], None, alert["vessel"], dossier.order.lead if dossier.order else None,
        alert["grid"], actor.account if actor else None, plain(said), _said(changes),
    )  # fmt: skip
    return replace(dossier, alert=after), event


def _said(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What of the changes the history is to show."""
    shown = {k: changes[k] for k in ("verdict", "shelved_until") if changes.get(k) is not None}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in shown.items()}
