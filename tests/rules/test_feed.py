from fleet.alerts.rules.feed import RULE
from fleet.alerts.state import CLOCK, SOURCE
from fleet.model import SECOND, Source, VesselClass
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


def clocked(by: int, minutes: float, fast_s: float, start: str = "00:00") -> list[Row]:
    """Seven boats by a station whose clock is so fast; negative: slow, or it brings late."""
    rows = heard(by, range(1, 8), minutes, start)
    return [{**r, "heard": r["received"] + int(fast_s * SECOND)} for r in rows]


def test_a_receiver_whose_clock_is_off_either_way() -> None:
    for fast_s in (400, -90):
        assert said(clocked(1, 30, fast_s) + heard(2, range(10, 13), 30)) == [
            ("open", 0, CLOCK | 1)
        ], fast_s


def test_half_a_minute_is_an_honest_clock() -> None:
    assert said(clocked(1, 60, 40) + clocked(1, 30, -40, "01:01") + OTHERS) == []


def test_a_clock_set_right_ends_it_and_one_that_wavers_does_not() -> None:
    rows = clocked(1, 20, 70) + clocked(1, 20, 50, "00:21") + clocked(1, 20, 1, "00:42")
    others = heard(2, range(10, 13), 62)
    assert said(rows + others) == [("open", 0, CLOCK | 1), ("clear", 0, CLOCK | 1)]
    until = [r for r in rows if r["t"] < rows[0]["t"] + 40 * 60 * SECOND]
    assert said(until + heard(2, range(10, 13), 40)) == [("open", 0, CLOCK | 1)]


def test_one_boat_whose_gateway_is_late_is_not_the_receiver() -> None:
    rows = [{**r, "heard": r["received"] - 300 * SECOND} for r in heard(1, range(1, 3), 60)]
    assert said(rows + OTHERS) == []


def both(minutes: float, terminals: float, boats: range = range(1, 8)) -> list[Row]:
    """Boats with AIS each minute, and a terminal each three for so long."""
    ais = heard(2, boats, minutes)
    return ais + [
        r
        for b in boats
        for r in leg(b, "00:00:30", terminals, e=b, station=10 + b, source=int(Source.TERMINAL),
                     every_s=180)
    ]  # fmt: skip


def test_all_terminals_silent_at_once_is_their_broker() -> None:
    assert said(both(60, 30)) == [("open", 0, SOURCE | Source.TERMINAL)]


def test_it_ends_when_they_are_back() -> None:
    back = leg(1, "00:50:30", 9, e=1, station=11, source=int(Source.TERMINAL), every_s=180)
    assert [act for act, _, _ in said(both(60, 30) + back)] == ["open", "clear"]


def test_two_terminals_that_fall_silent_are_two_boats() -> None:
    assert said(both(60, 30, range(1, 3)) + OTHERS) == []


def terminals(boats: range, minutes: float, start: str = "00:00") -> list[Row]:
    """Boats at work, each by a terminal of its own every three minutes."""
    by = {"source": int(Source.TERMINAL), "every_s": 180}
    return [r for b in boats for r in leg(b, start, minutes, e=b, station=100 + b, **by)]


def together(rows: list[Row]) -> list[tuple[str, int]]:
    return [(str(c.act), c.other) for c in changes(RULE, rows, fleet(120))]


ALL_TERMINALS = SOURCE | Source.TERMINAL


def test_terminals_that_fall_silent_together_are_one_outage() -> None:
    lost, others = terminals(range(1, 31), 30), terminals(range(40, 90), 150)
    assert together(lost + others) == [("open", ALL_TERMINALS)]
    back = terminals(range(1, 31), 30, "02:00")
    assert together(lost + others + back) == [("open", ALL_TERMINALS), ("clear", ALL_TERMINALS)]


def test_three_tenths_of_the_terminals_must_be_silent() -> None:
    assert together(terminals(range(1, 31), 30) + terminals(range(31, 111), 150)) == []


def test_boats_that_fall_silent_one_by_one_are_each_its_own() -> None:
    rows = [r for b in range(1, 31) for r in terminals(range(b, b + 1), 30 + 3 * b)]
    assert together(rows + terminals(range(40, 90), 180)) == []


def test_after_a_break_of_everything_no_terminals_were_silent_together() -> None:
    first = terminals(range(1, 91), 30)
    assert together(first + terminals(range(40, 90), 9, "03:00")) == []
