import shapely

from fleet.alerts.rules.zone_dwell import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import zone

CABLE = zone(
    id=6, kind="cable", rule="area", geometry=shapely.box(*place(-0.3, -9), *place(0.3, 9))
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
