from fleet.alerts.rules.terminal_off import RULE
from fleet.model import SECOND, Source
from tests.alerts.sea import Row, leg, log

AIS, TERMINAL = int(Source.AIS), int(Source.TERMINAL)


def company(minutes: int = 240) -> list[Row]:
    """Another boat, whose terminal and AIS both work."""
    by_ais = leg(2, "00:00", minutes, e=60, every_s=300)
    return by_ais + leg(2, "00:00:30", minutes, e=60, every_s=300, source=TERMINAL)


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows + company())


def test_the_terminal_is_silent_and_the_ais_goes_on() -> None:
    rows = leg(1, "00:00:10", 30, source=TERMINAL) + leg(1, "00:00", 120, every_s=300)
    assert said(rows) == ["01:40 open alarm 1-0"]


def test_the_ais_is_silent_and_the_terminal_goes_on() -> None:
    rows = leg(1, "00:00:10", 30) + leg(1, "00:00", 120, every_s=300, source=TERMINAL)
    assert said(rows) == ["01:40 open alarm 1-0"]


def test_both_again_ends_it() -> None:
    rows = leg(1, "00:00:10", 30, source=TERMINAL) + leg(1, "00:00", 180, every_s=300)
    assert [x.split()[1] for x in said(rows + leg(1, "02:00:10", 60, source=TERMINAL))] == [
        "open", "clear",
    ]  # fmt: skip


def test_a_boat_that_never_had_a_terminal_is_not_meant() -> None:
    assert said(leg(1, "00:00", 180, every_s=300)) == []


def test_a_dead_platform_is_not_everybodys_terminal() -> None:
    rows = leg(1, "00:00:10", 30, source=TERMINAL) + leg(1, "00:00", 180, every_s=300)
    assert log(RULE, rows) == []


def test_a_boat_that_was_silent_by_both_comes_back_by_one_first() -> None:
    before = leg(1, "00:00:10", 30, source=TERMINAL) + leg(1, "00:00", 30, every_s=300)
    after = leg(1, "01:50", 60, every_s=60) + leg(1, "01:55:10", 60, source=TERMINAL)
    assert said(before + after) == []


def test_the_hour_counts_from_when_the_one_came_back() -> None:
    before = leg(1, "00:00:10", 30, source=TERMINAL) + leg(1, "00:00", 30, every_s=300)
    assert said(before + leg(1, "01:50", 90, every_s=300)) == ["02:55 open alarm 1-0"]


def behind(rows: list[Row], seconds: float) -> list[Row]:
    """The same, received that much later."""
    return [{**r, "received": r["received"] + int(seconds * SECOND)} for r in rows]


def test_a_terminal_in_step_with_the_ais_is_heard() -> None:
    """Both report at the full minute; the terminal's way is the longer one."""
    both = leg(1, "00:00", 180) + behind(leg(1, "00:00", 180, source=TERMINAL), 2)
    assert said(both) == []


def test_a_slow_terminal_is_heard_behind_the_newer_ais() -> None:
    """By way of Beidou it takes a minute; the AIS has reported six times meanwhile."""
    slow = behind(leg(1, "00:00:05", 30, source=TERMINAL), 60)
    assert said(leg(1, "00:00", 30, every_s=10) + slow) == []
    assert said(leg(1, "00:00", 120, every_s=10) + slow) == ["01:30 open alarm 1-0"]
