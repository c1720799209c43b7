import numpy as np
import shapely

from fleet.alerts.facts import Answer, Answers, Facts, Recalls
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.recall import RULE
from tests.alerts.sea import Row, changes, leg, log, place
from tests.alerts.track import clock, zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))


def order(deadline: str, answers: dict[int, Answer] | None = None) -> Facts:
    recalls = Recalls(*(np.array([v]) for v in (77, 0, clock("00:00"), clock(deadline))))
    told = [(77, v, int(a)) for v, a in (answers or {}).items()]
    rows = np.array(told, np.int64).reshape(-1, 3).T
    return Facts(recalls=recalls, answers=Answers(*rows))


def said(rows: list[Row], facts: Facts) -> list[str]:
    lines = log([port_visit.RULE, RULE], rows, zones=[PORT], facts=facts)
    return [x for x in lines if x.endswith("-77")]


def test_who_stays_out_hears_it_worse_and_worse() -> None:
    rows = leg(1, "00:00", 13 * 60, n=-20, every_s=300)
    assert [x.split()[:3] for x in said(rows, order("12:00"))] == [
        ["06:00", "open", "warning"], ["10:00", "raise", "alarm"], ["12:00", "raise", "emergency"],
    ]  # fmt: skip


def test_who_cannot_be_back_in_time_is_told_at_once() -> None:
    assert said(leg(1, "00:00", 60, n=-120, every_s=300), order("12:00"))[0][:5] == "00:05"


def test_who_comes_home_hears_nothing() -> None:
    rows = leg(1, "00:00", 150, n=-20, sog=8, cog=0) + leg(1, "02:31", 60)
    assert said(rows, order("12:00")) == []


def test_heading_away_for_half_an_hour_is_told() -> None:
    rows = leg(1, "00:00", 90, n=-20, sog=8, cog=180, every_s=300)
    assert [x.split()[1:3] for x in said(rows, order("23:00"))] == [["open", "warning"]]


def test_an_accepted_answer_ends_it() -> None:
    rows = leg(1, "00:00", 13 * 60, n=-20, every_s=300)
    assert said(rows, order("12:00", {1: Answer.SHELTERING})) == []
    assert said(rows, order("12:00", {1: Answer.TO_COME})) != []


def test_the_evidence_says_how_far_home_is() -> None:
    rows = leg(1, "00:00", 60, n=-120, every_s=300)
    found = changes([port_visit.RULE, RULE], rows, zones=[PORT], facts=order("12:00"))
    assert abs(found[-1].evidence["shelter_nm"] - 120) < 1


def test_without_an_order_nobody_is_recalled() -> None:
    assert said(leg(1, "00:00", 600, n=-20, every_s=300), Facts()) == []


def test_who_is_on_the_way_six_hours_before_complies() -> None:
    rows = leg(1, "00:00", 400, n=-20, every_s=300) + leg(1, "06:41", 150, n=-20, sog=8, cog=0)
    assert said(rows + leg(1, "09:12", 120), order("14:00")) == []


def test_who_turns_home_late_is_told_once() -> None:
    away = leg(1, "00:00", 60, n=-20, sog=8, cog=180, every_s=300)
    home = leg(1, "01:01", 240, n=-28, sog=8, cog=0, every_s=300)
    found = said(away + home, order("23:00"))
    assert [x.split()[1] for x in found] == ["open", "clear"]


def test_passing_one_shelter_on_the_way_to_another_is_no_leaving() -> None:
    further = zone(id=32, kind="port", rule="area",
                   geometry=shapely.box(*place(39, -1), *place(41, 1)))  # fmt: skip
    rows = leg(1, "00:00", 240, e=2, n=-3, sog=8, cog=90, every_s=300)
    lines = log([port_visit.RULE, RULE], rows, zones=[PORT, further], facts=order("23:00"))
    assert [x for x in lines if x.endswith("-77")] == []
