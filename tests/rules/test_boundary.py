from fleet.alerts.rules.boundary import RULE
from tests.alerts.track import boundary, changes, log, vessels


def said(track: str) -> list[str]:
    return log(RULE, [boundary()], track)


def test_closing_in_steps() -> None:
    nm = (14, 12, 10, 8, 6.5, 4.5, 1.9, 1.5, 0.5, -0.1, -0.2)
    track = " | ".join(f"00:{i * 10} line={d}" for i, d in enumerate(nm))
    assert said(track) == [
        "00:30 open info",  # the second fix that says less than an hour
        "00:50 raise warning",
        "01:00 raise alarm",
        "01:40 raise emergency",
    ]


def test_one_fix_well_past_is_a_crossing() -> None:
    assert said("00:00 line=6 | 00:20 line=-0.5") == ["00:20 open emergency"]


def test_working_far_away_is_nothing() -> None:
    assert said("00:00 line=12 | 00:10 line=12.1 | 00:20 line=12") == []


def test_back_home_for_fifteen_minutes_ends_a_crossing() -> None:
    over = "00:00 line=1.2 | 00:05 line=-0.5 | 00:10 line=0.5"
    track = f"{over} | 00:20 line=2 | 00:30 line=3 | 00:36 line=4"
    assert said(track)[-1] == "00:36 clear emergency"


def steam(*miles: float) -> str:
    """A fix each ten minutes at these distances from the line."""
    times = (f"{k // 6:02}:{k % 6}0" for k in range(len(miles)))
    return " | ".join(f"{t} line={d}" for t, d in zip(times, miles, strict=True))


def test_who_comes_back_from_a_crossing_is_told_once() -> None:
    out = (4, 2, 0.5, -0.6, -0.6)
    home = (0.6, 1.8, 3, 4.2, 5.4, 6.6, 7.8)
    found = said(steam(*out, *home))
    assert [line.split()[1:] for line in found][-2:] == [
        ["raise", "emergency"],
        ["clear", "emergency"],
    ]
    assert "open" in said(steam(*out, *home, 6.5, 5.3, 4.1))[-1], "but not for ever"


def test_who_is_first_seen_going_home_is_not_told() -> None:
    assert said(steam(4.6, 5.6, 6.6, 7.6)) == []


def test_turning_away_ends_an_approach() -> None:
    track = "00:00 line=6 | 00:10 line=4.5 | 00:20 line=4.4 | 00:30 line=7 | 00:41 line=9"
    assert said(track) == ["00:20 open info", "00:41 clear info"]


def test_a_twin_with_the_same_number_across_the_line_is_not_a_crossing() -> None:
    twins = " | ".join(f"00:{m:02} line={12 if m % 2 else -60}" for m in range(20))
    assert said(f"00:00 line=12 | {twins}") == []


def test_a_wrong_fix_amid_an_approach_neither_ends_nor_worsens_it() -> None:
    track = "00:00 line=4 | 00:10 line=4 | 00:11 line=-9 | 00:12 line=4 | 00:30 line=4"
    assert said(track) == ["00:10 open info"]


def test_foreign_ships_cross_every_day() -> None:
    assert (
        changes(RULE, [boundary()], "00:00 line=1 | 00:05 line=-2", vessels(registered=False)) == []
    )
