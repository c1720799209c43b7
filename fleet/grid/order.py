"""A work order, and what one decision makes of it: a Step, which the store writes down.

Pure. A Step is built by adding to it: every act passes through the transition table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fleet.grid.assign import Choice
from fleet.grid.lifecycle import OrderAct, OrderStatus, move
from fleet.grid.policy import Basis, Ladder, Policy, Rung
from fleet.grid.roster import Roster
from fleet.grid.words import sentence
from fleet.model import Case, Severity


@dataclass(frozen=True, slots=True)
class Order:
    """One row of work_order; times are microseconds, None for "not"."""

    alert: int
    severity: Severity
    created: int
    id: int = 0  #: 0: not stored yet
    status: OrderStatus = OrderStatus.UNASSIGNED
    grid: int | None = None  #: responsible: whose leader and backup are next, whoever is asked
    basis: Basis = Basis.NONE
    reason: str = ""  #: words.Why as text, or a person's own words
    lead: int | None = None  #: who has it, or is asked
    level: int = 1
    step: Rung = Rung.MEMBER  #: rung reached
    accept_by: int | None = None  #: waiting: when the service looks at it again
    accepted: int | None = None
    progress: str = ""
    closed: int | None = None
    outcome: str = ""
    note: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One assignment of the order's history."""

    person: int
    answer: str  #: "" while open; accepted, declined, timed_out, relieved, withdrawn


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a decision about one order may look at."""

    case: Case
    roster: Roster
    policy: Policy
    now: int
    asked: tuple[Asked, ...] = ()
    cleared: bool = False  #: the alert's condition has passed

    def ladder(self, severity: Severity) -> Ladder:
        ladder = self.policy.ladder(severity)
        return ladder.capped(ladder.cleared) if self.cleared else ladder

    def reached(self) -> frozenset[int]:
        """Everybody who was asked, whatever they answered."""
        return frozenset(a.person for a in self.asked)

    def who(self, *answers: str) -> frozenset[int]:
        """Everybody who was asked and answered so."""
        return frozenset(a.person for a in self.asked if a.answer in answers)


@dataclass(frozen=True, slots=True)
class Done:
    """One act that took place, for the history."""

    act: OrderAct
    reason: str
    person: int | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A new assignment: open, or already accepted when somebody took the order."""

    person: int
    level: int
    reason: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The order after a decision, and what goes with it."""

    order: Order
    done: tuple[Done, ...] = ()
    answer: str = ""  #: closes the open assignment, if there is one
    answer_reason: str = ""
    relieved: bool = False  #: the assignment accepted before ends
    ask: Ask | None = None
    told: tuple[str, ...] = ()  #: person codes informed beside the lead
    told_names: tuple[str, ...] = ()  #: the same people, as the history names them
    page: bool = False  #: the lead hears about it (again)

    def add(
        self,
        act: OrderAct,
        why: str,
        detail: Mapping[str, Any] | None = None,
        /,
        **changes: Any,
    ) -> Step:
        """The same step with one more act, applied through the table."""
        status = move(self.order.status, act)
        order = replace(self.order, status=status, **changes)
        concerns = order.lead if order.lead is not None else self.order.lead
        done = Done(act, why, concerns, detail or {})
        return replace(self, order=order, done=(*self.done, done))

    def end_offer(self, answer: str, reason: str) -> Step:
        """Close the open assignment with this answer, unless the step has done so already."""
        return self if self.answer else replace(self, answer=answer, answer_reason=reason)


def offer(
    step: Step, act: OrderAct, choice: Choice, ladder: Ladder, now: int, **detail: Any
) -> Step:
    """Ask the chosen person; `act` is OFFER or ESCALATE."""
    why = str(choice.why)
    said = {"zh": sentence(choice.why, "zh"), "en": sentence(choice.why, "en")}
    accept_by = now + ladder.window(choice.rung)
    level = choice.duty.level
    facts = {"level": level, "rung": choice.rung.name.lower(), "accept_by": accept_by, **said}
    asked = step.add(
        act,
        why,
        {**facts, **{k: v for k, v in detail.items() if v}},
        lead=choice.duty.person,
        level=level,
        step=choice.rung,
        grid=step.order.grid if step.order.grid is not None else choice.grid,
        basis=choice.basis,
        reason=why,
        accept_by=accept_by,
    )
    return replace(asked, ask=Ask(choice.duty.person, level, why), page=True)
