"""The policy of dispatch as typed data: bases per kind, steps and times per severity.

It ships as policy.toml beside this file; a port may give its own text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files

from fleet.model import MINUTE, Severity


class Basis(StrEnum):
    """Why it is this person's affair."""

    POSITION = "position"  #: the grid in which the alert happened
    OWN_GRID = "own_grid"  #: the boat's own grid
    NEAREST = "nearest"  #: the nearest grid with somebody on duty
    CHAIN = "chain"  #: further up 1+3+N
    BY_HAND = "by_hand"  #: a person decided
    NONE = "none"  #: nobody: the command centre has it


class Rung(IntEnum):
    """One step of the chain N → 3 → 1; `work_order.step` holds the one reached."""

    MEMBER = 0
    BACKUP = 1
    LEADER = 2  #: 网格长
    DEPARTMENT = 3  #: association or department
    CHIEF = 4  #: duty chief of the command centre
    COMMITTEE = 5  #: party committee of the port

    @property
    def level(self) -> int:
        """The duty level whose shifts staff this rung."""
        return max(int(self), 1)


@dataclass(frozen=True, slots=True)
class Ladder:
    """How an order of one severity climbs."""

    steps: tuple[tuple[Rung, int], ...]  #: rung, microseconds from the first offer; ascending
    again: int  #: microseconds between two alarms at the top
    held: int  #: microseconds that an acknowledgement without acceptance buys
    told: tuple[Rung, ...]  #: informed at once, beside the person asked
    cleared: Rung  #: climbs no higher once the condition has passed

    def capped(self, top: Rung) -> Ladder:
        """The ladder without what is above `top`."""
        return replace(self, steps=tuple(s for s in self.steps if s[0] <= top))

    def after(self, rung: Rung) -> Rung | None:
        """The next rung up, if there is one."""
        return next((r for r, _ in self.steps if r > rung), None)

    def window(self, rung: Rung) -> int:
        """How long somebody asked at this rung has before the order climbs on."""
        below = max(at for r, at in self.steps if r <= rung)
        above = [at for r, at in self.steps if r > rung]
        return min(above) - below if above else self.again


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a person at the desk can take in (EEMUA 191 / ISA-18.2, domain notes A.1)."""

    per_operator_hour: float
    flood_over: int  #: more alerts than this within `window` are a flood
    window_min: int

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.window_min)


@dataclass(frozen=True, slots=True)
class Policy:
    version: int
    busy_at: int  #: open orders from which a member is asked after the others
    no_order: frozenset[str]
    person_ends: frozenset[str]
    tell_captain: frozenset[str]
    calls_again: Mapping[str, int]  #: by kind: microseconds until an ended call rings again
    rings_again: Mapping[str, int]  #: by kind: microseconds from an acknowledgement until it rings
    orphaned: Mapping[str, int]  #: by kind of root: microseconds until its children come back
    budget: Budget
    bases: Mapping[str, tuple[Basis, ...]]  #: by kind, and "default"
    departments: Mapping[str, tuple[str, ...]]
    ladders: Mapping[Severity, Ladder]

    def bases_of(self, kind: str) -> tuple[Basis, ...]:
        return self.bases.get(kind, self.bases["default"])

    def departments_of(self, kind: str) -> tuple[str, ...]:
        return self.departments.get(kind, self.departments["default"])

    def ladder(self, severity: Severity) -> Ladder:
        """Information makes no order; one lowered to it later keeps the mildest ladder."""
        return self.ladders[max(severity, Severity.WARNING)]


def parse(text: str) -> Policy:
    """The policy in the text; a ValueError, TypeError or KeyError names what is wrong."""
    data = tomllib.loads(text)
    return Policy(
        data["version"],
        data["busy_at"],
        frozenset(data["no_order"]),
        frozenset(data["person_ends"]),
        frozenset(data["tell_captain"]),
        _minutes(data["calls_again"]),
        _minutes(data["rings_again"]),
        _minutes(data["orphaned"]),
        Budget(**data["budget"]),
        {kind: tuple(Basis(b) for b in names) for kind, names in data["bases"].items()},
        {kind: tuple(words) for kind, words in data["departments"].items()},
        {Severity[name.upper()]: _ladder(name, body) for name, body in data["ladders"].items()},
    )


@cache
def default() -> Policy:
    """The policy that ships with the service."""
    return parse(files("fleet.grid").joinpath("policy.toml").read_text(encoding="utf-8"))


def _ladder(name: str, body: Mapping[str, object]) -> Ladder:
    given = _minutes(body["steps"])
    steps = tuple(sorted((Rung[r.upper()], at) for r, at in given.items()))
    times = [at for _, at in steps]
    if times[0] != 0 or times != sorted(set(times)) or steps[0][0] != Rung.MEMBER:
        raise ValueError(f"ladder {name}: member comes first, at 0, and every later step later")
    return Ladder(
        steps,
        _minutes({"again": body["again"]})["again"],
        _minutes({"held": body["held"]})["held"],
        tuple(Rung[str(r).upper()] for r in _list(body["told"])),
        Rung[str(body["cleared"]).upper()],
    )


def _minutes(table: object) -> dict[str, int]:
    if not isinstance(table, dict):
        raise TypeError(f"{table!r} is not a table of minutes")
    return {str(k): round(float(v) * MINUTE) for k, v in table.items()}


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value
