import numpy as np
import shapely

from fleet.alerts.facts import Details, Facts
from fleet.alerts.rules.nav_area import RULE
from tests.alerts.sea import Row, changes, leg, log, place
from tests.alerts.track import zone

COAST = zone(
    id=40, kind="coast", rule="line", geometry=shapely.LineString([place(-90, 0), place(90, 0)])
)  # fmt: skip


def facts(nm: float) -> Facts:
    details = Details.empty(8)
    details.nav_nm[1] = nm
    return Facts(details=details)


def said(rows: list[Row], nm: float = 10) -> list[str]:
    return log(RULE, rows, zones=[COAST], facts=facts(nm))


def test_yellow_in_the_last_tenth_orange_beyond() -> None:
    rows = leg(1, "00:00", 120, n=-7, sog=3, cog=180)
    assert [x.split()[1:3] for x in said(rows)] == [["open", "warning"], ["raise", "alarm"]]


def test_in_its_waters_it_is_left_in_peace() -> None:
    assert said(leg(1, "00:00", 120, n=-8)) == []


def test_other_boats_may_go_further() -> None:
    assert said(leg(1, "00:00", 120, n=-15), 50) == []


def test_back_inside_it_ends() -> None:
    rows = leg(1, "00:00", 40, n=-11) + leg(1, "00:41", 40, n=-5)
    assert [x.split()[1] for x in said(rows)] == ["open", "clear"]


def test_a_boat_without_a_certificate_is_not_judged() -> None:
    assert said(leg(1, "00:00", 120, n=-15), np.nan) == []


def test_the_evidence_has_both_distances() -> None:
    found = changes(RULE, leg(1, "00:00", 40, n=-12), zones=[COAST], facts=facts(10))
    assert found[0].evidence["coast_nm"] == 12
    assert found[0].evidence["certified_nm"] == 10
