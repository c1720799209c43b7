import shapely

from fleet.alerts.rules.speed import RULE
from tests.alerts.track import changes, log, zone

HARBOUR = zone(rule="area", kind="port", limit_kn=5.0)


def test_two_minutes_above_the_class_limit() -> None:
    assert log(RULE, [], "00:00 sog=19 | 00:01 sog=20 | 00:02 sog=20") == ["00:02 open warning"]


def test_in_the_harbour_five_knots_is_the_limit() -> None:
    track = "00:00 in sog=6 | 00:01 in sog=6 | 00:02 in sog=7"
    assert log(RULE, [HARBOUR], track) == ["00:02 open warning"]
    assert changes(RULE, [HARBOUR], track)[0].other == HARBOUR.id


def test_clears_after_five_minutes_below_nine_tenths() -> None:
    over = "00:00 sog=19 | 00:02 sog=19"
    track = f"{over} | 00:03 sog=17 | 00:04 sog=16 | 00:08 sog=16 | 00:09 sog=16"
    assert log(RULE, [], track) == ["00:02 open warning", "00:09 clear warning"]


def test_unknown_and_impossible_speeds_say_nothing() -> None:
    assert log(RULE, [], "00:00 sog=nan | 00:01 sog=102 | 00:02 sog=99 | 00:05 sog=80") == []


def test_a_slow_boat_in_a_lane_without_limit() -> None:
    lane = zone(rule="area", kind="fairway", geometry=shapely.box(108, 17, 110, 19))
    assert log(RULE, [lane], "00:00 in sog=12 | 00:05 in sog=12") == []
