import numpy as np

from fleet.alerts.facts import Depth, Facts
from fleet.alerts.rules.grounding import RULE
from tests.alerts.sea import ORIGIN, Row, changes, leg, log


def shoal() -> Facts:
    """Twenty metres everywhere, two on the cells a mile and more to the north."""
    lats = ORIGIN[1] + np.arange(-5, 6) / 60
    lons = ORIGIN[0] + np.arange(-5, 6) / 60
    metres = np.full((11, 11), 20.0)
    metres[6:] = 2.0
    return Facts(depth=Depth(lats, lons, metres))


def said(rows: list[Row], facts: Facts | None = None) -> list[str]:
    return log(RULE, rows, facts=facts or shoal())


def test_aground_by_its_own_word_is_red_at_once() -> None:
    assert said(leg(1, "00:00", 5, status=6), Facts()) == ["00:00 open emergency 1-0"]


def test_heading_for_a_shoal_is_orange() -> None:
    assert said(leg(1, "00:00", 4, n=-0.4, sog=6, cog=0))[0] == "00:01 open alarm 1-0"


def test_along_the_shoal_is_nothing() -> None:
    assert said(leg(1, "00:00", 20, n=-1.2, sog=6, cog=90)) == []


def test_stopping_dead_in_shallow_water_is_red() -> None:
    rows = leg(1, "00:00", 2, n=1.0, sog=7, cog=0) + leg(1, "00:02:40", 5, n=1.4, sog=0.1)
    assert "emergency" in said(rows)[-1]


def test_stopping_in_deep_water_is_a_stop() -> None:
    rows = leg(1, "00:00", 2, n=-4, sog=7, cog=180) + leg(1, "00:02:40", 9, n=-4.3, sog=0.1)
    assert said(rows) == []


def test_the_evidence_has_the_depth() -> None:
    assert (
        changes(RULE, leg(1, "00:00", 4, n=-0.4, sog=6), facts=shoal())[0].evidence["depth_m"] == 20
    )


def test_turning_away_ends_it() -> None:
    rows = leg(1, "00:00", 3, n=-0.4, sog=6, cog=0) + leg(1, "00:04", 9, n=-0.1, sog=6, cog=180)
    assert said(rows)[-1].split()[1] == "clear"
