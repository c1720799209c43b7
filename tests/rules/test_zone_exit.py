from fleet.alerts.rules.zone_exit import RULE
from tests.alerts.track import log, zone

FENCE = zone(rule="keep_in")


def test_three_fixes_and_three_minutes_beyond_the_margin() -> None:
    track = "00:00 in | 00:01 edge=200 | 00:02 edge=300 | 00:03 edge=400 | 00:04 edge=500"
    assert log(RULE, [FENCE], track) == ["00:04 open alarm"]


def test_back_inside_ends_it() -> None:
    out = "00:00 in | 00:01 out | 00:03 out | 00:05 out"
    assert log(RULE, [FENCE], f"{out} | 00:10 in | 00:11 in") == [
        "00:05 open alarm",
        "00:11 clear alarm",
    ]


def test_within_the_margin_is_not_out() -> None:
    assert log(RULE, [FENCE], "00:00 in | 00:01 edge=100 | 00:10 edge=140 | 00:20 edge=100") == []


def test_a_boat_never_seen_inside_does_not_belong() -> None:
    assert log(RULE, [FENCE], "00:00 out | 00:10 out | 00:20 out | 00:30 out") == []
