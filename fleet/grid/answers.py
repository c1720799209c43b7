"""What people do with an order, and who may. Pure; the refusals name who has it and why not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fleet.grid.lifecycle import WORKING, OrderAct, OrderStatus, Outcome, Progress
from fleet.grid.order import Ask, Desk, Order, Step
from fleet.grid.policy import Basis, Rung
from fleet.grid.words import Reason, Why


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, the person behind it, and the account's role."""

    account: int | None
    person: int | None
    role: str  #: commander, member, association, admin


class NotYours(Exception):
    """This person may not do that to this order or alert."""

    def __init__(self, act: str, why: str) -> None:
        super().__init__(f"you cannot {act} this: {why}")
        self.act, self.why = act, why


class Invalid(Exception):
    """A field of the request is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


def permit(order: Order, act: OrderAct, actor: Actor, desk: Desk) -> None:
    """Raise NotYours unless the actor's part in the order allows the act."""
    if actor.role not in {"commander", "member"}:
        raise NotYours(act, f"the role {actor.role} has no part in dispatch")
    commander = actor.role == "commander"
    lead = actor.person is not None and actor.person == order.lead
    if act == OrderAct.ACCEPT:
        _permit_accept(order, actor, desk)
    elif act == OrderAct.REASSIGN and not commander:
        raise NotYours(act, "only the command centre reassigns; hand it over instead")
    elif act == OrderAct.DECLINE and not lead:
        raise NotYours(act, "somebody else has been asked")
    elif not (lead or commander):
        raise NotYours(act, "somebody else is its lead")


def _permit_accept(order: Order, actor: Actor, desk: Desk) -> None:
    """The person asked; whoever was asked before and did not say no; the command centre."""
    if actor.person is None:
        raise NotYours(OrderAct.ACCEPT, "your account stands for no person who could lead it")
    open_to_all = order.status == OrderStatus.UNASSIGNED or actor.role == "commander"
    asked = actor.person == order.lead or actor.person in desk.who("", "timed_out", "withdrawn")
    if not (open_to_all or asked):
        raise NotYours(OrderAct.ACCEPT, "you have not been asked")


def accept(order: Order, person: int, now: int) -> Step:
    """The person becomes the one lead; whoever else was being asked is let off."""
    if person == order.lead:
        step = Step(order).end_offer("accepted", "")
        return step.add(OrderAct.ACCEPT, order.reason, accepted=now, accept_by=None)
    step = Step(order).end_offer("withdrawn", Reason.TAKEN)
    why = str(Why(Reason.TAKEN, Basis.BY_HAND))
    step = step.add(
        OrderAct.ACCEPT, why, lead=person, accepted=now, accept_by=None, basis=Basis.BY_HAND,
        reason=why,
    )  # fmt: skip
    return replace(step, ask=Ask(person, order.level, why, answer="accepted"))


def pass_on(desk: Desk, order: Order, act: OrderAct, person: int, reason: str) -> Step:
    """Reassign or hand over: the next lead is asked, and the chain starts anew behind them."""
    if not reason.strip():
        raise Invalid("reason", "say why")
    if person == order.lead:
        raise Invalid("person", "already its lead")
    why = str(Why(Reason.BY_HAND, Basis.BY_HAND))
    accept_by = desk.now + desk.ladder(order.severity).window(Rung.MEMBER)
    step = Step(order)
    if order.status in WORKING:
        step = replace(step, relieved=True)
    elif order.status == OrderStatus.OFFERED:
        step = step.end_offer("withdrawn", reason)
    step = step.add(
        act, reason, {"from": order.lead, "accept_by": accept_by}, lead=person, level=1,
        step=Rung.MEMBER, basis=Basis.BY_HAND, reason=why, accept_by=accept_by, accepted=None,
    )  # fmt: skip
    return replace(step, ask=Ask(person, 1, why), page=True)


def progress(order: Order, step: str, note: str) -> Step:
    if step not in set(Progress):
        raise Invalid("step", f"must be one of {', '.join(Progress)}")
    return Step(order).add(OrderAct.PROGRESS, note, {"step": step, "note": note}, progress=step)


def close(order: Order, outcome: str, note: str, now: int) -> Step:
    if outcome not in set(Outcome):
        raise Invalid("outcome", f"must be one of {', '.join(Outcome)}")
    step = Step(order)
    if order.status == OrderStatus.OFFERED:
        step = step.end_offer("withdrawn", outcome)
    return step.add(
        OrderAct.CLOSE, outcome, {"outcome": outcome, "note": note}, outcome=outcome, note=note,
        closed=now, accept_by=None,
    )  # fmt: skip
