"""Every kind on the sea that knows the truth: what must be told is told, and nothing else.

FLEET_SCENARIOS=all plays all of them and the whole days; FLEET_SEED draws another sea.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulators.scoring.command import met
from simulators.scoring.figures import Score
from simulators.sea import scenario

from .goals import BELOW, DAYS, KINDS, QUICK, SEED, Goal, goal
from .playing import drawn, scored

EVERYTHING = os.environ.get("FLEET_SCENARIOS") == "all"
DRAWN = int(os.environ.get("FLEET_SEED", SEED))
PLAYED = KINDS if EVERYTHING else QUICK


def good(found: Score, least: Goal) -> bool:
    recall, precision = found.overall.recall, found.overall.precision
    return (recall is None or recall >= least.recall) and (
        precision is None or precision >= least.precision
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", PLAYED)
def test_a_kind_is_told_and_nothing_else(name: str, tmp_path: Path) -> None:
    found = scored(drawn(name, DRAWN, tmp_path / name))
    assert good(found, goal(name)), (found.overall, found.missed, found.false)
    assert found.red.recall in (1.0, None), found.missed
    if name in BELOW and DRAWN == SEED:
        assert not good(found, Goal()), f"{name} reaches the goal: take it out of BELOW"


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not EVERYTHING, reason="whole days are played by `make scenarios`")
@pytest.mark.parametrize("name", DAYS)
def test_a_whole_day_is_no_storm(name: str, tmp_path: Path) -> None:
    found = scored(drawn(name, DRAWN, tmp_path / name), every_kind=True)
    assert [demand for demand in DAYS[name] if not met(found, demand)] == [], found.overall


def deaf(params: Any) -> Any:
    return replace(params, fishing_kn=params.fishing_kn * 3)


def jumpy(params: Any) -> Any:
    return replace(params, fishing_kn=params.fishing_kn / 3, lasting_min=0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_other_thresholds_score_worse(tmp_path: Path) -> None:
    """The test of the test: a service that hears too little misses, one that cries cries wolf."""
    folder = drawn("speed", SEED, tmp_path / "speed")
    too_little = scored(folder, changed={"speed": deaf})
    too_much = scored(folder, changed={"speed": jumpy})
    assert too_little.overall.recall is not None
    assert too_little.overall.recall < goal("speed").recall
    assert too_much.overall.precision is not None
    assert too_much.overall.precision < goal("speed").precision


def test_every_scenario_that_ships_has_a_goal() -> None:
    assert {*KINDS, *DAYS} == set(scenario.names())
    assert {*BELOW} <= {*KINDS}
    assert len(KINDS) == len(set(KINDS))
