import numpy as np
import shapely

from fleet.alerts.facts import Berths, Facts
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.port_crowding import RULE
from tests.alerts.sea import Row, changes, leg, place
from tests.alerts.track import zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))
FOUR = Facts(berths=Berths(np.array([31]), np.array([4])))


def said(rows: list[Row]) -> list[tuple[str, int, int]]:
    found = changes([port_visit.RULE, RULE], rows, zones=[PORT], facts=FOUR)
    return [(str(c.act), c.vessel, c.other) for c in found if c.kind == RULE.key]


def lying(*boats: int, minutes: float = 20) -> list[Row]:
    return [r for b in boats for r in leg(b, "00:00", minutes)]


def test_the_last_berth_is_taken() -> None:
    assert said(lying(1, 2, 3, 4)) == [("open", 0, 31)]


def test_three_of_four_is_room_enough() -> None:
    assert said(lying(1, 2, 3)) == []


def test_one_leaves_and_it_ends() -> None:
    away = leg(4, "00:21", 40, n=-3) + [r for b in (1, 2, 3) for r in leg(b, "00:21", 40)]
    assert said(lying(1, 2, 3, 4) + away) == [("open", 0, 31), ("clear", 0, 31)]


def test_the_evidence_counts() -> None:
    found = changes([port_visit.RULE, RULE], lying(1, 2, 3, 4), zones=[PORT], facts=FOUR)
    assert found[-1].evidence == {"boats": 4, "places": 4}
