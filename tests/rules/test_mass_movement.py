import shapely

from fleet.alerts.rules import port_visit
from fleet.alerts.rules.mass_movement import RULE
from tests.alerts.sea import Row, changes, fleet, leg, place
from tests.alerts.track import zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))


def said(rows: list[Row]) -> list[tuple[str, int, int]]:
    found = changes([port_visit.RULE, RULE], rows, fleet(61), [PORT])
    return [(str(c.act), c.vessel, c.other) for c in found if c.kind == RULE.key]


def leaving(out: int, of: int = 50, minutes: float = 12) -> list[Row]:
    there = [r for b in range(1, of + 1) for r in leg(b, "00:00", 5)]
    away = [r for b in range(1, out + 1) for r in leg(b, "00:06", minutes, n=-2, sog=8, cog=180)]
    return there + away + [r for b in range(out + 1, of + 1) for r in leg(b, "00:06", minutes)]


def test_half_the_port_goes_out() -> None:
    assert said(leaving(25)) == [("open", 0, 31)]


def test_a_few_boats_are_an_ordinary_morning() -> None:
    assert said(leaving(10)) == []


def test_a_small_port_that_empties_is_none() -> None:
    assert said(leaving(8, of=10)) == []


def test_it_ends_when_they_are_out() -> None:
    assert said(leaving(25, minutes=50)) == [("open", 0, 31), ("clear", 0, 31)]
