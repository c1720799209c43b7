"""What happens when nobody answers: the log of one order, minute by minute."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from fleet.grid import answers, escalation
from fleet.grid.lifecycle import NotAllowed, OrderAct, OrderStatus
from fleet.grid.order import Asked, Desk, Order, Step
from fleet.grid.policy import Rung, default, parse
from fleet.grid.words import Reason
from fleet.model import MINUTE, Case
from tests.grid.port import ID, IN_03, NAME, ORANGE, RED, T0, YELLOW, case, desk, new, roster

EVERYBODY = "wang 03, li 03 backup, chen leads 03, sun 海事, qian chief, zhou committee, zhao 04"


class Watch:
    """One order and the people of the port, with a clock that the test turns."""

    def __init__(self, c: Case, people: str) -> None:
        self.people, self.case = people, c
        self.asked: list[Asked] = []
        self.log: list[str] = []
        self.order = Order(0, c.severity, T0)
        self.minute = 0.0
        self.keep(escalation.open_order(self.desk(0), new(c)))

    def desk(self, minute: float, **more: Any) -> Desk:
        self.minute = minute
        return desk(self.case, self.people, minute, asked=tuple(self.asked), **more)

    def keep(self, step: Step | None) -> Step | None:
        if step is None:
            return None
        self.asked = [Asked(a.person, a.answer or step.answer) for a in self.asked]
        if step.ask:
            self.asked.append(Asked(step.ask.person, step.ask.answer))
        self.order = step.order
        who = NAME[step.order.lead] if step.order.lead else "-"
        self.log.append(f"{self.minute:g} {step.done[-1].act} {who}")
        return step

    def until(self, end: int) -> list[str]:
        """Tick every half minute, as the worker does every second."""
        start = int(self.minute * 2)
        for half in range(start, end * 2 + 1):
            self.keep(escalation.due(self.desk(half / 2), self.order))
        return self.log


def test_yellow_climbs_by_its_table_and_stops_with_the_chief() -> None:
    assert Watch(case("speed", YELLOW), EVERYBODY).until(500) == [
        "0 offer wang",
        "15 escalate li",
        "45 escalate chen",
        "120 escalate sun",
        "240 escalate qian",
        "480 alarm qian",
    ]


def test_orange_climbs_to_the_party_committee() -> None:
    assert Watch(case("zone_enter", ORANGE), EVERYBODY).until(60) == [
        "0 offer wang",
        "5 escalate li",
        "10 escalate chen",
        "20 escalate sun",
        "40 escalate qian",
        "60 escalate zhou",
    ]


def test_red_is_with_the_chief_at_five_minutes_and_is_told_in_parallel_at_once() -> None:
    watch = Watch(case("distress", RED), EVERYBODY)
    assert escalation.tell(watch.desk(0), Step(watch.order)).told == ("sun", "qian")
    assert watch.until(21) == [
        "0 offer wang",
        "2 escalate li",
        "4 escalate chen",
        "5 escalate qian",
        "10 escalate zhou",
        "15 alarm zhou",
        "20 alarm zhou",
    ]


def test_empty_rungs_are_skipped_at_once() -> None:
    watch = Watch(case("zone_enter", ORANGE), "wang 03, qian chief")
    step = watch.keep(escalation.due(watch.desk(5), watch.order))
    assert step is not None
    assert watch.log[-1] == "5 escalate qian"
    assert step.done[-1].detail["skipped"] == ["backup", "leader", "department"]


@pytest.mark.parametrize(
    ("minute", "who", "skipped"),
    [
        (5, "li", []),
        (9.9, "li", []),
        (10, "chen", ["backup"]),
        (19, "chen", ["backup"]),
        (25, "sun", ["backup", "leader"]),
        (59, "qian", ["backup", "leader", "department"]),
        (600, "zhou", ["backup", "leader", "department", "chief"]),
    ],
)
def test_after_an_outage_the_one_right_step_is_taken(
    minute: float, who: str, skipped: list[str]
) -> None:
    watch = Watch(case("zone_enter", ORANGE), EVERYBODY)
    step = watch.keep(escalation.due(watch.desk(minute), watch.order))
    assert step is not None
    assert [d.act for d in step.done] == [OrderAct.TIME_OUT, OrderAct.ESCALATE]
    assert watch.log[-1] == f"{minute:g} escalate {who}"
    assert step.done[-1].detail.get("skipped", []) == skipped
    assert escalation.due(watch.desk(minute), watch.order) is None, "once"


def test_after_an_outage_somebody_lower_is_better_than_nobody() -> None:
    watch = Watch(case("zone_enter", ORANGE), "wang 03, chen leads 03")
    watch.keep(escalation.due(watch.desk(600), watch.order))
    assert watch.log[-1] == "600 escalate chen"


def test_nobody_on_duty_anywhere_is_the_command_centres_until_somebody_comes() -> None:
    watch = Watch(case("speed", YELLOW), "")
    assert watch.until(10) == ["0 alarm -"]
    assert watch.order.status == OrderStatus.UNASSIGNED
    watch.people = "hai 05"
    watch.until(11)
    assert watch.log[-1] == "10 offer hai"


def test_unassigned_rings_again_and_is_never_dropped() -> None:
    watch = Watch(case("distress", RED), "")
    watch.until(16)
    assert watch.log == ["0 alarm -", "5 alarm -", "10 alarm -", "15 alarm -"]


def test_a_lone_member_who_does_not_answer_is_asked_again_later_but_not_at_once() -> None:
    watch = Watch(case("distress", RED), "wang 03")
    assert watch.until(8) == ["0 offer wang", "2 alarm -", "7 offer wang"]


def test_the_next_shift_takes_over_at_the_top() -> None:
    watch = Watch(case("distress", RED), "qian chief")
    watch.people = "zhou chief"
    watch.until(6)
    assert watch.log == ["0 escalate qian", "5 escalate zhou"]


def test_a_chief_who_went_home_does_not_keep_it() -> None:
    watch = Watch(case("distress", RED), "qian chief")
    watch.people = ""
    watch.until(6)
    assert watch.log == ["0 escalate qian", "5 alarm -"]
    assert watch.order.status == OrderStatus.UNASSIGNED


def test_a_declined_order_goes_to_the_colleague_then_to_the_neighbours() -> None:
    watch = Watch(case("speed", YELLOW), EVERYBODY)
    for who in ("li", "zhao", "chen"):
        watch.keep(escalation.decline(watch.desk(1), watch.order, "at sea myself"))
        assert watch.order.lead == ID[who]
    watch.keep(escalation.decline(watch.desk(2), watch.order, "on the road"))
    assert watch.log[-1] == "2 escalate sun"
    assert watch.order.level == 3


def test_everybody_declined_leaves_it_to_the_command_centre() -> None:
    watch = Watch(case("speed", YELLOW), "wang 03, li 03 backup")
    watch.keep(escalation.decline(watch.desk(1), watch.order, "no boat"))
    watch.keep(escalation.decline(watch.desk(2), watch.order, "no boat"))
    assert watch.until(600)[-2:] == ["242 alarm -", "482 alarm -"]
    assert all(a.answer == "declined" for a in watch.asked)


def test_a_raise_tightens_and_never_loosens() -> None:
    watch = Watch(case("boundary", YELLOW), EVERYBODY)
    watch.keep(escalation.worsen(watch.desk(3), watch.order, RED))
    assert watch.order.accept_by == T0 + 5 * MINUTE
    watch = Watch(case("boundary", YELLOW), EVERYBODY)
    watch.keep(escalation.worsen(watch.desk(14), watch.order, ORANGE))
    assert watch.order.accept_by == T0 + 15 * MINUTE, "already tighter than 14 + 5"


def test_a_raise_to_red_tells_the_chief_at_once() -> None:
    watch = Watch(case("boundary", YELLOW), EVERYBODY)
    step = escalation.worsen(watch.desk(3), watch.order, RED)
    assert step.told == ("sun", "qian")
    assert step.page


def test_a_look_buys_time_once_and_does_not_end_the_climb() -> None:
    watch = Watch(case("distress", RED), EVERYBODY)
    watch.keep(escalation.hold(watch.desk(1), watch.order, Reason.LOOKED_AT))
    assert watch.until(11) == ["0 offer wang", "1 hold wang", "11 escalate li"]


def test_a_yellow_whose_condition_has_passed_climbs_no_higher_than_the_leader() -> None:
    watch = Watch(case("speed", YELLOW), EVERYBODY)
    for minute in (15, 45):
        watch.keep(escalation.due(watch.desk(minute, cleared=True), watch.order))
    watch.keep(escalation.due(watch.desk(285, cleared=True), watch.order))
    assert watch.log[1:] == ["15 escalate li", "45 escalate chen", "285 alarm -"]


def test_a_shelved_order_is_quiet_and_then_asked_of_whoever_is_on_duty_then() -> None:
    watch = Watch(case("speed", YELLOW), "wang 03")
    watch.keep(escalation.hold(watch.desk(1), watch.order, Reason.SHELVED))
    assert watch.until(600) == ["0 offer wang", "1 hold wang"]
    watch.people = "li 03 backup"
    watch.keep(escalation.resume(watch.desk(600), watch.order))
    assert watch.log[-1] == "600 offer li"


def test_reassigning_begins_the_chain_anew_behind_the_person_named() -> None:
    watch = Watch(case("zone_enter", ORANGE), EVERYBODY)
    at = watch.desk(1)
    watch.keep(answers.pass_on(at, watch.order, OrderAct.REASSIGN, ID["hai"], "knows the boat"))
    assert watch.order.status == OrderStatus.OFFERED
    watch.keep(escalation.due(watch.desk(6), watch.order))
    assert watch.log[-1] == "6 escalate li", "wang's own offer was withdrawn by then"


def test_a_handover_that_nobody_answers_does_not_leave_the_boat_alone() -> None:
    watch = Watch(case("distress", RED, at=IN_03), EVERYBODY)
    watch.keep(answers.accept(watch.order, ID["wang"], T0 + MINUTE))
    at = watch.desk(30)
    step = watch.keep(
        answers.pass_on(at, watch.order, OrderAct.HANDOVER, ID["hai"], "end of shift")
    )
    assert step is not None
    assert step.relieved
    assert watch.until(35)[-3:] == ["32 escalate li", "34 escalate chen", "35 escalate qian"]


def test_a_retracted_alert_voids_what_nobody_took_and_tells_who_did() -> None:
    order = Watch(case("gap", ORANGE), EVERYBODY).order
    step = escalation.end(order, Reason.RETRACTED, T0)
    assert step is not None
    assert (step.order.status, step.answer) == (OrderStatus.VOID, "withdrawn")
    taken = answers.accept(order, ID["wang"], T0).order
    step = escalation.end(taken, Reason.RETRACTED, T0)
    assert step is not None
    assert (step.order.status, step.page) == (OrderStatus.ACCEPTED, True)
    assert escalation.end(step.order, Reason.RETRACTED, T0) is not None
    with pytest.raises(NotAllowed):
        Step(replace(order, status=OrderStatus.CLOSED)).add(OrderAct.VOID, "late")


def test_windows_of_the_tables_are_those_of_the_service_levels() -> None:
    accept = {s: default().ladder(s).window(Rung.MEMBER) // MINUTE for s in (RED, ORANGE, YELLOW)}
    assert accept == {RED: 2, ORANGE: 5, YELLOW: 15}
    offsets = {s: [at // MINUTE for _, at in default().ladder(s).steps] for s in (ORANGE, YELLOW)}
    assert offsets[ORANGE][1:4] == [5, 10, 20]
    assert offsets[YELLOW][1:4] == [15, 45, 120]
    assert dict(default().ladder(RED).steps)[Rung.CHIEF] == 5 * MINUTE


def test_a_policy_that_does_not_begin_with_the_member_is_refused() -> None:
    text = files("fleet.grid").joinpath("policy.toml").read_text(encoding="utf-8")
    assert parse(text) == default()
    with pytest.raises(ValueError, match="ladder emergency"):
        parse(text.replace("member = 0, backup = 2", "member = 3, backup = 2"))


def test_roster_is_what_the_stories_say() -> None:
    assert [d.code for d in roster(EVERYBODY).on(1, 3)] == ["wang", "li"]
