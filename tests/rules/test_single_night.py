import shapely

from fleet.alerts.rules import port_visit
from fleet.alerts.rules.single_night import RULE
from tests.alerts.sea import leg, log, place
from tests.alerts.track import zone

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


def test_the_first_out_of_port_has_the_port_beside_it() -> None:
    port = zone(id=5, kind="port", rule="area", geometry=shapely.box(*place(9, -1), *place(12, 1)))
    berthed = leg(3, "15:00", 180, e=10)
    both = [port_visit.RULE, RULE]
    near, far = leg(1, "15:00", 180, e=4), leg(1, "15:00", 180, e=1)
    alone = [
        [line for line in log(both, berthed + rows, zones=[port]) if line.endswith("1-0")]
        for rows in (near, far)
    ]
    assert alone == [[], ["16:30 open warning 1-0"]]
