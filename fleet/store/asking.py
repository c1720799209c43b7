"""When people are asked about an alert, and how its order begins again.

Invariant: information rings nobody, nor does what a root explains, what is silenced or is over.
"""

from __future__ import annotations

from fleet.grid import closing, escalation
from fleet.grid.answers import Actor
from fleet.grid.lifecycle import OPEN
from fleet.grid.order import Order, Step
from fleet.grid.policy import default
from fleet.model import Severity, Status
from fleet.store import people
from fleet.store.db import Connection
from fleet.store.dossier import Dossier, write
from fleet.store.events import Event


def rings(dossier: Dossier, severity: Severity) -> bool:
    """Whether the case is one for people: above information, no child, not silenced, not over."""
    return (
        severity >= Severity.WARNING
        and dossier.case.parent is None
        and dossier.status in closing.LIVING
        and dossier.status != Status.SHELVED
    )


async def reopening(conn: Connection, dossier: Dossier, now: int) -> Step | None:
    """The order of an alert that is back, made or reopened; None where no order is due."""
    case, order = dossier.case, dossier.order
    if case.kind in default().no_order or not rings(dossier, case.severity):
        return None
    desk = dossier.desk(await people.roster(conn, now), now)
    if order is None:
        return escalation.open_order(desk, Order(case.alert, case.severity, now))
    return None if order.status in OPEN else escalation.reopen(desk, order)


async def and_write(
    conn: Connection,
    dossier: Dossier,
    step: Step | None,
    now: int,
    actor: Actor | None,
    event: Event,
) -> tuple[Dossier, list[Event]]:
    """What was done to the alert, and after it what that does to its order."""
    if step is None:
        return dossier, [event]
    dossier, events = await write(conn, dossier, step, now, actor)
    return dossier, [event, *events]
