import numpy as np
import pytest

from fleet.alerts.engine import Engine, Inputs, State, feed, tick
from fleet.alerts.facts import Facts, Wind
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rules import port_visit
from fleet.alerts.rules.gap import RULE
from fleet.geo import Zones
from tests.alerts.track import BOX, batch, clock, fix, log, show, vessels, zone

PORT = zone(rule="area", kind="port", geometry=BOX)
NEAR = "00:01 boat=3 out | 00:06 boat=3 out"
"""Another boat of ours beside it, seen at the looks at 00:05 and 00:10."""


def test_yellow_orange_red_as_the_hours_pass() -> None:
    said = log(RULE, [], f"00:00 out | {NEAR} | 00:07 out | 05:00 boat=3 out")
    assert said == ["00:37 open warning", "02:07 raise alarm", "04:07 raise emergency"]


def test_alone_it_is_red_after_two_hours() -> None:
    said = log(RULE, [], "00:00 out | 00:05 out | 00:06 out | 05:00 boat=3 out")
    assert said == ["00:36 open warning", "02:06 raise emergency"]


def test_who_was_alone_and_has_met_somebody_since_is_not() -> None:
    meeting = " | ".join(f"00:{m:02} out | 00:{m:02}:30 boat=3 out" for m in (12, 18, 24))
    said = log(RULE, [], f"00:00 out | 00:06 out | {meeting} | 05:00 boat=3 out")
    assert said == ["00:54 open warning", "02:24 raise alarm", "04:24 raise emergency"]


@pytest.mark.parametrize(
    ("last", "red"),
    [
        ("13:00", "16:00"),  # at sea since 21:00 local; red at midnight
        ("15:00", "17:00"),  # at 01:00
        ("17:30", "19:30"),  # at 03:30
        ("18:30", "22:30"),  # two hours later the night is over
    ],
)
def test_at_night_it_is_red_sooner(last: str, red: str) -> None:
    """Night is from 00 to 04 in China, 16 to 20 UTC."""
    hour, minute = map(int, last.split(":"))
    both = " | ".join(f"{hour}:{minute + k:02} boat=3 out" for k in (1, 6, 11))
    said = log(RULE, [], f"{last} out | {both} | 23:40 boat=3 out")
    assert said[-1] == f"{red} raise emergency"


def windy(force: float) -> list[str]:
    """Silent from 00:07 with a boat beside it, in a measured wind from 01:00 on."""
    one = np.ones(1, np.int64)
    grid = np.full((1, 1, 1, 1), force)
    wind = Wind(
        one * clock("00:30"), np.ones(1, np.bool_), one * clock("01:00"),
        np.array([18.05]), np.array([108.9]), grid,
    )  # fmt: skip
    facts = Facts(wind=wind)
    engine = Engine(
        (RULE,), {"gap": typed(RULE, defaults()["gap"].values)}, Zones.build([]), vessels(), facts
    )
    state, out = State.empty(8, engine.rules), []
    track = f"00:00 out | {NEAR} | 00:07 out"
    rows = [fix(step) for step in track.split("|")]
    rows += [fix(f"{k // 60:02}:{k % 60:02} boat=3 out") for k in range(12, 300, 5)]
    for row in rows:
        state, said = feed(engine, state, Inputs(batch([row])), row["t"])
        state, more = tick(engine, state, row["t"])
        out += [c for c in (*said, *more) if c.vessel == 1]
    assert "alone" not in out[0].evidence
    return [f"{show(c.t)} {c.act} {c.severity.name.lower()}" for c in out]


def test_in_a_wind_of_force_six_it_is_red_after_two_hours() -> None:
    assert windy(6) == ["00:37 open warning", "02:07 raise emergency"]
    assert windy(5)[1:] == ["02:07 raise alarm", "04:07 raise emergency"]


def test_two_fixes_an_interval_apart_end_it() -> None:
    said = log(RULE, [], "00:00 out | 00:40 out | 00:40:20 out | 00:41:30 out")
    assert said == ["00:30 open warning", "00:41:30 clear warning"]


def test_a_boat_in_port_is_left_in_peace() -> None:
    assert log(RULE, [PORT], "00:00 in | 20:00 in") == []


def test_after_sixty_hours_in_port_it_is_told() -> None:
    days = " | ".join(f"{h}:00 boat=3 out" for h in range(1, 62))
    both = log([port_visit.RULE, RULE], [PORT], f"00:00 in | {days}")
    assert both == ["00:00 open info", "60:00 open info"]


def test_in_the_moratorium_a_terminal_in_port_stays_on() -> None:
    season = zone(id=9, rule="area", kind="moratorium", seasons=((0, 2**61),))
    assert log(RULE, [PORT, season], "00:00 in | 02:30 boat=3 out") == ["02:00 open info"]


def test_beyond_shore_coverage_ais_alone_vanishes_by_nature() -> None:
    coast = zone(rule="area", kind="coverage")
    assert log(RULE, [coast], "00:00 out by=ais | 03:00 boat=3 out") == []
    assert log(RULE, [coast], "00:00 out by=ais | 04:10 boat=3 out") == ["04:00 open emergency"]
    assert log(RULE, [coast], "00:00 out by=terminal | 00:40 boat=3 out by=terminal") == [
        "00:30 open warning"
    ]


def test_late_data_disproves_it() -> None:
    fill = " | ".join(f"00:{m:02} out" for m in (10, 20, 35))
    said = log(RULE, [], f"00:00 out | 00:50 out | 00:52 out | {fill}")
    assert said == ["00:30 open warning", "00:52 clear warning", "00:35 retract warning"]


def test_a_slow_link_is_not_a_silence() -> None:
    track = " | ".join(f"00:{m:02} out late=50" for m in range(0, 60, 2))
    assert log(RULE, [], track) == []


def test_an_unregistered_boat_owes_us_nothing() -> None:
    assert log(RULE, [], "00:00 out | 06:00 boat=3 out", vessels(registered=False)) == []
