"""`fishing`, and with it `fishing_like`, against what observers wrote on board: real tracks, no
threshold fitted to them (the bands are MonitorFish's, parameters.toml says so).
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from fleet.alerts.facts import Gear

from .labelled import FOLDER, Agreement, Track, agreement, groups, judged, read

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no tracks (FLEET_REAL_DATA)"),
]
Found = Mapping[tuple[str, str], Agreement]
GOAL = 0.90
REACHED = {
    ("IPMA 2017", "TRAP"): 0.91,
    ("IPMA 2017", "DREDGE"): 0.95,
    ("WKSSFGEO", "TRAP"): 0.96,
    ("WKSSFGEO", "DREDGE"): 0.95,
    ("Mendo 2019", "TRAP"): 0.87,  # shoots faster than 5.5 kn, steams slower between the strings
}
"""Least F1 by study and gear."""


@pytest.fixture(scope="module")
def tracks() -> list[Track]:
    return read()


@pytest.fixture(scope="module")
def found(tracks: list[Track]) -> Found:
    return {
        name: agreement(mine, [work for work, _ in judged(mine)])
        for name, mine in groups(tracks).items()
    }


def test_work_is_recognised_by_gear(found: Found) -> None:
    assert {name: a.f1 >= REACHED[name] for name, a in found.items()} == dict.fromkeys(
        REACHED, True
    ), found
    assert [name for name, least in REACHED.items() if least < GOAL] == [("Mendo 2019", "TRAP")]


def test_a_trip_that_stands_in_two_files_counts_once(tracks: list[Track]) -> None:
    ben = {t.study: t for t in tracks if t.boat in ("BEN", "id_Ben")}
    assert ben["IPMA 2017"].labelled.all()
    assert not ben["WKSSFGEO"].labelled.all()


def test_three_minutes_between_reports_are_enough(tracks: list[Track]) -> None:
    dredges = [t.thinned(180) for t in tracks if t.gear == Gear.DREDGE]
    assert agreement(dredges, [work for work, _ in judged(dredges)]).f1 >= 0.95


def test_the_wrong_gear_scores_worse(tracks: list[Track]) -> None:
    """The test of the test: creels judged as a trawl."""
    creels = [t.thinned(180) for t in tracks if t.study == "Mendo 2019"]
    wrong = [replace(t, gear=Gear.TRAWL_OTTER) for t in creels]
    assert agreement(wrong, [work for work, _ in judged(wrong)]).f1 < 0.5


def test_nobody_fishes_all_the_time(tracks: list[Track]) -> None:
    """What calls every fix fishing has half of it right; this has to know better."""
    creels = [t for t in tracks if t.study == "Mendo 2019"]
    always = agreement(creels, [np.ones(len(t.t), np.bool_) for t in creels]).f1
    assert always < REACHED["Mendo 2019", "TRAP"] - 0.05
