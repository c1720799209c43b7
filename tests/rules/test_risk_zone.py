import shapely

from fleet.alerts.rules.risk_zone import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import zone

RISK = zone(
    id=9, kind="risk", rule="area", geometry=shapely.box(*place(-3, -3), *place(3, 3))
)  # fmt: skip


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows, zones=[RISK])


def test_told_on_entry_and_over_after_leaving() -> None:
    rows = leg(1, "00:00", 120, e=-5, sog=6, cog=90)
    assert [line.split()[1:3] for line in said(rows)] == [["open", "info"], ["clear", "info"]]


def test_anchoring_there_is_yellow() -> None:
    rows = leg(1, "00:00", 5, sog=5, cog=0) + leg(1, "00:06", 30, sog=0.1, n=0.5, status=1)
    assert [line.split()[1:3] for line in said(rows)] == [["open", "info"], ["raise", "warning"]]


def test_a_moment_at_the_edge_is_not_entering() -> None:
    rows = leg(1, "00:00", 3, e=-4, sog=4) + leg(1, "00:04", 0, e=-2.9) + leg(1, "00:05", 9, e=-4)
    assert said(rows) == []


def test_who_cuts_the_edge_for_three_minutes_is_told_nothing() -> None:
    assert said(leg(1, "00:00", 9, e=-2.9, sog=9, cog=270, every_s=20)) == []
