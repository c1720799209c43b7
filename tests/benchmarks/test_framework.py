"""The frame that every benchmark runs in; what they measure is never judged by a test."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as command
from benchmarks._measure import Figure, Goal, Run, Timing, clocked, rate, unmeasured
from benchmarks._report import row
from deploy.local.say import Missing

ROOT = Path(__file__).parents[2]


def rounds(*seconds: float) -> list[Timing]:
    return [Timing(s, 2 * s) for s in seconds]


def test_a_rate_is_the_median_and_its_ratio_that_of_paired_rounds() -> None:
    """A machine that is slow for one round slows both ways of it; the ratio does not see it."""
    ours, theirs = rounds(1, 100, 2), rounds(10, 1000, 40)
    figure = rate("x", 1000, "rows/s", ours, against="peer", peer=theirs)
    assert (figure.value, figure.cpu, figure.wall) == (500, 500, 250)
    assert (figure.reference, figure.ratio) == (25, 10)


def test_a_rate_by_the_wall_clock() -> None:
    figure = rate("x", 100, "rows/s", rounds(1), peer=[Timing(9, 4)], clock="wall")
    assert (figure.value, figure.ratio, figure.clock) == (50, 2, "wall")


def test_rounds_are_interleaved_and_the_warm_ones_do_not_count() -> None:
    seen: list[tuple[str, int]] = []
    told: list[str] = []

    def way(name: str) -> object:
        def work(number: int) -> Timing:
            seen.append((name, number))
            return Timing(number, number)

        return work

    found = Run(note=told.append).interleaved({"a": way("a"), "b": way("b")}, rounds=2, warm=1)  # type: ignore[dict-item]
    assert seen == [("a", -1), ("b", -1), ("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert found == {name: [Timing(0, 0), Timing(1, 1)] for name in "ab"}
    assert told[-1] == "round 2 of 2: b"


def test_quick_is_fewer_rounds() -> None:
    assert 1 < Run(quick=True).rounds < Run().rounds


def test_clocked_measures_what_the_work_takes() -> None:
    timing = clocked(lambda _: sum(range(1_000_000)))(0)
    assert 0.001 < timing.cpu < 10
    assert 0.001 < timing.wall < 100


@pytest.mark.parametrize(
    ("goal", "shown", "met"),
    [
        (Goal(15), "≥ 15×", True),
        (Goal(15.1), "≥ 15.1×", False),
        (Goal(80, of="value", at_most=True), "≤ 80", True),
        (Goal(79, of="value", at_most=True), "≤ 79", False),
        (Goal(500_000, of="value"), "≥ 500,000", False),
    ],
)
def test_goals(goal: Goal, shown: str, *, met: bool) -> None:
    figure = Figure("x", 80, "MB", ratio=15, goal=goal)
    assert str(goal) == shown
    assert figure.met is met
    assert ("NOT MET" in row(figure)) is not met


def test_what_was_not_measured_says_why_and_is_null_for_programs() -> None:
    figure = unmeasured("x", "rows/s", "libais", "needs a compiler", goal=Goal(4))
    assert "libais" in row(figure)
    assert row(figure).endswith("not measured: needs a compiler")
    assert figure.met is None
    assert json.loads(json.dumps(figure.record(), allow_nan=False)) == {
        "name": "x", "unit": "rows/s", "against": "libais", "clock": "cpu",
        "why": "not measured: needs a compiler", "value": None, "reference": None,
        "ratio": None, "cpu": None, "wall": None, "goal": "≥ 4×", "met": None,
    }  # fmt: skip


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A benchmark called `fast`, beside one that fails."""
    made, broken = ModuleType("benchmarks.fast", "Fast.\n"), ModuleType("benchmarks.broken", "B.")

    def figures(run: Run) -> Iterator[Figure]:
        yield Figure("quick" if run.quick else "whole", 1234.5, "rows/s")

    def failing(run: Run) -> Iterator[Figure]:
        del run
        yield Figure("never", 1 / len(""), "")

    made.figures, broken.figures = figures, failing  # type: ignore[attr-defined]
    for module in (made, broken):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(command, "NAMES", ["broken", "fast"])
    return made


@pytest.mark.usefixtures("fast")
def test_the_table_and_the_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    assert command.main(["fast", "--json", str(file)]) == 0
    out = capsys.readouterr().out
    assert "\nfast: Fast.\n" in out
    assert "whole" in out
    assert "1,234" in out
    body = json.loads(file.read_text())
    assert body["quick"] is False
    assert body["machine"]["cores"] >= 1
    assert [(f["benchmark"], f["name"], f["value"]) for f in body["figures"]] == [
        ("fast", "whole", 1234.5)
    ]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.usefixtures("fast")
def test_one_that_fails_does_not_keep_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    assert command.main(["--quick", "--json", str(file)]) == 1
    told = capsys.readouterr()
    assert "broken: failed: ZeroDivisionError" in told.err
    assert "quick" in told.out
    assert [f["name"] for f in json.loads(file.read_text())["figures"]] == ["quick"]


def test_what_this_machine_lacks_is_a_line_of_the_table_and_no_failure(
    fast: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def figures(run: Run) -> Iterator[Figure]:
        yield Figure("before", 1 if run.quick else 2, "s")
        raise Missing("no room on the disk")

    fast.figures = figures  # type: ignore[attr-defined]
    file = tmp_path / "figures.json"
    assert command.main(["fast", "--json", str(file)]) == 0
    assert "not measured: no room on the disk" in capsys.readouterr().out
    last = json.loads(file.read_text())["figures"][-1]
    assert (last["name"], last["value"]) == ("fast", None)


def test_an_unknown_name_is_status_2_and_lists_what_there_is() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "decodee"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert not done.stdout
    assert "no benchmark decodee; there are alert_engine, " in done.stderr
    assert ", decode, " in done.stderr


def test_a_file_that_cannot_be_written_is_said_before_anything_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(["--json", str(tmp_path / "away" / "x.json")])
    assert end.value.code == 2
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", command.NAMES)
def test_every_benchmark_says_what_it_measures(name: str) -> None:
    text = (ROOT / "benchmarks" / f"{name}.py").read_text()
    first = text.removeprefix('"""').splitlines()[0]
    assert len(first) > 20
    assert first.endswith(".")
    assert "\ndef figures(run: Run) -> Iterator[Figure]:\n" in text


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_real_one_from_the_command_line(tmp_path: Path) -> None:
    """The decoder beside pyais, quickly: every figure is there and is a number."""
    file = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "decode_nmea", "--quick", "--json", str(file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())["figures"]
    assert len(figures) == 4
    for figure in figures:
        assert figure["name"] in done.stdout
        assert figure["against"] == "pyais"
        assert min(figure["value"], figure["ratio"], figure["cpu"], figure["wall"]) > 0
