"""A scenario from its seed to its score, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fleet.commands.scenario import Play, Scenario
from simulators.scoring.figures import Score, score
from simulators.scoring.nouns import Truth, read_alerts, read_truth
from simulators.sea import scenario

ALSO = {"approach": ("zone_approach",), "spoof": ("spoof_hull",)}
"""Kinds of the catalogue that rules tell apart further."""
Change = Callable[[Any], Any]
"""A rule's parameters, made others."""


def drawn(name: str, seed: int, folder: Path) -> Path:
    """The feeds, facts and truth of a scenario."""
    scenario.run(scenario.read(name), seed, folder)
    return folder


def scored(
    folder: Path, *, every_kind: bool = False, changed: dict[str, Change] | None = None
) -> Score:
    """What came of it; `changed` thresholds by kind. Without `every_kind` only those kinds are
    judged for which the truth is whole: the others count in nothing but the rate.
    """
    truth = read_truth(folder / "truth.json")
    play = Play(Scenario(folder), () if every_kind else _judged(truth))
    params = {k: (changed or {}).get(k, _same)(p) for k, p in play.engine.params.items()}
    play.engine = replace(play.engine, params=params)
    for _ in play.steps():
        pass
    path = folder / "alerts.jsonl"
    lines = (json.dumps(alert, ensure_ascii=False) + "\n" for alert in play.alerts())
    path.write_text("".join(lines), encoding="utf-8")
    return score(truth, read_alerts(path))


def _judged(truth: Truth) -> set[str]:
    return {*truth.judged, *(more for kind in truth.judged for more in ALSO.get(kind, ()))}


def _same(params: Any) -> Any:
    return params
