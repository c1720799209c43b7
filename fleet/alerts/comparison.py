"""Two lists of alerts of the same stretch of time beside each other: what is the same, new, gone.

Invariant: an alert is the same as another of its kind, its subject and its object whose time
overlaps; every alert that opened within the stretch is counted once on its side. What is part of
another (a child) is counted apart: nobody is told of it by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from fleet.model import HOUR, MINUTE, Severity

Party: TypeAlias = tuple[str, int, int]
"""Kind, vessel, other."""
WORST = 10 * MINUTE
"""The busiest stretch that is told (domain A.1: the worst ten minutes of an operator)."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert that was not taken back."""

    kind: str
    vessel: int
    other: int
    opened: int  #: fix time
    ended: int  #: when it cleared; 0 while it holds
    severity: int  #: the worst it reached
    child: bool = False  #: another alert explains it

    @property
    def party(self) -> Party:
        return self.kind, self.vessel, self.other


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one time to before another, and how days are named."""

    start: int
    end: int
    day: Callable[[int], str]  #: the local date of a time

    def opened(self, alerts: Iterable[Raised]) -> list[Raised]:
        return [a for a in alerts if self.start <= a.opened < self.end]


@dataclass(frozen=True, slots=True)
class Load:
    """What one side asks of an operator."""

    alerts: int  #: told by themselves
    children: int
    red: int
    per_hour: float  #: of `alerts`, over the whole stretch
    worst_ten_min: int
    per_day: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """The candidate's side against another."""

    same: int = 0
    severer: int = 0  #: of the same, those that reached a higher severity
    milder: int = 0
    new: Sequence[Raised] = field(default_factory=tuple)
    gone: Sequence[Raised] = field(default_factory=tuple)

    @property
    def differs(self) -> bool:
        return bool(self.new or self.gone or self.severer or self.milder)


def load(alerts: Iterable[Raised], within: Stretch) -> Load:
    """How much these are, of those that opened within the stretch."""
    mine = within.opened(alerts)
    told = sorted((a for a in mine if not a.child), key=lambda a: a.opened)
    times = [a.opened for a in told]
    hours = (within.end - within.start) / HOUR
    return Load(
        alerts=len(told),
        children=len(mine) - len(told),
        red=sum(a.severity >= Severity.EMERGENCY for a in told),
        per_hour=round(len(told) / hours, 3) if hours > 0 else 0.0,
        worst_ten_min=_worst(times),
        per_day=dict(sorted(Counter(within.day(t) for t in times).items())),
    )


def _worst(times: Sequence[int]) -> int:
    """The most that begin within ten minutes."""
    ends = (bisect_right(times, t + WORST - 1) for t in times)
    return max((end - i for i, end in enumerate(ends)), default=0)


def difference(ours: Sequence[Raised], theirs: Sequence[Raised], within: Stretch) -> Difference:
    """Ours beside theirs. What opened before the stretch is matched and not counted."""
    known, mine = _by_party(theirs), _by_party(ours)
    same = severer = milder = 0
    new: list[Raised] = []
    for alert in within.opened(ours):
        match = [a for a in known[alert.party] if _overlap(alert, a)]
        if not match:
            new.append(alert)
            continue
        worst = max(a.severity for a in match)
        same += 1
        severer += alert.severity > worst
        milder += alert.severity < worst
    gone = [a for a in within.opened(theirs) if not any(_overlap(a, b) for b in mine[a.party])]
    return Difference(same, severer, milder, new, gone)


def _by_party(alerts: Iterable[Raised]) -> defaultdict[Party, list[Raised]]:
    out: defaultdict[Party, list[Raised]] = defaultdict(list)
    for alert in alerts:
        out[alert.party].append(alert)
    return out


def _overlap(a: Raised, b: Raised) -> bool:
    """Whether there is a moment at which both hold."""
    return a.opened <= (b.ended or a.opened) and b.opened <= (a.ended or b.opened)
