"""What people (and the end of a shelving) do to an alert, and what that does to its order.

An acknowledgement by the person asked is an acceptance. Every act stops what was ringing.
"""

from __future__ import annotations

from typing import Any

from fleet.alerts import lifecycle
from fleet.columns import from_datetime
from fleet.grid import answers, closing, escalation
from fleet.grid.answers import Actor, Invalid, NotYours
from fleet.grid.closing import Verdict
from fleet.grid.lifecycle import WAITING, WORKING, Outcome
from fleet.grid.order import Step
from fleet.grid.policy import default
from fleet.grid.words import Reason
from fleet.model import Act, Status
from fleet.store import people, shelves
from fleet.store.asking import and_write, reopening
from fleet.store.db import Connection, one, queries
from fleet.store.dossier import Dossier, lock, set_alert, write
from fleet.store.events import Event
from fleet.store.shelves import Ended
from fleet.store.shelving import shelve, unshelve

SQL = queries("orders")
CORRECTED = "verdict_corrected"
"""The reason of an alert that is back because it was true after all."""
ACCEPTED = {
    Status.ACTIVE: (Act.ACKNOWLEDGE,),
    Status.CLEARED: (Act.ACKNOWLEDGE,),
    Status.SHELVED: (Act.UNSHELVE, Act.ACKNOWLEDGE),
}


class NotFoundError(LookupError):
    """There is no such alert or order."""


class StaleError(Exception):
    """It changed since the caller looked."""

    def __init__(self, seen: int, present: int) -> None:
        super().__init__(f"it changed meanwhile: you saw version {seen}, it is now {present}")
        self.seen, self.present = seen, present


async def on_alert(
    conn: Connection,
    alert: int,
    act: Act | str,
    actor: Actor,
    *,
    now: int | None = None,
    version: int | None = None,
    reason: str = "",
    until: int | None = None,
) -> tuple[dict[str, Any], list[Event]]:
    """Acknowledge, shelve, unshelve or close an alert; the caller appends the events."""
    now = await clock(conn) if now is None else now
    dossier = await one_dossier(conn, alert)
    fresh(version, dossier.alert["version"])
    permit(dossier, Act(act), actor)
    match Act(act):
        case Act.ACKNOWLEDGE:
            dossier, events = await acknowledge(conn, dossier, now, actor, reason)
        case Act.SHELVE:
            dossier, events = await shelve(conn, dossier, now, actor, reason, until)
        case Act.UNSHELVE:
            dossier, events = await unshelve(conn, dossier, now, Ended.UNSHELVED, actor)
        case Act.CLOSE:
            if not closing.may_close(dossier.case.severity, reason):
                raise Invalid("reason", f"must be one of {', '.join(closing.RED_REASONS)}")
            said = closing.verdict_of(reason) or dossier.alert["verdict"]
            dossier, events = await _end(
                conn, dossier, Act.CLOSE, now, actor, reason=reason, verdict=said
            )
        case other:
            raise lifecycle.NotAllowed(dossier.status, other, "the engine does that")
    return dict(dossier.alert), events


async def verdict(
    conn: Connection,
    alert: int,
    said: str,
    actor: Actor,
    *,
    reason: str = "",
    now: int | None = None,
    version: int | None = None,
) -> tuple[dict[str, Any], list[Event]]:
    """Say whether the alert was true; a false alarm or a test ends it and its order, and "true"
    after one of these brings both back.
    """
    now = await clock(conn) if now is None else now
    if said not in set(Verdict):
        raise Invalid("verdict", f"must be one of {', '.join(Verdict)}")
    if not reason.strip():
        raise Invalid("reason", "say why")
    dossier = await one_dossier(conn, alert)
    fresh(version, dossier.alert["version"])
    permit(dossier, Act.INVALIDATE, actor)
    if said != Verdict.TRUE:
        dossier, events = await _end(
            conn, dossier, Act.INVALIDATE, now, actor, reason=reason, verdict=said
        )
    elif dossier.status in {Status.ACTIVE, Status.CLEARED}:
        dossier, events = await acknowledge(conn, dossier, now, actor, reason, verdict=said)
    elif dossier.status == Status.INVALID:
        dossier, events = await _correct(conn, dossier, now, actor, reason)
    else:
        dossier, events = await _note(conn, dossier, actor, reason=reason, verdict=said)
    return dict(dossier.alert), events


async def end_shelf(
    conn: Connection, shelf: int, actor: Actor, *, now: int | None = None
) -> list[Event]:
    """Undo a silence: what it keeps silent comes back; one that has ended is left at that. The
    caller appends the events.
    """
    now = await clock(conn) if now is None else now
    row = await shelves.one_of(conn, shelf)
    if row is None:
        return []
    silent = await shelves.under(conn, row)
    found = await lock(conn, {*silent, *([row["alert"]] if row["alert"] else [])})
    own = found.get(row["alert"])
    if own is not None:
        permit(own, Act.UNSHELVE, actor)
    elif actor.role != "commander":
        raise NotYours(Act.UNSHELVE, "only the command centre does that")
    await shelves.end(conn, row, now, Ended.UNSHELVED, actor.account)
    events: list[Event] = []
    for number in silent:
        if found[number].status == Status.SHELVED:
            events += (await unshelve(conn, found[number], now, Ended.UNSHELVED, actor))[1]
    return events


async def acknowledge(
    conn: Connection, dossier: Dossier, now: int, actor: Actor, reason: str = "", **changes: Any
) -> tuple[Dossier, list[Event]]:
    """Somebody has looked. By the person asked it is an acceptance; else it buys time."""
    order = dossier.order
    dossier, event = await set_alert(
        conn, dossier, Act.ACKNOWLEDGE, now, actor, reason=reason, **changes
    )
    if order is None or order.status not in WAITING:
        return dossier, [event]
    if actor.person is not None and actor.person == order.lead:
        step: Step | None = answers.accept(order, actor.person, now)
    elif dossier.status == Status.CLOSED:
        step = escalation.end(order, Reason.ALERT_ENDED, now)
    else:
        desk = dossier.desk(await people.roster(conn, now), now)
        step = escalation.hold(desk, order, Reason.LOOKED_AT)
    return await and_write(conn, dossier, step, now, actor, event)


async def _end(
    conn: Connection, dossier: Dossier, act: Act, now: int, actor: Actor, **changes: Any
) -> tuple[Dossier, list[Event]]:
    """A person ends the alert: so ends its order, with the same word if somebody was at work."""
    order = dossier.order
    dossier, event = await set_alert(conn, dossier, act, now, actor, **changes)
    if order is None:
        return dossier, [event]
    if order.status not in WORKING:
        step = escalation.end(order, Reason.ALERT_ENDED, now)
        return await and_write(conn, dossier, step, now, actor, event)
    said = Verdict(changes["verdict"]) if changes.get("verdict") else None
    outcome = closing.order_outcome(act, changes["reason"], said)
    step = answers.close(order, outcome, changes["reason"], now)
    return await and_write(conn, dossier, step, now, actor, event)


async def _note(
    conn: Connection, dossier: Dossier, actor: Actor, **changes: Any
) -> tuple[Dossier, list[Event]]:
    """A verdict that moves nothing: the alert has been looked at, or has ended, already."""
    alert = {**dossier.alert, **changes}
    alert["version"] = (await one(conn, SQL["update_alert"], **alert))["version"]
    event = Event(
        "verdict", alert["id"], None, alert["vessel"], None, alert["grid"], actor.account,
        changes["reason"], {"verdict": changes["verdict"]},
    )  # fmt: skip
    return Dossier(alert, dossier.case, dossier.order, dossier.asked), [event]


async def _correct(
    conn: Connection, dossier: Dossier, now: int, actor: Actor, reason: str
) -> tuple[Dossier, list[Event]]:
    """It was true after all: whoever is on duty is asked afresh. What has passed meanwhile comes
    back as cleared, for nothing would ever clear it again.
    """
    dossier, said = await _note(conn, dossier, actor, reason=reason, verdict=str(Verdict.TRUE))
    dossier, raised = await set_alert(
        conn, dossier, Act.RAISE, now, actor, reason=CORRECTED, acknowledged=None, closed=None
    )
    events = [*said, raised]
    if dossier.alert["cleared"] is not None:
        dossier, passed = await set_alert(conn, dossier, Act.CLEAR, now)
        events.append(passed)
    step = await reopening(conn, dossier, now)
    if step is not None:
        dossier, more = await write(conn, dossier, step, now, actor)
        events += more
    return dossier, events


def permit(dossier: Dossier, act: Act, actor: Actor) -> None:
    """The command centre may do anything a person may; a member acknowledges, a lead the rest."""
    if actor.role == "commander":
        return
    if actor.role != "member":
        raise NotYours(act, f"the role {actor.role} has no part in dispatch")
    order = dossier.order
    lead = order is not None and actor.person is not None and order.lead == actor.person
    if act != Act.ACKNOWLEDGE and not lead:
        raise NotYours(act, "only its lead or the command centre does that")


async def one_dossier(conn: Connection, alert: int) -> Dossier:
    """The locked dossier of one alert."""
    found = await lock(conn, [alert])
    if alert not in found:
        raise NotFoundError(f"no alert {alert}")
    return found[alert]


async def clock(conn: Connection) -> int:
    """The database's time."""
    return from_datetime((await one(conn, SQL["clock"]))["now"])


def fresh(seen: int | None, present: int) -> None:
    if seen is not None and seen != present:
        raise StaleError(seen, present)


async def accepted(
    conn: Connection, dossier: Dossier, now: int, actor: Actor
) -> tuple[Dossier, list[Event]]:
    """Accepting the order acknowledges the alert, shelved or not, and ends the silence."""
    if dossier.status == Status.SHELVED:
        await shelves.end(conn, dossier.alert, now, Ended.UNSHELVED, actor.account)
    events = []
    for act in ACCEPTED.get(dossier.status, ()):
        dossier, event = await set_alert(conn, dossier, act, now, actor)
        events.append(event)
    return dossier, events


async def settle(
    conn: Connection, dossier: Dossier, outcome: Outcome, now: int, actor: Actor
) -> tuple[Dossier, list[Event]]:
    """The outcome of the order is the verdict on the alert, and may end it."""
    verdict = closing.VERDICTS[outcome]
    changes = {"reason": str(outcome), "verdict": verdict or dossier.alert["verdict"]}
    act = closing.alert_act(
        outcome,
        dossier.status,
        cleared=dossier.alert["cleared"] is not None,
        person_ends=dossier.case.kind in default().person_ends,
    )
    if act is not None:
        dossier, event = await set_alert(conn, dossier, act, now, actor, **changes)
        return dossier, [event]
    return await _note(conn, dossier, actor, **changes) if verdict else (dossier, [])
