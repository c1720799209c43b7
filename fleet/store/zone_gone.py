"""What becomes of alerts and orders when people take away what had caused them: a zone that was
changed, ended or deleted, a rule that was switched off.

Invariant: nobody is asked about a zone or rule that is not there; a red alert and work begun stay
with people, who are told.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from fleet.grid import escalation
from fleet.grid.lifecycle import WORKING
from fleet.grid.order import Step
from fleet.grid.words import Reason
from fleet.model import Act, Change, Severity, Status
from fleet.store import alerts
from fleet.store.db import Connection, savepoint
from fleet.store.desk_clock import its_own_fault
from fleet.store.dossier import Dossier, lock, set_alert, write_all
from fleet.store.events import Event

LOG = structlog.get_logger("fleet.orders")
GONE = frozenset({Reason.ZONE_CHANGED, Reason.ZONE_ENDED, Reason.ZONE_DELETED, Reason.RULE_OFF})


async def let_go(conn: Connection, changes: Sequence[Change], now: int) -> list[Event]:
    """After `alerts.apply`, in its transaction. An order that refuses must not keep the new zones
    out: its alert then stays cleared, and before the command centre.
    """
    gone = [c for c in changes if c.act == Act.CLEAR and c.reason in GONE]
    if not gone:
        return []
    try:
        async with savepoint(conn):
            return await _let_go(conn, gone, now)
    except Exception as error:
        if not its_own_fault(error):
            raise
        LOG.exception("orders of a zone that is gone stay", alerts=len(gone))
        return []


async def _let_go(conn: Connection, gone: Sequence[Change], now: int) -> list[Event]:
    why = await alerts.reasons(conn, gone)
    events: list[Event] = []
    decided: list[tuple[Dossier, Step]] = []
    for number, dossier in (await lock(conn, why)).items():
        reason = Reason(why[number])
        after, closed = await _closed(conn, dossier, reason, now)
        events += closed
        step = _step(after, reason, now)
        if step is not None:
            decided.append((after, step))
    return events + [e for _, more in await write_all(conn, decided, now) for e in more]


async def _closed(
    conn: Connection, dossier: Dossier, reason: Reason, now: int
) -> tuple[Dossier, list[Event]]:
    """The alert closed, unless it is red or somebody is at work."""
    if _of_people(dossier) or dossier.status != Status.CLEARED:
        return dossier, []
    dossier, event = await set_alert(conn, dossier, Act.CLOSE, now, reason=reason)
    return dossier, [event]


def _step(dossier: Dossier, reason: Reason, now: int) -> Step | None:
    """A waiting order is void; a lead at work is told; a red one goes on being offered."""
    order = dossier.order
    if order is None or dossier.alert["cleared"] is None or dossier.status == Status.RETRACTED:
        return None
    if _of_people(dossier) and order.status not in WORKING:
        return None
    return escalation.end(order, reason, now)


def _of_people(dossier: Dossier) -> bool:
    red = dossier.case.severity == Severity.EMERGENCY
    return red or (dossier.order is not None and dossier.order.status in WORKING)
