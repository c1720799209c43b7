"""Deadlines and the chain: what to do with an order that nobody has accepted, as of `now`.

A pure function of (order, roster, now): a deadline that passed while everything was down is met by
the one step that is right now, never by a burst. No order is ever dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from fleet.grid import assign
from fleet.grid.assign import Choice
from fleet.grid.lifecycle import OPEN, WAITING, WORKING, OrderAct, OrderStatus
from fleet.grid.order import Desk, Order, Step, offer
from fleet.grid.policy import Basis, Ladder, Rung
from fleet.grid.words import Reason, Why
from fleet.model import Severity


def place(desk: Desk, step: Step, excluded: Collection[int]) -> Step:
    """Ask a member of the responsible grid; else whoever is next in the chain; else nobody."""
    order = step.order
    if order.grid is None or order.basis == Basis.NONE:
        grid = assign.responsible(desk.case, desk.roster, desk.policy)
        step = replace(step, order=replace(order, grid=grid))
    ladder = desk.ladder(order.severity)
    choice = assign.member(desk.case, desk.roster, desk.policy, excluded)
    if choice is not None:
        return offer(step, OrderAct.OFFER, choice, ladder, desk.now)
    choice, skipped = _first(desk, step.order, _rungs(ladder, Rung.LEADER), excluded)
    if choice is not None:
        return offer(step, OrderAct.ESCALATE, choice, ladder, desk.now, skipped=_names(skipped))
    return _nobody(desk, step, ladder)


def open_order(desk: Desk, order: Order) -> Step:
    """The first decision about a new or reopened order, with everybody told who is to be told."""
    return tell(desk, place(desk, Step(order), desk.who("declined")))


def reopen(desk: Desk, order: Order) -> Step:
    """The alert came back, or became worse, after the order had ended."""
    step = Step(order).add(
        OrderAct.REOPEN, Reason.CAME_BACK, severity=desk.case.severity, basis=Basis.NONE, lead=None,
        closed=None, outcome="", accepted=None, progress="",
    )  # fmt: skip
    return tell(desk, place(desk, step, ()))


def go_on(order: Order) -> Step:
    """The alert came back after its lead, still at work, had been told that it was over."""
    return replace(Step(order).add(OrderAct.RAISE, Reason.CAME_BACK), page=True)


def ring_again(desk: Desk, order: Order) -> Step:
    """A call for help that was acknowledged and that nobody has ended: its lead hears it again,
    and so do those who are told of it. Whoever has it keeps it.
    """
    if order.status not in OPEN:
        return reopen(desk, order)
    step = Step(order).add(OrderAct.RAISE, Reason.STILL_OPEN)
    return tell(desk, replace(step, page=order.lead is not None))


def tell(desk: Desk, step: Step) -> Step:
    """Those who are informed at once beside the lead, as the severity demands."""
    rungs = desk.ladder(step.order.severity).told
    duties = assign.informed(rungs, desk.case, desk.roster, desk.policy, step.order.lead)
    codes, names = tuple(d.code for d in duties), tuple(d.name for d in duties)
    return replace(step, told=codes, told_names=names)


def due(desk: Desk, order: Order) -> Step | None:
    """What the clock demands of a waiting order; None for nothing."""
    if order.status not in WAITING:
        return None
    passed = order.accept_by is not None and order.accept_by <= desk.now
    if order.status == OrderStatus.UNASSIGNED:
        return _retry(desk, order, overdue=passed)
    return _climb(desk, order) if passed else None


def decline(desk: Desk, order: Order, reason: str) -> Step:
    """The person asked says no: a colleague of the same rung, else up the chain, else anybody."""
    step = Step(order).end_offer("declined", reason).add(OrderAct.DECLINE, reason, lead=None)
    excluded = desk.who("", "declined", "timed_out")
    if order.step <= Rung.BACKUP:
        return place(desk, step, excluded)
    ladder = desk.ladder(order.severity)
    choice, skipped = _first(desk, order, _rungs(ladder, order.step), excluded)
    if choice is None:
        return place(desk, step, excluded)
    return offer(step, OrderAct.ESCALATE, choice, ladder, desk.now, skipped=_names(skipped))


def worsen(desk: Desk, order: Order, severity: Severity) -> Step:
    """The alert became worse: deadlines tighten, never loosen; the lead hears of it."""
    ladder = desk.ladder(severity)
    changes: dict[str, object] = {"severity": severity}
    if order.status in WAITING:
        tightened = desk.now + ladder.window(order.step)
        changes["accept_by"] = min(order.accept_by or tightened, tightened)
    step = Step(order).add(OrderAct.RAISE, Reason.SEVERITY, {"severity": int(severity)}, **changes)
    return tell(desk, replace(step, page=order.lead is not None))


def hold(desk: Desk, order: Order, reason: Reason) -> Step:
    """Somebody has looked (the deadline moves away), or the alert is shelved (no deadline)."""
    later = desk.now + desk.ladder(order.severity).held
    until = None if reason == Reason.SHELVED else max(order.accept_by or later, later)
    return Step(order).add(OrderAct.HOLD, reason, accept_by=until)


def resume(desk: Desk, order: Order) -> Step:
    """After shelving: asked afresh, of whoever is on duty now."""
    step = Step(order)
    if order.status == OrderStatus.OFFERED:
        step = step.end_offer("withdrawn", Reason.UNSHELVED)
        step = step.add(OrderAct.WITHDRAW, Reason.UNSHELVED, lead=None)
    return place(desk, step, desk.who("declined"))


def end(order: Order, reason: Reason, now: int) -> Step | None:
    """The alert went away by itself: a waiting order is void, a lead at work is told."""
    if order.status in WORKING:
        return replace(Step(order).add(OrderAct.INFORM, reason), page=True)
    if order.status not in OPEN:
        return None
    step = Step(order).end_offer("withdrawn", reason)
    return step.add(OrderAct.VOID, reason, reason=str(reason), accept_by=None, closed=now)


def overdue(
    ladder: Ladder, rung: Rung, accept_by: int, now: int
) -> tuple[Rung | None, tuple[Rung, ...]]:
    """The rung that is right at `now`, and those whose whole time has passed meanwhile."""
    target, at, passed = ladder.after(rung), accept_by, []
    while target is not None:
        up = ladder.after(target)
        at += ladder.window(target)
        if up is None or at > now:
            break
        passed.append(target)
        target = up
    return target, tuple(passed)


def _climb(desk: Desk, order: Order) -> Step:
    ladder = desk.ladder(order.severity)
    target, passed = overdue(ladder, order.step, order.accept_by or desk.now, desk.now)
    excluded = desk.reached()
    late = {"late_s": (desk.now - (order.accept_by or desk.now)) // 1_000_000}
    if target is None:
        return _top(desk, order, ladder)
    search = [*_rungs(ladder, target), *reversed([r for r in passed if r < target])]
    choice, empty = _first(desk, order, search, excluded)
    if choice is None:
        return _top(desk, order, ladder)
    step = Step(order).end_offer("timed_out", Reason.TIMED_OUT)
    step = step.add(OrderAct.TIME_OUT, Reason.TIMED_OUT, late, lead=None)
    skipped = _names(r for r in (*passed, *empty) if r != choice.rung)
    return offer(step, OrderAct.ESCALATE, choice, ladder, desk.now, skipped=skipped)


def _top(desk: Desk, order: Order, ladder: Ladder) -> Step:
    """Nobody further up: a chief keeps it and hears it again; else the command centre has it."""
    choice, _ = _first(desk, order, _rungs(ladder, Rung.CHIEF), desk.reached())
    if choice is None and order.step >= Rung.CHIEF and _on_duty(desk, order.lead):
        alarm = Why(Reason.TOP_OF_CHAIN, Basis.CHAIN, rung=order.step)
        step = Step(order).add(OrderAct.ALARM, str(alarm), accept_by=desk.now + ladder.again)
        return replace(step, page=True)
    step = Step(order).end_offer("timed_out", Reason.TIMED_OUT)
    step = step.add(OrderAct.TIME_OUT, Reason.TIMED_OUT, lead=None)
    if choice is not None:  # the next shift has begun
        return offer(step, OrderAct.ESCALATE, choice, ladder, desk.now)
    return _nobody(desk, step, ladder)


def _retry(desk: Desk, order: Order, *, overdue: bool) -> Step | None:
    """Unassigned: whoever came on duty is asked; at the deadline also those who did not answer."""
    reached = desk.who("declined") if overdue else desk.reached()
    step = place(desk, Step(order), reached)
    return step if step.ask is not None or overdue else None


def _nobody(desk: Desk, step: Step, ladder: Ladder) -> Step:
    why = str(Why(Reason.NOBODY_ON_DUTY, Basis.NONE))
    at = desk.now + ladder.again
    return step.add(
        OrderAct.ALARM, why, basis=Basis.NONE, reason=why, lead=None, accept_by=at, step=Rung.MEMBER
    )


def _on_duty(desk: Desk, person: int | None) -> bool:
    return any(d.person == person for d in desk.roster.duties)


def _rungs(ladder: Ladder, lowest: Rung) -> list[Rung]:
    return [r for r, _ in ladder.steps if r >= lowest]


def _first(
    desk: Desk, order: Order, rungs: Iterable[Rung], excluded: Collection[int]
) -> tuple[Choice | None, list[Rung]]:
    """The first rung of these with somebody to ask, and the empty ones before it."""
    empty: list[Rung] = []
    for rung in rungs:
        choice = assign.step_up(rung, desk.case, order.grid, desk.roster, desk.policy, excluded)
        if choice is not None:
            return choice, empty
        empty.append(rung)
    return None, empty


def _names(rungs: Iterable[Rung]) -> list[str]:
    return [r.name.lower() for r in rungs]
