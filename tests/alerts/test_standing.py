"""Whether a rule is evaluated, and the words for why it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fleet.alerts.engine import Engine
from fleet.alerts.facts import PAPERS, WHAT, Details, Facts
from fleet.alerts.rules import RULES
from fleet.alerts.standing import ZONES, about, standing
from fleet.geo import Zones
from fleet.vessels import Vessels

EVERY_KIND = tuple(ZONES)


def test_the_engine_leaves_out_what_is_said_not_to_be_evaluated() -> None:
    """Without facts, and with papers of one boat: the two never disagree."""
    papers = Details.empty(2)
    papers.nav_nm[1], papers.wind_limit[1] = 40, 7
    for facts in (Facts(), Facts(details=Details.empty(2)), Facts(details=papers)):
        engine = Engine(RULES, {}, Zones.build(()), Vessels.empty(1), facts)
        present = set(WHAT) - set(facts.lacks(WHAT))
        able = {rule.key for rule in engine.able()}
        for rule in RULES:
            said = standing(rule, present, EVERY_KIND).state
            assert (rule.key in able) == (said != "not_evaluated"), rule.key


def test_papers_that_say_nothing_of_it_are_no_papers() -> None:
    blank = Facts(details=Details.empty(3))
    blank.details.nav_nm[:] = np.nan
    assert set(blank.lacks(PAPERS)) == PAPERS
    assert blank.lacks(["details"]) == ()


def test_every_reason_has_words_in_both_languages() -> None:
    for rule in RULES:
        found = standing(rule, (), ())
        zh, en = found.said()
        assert bool(zh) == bool(en) == bool(rule.needs or rule.places or rule.uses), rule.key
        assert all(about(rule.key)), rule.key
    partly = replace(RULES[0], needs=(), places=(), uses=("depth",))
    assert standing(partly, (), ()).said() == (
        "部分评估，因为没有水深资料",
        "evaluated in part, because no depths",
    )
