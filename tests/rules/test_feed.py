from fleet.alerts.rules.feed import RULE
from fleet.model import VesselClass
from tests.alerts.sea import Row, changes, fleet, leg


def said(rows: list[Row]) -> list[tuple[str, int, int]]:
    return [(str(c.act), c.vessel, c.other) for c in changes(RULE, rows, fleet(20))]


def heard(by: int, boats: range, minutes: float, start: str = "00:00") -> list[Row]:
    return [r for b in boats for r in leg(b, start, minutes, e=b, station=by)]


OTHERS = heard(2, range(10, 13), 90)


def test_a_receiver_falls_silent() -> None:
    assert said(heard(1, range(1, 8), 30) + OTHERS) == [("open", 0, 1)]


def test_it_is_heard_again() -> None:
    again = heard(1, range(1, 8), 30, "01:00")
    assert said(heard(1, range(1, 8), 30) + OTHERS + again) == [("open", 0, 1), ("clear", 0, 1)]


def test_one_boat_that_falls_silent_is_not_its_receiver() -> None:
    assert said(heard(1, range(1, 3), 30) + OTHERS) == []


def test_boats_that_another_station_hears_now_are_not_its() -> None:
    assert said(heard(1, range(1, 8), 30) + heard(2, range(1, 8), 60, "00:31") + OTHERS) == []


def test_after_a_break_of_everything_no_station_was_silent_alone() -> None:
    rows = heard(1, range(1, 8), 30) + heard(2, range(10, 17), 30)
    back = heard(1, range(1, 8), 5, "02:00") + heard(2, range(10, 17), 5, "02:00:30")
    assert said(rows + back) == []


def test_a_receiver_whose_boats_others_hear_too_is_missed_by_its_base_station() -> None:
    vessels = fleet(20)
    vessels.cls[8] = VesselClass.BASE
    shared = heard(2, range(10, 13), 90) + heard(1, range(8, 9), 30)
    found = changes(RULE, shared, vessels)
    assert [(str(c.act), c.vessel, c.other) for c in found] == [("open", 0, 1)]
    assert said(shared) == [], "one boat might as well have sailed away"
