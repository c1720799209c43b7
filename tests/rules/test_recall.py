import numpy as np
import shapely

from fleet.alerts.facts import Answer, Answers, Facts, Recalls
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.recall import RULE
from fleet.model import MINUTE
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


ANCHORAGE = zone(id=33, kind="anchorage", rule="area",
                 geometry=shapely.box(*place(-2, -12), *place(2, -8)))  # fmt: skip


def through(start: str, miles: float) -> list[Row]:
    """North through the anchorage to the port, from so far south, at 8 kn."""
    way = leg(1, start, miles / 8 * 60, n=-miles, sog=8, cog=0, every_s=300)
    hours, minutes = divmod(clock(start) // MINUTE % 1440 + round(miles / 8 * 60) + 5, 60)
    return way + leg(1, f"{hours:02}:{minutes:02}", 40, every_s=300)


def anchored(rows: list[Row], deadline: str) -> list[str]:
    zones = [PORT, ANCHORAGE]
    lines = log([port_visit.RULE, RULE], rows, zones=zones, facts=order(deadline))
    return [x for x in lines if x.endswith("-77")]


def test_to_steam_through_an_anchorage_is_not_to_have_come_in() -> None:
    """Told once, until it lies in port; the anchorage on the way neither ends it nor begins it."""
    rows = leg(1, "00:00", 400, n=-20, every_s=300) + through("06:41", 20)
    found = anchored(rows, "12:00")
    assert [x.split()[:2] for x in found] == [["06:00", "open"], ["09:16", "clear"]]


def test_to_anchor_there_is() -> None:
    rows = leg(1, "00:00", 400, n=-20, every_s=300)
    rows += leg(1, "06:41", 75, n=-20, sog=8, cog=0, every_s=300) + leg(1, "08:00", 300, n=-10)
    found = anchored(rows, "12:00")
    assert [x.split()[:2] for x in found] == [["06:00", "open"], ["08:06", "clear"]]


def test_towing_to_and_fro_is_not_the_way_home() -> None:
    rows: list[Row] = []
    for k in range(24):
        start, east = f"{k // 2:02}:{k % 2 * 30 + 1:02}", 1.8 if k % 2 else 0
        rows += leg(1, start, 29, e=east, n=-20 + 0.2 * k, sog=3.7, cog=283 if k % 2 else 77,
                    every_s=300)  # fmt: skip
    assert said(rows, order("12:00"))[0].split()[:2] == ["06:01", "open"]
