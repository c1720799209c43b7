"""What the outbox is to say about a decision: to the lead's phone, to those beside, to the boat.

Only the message of a present lead may ring; who is let off hears that, so that the phone stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fleet.columns import to_datetime
from fleet.grid.lifecycle import OPEN, OrderAct
from fleet.grid.order import Order, Step
from fleet.grid.words import say
from fleet.model import Case
from fleet.store.outbox import Message
from fleet.store.people import Contact

PAGES = {
    OrderAct.RAISE: "order.raised",
    OrderAct.ALARM: "order.alarm",
    OrderAct.INFORM: "order.ended",
}
"""What the last act of a step says to the lead; every other act that pages offers the order."""
UNSAFE = str.maketrans({c: f"%{ord(c):02X}" for c in "+#/%\0"})


def topic(name: str, leaf: str) -> str:
    """The topic of one receiver; a name never reaches another receiver's."""
    return f"fleet/v1/notify/{name.translate(UNSAFE)}/{leaf}"


def of_step(
    case: Case,
    vessel: str,
    before: Order | None,
    step: Step,
    people: dict[int, Contact],
    by: int | None,
) -> list[Message]:
    """The messages of a stored step, done by person `by`; its order has id and new version."""
    return [*_page(case, vessel, step, people), *_let_off(case, before, step, people, by),
            *_told(case, vessel, step)]  # fmt: skip


def to_boat(case: Case, terminals: list[str]) -> list[Message]:
    """The boat's own terminals hear what concerns them directly."""
    body = {**_about(case), "type": "alert"}
    return [
        Message(f"boat:{case.alert}:{int(case.severity)}:{t}", topic(t, "alert"), body, case.alert)
        for t in terminals
    ]


def _page(case: Case, vessel: str, step: Step, people: dict[int, Contact]) -> Iterator[Message]:
    order = step.order
    if not step.page or order.lead is None:
        return
    kind = PAGES.get(step.done[-1].act, "order.offered")
    code = people[order.lead].code
    last = "ended" if kind == "order.ended" else f"{order.version}"
    yield Message(
        f"order:{order.id}:{last}",
        topic(code, "order"),
        {**_about(case), **_order(order), "type": kind, "person": code, "vessel_name": vessel},
        order.alert,
        order.id,
    )


def _let_off(
    case: Case, before: Order | None, step: Step, people: dict[int, Contact], by: int | None
) -> Iterator[Message]:
    """Whoever was asked or at work, and is not any more, unless it is their own doing."""
    order = step.order
    if before is None or before.lead in {None, by} or before.status not in OPEN:
        return
    if before.lead == order.lead and order.status in OPEN:
        return
    code = people[before.lead or 0].code
    body = {"type": "order.withdrawn", "order": order.id, "alert": case.alert, "person": code}
    reason = step.answer_reason or step.done[-1].reason
    key = f"order:{order.id}:{order.version}:off"
    yield Message(key, topic(code, "order"), {**body, "reason": reason}, order.alert, order.id)


def _told(case: Case, vessel: str, step: Step) -> Iterator[Message]:
    order = step.order
    for code in step.told:
        body = {**_about(case), **_order(order), "type": "notice", "person": code}
        yield Message(
            f"notice:{order.id}:{order.version}:{code}",
            topic(code, "notice"),
            {**body, "vessel_name": vessel},
            order.alert,
            order.id,
        )


def _about(case: Case) -> dict[str, Any]:
    return {
        "alert": case.alert, "kind": case.kind, "severity": int(case.severity), "lon": case.lon,
        "lat": case.lat,
    }  # fmt: skip


def _order(order: Order) -> dict[str, Any]:
    by = to_datetime(order.accept_by).isoformat() if order.accept_by else None
    why = {"zh": say(order.reason, "zh"), "en": say(order.reason, "en")}
    return {"order": order.id, "status": order.status, "accept_by": by, "why": why}
