from fleet.alerts.rules.gap import RULE
from tests.alerts.track import BOX, log, vessels, zone

PORT = zone(rule="area", kind="port", geometry=BOX)


def test_yellow_orange_red_as_the_hours_pass() -> None:
    said = log(RULE, [], "00:00 out | 00:05 out | 05:00 boat=3 out")
    assert said == ["00:35 open warning", "02:05 raise alarm", "04:05 raise emergency"]


def test_two_fixes_an_interval_apart_end_it() -> None:
    said = log(RULE, [], "00:00 out | 00:40 out | 00:40:20 out | 00:41:30 out")
    assert said == ["00:30 open warning", "00:41:30 clear warning"]


def test_a_boat_in_port_is_left_in_peace() -> None:
    assert log(RULE, [PORT], "00:00 in | 20:00 in") == []


def test_in_the_moratorium_a_terminal_in_port_stays_on() -> None:
    season = zone(id=9, rule="area", kind="moratorium", seasons=((0, 2**61),))
    assert log(RULE, [PORT, season], "00:00 in | 02:30 boat=3 out") == ["02:00 open info"]


def test_beyond_shore_coverage_ais_alone_vanishes_by_nature() -> None:
    coast = zone(rule="area", kind="coverage")
    assert log(RULE, [coast], "00:00 out by=ais | 03:00 boat=3 out") == []
    assert log(RULE, [coast], "00:00 out by=ais | 04:10 boat=3 out") == ["04:00 open emergency"]
    assert log(RULE, [coast], "00:00 out by=terminal | 00:40 boat=3 out by=terminal") == [
        "00:30 open warning"
    ]


def test_late_data_disproves_it() -> None:
    fill = " | ".join(f"00:{m:02} out" for m in (10, 20, 35))
    said = log(RULE, [], f"00:00 out | 00:50 out | 00:52 out | {fill}")
    assert said == ["00:30 open warning", "00:52 clear warning", "00:35 retract warning"]


def test_a_slow_link_is_not_a_silence() -> None:
    track = " | ".join(f"00:{m:02} out late=50" for m in range(0, 60, 2))
    assert log(RULE, [], track) == []


def test_an_unregistered_boat_owes_us_nothing() -> None:
    assert log(RULE, [], "00:00 out | 06:00 boat=3 out", vessels(registered=False)) == []
