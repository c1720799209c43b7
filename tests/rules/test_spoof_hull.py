import numpy as np

from fleet.alerts.facts import FOREVER, Facts, Ties
from fleet.alerts.rules.spoof_hull import RULE
from tests.alerts.sea import Row, leg, log

METRE = 1 / 1852


def side_by_side(metres: float, minutes: float = 60, sog: float = 8) -> list[Row]:
    """Northeast for an hour, one transmitter ten seconds after the other."""
    one = leg(1, "00:00", minutes, sog=sog, cog=45, every_s=30)
    other = leg(3, "00:00", minutes, e=metres * METRE, sog=sog, cog=45, every_s=30)
    late = sog * 10 / 3600 / 2**0.5 / 60
    return one + [
        r | {"t": r["t"] + 10_000_000, "received": r["received"] + 10_000_000,
             "lon": r["lon"] + late / float(np.cos(np.radians(17))), "lat": r["lat"] + late}
        for r in other
    ]  # fmt: skip


def in_column(metres: float, seed: int = 5) -> list[Row]:
    """One behind the other, with the noise of GNSS aboard: 4 m each way."""
    rng = np.random.default_rng(seed)
    rows = side_by_side(metres)
    for r in rows:
        r["lon"] += rng.normal(0, 4) * METRE / 60
        r["lat"] += rng.normal(0, 4) * METRE / 60
    return rows


def test_two_numbers_on_one_hull() -> None:
    assert log(RULE, side_by_side(3)) == ["00:46 open warning 1-3"]
    assert log(RULE, in_column(3)) == ["00:46 open warning 1-3"], "by fixes as they are"


def test_boats_in_column_are_a_hull_apart() -> None:
    assert log(RULE, in_column(25)) == []


def test_convoy_at_a_cable_is_a_convoy() -> None:
    assert log(RULE, side_by_side(90)) == []


def test_half_an_hour_down_the_same_channel_is_chance() -> None:
    assert log(RULE, side_by_side(3, minutes=35)) == []


def test_moored_alongside_is_nothing() -> None:
    assert log(RULE, side_by_side(3, sog=0)) == []


def test_declared_partners_are_nothing() -> None:
    zero = np.zeros(2, np.int64)
    ties = Ties(np.array([5, 5]), np.array([1, 3]), zero + 2, zero, zero + FOREVER)
    assert log(RULE, side_by_side(3), facts=Facts(ties=ties)) == []


def test_to_part_for_a_moment_is_to_be_two() -> None:
    """Once seen half a cable apart at one course and speed, it begins anew."""
    rows = side_by_side(3)
    for r in rows:
        if r["vessel"] == 3 and 30 <= (r["t"] // 60_000_000) % 60 < 33:
            r["lon"] += 60 * METRE / 60
    assert log(RULE, rows) == []


def test_parting_ends_it() -> None:
    rows = side_by_side(3) + leg(1, "01:01", 30, sog=8) + leg(3, "01:01", 30, e=3, sog=8)
    assert [x.split()[1] for x in log(RULE, rows)] == ["open", "clear"]
