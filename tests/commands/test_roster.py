from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.commands.importing.problem import DataError
from fleet.commands.importing.roster import Crew, Duty, Pattern, crews, lay_out, read_pattern

GRIDS = {"A": Crew(("a1", "a2"), "al"), "B": Crew(("b1",), None)}
TWO = {"day": ("08:00", "20:00"), "night": ("20:00", "08:00")}
DUTIES = (
    Duty(level=1, grids="all", people="members"),
    Duty(level=2, grids="all", people="leader"),
    Duty(level=4, people=("c1", "c2", "c3"), at_once=1),
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def shifts(today: date, days: int | None = None) -> list[dict[str, object]]:
    pattern = Pattern(shifts=TWO, duty=DUTIES)
    return [dict(r.values) for r in lay_out("f", pattern, GRIDS, today, days)]


def key(shift: dict[str, object]) -> tuple[object, ...]:
    return tuple(shift[name] for name in ("person", "level", "grid", "starts"))


@given(DAYS)
def test_every_moment_is_staffed_once(today: date) -> None:
    found = shifts(today, 3)
    noon = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    for hour in range(-20, 60):
        at = noon + timedelta(hours=hour)
        on = [s for s in found if s["starts"] <= at < s["ends"]]  # type: ignore[operator]
        where = sorted((s["level"], s["grid"] or "") for s in on)
        assert where == [(1, "A"), (1, "B"), (2, "A"), (4, "")], at


@given(DAYS)
def test_tomorrow_lays_out_the_same_shifts(today: date) -> None:
    both = {key(s): s["ends"] for s in shifts(today)}
    for s in shifts(today + timedelta(days=1)):
        assert both.get(key(s), s["ends"]) == s["ends"]
    assert len(both) == len(shifts(today)), "no shift twice"


def test_member_and_backup_swap_by_date() -> None:
    found = [s for s in shifts(date(2026, 5, 1), 1) if s["grid"] == "A" and s["level"] == 1]
    assert [s["person"] for s in found] in (
        ["a1", "a2", "a2", "a1", "a1", "a2"],
        ["a2", "a1", "a1", "a2", "a2", "a1"],
    )


def test_shifts_are_local_times() -> None:
    first = shifts(date(2026, 5, 1))[0]
    assert first["starts"] == datetime(2026, 4, 30, 0, tzinfo=UTC)


def test_crews_from_the_register() -> None:
    rows = [
        {"grid": "A", "person": "x", "rank": 2},
        {"grid": "A", "person": "y", "rank": 1},
        {"grid": "A", "person": "z", "rank": 0},
    ]
    assert crews(rows) == {"A": Crew(("y", "x"), "z")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shifts = 1", "shifts"),
        ("[shifts]\nd = ['08:00', '25:00']\n[[duty]]\nlevel = 1\npeople = 'members'", "shifts.d"),
        ("[shifts]\nd = ['08:00', '20:00']\n[[duty]]\nlevel = 9\npeople = 'members'", "level"),
        ("x = ", "is not TOML"),
        (
            "timezone='Mars'\n[shifts]\nd=['08:00','20:00']\n[[duty]]\nlevel=1\npeople='leader'",
            "is no time zone",
        ),
    ],
)
def test_a_wrong_pattern_is_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        read_pattern(path)
    assert said in str(caught.value)
