import numpy as np
import shapely

from fleet.alerts.facts import Details, Facts, Gear, Permit, Permits
from fleet.alerts.rules import fishing, port_visit
from fleet.alerts.rules.moratorium import RULE
from tests.alerts.sea import Row, leg, log, place
from tests.alerts.track import clock, zone

RULES = [port_visit.RULE, fishing.RULE, RULE]
SEA = zone(
    id=30, code="summer", kind="moratorium", rule="area", geometry=shapely.box(107, 12, 112, 20),
    seasons=((clock("00:00"), clock("12:00")),),
)  # fmt: skip
PORT = zone(
    id=31, code="port", kind="port", rule="area",
    geometry=shapely.box(*place(-1, -1), *place(1, 1)),
)  # fmt: skip


def facts(bits: int = 0, *permits: Permit) -> Facts:
    details = Details.empty(8)
    details.gear[1] = bits
    n = len(permits)
    one, kinds = np.ones(n, np.int64), np.array([int(p) for p in permits], np.int64)
    span = np.full(n, clock("00:00")), np.full(n, clock("23:00"))
    return Facts(details=details, permits=Permits(one, kinds, one * 0, *span))


def said(rows: list[Row], known: Facts | None = None) -> list[str]:
    lines = log(RULES, rows, zones=[SEA, PORT], facts=known or facts())
    return [line for line in lines if line.endswith("-30")]


def test_half_an_hour_at_sea_is_orange() -> None:
    assert said(leg(1, "01:00", 40, e=5, sog=8, cog=180)) == ["01:30 open alarm 1-30"]


def test_seeming_to_fish_makes_it_red() -> None:
    assert said(leg(1, "01:00", 60, e=5, sog=3)) == ["01:30 open emergency 1-30"]


def test_hooks_alone_may_go_out() -> None:
    assert said(leg(1, "01:00", 60, e=5, sog=8), facts(int(Gear.HOOK))) == []


def test_hooks_and_nets_may_not() -> None:
    assert said(leg(1, "01:00", 40, e=5, sog=8), facts(int(Gear.HOOK | Gear.GILL_NET)))


def test_a_permit_to_move_is_respected() -> None:
    assert said(leg(1, "01:00", 60, e=5, sog=8), facts(0, Permit.SAIL)) == []


def test_back_in_port_it_ends() -> None:
    rows = leg(1, "01:00", 40, e=5, sog=8, cog=180) + leg(1, "01:41", 30)
    assert [line.split()[1] for line in said(rows)] == ["open", "clear"]


def test_at_noon_of_the_last_day_it_is_over() -> None:
    rows = leg(1, "11:00", 59, e=5, sog=8, cog=180) + leg(1, "12:01", 30, e=5, sog=8, cog=180)
    assert said(rows) == ["11:30 open alarm 1-30", "12:00 clear alarm 1-30"]


def test_in_port_nobody_is_meant() -> None:
    assert said(leg(1, "01:00", 90)) == []
