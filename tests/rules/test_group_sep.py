import numpy as np

from fleet.alerts.facts import FOREVER, Facts, Ties
from fleet.alerts.rules.group_sep import RULE
from tests.alerts.sea import Row, changes, leg, log


def groups(**members: list[int]) -> Facts:
    pairs = [(k, v) for k, name in enumerate(members, 1) for v in members[name]]
    group, vessel = np.array(pairs, np.int64).T
    zero = np.zeros(len(pairs), np.int64)
    return Facts(ties=Ties(group, vessel, zero + 1, zero, zero + FOREVER))


def said(rows: list[Row], facts: Facts | None = None) -> list[str]:
    return log(RULE, rows, facts=facts or groups(a=[1, 3]))


def test_five_miles_for_a_quarter_of_an_hour() -> None:
    rows = leg(1, "00:00", 40) + leg(3, "00:00", 40, e=6)
    assert said(rows) == ["00:16 open warning 1-0", "00:16 open warning 3-0"]


def test_nobody_within_eight_is_orange() -> None:
    rows = leg(1, "00:00", 40) + leg(3, "00:00", 40, e=20)
    assert said(rows)[0] == "00:16 open alarm 1-0"


def test_another_boat_near_is_proposed() -> None:
    rows = leg(1, "00:00", 40) + leg(3, "00:00", 40, e=20) + leg(4, "00:00", 40, e=2)
    first = next(c for c in changes(RULE, rows, facts=groups(a=[1, 3])) if c.vessel == 1)
    assert (first.severity.name, first.evidence) == ("WARNING", {"nearest": 4, "nearest_nm": 2.0})


def test_other_groups_do_not_count_as_mates() -> None:
    rows = leg(1, "00:00", 40) + leg(3, "00:00", 40, e=6) + leg(4, "00:00", 40, e=1)
    assert "1-0" in said(rows, groups(a=[1, 3], b=[4, 5]))[0]


def test_alone_of_its_group_at_sea_it_is_away_from_nobody() -> None:
    assert said(leg(1, "00:00", 60)) == []


def test_together_again_ends_it() -> None:
    rows = leg(1, "00:00", 60) + leg(3, "00:00", 30, e=6) + leg(3, "00:31", 29, e=3)
    assert [x.split()[1] for x in said(rows)] == ["open", "open", "clear", "clear"]


def test_without_groups_it_is_not_evaluated() -> None:
    assert log(RULE, leg(1, "00:00", 40) + leg(3, "00:00", 40, e=20), facts=Facts()) == []
