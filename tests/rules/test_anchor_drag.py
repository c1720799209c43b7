from fleet.alerts.rules.anchor_drag import RULE
from tests.alerts.sea import Row, leg, log

METRE = 1 / 1852


def said(rows: list[Row]) -> list[str]:
    return log(RULE, rows)


ANCHORED = leg(1, "00:00", 30, status=1)


def test_it_drags() -> None:
    rows = ANCHORED + leg(1, "00:31", 10, n=80 * METRE, sog=0.6, cog=0, status=1)
    assert said(rows) == ["00:33 open alarm 1-0"]


def test_swinging_within_the_radius_is_nothing() -> None:
    swing = [leg(1, f"00:{31 + k}", 0, e=(20 if k % 2 else -20) * METRE)[0] for k in range(20)]
    assert said(ANCHORED + swing) == []


def test_sailing_off_is_not_dragging() -> None:
    assert said(ANCHORED + leg(1, "00:31", 20, sog=7, cog=90)) == []


def test_drifting_with_a_net_is_no_anchor() -> None:
    assert said(leg(1, "00:00", 90, sog=0.6, cog=180)) == []


def test_back_at_its_place_it_ends() -> None:
    rows = ANCHORED + leg(1, "00:31", 5, n=80 * METRE) + leg(1, "00:37", 8)
    assert said(rows) == ["00:33 open alarm 1-0", "00:42 clear alarm 1-0"]


def test_one_wild_fix_is_nothing() -> None:
    assert said(ANCHORED + leg(1, "00:31", 0, n=300 * METRE) + leg(1, "00:32", 9)) == []
