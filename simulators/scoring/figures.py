"""The figures of a comparison: per kind and over all.

recall = incidents told in time and gravely enough / incidents that ask for an alert.
precision = true / (true + false + repeats): a second alert for what was already told is noise.
Borderline cases ("either") and kinds the truth does not judge count in neither, but like every
alert that was shown they count in the rate, retracted ones included.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from simulators.scoring.match import Matched, match
from simulators.scoring.nouns import RED, Alert, Truth

ROLLUPS = frozenset({"feed", "mass_movement"})
WINDOW = 600.0
"""The ten minutes of the flood limit (EEMUA 191 / ISA-18.2; domain.md A.1)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One row. A share is None where there was nothing to share."""

    kind: str
    incidents: int
    told: int
    true: int
    false: int
    repeats: int
    either: int
    recall: float | None
    precision: float | None
    median_s: float | None  #: time to alert
    p90_s: float | None
    shown: int  #: alerts an operator saw: no children, none suppressed
    per_hour: float  #: of these, an operator and hour
    worst10: int  #: of these, in the worst ten minutes


@dataclass(frozen=True, slots=True)
class Score:
    scenario: str
    seed: int
    overall: Figures
    red: Figures  #: incidents whose severity floor is red
    kinds: tuple[Figures, ...]
    rollups: int  #: alerts that stand for others
    children: int
    retracted: int
    missed: tuple[str, ...]
    false: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def score(truth: Truth, alerts: Sequence[Alert]) -> Score:
    matched = match(truth, alerts)
    kinds = sorted({i.kind for i in truth.incidents} | {a.kind for a in alerts})
    parents = {a.parent for a in alerts if a.parent}
    return Score(
        truth.scenario,
        truth.seed,
        _figures("overall", matched, alerts, truth.operator_hours),
        _figures("red", _red(matched), (), truth.operator_hours),
        tuple(_of_kind(k, matched, alerts, truth.operator_hours) for k in kinds),
        sum(a.id in parents or (a.shown and a.kind in ROLLUPS) for a in alerts if not a.retracted),
        sum(bool(a.parent) for a in alerts),
        sum(a.retracted for a in alerts),
        tuple(_missed(matched)),
        tuple(_false(matched)),
    )


def _red(m: Matched) -> Matched:
    return Matched(found=[f for f in m.found if f.incident.floor == RED])


def _of_kind(kind: str, m: Matched, alerts: Iterable[Alert], hours: float) -> Figures:
    part = Matched(
        [f for f in m.found if f.incident.kind == kind],
        [a for a in m.true if a.kind == kind],
        [a for a in m.either if a.kind == kind],
        [(a, why) for a, why in m.false if a.kind == kind],
        [a for a in m.repeats if a.kind == kind],
    )
    return _figures(kind, part, [a for a in alerts if a.kind == kind], hours)


def _figures(kind: str, m: Matched, alerts: Sequence[Alert], hours: float) -> Figures:
    told = [f for f in m.found if f.alert is not None]
    delays = sorted(f.delay for f in told)
    raised = sorted(a.raised_at for a in alerts if a.shown)
    right, wrong = len(m.true), len(m.false) + len(m.repeats)
    return Figures(
        kind,
        incidents=len(m.found),
        told=len(told),
        true=right,
        false=len(m.false),
        repeats=len(m.repeats),
        either=len(m.either),
        recall=len(told) / len(m.found) if m.found else None,
        precision=right / (right + wrong) if right + wrong else None,
        median_s=median(delays) if delays else None,
        p90_s=delays[int(0.9 * (len(delays) - 1) + 0.5)] if delays else None,
        shown=len(raised),
        per_hour=len(raised) / hours if hours else 0.0,
        worst10=worst(raised),
    )


def worst(times: Sequence[float]) -> int:
    """The most within any ten minutes; `times` ascending."""
    return max((n + 1 - bisect_left(times, t - WINDOW) for n, t in enumerate(times)), default=0)


def _missed(m: Matched) -> Iterable[str]:
    for f in m.found:
        if f.alert is None:
            i = f.incident
            yield f"{i.kind} {i.id} {name(i.subject)} ({i.role}): {f.why}"


def _false(m: Matched) -> Iterable[str]:
    for a, why in m.false:
        yield f"{a.kind} {name(a.subject)} {name(a.object)} [{a.reason}]: {why}"
    for a in m.repeats:
        yield f"{a.kind} {name(a.subject)} {name(a.object)} [{a.reason}]: told already"


def name(party: Any) -> str:
    """The name people would use."""
    for kind in ("reg_no", "mmsi", "terminal"):
        if kind in party:
            return str(party[kind])
    return next(iter(party.values()), "-")
