"""The scorer against truths and alerts made by hand: each mutation must cost what it broke."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.scoring import command, figures, tolerance
from simulators.scoring.nouns import Alert, Truth, Unreadable, read_alerts, read_truth

HOUR = "2026-10-14T{:02d}:{:02d}:00Z"


def at(hour: int, minute: int = 0) -> str:
    return HOUR.format(hour, minute)


def incident(n: int, kind: str, begins: str, **more: Any) -> dict[str, Any]:
    body = {"id": f"{kind}-{n}", "kind": kind, "subject": {"mmsi": 412990000 + n}, "begins": begins}
    return {**body, "ends": at(int(begins[11:13]) + 1), "role": "made by hand", **more}


TRUTH: dict[str, Any] = {
    "format": 2,
    "scenario": "by hand",
    "seed": 1,
    "begins": at(0),
    "ends": at(10),
    "operators": 1,
    "judged": "all",
    "incidents": [
        incident(1, "distress", at(1), severity_floor="red"),
        incident(2, "gap", at(2), due=at(2, 30)),
        incident(3, "zone_enter", at(3), object="CORAL"),
        incident(4, "collision", at(4), object={"mmsi": 477000001}, severity_floor="orange"),
        incident(5, "speed", at(5), expect="either"),
        incident(0, "feed", at(6), subject={"station": "YZ01"}),
        *(incident(n, "gap", at(6), expect="child", rollup="feed-0") for n in (11, 12, 13)),
    ],
    "silent": [{"kinds": ["*"], "subject": {"mmsi": 412990020}, "why": "moored all day"}],
}


def alert(n: int, kind: str, opened: str, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"id": f"a{n}", "kind": kind, "object": None}
    body |= {"subject": {"mmsi": 412990000 + n}}
    body |= {"opened": opened, "raised_at": opened, "cleared": None, "severity": 2}
    return {**body, "status": "active", "parent": None, "reason": "", "retracted": False, **more}


SHIP = {"mmsi": 477000001}
GOOD: list[dict[str, Any]] = [
    alert(1, "distress", at(1), severity=4),
    alert(2, "gap", at(2), raised_at=at(2, 31)),
    alert(3, "zone_enter", at(3, 2), object="CORAL"),
    alert(4, "collision", at(4), subject=SHIP, object={"mmsi": "412990004"}, severity=3),
    alert(5, "speed", at(5)),
    alert(0, "feed", at(6), id="root", subject={"station": "YZ01"}, object=None),
    *(alert(n, "gap", at(6), parent="root", raised_at=at(6, 30)) for n in (11, 12, 13)),
]  # fmt: skip


def files(folder: Path, alerts: list[dict[str, Any]], truth: Any = None) -> tuple[Path, Path]:
    one, two = folder / "truth.json", folder / "alerts.jsonl"
    one.write_text(json.dumps(TRUTH if truth is None else truth))
    two.write_text("".join(json.dumps(a) + "\n" for a in alerts))
    return one, two


def scored(folder: Path, alerts: list[dict[str, Any]]) -> figures.Score:
    truth, raised = files(folder, alerts)
    return figures.score(read_truth(truth), read_alerts(raised))


def test_a_faultless_service(tmp_path: Path) -> None:
    found = scored(tmp_path, GOOD)
    assert (found.overall.recall, found.overall.precision, found.red.recall) == (1, 1, 1)
    assert (found.rollups, found.children, found.overall.shown) == (1, 3, 6)
    assert found.overall.per_hour == 0.6
    assert found.overall.either == 1
    assert not found.missed
    assert not found.false
    gap = next(k for k in found.kinds if k.kind == "gap")
    assert gap.median_s == 60, "from when the silence had lasted half an hour"


Change = Callable[[list[dict[str, Any]]], None]


def drop(n: int) -> Change:
    return lambda alerts: alerts.__delitem__(n)


def put(n: int, **values: Any) -> Change:
    return lambda alerts: alerts[n].update(values)


def more(**values: Any) -> Change:
    return lambda alerts: alerts.append({**alert(20, "gap", at(2)), **values})


MUTATIONS: dict[str, tuple[Change, str, str]] = {
    "a distress nobody raised": (drop(0), "missed", "distress-1"),
    "a distress not red": (put(0, severity=3), "missed", "severity"),
    "a distress told late": (put(0, raised_at=at(1, 10)), "missed", "late"),
    "a gap taken back": (put(1, retracted=True), "missed", "retracted"),
    "a gap hidden as somebody's child": (put(1, parent="root"), "missed", "hidden"),
    "a distress suppressed": (put(0, status="suppressed"), "missed", "hidden"),
    "another zone": (put(2, object="PORT"), "missed", "zone_enter-3"),
    "another ship": (put(3, subject={"mmsi": 477000002}), "missed", "collision-4"),
    "the wrong boat": (put(1, subject={"mmsi": 412990099}), "false", "nothing happened"),
    "who must stay silent": (more(), "false", "moored all day"),
    "a child that stands alone": (put(6, parent=None), "false", "shown alone"),
    "a second time": (more(subject={"mmsi": 412990002}, id="x"), "false", "told already"),
    "before it happened": (put(1, opened=at(1), cleared=at(1, 5)), "false", "nothing happened"),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_mutation_scores_worse(name: str, tmp_path: Path) -> None:
    change, where, what = MUTATIONS[name]
    alerts: list[dict[str, Any]] = json.loads(json.dumps(GOOD))
    change(alerts)
    found = scored(tmp_path, alerts)
    assert any(what in line for line in getattr(found, where)), found
    worse = (found.overall.recall or 0) + (found.overall.precision or 0)
    assert worse < 2


def test_mutated_tolerances_score_worse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scored(tmp_path, GOOD).overall.recall == 1
    monkeypatch.setitem(tolerance.TOLERANCES, "gap", tolerance.Tolerance(late=30))
    assert (scored(tmp_path, GOOD).overall.recall or 0) < 1


def test_one_alert_may_span_two_incidents_but_not_what_came_before_it(tmp_path: Path) -> None:
    both = [incident(2, "gap", at(2)), {**incident(2, "gap", at(5)), "id": "again"}]
    truth, raised = files(tmp_path, [alert(2, "gap", at(2))], {**TRUTH, "incidents": both})
    assert figures.score(read_truth(truth), read_alerts(raised)).overall.told == 2
    truth, raised = files(tmp_path, [alert(2, "gap", at(0, 30))], {**TRUTH, "incidents": both})
    assert figures.score(read_truth(truth), read_alerts(raised)).overall.told == 0, "a stray one"


def test_two_that_name_nobody_else_are_not_each_others(tmp_path: Path) -> None:
    """A kind of two equals may be of one boat alone: then it is that boat's."""
    lied = {**TRUTH, "incidents": [incident(2, "spoof", at(2))]}
    for n, told in ((2, 1), (9, 0)):
        one, two = files(tmp_path, [alert(n, "spoof", at(2))], lied)
        assert figures.score(read_truth(one), read_alerts(two)).overall.told == told


def test_kinds_the_truth_does_not_judge_cost_attention_only(tmp_path: Path) -> None:
    truth, raised = files(tmp_path, [*GOOD, alert(9, "loiter", at(7))])
    body = {**TRUTH, "judged": sorted({i["kind"] for i in TRUTH["incidents"]})}
    truth.write_text(json.dumps(body))
    found = figures.score(read_truth(truth), read_alerts(raised))
    assert found.overall.precision == 1
    assert found.overall.shown == 7


@given(st.lists(st.floats(0, 5000)).map(sorted))
def test_the_worst_ten_minutes_is_what_a_slow_look_finds(times: list[float]) -> None:
    slow = max((sum(t <= u <= t + 600 for u in times) for t in times), default=0)
    assert figures.worst(times) == slow


@given(st.permutations(GOOD))
def test_the_order_of_the_file_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, alerts: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    assert scored(folder, alerts) == scored(folder, GOOD)


@pytest.mark.parametrize(
    ("demand", "code"),
    [
        ("recall>=0.98", 0),
        ("red.recall==1", 0),
        ("rollups==1", 0),
        ("shown<10", 0),
        ("per_hour<=6", 0),
        ("gap.p90_s<=30", 1),
        ("shown<6", 1),
        ("nosuch>=1", 2),
        ("recall is fine", 2),
    ],
)
def test_the_exit_code_follows_the_demands(demand: str, code: int, tmp_path: Path) -> None:
    truth, raised = files(tmp_path, GOOD)
    out = tmp_path / "score.json"
    status, said = command.run(truth, raised, out, [demand])
    assert status == code, said
    if code < 2:
        assert json.loads(out.read_text())["overall"]["recall"] == 1
        assert "distress" in said


def test_another_kind_may_tell_where_the_truth_says_so(tmp_path: Path) -> None:
    cable = incident(3, "zone_enter", at(3), object="CABLE", also=["zone_dwell"])
    raised = [alert(3, "zone_dwell", at(3), object="CABLE")]
    for incidents, told in (([cable], 1), ([{**cable, "also": []}], 0)):
        one, two = files(tmp_path, raised, {**TRUTH, "incidents": incidents})
        found = figures.score(read_truth(one), read_alerts(two)).overall
        assert (found.told, found.true, found.false) == (told, told, 1 - told)


@pytest.mark.parametrize(
    "line", ['{"kind": "gap"}', "[]", '{"kind": "gap", "subject": {}, "opened": "noon"}', "x"]
)
def test_a_line_that_is_no_alert_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps(GOOD[0]) + "\n" + line)
    with pytest.raises(Unreadable, match=":2:"):
        read_alerts(tmp_path / "a")


def test_microseconds_and_names_of_severities_are_understood(tmp_path: Path) -> None:
    reached = [[at(1), "yellow"], [1_791_939_660_000_000, "emergency"]]
    body = alert(1, "gap", at(1), severities=reached, severity="red")
    (tmp_path / "a").write_text(json.dumps(body))
    (found,) = read_alerts(tmp_path / "a")
    assert isinstance(found, Alert)
    assert found.worst == 4
    assert found.severities[0][1] == 2


def test_a_truth_that_expects_nonsense_is_refused(tmp_path: Path) -> None:
    body = {**TRUTH, "incidents": [incident(1, "gap", at(1), expect="perhaps")]}
    truth, _ = files(tmp_path, [], body)
    with pytest.raises(Unreadable, match="perhaps"):
        read_truth(truth)
    truth, _ = files(tmp_path, [])
    assert isinstance(read_truth(truth), Truth)


def test_the_readme_publishes_the_tolerances() -> None:
    text = (Path(command.__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for kind, t in [*tolerance.TOLERANCES.items(), ("others", tolerance.DEFAULT)]:
        name = kind if kind == "others" else f"`{kind}`"
        assert f"| {name} | {t.early:.0f} | {t.late:.0f} | {t.after:.0f} |" in text
