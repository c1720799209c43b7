import numpy as np

from fleet.alerts.facts import Details, Facts, Gear
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.fishing import RULE
from tests.alerts.sea import Row, leg, log
from tests.alerts.track import zone


def gear(bits: int) -> Facts:
    details = Details.empty(8)
    details.gear[1] = bits
    return Facts(details=details)


def said(rows: list[Row], bits: int = int(Gear.TRAWL_OTTER)) -> list[str]:
    return log(RULE, rows, facts=gear(bits))


def test_twenty_minutes_at_trawling_speed() -> None:
    assert said(leg(1, "00:00", 30, sog=3)) == ["00:20 open info 1-0"]


def test_steaming_is_not() -> None:
    assert said(leg(1, "00:00", 60, sog=9)) == []


def test_a_look_at_the_net_between_hauls_does_not_end_it() -> None:
    rows = leg(1, "00:00", 40, sog=3) + leg(1, "00:41", 5, sog=8) + leg(1, "00:47", 40, sog=3)
    assert said(rows) == ["00:20 open info 1-0"]


def test_steaming_home_ends_it_after_half_an_hour() -> None:
    rows = leg(1, "00:00", 40, sog=3) + leg(1, "00:41", 60, sog=9)
    assert [line.split()[1] for line in said(rows)] == ["open", "clear"]


def test_each_gear_has_its_band() -> None:
    slow = leg(1, "00:00", 40, sog=0.5)
    assert (said(slow), said(slow, int(Gear.GILL_NET))) == ([], ["00:20 open info 1-0"])


def test_a_carrier_never_fishes() -> None:
    assert said(leg(1, "00:00", 40, sog=3), int(Gear.CARRIER)) == []


def test_of_several_gears_and_of_an_unknown_one_only_what_suits_them_all() -> None:
    drifting, towing = leg(1, "00:00", 40, sog=0.5), leg(1, "00:00", 40, sog=3)
    both = int(Gear.GILL_NET | Gear.TRAWL_OTTER)
    for bits in (both, 0):
        assert (said(drifting, bits), said(towing, bits)) == ([], ["00:20 open info 1-0"])


def test_a_carrier_with_a_net_fishes_with_the_net() -> None:
    assert len(said(leg(1, "00:00", 40, sog=3), int(Gear.CARRIER | Gear.GILL_NET))) == 1


def test_moored_in_port_is_not_fishing() -> None:
    box = zone(id=12, kind="port", rule="area")
    rows = [r | {"lon": 109.05, "lat": 18.05} for r in leg(1, "00:00", 60, sog=0.3)]
    assert log([port_visit.RULE, RULE], rows, zones=[box], facts=gear(0)) == [
        "00:00 open info 1-12"
    ]


def test_an_unknown_speed_neither_begins_nor_ends_it() -> None:
    rows = leg(1, "00:00", 30, sog=3) + leg(1, "00:31", 60, sog=np.nan) + leg(1, "01:32", 5, sog=3)
    assert said(rows) == ["00:20 open info 1-0"]
