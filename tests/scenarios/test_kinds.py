"""Every kind on the sea that knows the truth: what must be told is told, and nothing else.

FLEET_SCENARIOS=all plays all of them; FLEET_SEED draws another sea. `make scenarios` plays these
and the whole days, several at a time (`__main__`).
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from simulators.scoring.figures import Score
from simulators.sea import scenario

from .goals import BELOW, DAYS, KINDS, QUICK, SEED, Goal, goal
from .mutants import DEAF, JUMPY, Numbers
from .playing import Change, drawn, scored

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
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", DEAF if EVERYTHING else ("speed", "collision", "zone_enter"))
def test_other_thresholds_score_worse(name: str, tmp_path: Path) -> None:
    """The test of the test: a service that hears too little misses, one that cries wolf cries."""
    folder = drawn(name, SEED, tmp_path / name)
    deaf = scored(folder, changed={name: mutant(DEAF[name])}).overall
    assert deaf.recall is not None
    assert deaf.recall < goal(name).recall
    if name in JUMPY:
        jumpy = scored(folder, changed={name: mutant(JUMPY[name])}).overall
        assert jumpy.precision is not None
        assert jumpy.precision < goal(name).precision


def mutant(numbers: Numbers) -> Change:
    return lambda params: replace(params, **numbers)


def test_every_scenario_that_ships_has_a_goal() -> None:
    assert {*JUMPY} <= {*DEAF} <= {*KINDS}
    assert {*KINDS, *DAYS} == set(scenario.names())
    assert {*BELOW} <= {*KINDS}
    assert len(KINDS) == len(set(KINDS))
