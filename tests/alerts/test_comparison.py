"""What is the same, new and gone between two lists of alerts, and what they ask of an operator."""

from __future__ import annotations

from fleet.alerts.comparison import Raised, Stretch, difference, load
from fleet.model import HOUR, MINUTE

WITHIN = Stretch(10 * HOUR, 34 * HOUR, lambda t: f"day {t // (24 * HOUR)}")


def alert(hour: float, until: float = 0, severity: int = 2, vessel: int = 1, **more: int) -> Raised:
    opened, ended = int(hour * HOUR), int(until * HOUR)
    return Raised(
        "gap", vessel, more.get("other", 0), opened, ended, severity, bool(more.get("of"))
    )


def test_of_one_subject_what_overlaps_is_the_same() -> None:
    theirs = [alert(11, 12), alert(20, 21), alert(30)]
    ours = [alert(11.5, 13, severity=3), alert(22, 23), alert(29, 31, severity=1)]
    found = difference(ours, theirs, WITHIN)
    assert (found.same, found.severer, found.milder) == (2, 1, 1)
    assert found.new == [ours[1]]
    assert found.gone == [theirs[1]]
    assert found.differs
    assert not difference(ours, ours, WITHIN).differs


def test_another_subject_or_object_is_another_alert() -> None:
    found = difference([alert(11, vessel=2), alert(11, other=7)], [alert(11)], WITHIN)
    assert (found.same, len(found.new), len(found.gone)) == (0, 2, 1)


def test_what_opened_before_the_stretch_is_matched_and_not_counted() -> None:
    found = difference([alert(9, 11)], [alert(10.5, 12), alert(9.5)], WITHIN)
    assert (found.same, found.new, found.gone) == (0, [], [])
    assert load([alert(9, 11), alert(34)], WITHIN).alerts == 0


def test_the_load_counts_who_must_be_told() -> None:
    minutes = [0, 1, 9.99, 10, 600]
    told = [alert(11 + m * MINUTE / HOUR, severity=4 if m == 1 else 2) for m in minutes]
    found = load([*told, alert(12, of=1), alert(26)], WITHIN)
    assert (found.alerts, found.children, found.red) == (6, 1, 1)
    assert found.per_hour == 0.25
    assert found.worst_ten_min == 3, "from 11:00 to before 11:10; then 11:01 to before 11:11"
    assert found.per_day == {"day 0": 5, "day 1": 1}
