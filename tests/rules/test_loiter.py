import shapely

from fleet.alerts.rules.loiter import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import zone

CABLE = zone(id=6, kind="cable", geometry=shapely.box(*place(-1, -9), *place(1, 9)))


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows, zones=[CABLE])


def test_two_hours_at_the_cable() -> None:
    assert said(leg(1, "00:00", 150, sog=0.8, every_s=300)) == ["02:00 open info 1-6"]


def test_the_same_at_sea_is_nobodys_business() -> None:
    assert said(leg(1, "00:00", 300, e=9, sog=0.8, every_s=300)) == []


def test_moving_on_ends_it() -> None:
    rows = leg(1, "00:00", 150, sog=0.8, every_s=300) + leg(1, "02:31", 40, sog=7, cog=90)
    assert [line.split()[1] for line in said(rows)] == ["open", "clear"]


def test_a_short_burst_of_speed_starts_it_anew() -> None:
    rows = leg(1, "00:00", 90, sog=0.8) + leg(1, "01:31", 4, sog=7) + leg(1, "01:36", 90, sog=0.8)
    assert said(rows) == []


def test_near_a_line_counts_too() -> None:
    line = zone(
        id=8, kind="boundary", rule="line", geometry=shapely.LineString([place(2, 9), place(2, -9)])
    )
    assert log(RULE, leg(1, "00:00", 150, sog=0.8, every_s=300), zones=[line])[0].endswith("1-8")


def test_half_a_mile_beside_it_is_at_it() -> None:
    """The corridor ends a mile east of the plot's middle."""
    beside = [said(leg(1, "00:00", 130, e=e, sog=0.8, every_s=300)) for e in (1.4, 1.6)]
    assert beside == [["02:00 open info 1-6"], []]


def test_out_of_its_season_a_reserve_is_water() -> None:
    off = zone(id=6, kind="reserve", geometry=CABLE.geometry, seasons=((0, 1),))
    assert log(RULE, leg(1, "00:00", 150, sog=0.8, every_s=300), zones=[off]) == []
