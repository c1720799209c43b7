import numpy as np
import shapely

from fleet.alerts.facts import Details, Facts, Gear, Permit, Permits
from fleet.alerts.rules import fishing
from fleet.alerts.rules.fishing_like import RULE
from fleet.geo import Zone
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import clock, zone

REEF = zone(id=7, kind="reserve", geometry=shapely.box(*place(-9, -9), *place(9, 9)))


def said(rows: list[Row], facts: Facts | None = None, where: Zone = REEF) -> list[str]:
    lines = log([fishing.RULE, RULE], rows, zones=[where], facts=facts or Facts())
    return [line for line in lines if line.endswith("-7")]


def test_trawling_in_the_reserve() -> None:
    rows = leg(1, "00:00", 40, sog=3) + leg(1, "00:41", 90, sog=9, n=2, cog=90)
    assert [line.split()[1:3] for line in said(rows)] == [["open", "alarm"], ["clear", "alarm"]]


def test_passing_through_is_nothing() -> None:
    assert said(leg(1, "00:00", 50, e=-8, sog=9, cog=90)) == []


def test_who_has_fished_outside_steams_through_it() -> None:
    rows = leg(1, "00:00", 40, e=-13, sog=3, cog=90)  # to 2 nm before the edge, then home
    assert said(rows + leg(1, "00:41", 60, e=-11, sog=7, cog=90)) == []


def test_steaming_from_haul_to_haul_does_not_end_it() -> None:
    rows = leg(1, "00:00", 40, sog=3) + leg(1, "00:41", 10, n=2, sog=7)
    assert len(said(rows + leg(1, "00:52", 40, n=3, sog=3))) == 1


def test_fishing_beside_it_is_nothing() -> None:
    assert said(leg(1, "00:00", 60, e=12, sog=3)) == []


def test_a_special_permit_is_respected() -> None:
    one = np.ones(1, np.int64)
    may = Permits(one, one * int(Permit.FISH), one * 7, one * clock("00:00"), one * clock("05:00"))
    assert said(leg(1, "00:00", 60, sog=3), Facts(permits=may)) == []


CLOSED_SEASON = zone(id=7, kind="moratorium", geometry=shapely.box(*place(-9, -9), *place(9, 9)))


def geared(gear: Gear) -> Facts:
    details = Details.empty(2)
    details.gear[:] = int(gear)
    return Facts(details=details)


def test_towing_in_the_closed_season() -> None:
    rows = leg(1, "00:00", 40, sog=3)
    assert len(said(rows, geared(Gear.TRAWL_OTTER), CLOSED_SEASON)) == 1


def test_hooks_alone_may_fish_in_the_closed_season_but_not_in_a_reserve() -> None:
    rows = leg(1, "00:00", 40, sog=3)
    assert said(rows, geared(Gear.HOOK), CLOSED_SEASON) == []
    assert len(said(rows, geared(Gear.HOOK))) == 1
    assert len(said(rows, geared(Gear.HOOK | Gear.GILL_NET), CLOSED_SEASON)) == 1
