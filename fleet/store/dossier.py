"""One alert with its order and everybody who was asked: locked, decided about, written back.

Locks are taken alert before order, in the order of ids, by everybody; events are returned, never
appended here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from fleet.alerts import lifecycle
from fleet.columns import from_datetime, to_datetime
from fleet.grid.answers import Actor
from fleet.grid.lifecycle import OrderStatus
from fleet.grid.order import Asked, Desk, Done, Order, Step
from fleet.grid.policy import Basis, Rung, default
from fleet.grid.roster import Roster
from fleet.model import Act, Case, Severity, Status
from fleet.store import notices, outbox, people
from fleet.store.db import Connection, one, plain, queries, rows
from fleet.store.events import Event

SQL = queries("orders")
TIMES = ("created", "accept_by", "accepted", "closed")


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
    """Store a step with its assignments and messages; what was rung for before stops ringing."""
    order = await _save(conn, step.order)
    await _assign(conn, step, order.id, now)
    step = replace(step, order=order)
    before = dossier.order
    if before is not None and (before.lead, before.status) != (order.lead, order.status):
        await outbox.cancel_order(conn, order.id, step.done[-1].act)
    leads = {p for p in (order.lead, before.lead if before else None) if p is not None}
    contacts = await people.contacts(conn, leads)
    name, by = dossier.alert["vessel_name"], actor.person if actor else None
    await outbox.put(conn, notices.of_step(dossier.case, name, before, step, contacts, by))
    events = [_event(dossier, order, done, step, actor) for done in step.done]
    return replace(dossier, order=order, asked=_asked(dossier.asked, step)), events


async def _save(conn: Connection, order: Order) -> Order:
    values: dict[str, Any] = {
        f.name: getattr(order, f.name) for f in fields(Order) if f.name not in TIMES
    }
    for name in TIMES:
        at = getattr(order, name)
        values[name] = None if at is None else to_datetime(at)
    values |= {"step": int(order.step), "severity": int(order.severity), "note": plain(order.note)}
    row = await one(conn, SQL["update_order" if order.id else "insert_order"], **values)
    return replace(order, id=row["id"], version=row["version"])


async def _assign(conn: Connection, step: Step, order: int, now: int) -> None:
    at = to_datetime(now)
    if step.answer:
        answer = {"answer": step.answer, "reason": plain(step.answer_reason)}
        await conn.execute(SQL["answer"], {"id": order, "now": at, **answer})
    if step.relieved:
        await conn.execute(SQL["relieve"], {"id": order})
    if step.ask:
        ask = {
            "person": step.ask.person, "level": step.ask.level, "answer": step.ask.answer,
            "reason": step.ask.reason,
        }  # fmt: skip
        await conn.execute(SQL["ask"], {"id": order, "now": at, **ask})


def _asked(before: tuple[Asked, ...], step: Step) -> tuple[Asked, ...]:
    left = {"": step.answer, "accepted": "relieved" if step.relieved else "accepted"}
    after = [Asked(a.person, left.get(a.answer, a.answer)) for a in before]
    return (*after, Asked(step.ask.person, step.ask.answer)) if step.ask else tuple(after)


def _event(dossier: Dossier, order: Order, done: Done, step: Step, actor: Actor | None) -> Event:
    detail = {**done.detail, **({"told": step.told} if step.told else {})}
    return Event(
        done.act, order.alert, order.id, dossier.case.vessel, done.person, order.grid,
        actor.account if actor else None, plain(done.reason), plain(detail),
    )  # fmt: skip


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
