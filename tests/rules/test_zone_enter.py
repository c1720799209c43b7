import numpy as np

from fleet.alerts.facts import Facts, Permit, Permits
from fleet.alerts.rules.zone_enter import RULE
from tests.alerts import sea
from tests.alerts.track import clock, log, zone


def said(track: str, **changes: object) -> list[str]:
    return log(RULE, [zone(**changes)], track)


def test_two_fixes_and_a_minute_inside() -> None:
    assert said("00:00 out | 00:01 in | 00:01:30 in | 00:02 in") == ["00:02 open alarm"]


def test_one_stray_fix_inside_is_nothing() -> None:
    assert said("00:00 edge=3000 | 00:01 in | 00:30 out | 00:45 out") == []


def test_leaves_after_three_fixes_and_three_minutes_beyond_the_margin() -> None:
    track = (
        "00:00 in | 00:01 in | 00:02 edge=200 | 00:03 edge=200 | 00:04 edge=200 | 00:05 edge=200"
    )
    assert said(track) == ["00:01 open alarm", "00:05 clear alarm"]


def test_hanging_on_the_edge_neither_leaves_nor_enters_again() -> None:
    wobble = " | ".join(f"00:{m:02} {'in' if m % 2 else 'edge=100'}" for m in range(2, 40))
    assert said(f"00:00 in | 00:01 in | {wobble}") == ["00:01 open alarm"]


def test_straight_through_between_two_fixes() -> None:
    assert said("00:00 edge=3000 | 00:14 out lon=109.12") == ["00:14 open alarm"]


def test_a_corner_cut_in_seconds_is_nothing() -> None:
    assert said("00:00 out lon=108.999 lat=18.0995 | 00:02 out lon=109.0005 lat=18.101") == []


def test_a_boat_already_inside_when_the_season_starts_counts_as_entering() -> None:
    season = ((clock("01:00"), clock("02:00")),)
    track = "00:50 in | 00:59 in | 01:00 in | 01:01 in | 01:30 in | 02:05 in | 02:20 in"
    assert said(track, seasons=season) == ["01:01 open alarm", "02:00 clear alarm"]


def test_a_class_the_zone_does_not_name() -> None:
    assert said("00:00 in | 00:01 in | 00:02 in", classes=frozenset()) == []


def test_who_holds_a_permit_to_enter_is_not_meant() -> None:
    here = zone(id=7)
    centre = here.geometry.centroid
    rows = sea.leg(1, "00:00", 30, every_s=60)
    rows = [{**row, "lon": centre.x, "lat": centre.y} for row in rows]
    one = np.ones(1, np.int64)

    def lines(kind: Permit, where: int) -> list[str]:
        may = Permits(one, one * int(kind), one * where, one * 0, one * clock("23:00"))
        return sea.log(RULE, rows, zones=[here], facts=Facts(permits=may))

    assert lines(Permit.ENTER, 7) == lines(Permit.ENTER, 0) == []
    assert len(lines(Permit.ENTER, 8)) == len(lines(Permit.FISH, 7)) == 1
