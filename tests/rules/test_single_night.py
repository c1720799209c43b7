from fleet.alerts.rules.single_night import RULE
from tests.alerts.sea import leg, log

# 16:00 UTC is midnight in Sanya.


def test_alone_for_half_an_hour_after_midnight() -> None:
    assert log(RULE, leg(1, "15:00", 180)) == ["16:30 open warning 1-0"]


def test_with_company_within_eight_miles_it_is_well() -> None:
    assert log(RULE, leg(1, "15:00", 180) + leg(3, "15:00", 180, e=7)) == []


def test_company_that_comes_ends_it() -> None:
    rows = leg(1, "15:00", 180) + leg(3, "16:50", 70, e=3)
    assert [x.split()[1:] for x in log(RULE, rows)] == [
        ["open", "warning", "1-0"],
        ["clear", "warning", "1-0"],
    ]


def test_by_day_nobody_is_meant() -> None:
    assert log(RULE, leg(1, "04:00", 180)) == []


def test_dawn_ends_it() -> None:
    assert log(RULE, leg(1, "18:00", 180))[-1].split()[:2] == ["20:10", "clear"]
