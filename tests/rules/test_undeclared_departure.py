import numpy as np
import shapely

from fleet.alerts.facts import Facts, Trips
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.undeclared_departure import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import clock, zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))


def trips(vessel: int, out: str) -> Facts:
    one = [np.array([v]) for v in (vessel, clock(out), clock("23:00"))]
    return Facts(trips=Trips(*one))


OUT = leg(1, "01:00", 30) + leg(1, "01:31", 90, sog=8, cog=180)


def said(rows: list[Row], facts: Facts) -> list[str]:
    lines = log([port_visit.RULE, RULE], rows, zones=[PORT], facts=facts)
    return [x for x in lines if x.endswith("-0")]


def test_half_an_hour_outside_without_a_report() -> None:
    (line,) = said(OUT, trips(3, "00:30"))
    assert "02:10" <= line[:5] <= "02:15"
    assert line[6:] == "open warning 1-0"


def test_a_report_the_evening_before_is_a_report() -> None:
    assert said(OUT, trips(1, "00:00")) == []


def test_the_report_of_another_trip_is_none() -> None:
    old = Facts(trips=Trips(*(np.array([v]) for v in (1, clock("01:30") - 86_400_000_000, 0))))
    assert len(said(OUT, old)) == 1


def test_back_in_port_ends_it() -> None:
    assert said(OUT + leg(1, "03:02", 20), trips(3, "00:30"))[-1].split()[1] == "clear"


def test_a_boat_never_seen_in_port_left_none() -> None:
    assert said(leg(1, "01:00", 90, e=9), trips(3, "00:30")) == []
