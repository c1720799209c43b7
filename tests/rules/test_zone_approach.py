import shapely

from fleet.alerts.rules.zone_approach import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import clock, zone

REEF = zone(id=7, geometry=shapely.box(*place(-2, -2), *place(2, 2)))


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows, zones=[REEF])


def test_ten_minutes_from_the_edge() -> None:
    (first, *_) = said(leg(1, "00:00", 29, n=-5, sog=6, cog=0))
    assert first == "00:21 open info 1-7"


def test_turning_away_ends_it() -> None:
    rows = leg(1, "00:00", 25, n=-5, sog=6, cog=0) + leg(1, "00:26", 10, n=-2.5, sog=6, cog=90)
    assert [x.split()[1] for x in said(rows)] == ["open", "clear"]


def test_passing_by_is_nothing() -> None:
    assert said(leg(1, "00:00", 60, n=-3, e=-5, sog=6, cog=90)) == []


def test_inside_another_kind_takes_over() -> None:
    assert said(leg(1, "00:00", 15, n=-1, sog=3, cog=0)) == []


def test_out_of_season_it_may_go_there() -> None:
    later = zone(id=7, geometry=REEF.geometry, seasons=((clock("20:00"), clock("21:00")),))
    assert log(RULE, leg(1, "00:00", 40, n=-5, sog=6, cog=0), zones=[later]) == []
