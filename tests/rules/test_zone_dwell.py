from dataclasses import replace

import numpy as np
import shapely

from fleet.alerts.facts import FOREVER, Facts, Permit, Permits
from fleet.alerts.rules.zone_dwell import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import zone

CABLE = zone(
    id=6, kind="cable", rule="area", geometry=shapely.box(*place(-0.3, -9), *place(0.3, 9))
)  # fmt: skip

STAY = zone(
    id=9, kind="restricted", rule="area", dwell_min=45.0,
    geometry=shapely.box(*place(-3, -3), *place(3, 3)),
)  # fmt: skip


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows, zones=[CABLE])


def test_dragging_along_the_cable() -> None:
    assert said(leg(1, "00:00", 30, n=-2, sog=3)) == ["00:20 open alarm 1-6"]


def test_anchoring_on_it() -> None:
    assert said(leg(1, "00:00", 30, status=1))[0] == "00:20 open alarm 1-6"


def test_crossing_it_is_nothing() -> None:
    assert said(leg(1, "00:00", 60, e=-3, sog=4, cog=90)) == []


def test_moving_on_ends_it() -> None:
    rows = leg(1, "00:00", 30, n=-2, sog=3) + leg(1, "00:31", 20, sog=9)
    assert [line.split()[1] for line in said(rows)] == ["open", "clear"]


def test_a_zone_with_a_time_of_its_own_at_whatever_speed() -> None:
    rows = leg(1, "00:00", 50, n=-2, sog=3) + leg(1, "00:51", 30, n=1, sog=7)
    assert log(RULE, rows, zones=[STAY]) == ["00:45 open alarm 1-9", "01:14 clear alarm 1-9"]


def test_less_than_its_time_is_allowed() -> None:
    assert log(RULE, leg(1, "00:00", 60, n=-2, sog=7), zones=[STAY]) == []


def test_a_fix_that_wavers_at_the_edge_has_not_left() -> None:
    """A hundred metres beyond the edge, one fix in five."""
    rows = leg(1, "00:00", 60, n=2.98)
    for row in rows[4::5]:
        row["lat"] = place(0, 3.05)[1]
    assert log(RULE, rows, zones=[STAY]) == ["00:45 open alarm 1-9"]


def test_a_cable_may_have_a_time_of_its_own_and_may_still_be_passed() -> None:
    quick = replace(CABLE, dwell_min=5.0)
    assert log(RULE, leg(1, "00:00", 8, n=-2, sog=3), zones=[quick]) == ["00:05 open alarm 1-6"]
    assert log(RULE, leg(1, "00:00", 30, n=-2, sog=8), zones=[quick]) == []


def test_who_holds_a_permit_may_stay() -> None:
    allowed = Facts(permits=Permits(*(np.array([v]) for v in (1, Permit.ENTER, 9, 0, FOREVER))))
    assert log(RULE, leg(1, "00:00", 90), zones=[STAY], facts=allowed) == []
