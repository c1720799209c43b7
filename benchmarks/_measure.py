"""What every benchmark is made of: ways of doing the same work, timed in turn, and their figures.

Invariant: a ratio compares two ways of one run, round by round, on the same input: what else the
machine does in a round slows both.
"""

from __future__ import annotations

import math
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

NAN = math.nan
Clock: TypeAlias = Literal["cpu", "wall"]


class Timing(NamedTuple):
    """One round of one way."""

    cpu: float  #: seconds of processor time, of all threads that did the work
    wall: float  #: seconds


Way: TypeAlias = Callable[[int], Timing]
"""Does the work of round n (0, 1, …; negative while warming up) and says what it took."""
Rounds: TypeAlias = Sequence[Timing]


def clocked(work: Callable[[int], object]) -> Way:
    """Time the whole of a function that works in this process."""

    def way(number: int) -> Timing:
        wall, cpu = time.perf_counter(), time.process_time()
        work(number)
        return Timing(time.process_time() - cpu, time.perf_counter() - wall)

    return way


def spent_by_children() -> float:
    """Processor seconds of the child processes that have ended: of a peer that is a program."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach; told, never enforced: the machine is shared."""

    bound: float
    of: Literal["ratio", "value"] = "ratio"
    at_most: bool = False

    def met(self, ratio: float, value: float) -> bool | None:
        """Whether it is reached; None where that was not measured."""
        found = ratio if self.of == "ratio" else value
        if math.isnan(found):
            return None
        return found <= self.bound if self.at_most else found >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:,g}{'×' if self.of == 'ratio' else ''}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    value: float  #: NaN: not measured
    unit: str
    against: str = ""  #: the peer, or what it is held against
    reference: float = NAN  #: the peer's value, same unit
    ratio: float = NAN  #: how many times better than the peer: above 1 is better
    goal: Goal | None = None
    clock: Clock = "cpu"  #: which seconds `value`, `reference` and `ratio` are of
    cpu: float = NAN  #: the rate by processor time
    wall: float = NAN  #: the rate by wall time
    why: str = ""  #: why it was not measured, or what to know when reading it

    @property
    def met(self) -> bool | None:
        return self.goal.met(self.ratio, self.value) if self.goal else None

    def record(self) -> dict[str, object]:
        """The figure for programs: what was not measured is null."""
        numbers = {
            key: None if math.isnan(found) else found
            for key in ("value", "reference", "ratio", "cpu", "wall")
            for found in [float(getattr(self, key))]
        }
        words = {key: getattr(self, key) for key in ("name", "unit", "against", "clock", "why")}
        goal = str(self.goal) if self.goal else None
        return {**words, **numbers, "goal": goal, "met": self.met}


def unmeasured(name: str, unit: str, against: str, why: str, *, goal: Goal | None = None) -> Figure:
    """Say that a figure could not be had here, and why, in its own line of the table."""
    return Figure(name, NAN, unit, against, goal=goal, why=f"not measured: {why}")


def rate(
    name: str,
    amount: float,
    unit: str,
    ours: Rounds,
    *,
    against: str = "",
    peer: Rounds = (),
    goal: Goal | None = None,
    clock: Clock = "cpu",
) -> Figure:
    """How many of `amount` a second: medians of the rounds, the ratio that of the paired rounds.

    Arguments: amount, the work of one round, the same for both; unit, e.g. "sentences/s".
    """
    cpu, wall = (amount / statistics.median(_seconds(ours, c)) for c in ("cpu", "wall"))
    value = cpu if clock == "cpu" else wall
    mine, theirs = _seconds(ours, clock), _seconds(peer, clock)
    ratio = reference = NAN
    if theirs:
        ratio = statistics.median(t / m for t, m in zip(theirs, mine, strict=True))
        reference = amount / statistics.median(theirs)
    return Figure(name, value, unit, against, reference, ratio, goal, clock, cpu, wall)


def _seconds(rounds: Rounds, clock: str) -> list[float]:
    return [max(getattr(timing, clock), 1e-9) for timing in rounds]


def _silent(text: str) -> None:
    del text


@dataclass(frozen=True, slots=True)
class Run:
    """What a benchmark is told, and what it measures with."""

    quick: bool = False  #: smaller inputs, fewer rounds: whether it works, not how fast it is
    note: Callable[[str], None] = field(default=_silent)  #: what is being done, for who waits

    @property
    def rounds(self) -> int:
        return 2 if self.quick else 7

    def interleaved(
        self, ways: Mapping[str, Way], *, rounds: int = 0, warm: int = 0
    ) -> dict[str, Rounds]:
        """Every way once a round, in turn; `warm` rounds before that count for nothing."""
        number = rounds or self.rounds
        found: dict[str, list[Timing]] = {name: [] for name in ways}
        for k in range(-warm, number):
            for name, way in ways.items():
                self.note(f"round {max(k, 0) + 1} of {number}: {name}")
                timing = way(k)
                if k >= 0:
                    found[name].append(timing)
        return dict(found)
