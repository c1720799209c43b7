"""Whom to ask: each test is a situation at the port and the answer an old hand would give."""

from collections.abc import Sequence

import pytest

from fleet.grid import assign
from fleet.grid.policy import Basis, Rung, default
from fleet.grid.words import Reason, Why, say, sentence
from fleet.model import Case
from tests.grid.port import (
    FAR_SOUTH_OF_05,
    GRID,
    ID,
    IN_03,
    IN_04,
    NAME,
    NOWHERE,
    case,
    roster,
)


def asked(
    c: Case,
    people: str,
    *,
    load: dict[str, int] | None = None,
    last: dict[str, int] | None = None,
    declined: Sequence[str] = (),
) -> tuple[str, str] | None:
    """Who is asked, and why, in words."""
    choice = assign.member(
        c, roster(people, load, last), default(), [ID[name] for name in declined]
    )
    return None if choice is None else (NAME[choice.duty.person], say(str(choice.why), "en"))


def name(
    c: Case,
    people: str,
    *,
    load: dict[str, int] | None = None,
    last: dict[str, int] | None = None,
    declined: Sequence[str] = (),
) -> str | None:
    answer = asked(c, people, load=load, last=last, declined=declined)
    return answer and answer[0]


def test_the_member_of_the_grid_where_it_happened_is_asked() -> None:
    assert asked(case("speed"), "wang 03, li 03 backup, zhao 04") == (
        "wang",
        "position's grid 03, member on duty, 0 open orders",
    )


def test_the_backup_is_asked_while_the_member_is_off_duty() -> None:
    assert asked(case("speed"), "li 03 backup, zhao 04") == (
        "li",
        "position's grid 03, backup on duty, 0 open orders",
    )


def test_a_gap_goes_to_the_boats_own_grid_that_knows_owner_and_family() -> None:
    people = "wang 03, zhao 04"
    assert name(case("gap", at=IN_03, home="04"), people) == "zhao"
    assert name(case("speed", at=IN_03, home="04"), people) == "wang"


def test_distress_goes_to_the_nearest_before_the_boats_own_grid() -> None:
    people = "hai 05, wang 03"
    assert asked(case("distress", at=FAR_SOUTH_OF_05, home="03"), people) == (
        "hai",
        "nearest grid on duty 05, 42.0 nm away, member on duty, 0 open orders",
    )
    assert name(case("boundary", at=FAR_SOUTH_OF_05, home="03"), people) == "wang"


def test_nobody_in_the_grid_itself_leads_to_the_next_basis() -> None:
    assert name(case("speed", at=IN_03, home="05"), "hai 05, zhao 04") == "hai"
    assert asked(case("speed", at=IN_03), "hai 05, zhao 04") == (
        "zhao",
        "nearest grid on duty 04, 5.7 nm away, member on duty, 0 open orders",
    )


def test_distress_without_a_position_goes_to_the_boats_own_grid() -> None:
    assert name(case("distress", at=NOWHERE, home="04"), "wang 03, zhao 04") == "zhao"
    assert name(case("distress", at=NOWHERE), "wang 03, zhao 04") is None


def test_who_declined_is_not_asked_again() -> None:
    people = "wang 03, li 03 backup, zhao 04"
    assert name(case("speed"), people, declined=["wang"]) == "li"
    assert name(case("speed"), people, declined=["wang", "li"]) == "zhao"
    assert name(case("speed"), people, declined=["wang", "li", "zhao"]) is None


def test_less_open_work_comes_first_and_then_whoever_was_asked_longest_ago() -> None:
    people = "wang 03, hai 03"
    assert name(case("speed"), people, load={"wang": 1}) == "hai"
    assert name(case("speed"), people, last={"wang": 5, "hai": 90}) == "wang"
    assert name(case("speed"), people, last={"wang": 90, "hai": 5}) == "hai"
    assert name(case("speed"), people) == "wang", "all equal: the same one every time"


def test_a_busy_member_comes_after_a_free_backup_but_before_another_grid() -> None:
    people = "wang 03, li 03 backup, zhao 04"
    assert name(case("speed"), people, load={"wang": 2}) == "wang"
    assert name(case("speed"), people, load={"wang": 3}) == "li"
    assert name(case("speed"), people, load={"wang": 4, "li": 3}) == "wang"


def test_a_point_on_the_border_belongs_to_both_grids() -> None:
    people = "wang 03, zhao 04"
    border = (109.2, 18.3)
    assert name(case("speed", at=border), people, load={"wang": 1}) == "zhao"
    assert name(case("speed", at=border), people, load={"zhao": 1}) == "wang"


def test_a_merchant_ship_without_a_grid_of_its_own_is_still_somebodys_affair() -> None:
    assert name(case("gap", at=IN_04), "wang 03, zhao 04") == "zhao"


def test_the_department_is_chosen_by_what_it_is_for() -> None:
    staff = roster("sun 协会, qian 海事")
    policy = default()

    def department(kind: str) -> str:
        choice = assign.step_up(Rung.DEPARTMENT, case(kind), None, staff, policy)
        assert choice is not None
        assert choice.basis is Basis.CHAIN
        return NAME[choice.duty.person]

    assert department("gap") == "sun"
    assert department("collision") == "qian"


def test_the_grid_leader_is_asked_only_while_on_duty() -> None:
    def leader(people: str) -> str | None:
        choice = assign.step_up(Rung.LEADER, case(), GRID["03"], roster(people), default())
        return None if choice is None else NAME[choice.duty.person]

    assert leader("wang 03") is None
    assert leader("chen leads 03") == "chen"
    assert leader("chen 04") == "chen", "on duty in another capacity"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_can_be_said(language: str) -> None:
    for reason in Reason:
        for basis in (None, *Basis):
            for rung in (None, *Rung):
                why = Why(reason, basis, "03", 2, rung, 1.5)
                assert Why.parse(str(why)) == why
                assert "{" not in sentence(why, language)
    assert say("the person's own words", language) == "the person's own words"
    assert say("position's", language) == "position's"


def test_said_in_chinese() -> None:
    choice = assign.member(case("speed"), roster("wang 03"), default())
    assert choice is not None
    assert say(str(choice.why), "zh") == "位置所在网格 03，网格员在岗，在办 0 单"
