"""What is not in the table cannot happen, and what must never happen is not in it."""

from itertools import product

import pytest

from fleet.alerts.lifecycle import MOVES, OPEN, NotAllowed, move
from fleet.model import Act, Severity, Status

MILD, RED = Severity.WARNING, Severity.EMERGENCY
NOT_IN_IT = sorted(set(product(Status, Act)) - set(MOVES))


@pytest.mark.parametrize(("status", "act"), NOT_IN_IT)
def test_everything_else_is_refused(status: Status, act: Act) -> None:
    with pytest.raises(NotAllowed, match=f"cannot {act} an alert that is {status}"):
        move(status, act, MILD)


def test_clearing_never_closes_what_nobody_has_looked_at() -> None:
    assert move(Status.ACTIVE, Act.CLEAR, MILD) == Status.CLEARED
    assert move(Status.ACKNOWLEDGED, Act.CLEAR, MILD) == Status.CLOSED


def test_red_is_closed_by_a_person_only_and_never_shelved() -> None:
    assert move(Status.ACKNOWLEDGED, Act.CLEAR, RED) == Status.ACKNOWLEDGED
    assert move(Status.CLEARED, Act.ACKNOWLEDGE, RED) == Status.ACKNOWLEDGED
    for status in Status:
        with pytest.raises(NotAllowed):
            move(status, Act.SHELVE, RED)


@pytest.mark.parametrize("status", [Status.ACKNOWLEDGED, Status.CLOSED, Status.INVALID])
def test_what_gets_worse_asks_again(status: Status) -> None:
    assert move(status, Act.RAISE, RED) == Status.ACTIVE


def test_every_status_can_be_reached_and_every_open_one_left() -> None:
    reached = {Status.ACTIVE}
    for _ in Status:
        reached |= {MOVES[s, a] for s, a in MOVES if s in reached}
    assert reached == set(Status)
    for status in OPEN:
        assert move(status, Act.CLOSE, RED) == Status.CLOSED
