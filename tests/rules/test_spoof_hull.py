from fleet.alerts.rules.spoof_hull import RULE
from tests.alerts.sea import Row, leg, log

METRE = 1 / 1852


def side_by_side(metres: float, minutes: float = 30, sog: float = 8) -> list[Row]:
    one = leg(1, "00:00", minutes, sog=sog, cog=45, every_s=30)
    return one + leg(3, "00:00", minutes, e=metres * METRE, sog=sog, cog=45, every_s=30)


def test_two_numbers_on_one_hull() -> None:
    assert log(RULE, side_by_side(5)) == ["00:21 open warning 1-3"]


def test_convoy_at_a_cable_is_a_convoy() -> None:
    assert log(RULE, side_by_side(90)) == []


def test_moored_alongside_is_nothing() -> None:
    assert log(RULE, side_by_side(5, sog=0)) == []


def test_parting_ends_it() -> None:
    rows = side_by_side(5) + leg(1, "00:31", 30, sog=8) + leg(3, "00:31", 30, e=3, sog=8)
    assert [x.split()[1] for x in log(RULE, rows)] == ["open", "clear"]
