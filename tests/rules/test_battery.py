import numpy as np

from fleet.alerts.rules import port_visit
from fleet.alerts.rules.battery import RULE
from fleet.model import Flag
from tests.alerts.track import BOX, log, zone

PORT = zone(rule="area", kind="port", geometry=BOX)
CUT, LOW = int(Flag.ON_BATTERY), int(Flag.LOW_POWER)


def said(track: str) -> list[str]:
    return log(RULE, [], track)


def test_blue_then_yellow_as_it_runs_down() -> None:
    track = " | ".join(
        f"00:{10 * k} battery={b} by=terminal" for k, b in enumerate((25, 19, 18, 9, 8))
    )
    assert said(track) == ["00:20 open info", "00:30 raise warning"]


def test_charging_clears_it_five_points_up() -> None:
    track = " | ".join(f"00:{k}0 battery={b}" for k, b in enumerate((18, 18, 22, 26, 30)))
    assert said(track) == ["00:10 open info", "00:40 clear info"]


def test_ais_fixes_between_say_nothing_of_the_battery() -> None:
    track = "00:00 battery=18 | 00:10 battery=18 | 00:20 by=ais | 00:30 by=ais | 00:50 by=ais"
    assert said(track) == ["00:10 open info"]


def test_one_low_reading_is_a_hiccup() -> None:
    assert said("00:00 battery=60 | 00:10 battery=3 | 00:20 battery=60") == []


def running_down(pct: float, per_hour: float, start: str = "out", hours: int = 3) -> str:
    """A report every ten minutes from 5 nm (by default) west of the port's box."""
    steps = ((k, pct - per_hour * k / 6) for k in range(6 * hours + 1))
    return " | ".join(
        f"{k // 6:02}:{k % 6}0 {start} battery={np.floor(b)} by=terminal" for k, b in steps
    )


def test_it_will_not_last_the_five_miles_home() -> None:
    """5 nm at 7 kn are 43 minutes, 29 per cent; twice it says that it has less."""
    assert log(RULE, [PORT], running_down(100, 40, hours=2)) == ["02:00 open warning"]


def test_it_lasts_the_way_home() -> None:
    assert log(RULE, [PORT], running_down(95, 20)) == []


def test_the_rate_of_a_few_minutes_is_no_rate() -> None:
    assert log(RULE, [PORT], running_down(100, 60, hours=0)) == []
    steps = "00:00 out battery=90 by=terminal | 00:10 out battery=60 by=terminal"
    assert log(RULE, [PORT], f"{steps} | 00:20 out battery=59 by=terminal") == []


def test_the_supply_that_fails_at_sea_is_told_and_the_one_that_returns_ends_it() -> None:
    track = (
        "00:00 out by=terminal | 00:10 out by=terminal flags={0} | 00:20 out by=terminal flags={0}"
        " | 00:25 out by=ais | 00:30 out by=terminal flags={0}"
        " | 00:40 out by=terminal | 00:50 out by=terminal"
    )
    for flag in (CUT, LOW):
        assert said(track.format(flag)) == ["00:20 open info", "00:50 clear info"]


def test_a_terminal_that_never_had_another_supply_has_lost_none() -> None:
    track = " | ".join(f"00:{k}0 out by=terminal flags={CUT} battery=80" for k in range(6))
    assert said(track) == []


def test_at_the_berth_the_engine_is_off() -> None:
    track = " | ".join(f"00:{k}0 in by=terminal flags={CUT if k else 0}" for k in range(6))
    assert [
        line for line in log([port_visit.RULE, RULE], [PORT], track) if line[:5] != "00:00"
    ] == []


def test_a_low_battery_is_low_in_port_too() -> None:
    track = " | ".join(f"00:{k}0 in by=terminal battery=12" for k in range(3))
    assert "00:10 open info" in log([port_visit.RULE, RULE], [PORT], track)
