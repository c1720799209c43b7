from fleet.alerts.rules.battery import RULE
from tests.alerts.track import log


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
