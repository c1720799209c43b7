"""A watcher who reads the truth scores full marks on a real scenario; a mutated one does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.scoring import figures
from simulators.scoring.nouns import read_alerts, read_truth
from simulators.scoring.times import seconds, text
from simulators.sea import scenario

SCENARIOS = ("gap", "zone_enter", "collision", "feed", "receiver_outage")
Alerts = list[dict[str, Any]]


@pytest.fixture(scope="module", params=SCENARIOS)
def truth(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """truth.json alone: the feeds are not needed here."""
    what = scenario.read(request.param)
    stage = scenario.staged(what, 5)
    path = tmp_path_factory.mktemp(request.param) / "truth.json"
    head = {"scenario": what.name, "seed": 5, "judged": what.judged}
    stage.truth.write(path, {**head, "begins": text(stage.begin), "ends": text(stage.end)})
    return path


def perfect(path: Path) -> Iterator[dict[str, Any]]:
    """One alert an incident, when it is due and as grave as it must be; parts under their root."""
    for i in json.loads(path.read_text())["incidents"]:
        if i["expect"] == "either":
            continue
        yield {
            "id": i["id"], "kind": i["kind"], "subject": i["subject"], "object": i["object"],
            "opened": i["begins"], "raised_at": i["due"], "cleared": i["ends"],
            "severity": i["severity_floor"] or "yellow", "parent": i["rollup"],
        }  # fmt: skip


def scored(truth: Path, alerts: Alerts) -> figures.Score:
    out = truth.with_name("alerts.jsonl")
    out.write_text("".join(json.dumps(a) + "\n" for a in alerts))
    return figures.score(read_truth(truth), read_alerts(out))


def test_the_perfect_watcher(truth: Path) -> None:
    found = scored(truth, list(perfect(truth)))
    assert (found.overall.recall, found.overall.precision) == (1, 1), (found.missed, found.false)
    assert found.overall.median_s == 0


def later(alerts: Alerts) -> Alerts:
    return [{**a, "raised_at": text(seconds(a["raised_at"]) + 7200)} for a in alerts]


def elsewhere(alerts: Alerts) -> Alerts:
    return [{**a, "subject": {"mmsi": 999_000_000 + n}} for n, a in enumerate(alerts)]


def milder(alerts: Alerts) -> Alerts:
    return [{**a, "severity": "blue"} for a in alerts]


def twice(alerts: Alerts) -> Alerts:
    return [*alerts, *({**a, "id": f"{a['id']} again"} for a in alerts)]


def fewer(alerts: Alerts) -> Alerts:
    return alerts[1::2]


def orphaned(alerts: Alerts) -> Alerts:
    return [{**a, "parent": None} for a in alerts]


@pytest.mark.parametrize("mutate", [later, elsewhere, twice, fewer])
def test_a_mutated_watcher_scores_worse(truth: Path, mutate: Callable[[Alerts], Alerts]) -> None:
    found = scored(truth, mutate(list(perfect(truth))))
    assert (found.overall.recall or 0) + (found.overall.precision or 0) < 2


def test_too_mild_is_missed_and_a_part_alone_is_noise(truth: Path) -> None:
    alerts = list(perfect(truth))
    told = [i for i in json.loads(truth.read_text())["incidents"] if i["expect"] == "alert"]
    graver = sum(i["severity_floor"] in ("yellow", "orange", "red") for i in told)
    assert len(scored(truth, milder(alerts)).missed) == graver
    parts = sum(a["parent"] is not None for a in alerts)
    assert scored(truth, orphaned(alerts)).overall.false == parts
