"""Whom to ask: basis of responsibility → on duty now → rank → open load → distance → fairness.

Pure and deterministic; every choice says why. Who declined is not asked again for the same order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from fleet.grid.policy import Basis, Policy, Rung
from fleet.grid.roster import Duty, Roster
from fleet.grid.words import Reason, Why
from fleet.model import Case


@dataclass(frozen=True, slots=True)
class Choice:
    """The person to ask, and why this one."""

    duty: Duty
    rung: Rung
    grid: int | None
    basis: Basis
    why: Why


def responsible(case: Case, roster: Roster, policy: Policy) -> int | None:
    """The grid whose affair it is, staffed or not: for scope and for the chain above it."""
    for basis in policy.bases_of(case.kind):
        for _, grids in _places(basis, case, roster, roster.grids):
            return grids[0]
    return None


def member(
    case: Case, roster: Roster, policy: Policy, excluded: Collection[int] = ()
) -> Choice | None:
    """The grid member or backup to ask first, by the bases that the kind asks for."""
    free = [d for d in roster.on(1) if d.person not in excluded]
    staffed = sorted({d.grid for d in free if d.grid is not None})
    for basis in policy.bases_of(case.kind):
        for nm, grids in _places(basis, case, roster, staffed):
            here = [d for d in free if d.grid in grids]
            if here:
                far = {g: n for n, g in roster.by_distance(case.lon, case.lat, grids)}
                best = min(here, key=lambda d: _order(d, policy, far.get(d.grid or 0, 0.0)))
                return _choice(best, basis, roster, nm if basis == Basis.NEAREST else None)
    return None


def step_up(
    rung: Rung,
    case: Case,
    grid: int | None,
    roster: Roster,
    policy: Policy,
    excluded: Collection[int] = (),
) -> Choice | None:
    """The person to ask at one rung of the chain above the first member."""
    staff = [d for d in _staff(rung, grid, roster) if d.person not in excluded]
    if not staff:
        return None
    words = policy.departments_of(case.kind) if rung == Rung.DEPARTMENT else ()
    best = min(staff, key=lambda d: (_preference(d.org, words), *_order(d, policy, 0.0)))
    code = roster.code(grid) if rung <= Rung.LEADER else ""
    why = Why(Reason.CHAIN, Basis.CHAIN, code, best.load, rung)
    return Choice(best, rung, grid, Basis.CHAIN, why)


def informed(
    rungs: Iterable[Rung], case: Case, roster: Roster, policy: Policy, lead: int | None
) -> tuple[Duty, ...]:
    """Who is told beside the lead: one person a rung."""
    chosen = (
        step_up(r, case, None, roster, policy, () if lead is None else (lead,)) for r in rungs
    )
    return tuple({c.duty.person: c.duty for c in chosen if c is not None}.values())


def _places(
    basis: Basis, case: Case, roster: Roster, grids: Collection[int]
) -> Iterator[tuple[float, list[int]]]:
    """The groups of grids, out of `grids`, in which a basis looks, one after the other."""
    match basis:
        case Basis.POSITION:
            here = [g for g in roster.at(case.lon, case.lat) if g in grids]
            if here:
                yield 0.0, here
        case Basis.OWN_GRID:
            if case.home_grid in grids and case.home_grid is not None:
                yield 0.0, [case.home_grid]
        case Basis.NEAREST:
            for nm, grid in roster.by_distance(case.lon, case.lat, grids):
                yield nm, [grid]


def _order(d: Duty, policy: Policy, nm: float) -> tuple[bool, int, int, float, int, int]:
    return d.load >= policy.busy_at, d.rank, d.load, round(nm, 1), d.asked, d.person


def _choice(duty: Duty, basis: Basis, roster: Roster, nm: float | None) -> Choice:
    backup = duty.rank > 1
    reason = Reason.BACKUP_ON_DUTY if backup else Reason.MEMBER_ON_DUTY
    why = Why(reason, basis, roster.code(duty.grid), duty.load, nm=nm)
    return Choice(duty, Rung.BACKUP if backup else Rung.MEMBER, duty.grid, basis, why)


def _staff(rung: Rung, grid: int | None, roster: Roster) -> list[Duty]:
    if rung <= Rung.BACKUP:
        return [] if grid is None else roster.on(1, grid)
    return roster.leaders(grid) if rung == Rung.LEADER else roster.on(rung.level)


def _preference(org: str, words: tuple[str, ...]) -> int:
    return next((i for i, word in enumerate(words) if word in org), len(words))
