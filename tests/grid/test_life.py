"""The life of an order as a machine that hypothesis drives: whatever people and clock do."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fleet.grid import answers, escalation
from fleet.grid.lifecycle import MOVES, OPEN, WAITING, WORKING, NotAllowed, OrderAct, OrderStatus
from fleet.grid.order import Asked, Desk, Order, Step
from fleet.grid.policy import Rung
from fleet.grid.words import Reason
from fleet.model import MINUTE, Severity
from tests.grid.port import ID, IN_03, NOWHERE, T0, case, desk, new

DUTIES = (
    "wang 03", "li 03 backup", "hai 03", "zhao 04", "chen leads 03", "sun 海事", "qian chief",
    "zhou committee",
)  # fmt: skip
PEOPLE = st.sampled_from(list(ID.values()))


class Life(RuleBasedStateMachine):
    order: Order
    asked: tuple[Asked, ...]

    @initialize(
        kind=st.sampled_from(["distress", "gap", "speed"]),
        severity=st.sampled_from([Severity.WARNING, Severity.ALARM, Severity.EMERGENCY]),
        at=st.sampled_from([IN_03, NOWHERE]),
        people=st.sets(st.sampled_from(DUTIES)),
    )
    def begin(
        self, kind: str, severity: Severity, at: tuple[float, float], people: set[str]
    ) -> None:
        self.case = case(kind, severity, at, home="03")
        self.people, self.now, self.asked, self.shelved = people, 0.0, (), False
        self.order = new(self.case)
        self.keep(escalation.open_order(self.desk(), self.order))

    def desk(self) -> Desk:
        return desk(self.case, ", ".join(sorted(self.people)), self.now, asked=self.asked)

    def keep(self, step: Step | None) -> None:
        if step is None:
            return
        declined = {a.person for a in self.asked if a.answer == "declined"}
        by_hand = step.done[-1].act in {OrderAct.REASSIGN, OrderAct.HANDOVER, OrderAct.ACCEPT}
        if step.ask and not by_hand and step.done[0].act != OrderAct.REOPEN:
            assert step.ask.person not in declined, "who declined is never asked again"
            assert step.ask.person in {d.person for d in self.desk().roster.duties}
        open_before = [a for a in self.asked if not a.answer]
        assert not (step.ask and open_before and not step.answer), "two asked at once"
        left = {"": step.answer, "accepted": "relieved" if step.relieved else "accepted"}
        self.asked = tuple(Asked(a.person, left.get(a.answer, a.answer)) for a in self.asked)
        if step.ask:
            self.asked += (Asked(step.ask.person, step.ask.answer),)
        self.order = step.order

    @rule(minutes=st.sampled_from([0.5, 2, 5, 15, 60, 300]))
    def wait(self, minutes: float) -> None:
        self.now += minutes
        step = escalation.due(self.desk(), self.order)
        late = self.order.accept_by is not None and self.order.accept_by <= self.desk().now
        assert (step is not None) or not late or self.order.status not in WAITING, "dropped"
        self.keep(step)
        if self.order.status == OrderStatus.OFFERED:
            assert escalation.due(self.desk(), self.order) is None, "one step, not a burst"

    @rule(people=st.sets(st.sampled_from(DUTIES)))
    def change_shift(self, people: set[str]) -> None:
        self.people = people

    @rule(person=PEOPLE)
    def accept(self, person: int) -> None:
        try:
            self.keep(answers.accept(self.order, person, self.desk().now))
        except NotAllowed:
            assert self.order.status not in WAITING
        else:
            assert self.order.lead == person

    @precondition(lambda self: self.order.status == OrderStatus.OFFERED)
    @rule()
    def decline(self) -> None:
        self.keep(escalation.decline(self.desk(), self.order, "no boat"))

    @rule(person=PEOPLE, act=st.sampled_from([OrderAct.REASSIGN, OrderAct.HANDOVER]))
    def pass_on(self, person: int, act: OrderAct) -> None:
        try:
            self.keep(answers.pass_on(self.desk(), self.order, act, person, "knows her"))
        except NotAllowed:
            assert (self.order.status, act) not in MOVES
        except answers.Invalid:
            assert person == self.order.lead

    @precondition(lambda self: self.order.status in OPEN)
    @rule(severity=st.sampled_from([Severity.ALARM, Severity.EMERGENCY]))
    def worsen(self, severity: Severity) -> None:
        if severity <= self.order.severity:
            return
        before = self.order.accept_by
        self.keep(escalation.worsen(self.desk(), self.order, severity))
        assert before is None or (self.order.accept_by or 0) <= before
        self.shelved = False

    @precondition(lambda self: self.order.status in WAITING)
    @rule(reason=st.sampled_from([Reason.SHELVED, Reason.LOOKED_AT]))
    def hold(self, reason: Reason) -> None:
        self.keep(escalation.hold(self.desk(), self.order, reason))
        self.shelved = reason == Reason.SHELVED

    @precondition(lambda self: self.order.status in WORKING)
    @rule(step=st.sampled_from(["contacted", "on_scene"]))
    def progress(self, step: str) -> None:
        self.keep(answers.progress(self.order, step, ""))

    @precondition(lambda self: self.order.status in OPEN)
    @rule(reason=st.sampled_from([Reason.RETRACTED, Reason.SUPPRESSED]))
    def go_away(self, reason: Reason) -> None:
        working = self.order.status in WORKING
        self.keep(escalation.end(self.order, reason, self.desk().now))
        assert (self.order.status in WORKING) == working

    @precondition(lambda self: self.order.status in OPEN)
    @rule()
    def close(self) -> None:
        self.keep(answers.close(self.order, "resolved", "", self.desk().now))

    @precondition(lambda self: self.order.status not in OPEN)
    @rule()
    def come_back(self) -> None:
        self.keep(escalation.reopen(self.desk(), self.order))
        self.shelved = False

    @invariant()
    def exactly_one_lead(self) -> None:
        order = self.order
        led = order.status in WORKING or order.status == OrderStatus.OFFERED
        assert (order.lead is not None) == led or order.status not in OPEN
        unanswered = [a for a in self.asked if not a.answer]
        assert len(unanswered) == (order.status == OrderStatus.OFFERED)
        assert [a.person for a in unanswered] in ([], [order.lead])
        accepted = [a for a in self.asked if a.answer == "accepted"]
        if order.status in WORKING:
            assert accepted[-1].person == order.lead

    @invariant()
    def somebody_will_look(self) -> None:
        waiting = self.order.status in WAITING
        assert not waiting or self.shelved or self.order.accept_by is not None
        assert waiting or self.order.accept_by is None
        assert self.order.accept_by is None or self.order.accept_by > T0 - MINUTE
        assert self.order.reason
        assert Rung.MEMBER <= self.order.step <= Rung.COMMITTEE


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_nothing_leads_out_of_the_table() -> None:
    for status in OrderStatus:
        for act in OrderAct:
            step = Step(Order(1, Severity.ALARM, T0, status=status))
            if (status, act) in MOVES:
                assert step.add(act, "why").order.status == MOVES[status, act]
            else:
                with pytest.raises(NotAllowed, match=f"cannot {act} an order that is {status}"):
                    step.add(act, "why")
