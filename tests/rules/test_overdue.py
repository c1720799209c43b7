import numpy as np

from fleet.alerts.facts import Facts, Trips
from fleet.alerts.rules.overdue import RULE
from tests.alerts.sea import Row, leg, log
from tests.alerts.track import clock


def trips(*declared: tuple[str, str]) -> Facts:
    out = np.array([clock(a) for a, _ in declared])
    back = np.array([clock(b) for _, b in declared])
    return Facts(trips=Trips(np.ones(len(declared), np.int64), out, back))


def said(rows: list[Row], facts: Facts) -> list[str]:
    return log(RULE, rows, facts=facts)


def test_two_six_and_twelve_hours_late() -> None:
    rows = leg(1, "00:00", 20 * 60, every_s=600)
    assert said(rows, trips(("00:00", "04:00"))) == [
        "06:00 open warning 1-0", "10:00 raise alarm 1-0", "16:00 raise emergency 1-0",
    ]  # fmt: skip


def test_a_silent_boat_is_overdue_all_the_same() -> None:
    rows = leg(1, "00:00", 60) + leg(3, "00:00", 900, every_s=600)
    assert said(rows, trips(("00:00", "04:00")))[0] == "06:00 open warning 1-0"


def test_a_newer_trip_takes_the_place_of_the_old() -> None:
    rows = leg(1, "00:00", 900, every_s=600)
    assert said(rows, trips(("00:00", "04:00"), ("05:00", "23:00"))) == []


def test_no_declared_return_is_never_overdue() -> None:
    facts = Facts(trips=Trips(*(np.array([v]) for v in (1, clock("00:00"), 0))))
    assert said(leg(1, "00:00", 900, every_s=600), facts) == []
