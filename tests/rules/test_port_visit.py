from fleet.alerts.rules.port_visit import RULE
from tests.alerts.track import log, zone

PORT = zone(id=12, code="port", kind="port", rule="area")


def said(track: str) -> list[str]:
    return log(RULE, [PORT], track)


def test_in_at_the_first_fix_out_after_two_beyond_the_margin() -> None:
    track = "00:00 out | 00:10 in | 00:20 in | 00:30 edge=400 | 00:32 edge=900"
    assert said(track) == ["00:10 open info", "00:32 clear info"]


def test_lying_at_the_edge_is_not_leaving() -> None:
    assert said("00:00 in | 00:10 edge=100 | 00:20 edge=140 | 00:30 edge=90") == ["00:00 open info"]


def test_it_is_a_log_and_no_alert() -> None:
    assert RULE.log
