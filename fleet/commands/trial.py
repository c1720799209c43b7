"""A candidate for thresholds or a zone, judged on stored history beside what is in force 试运行.

Invariant: the same engine as the worker's judges, twice over the same fixes: once by what is in
force, once by the candidate; nothing is written. What they differ in is the candidate's doing;
what differs from what was raised at the time may be the history's as well (see NOTES).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fleet.alerts import comparison
from fleet.alerts.comparison import Difference, Raised, Stretch
from fleet.alerts.engine import Inputs, State, feed, tick
from fleet.alerts.rules import LOGS, RULES
from fleet.commands import episodes
from fleet.commands.app import CommandError, Exit
from fleet.commands.episodes import Episode, moment
from fleet.geo import zone_of
from fleet.model import DAY, HOUR, SECOND, Batch, Key
from fleet.store import history, vessels
from fleet.store.db import Connection
from fleet.worker import world
from fleet.worker.world import World

KINDS = {rule.key: rule for rule in RULES}
WARM_UP = 6 * HOUR
"""Judged before the stretch, so that at its beginning the engine knows where boats were, and what
holds already: longer than any debounce and than the stages of a silence at sea (4 h)."""
MOST_DAYS = 31
MOST_FIXES = 30_000_000
"""A quarter of an hour of work: 25 µs of CPU a fix for both sides, measured at 1,000 boats."""
SHOWN = 50
"""Examples of each difference: enough to look at, and the result stays small."""
NOTES = (
    ("求救、落水、身份类报警不参与试运行：其信号未按收到时保存，由它们抑制的提醒也会照常出现。",
     ("Calls for help and identity are not replayed: their signals are not stored as they came in,"
     " and what they inhibited shows here as well.")),
    ("船舶登记、编组、航次、许可、风浪水深等资料以现在为准，不是当时的。",
     "The register, groups, trips, permits, wind and depth are those of now, not of then."),
    ("其他类别的阈值与其他区域以现在为准；当时的报警由当时的版本产生。",
     ("Other kinds' numbers and other zones are those in force now; what was raised was raised by"
     " the versions of the time.")),
    ("每个船位只记最先收到的接收站：接收站中断及其归并可能与当时不同。",
     ("Of each fix only the receiver that brought it first counts: outages of receivers, and what"
     " they explain, may differ.")),
    ("试运行从起点前6小时开始判断：更早开始的失联或停留不被知晓。",
     ("Judging begins 6 hours before the stretch: silences and stays that began earlier are not"
     " known.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is to be tried, checked already, and on which stretch of fix time."""

    start: int
    end: int
    kind: str = ""  #: "" where only a zone is tried
    params: Mapping[str, Any] | None = None  #: None: as they are in force
    scopes: Sequence[Mapping[str, Any]] | None = None
    zone: Mapping[str, Any] | None = None  #: its fields and geometry; a code in force is replaced

    def applied(self, present: World) -> World:
        """The world as it would be."""
        out = present
        if self.kind:
            row = dict(present.parameters[self.kind]) | {"enabled": True}
            if self.params is not None:
                row["params"] = dict(self.params)
            if self.scopes is not None:
                row["scopes"] = list(self.scopes)
            out = replace(out, parameters={**out.parameters, self.kind: row})
        if self.zone is not None:
            codes = {z.code: z.id for z in present.zones}
            fresh = max(codes.values(), default=0) + 1
            made = zone_of({"id": codes.get(str(self.zone["code"]), fresh), **self.zone})
            rest = tuple(z for z in present.zones if z.id != made.id)
            out = replace(out, zones=(*rest, made))
        return out


def sound(candidate: Candidate) -> None:
    """CommandError where the candidate cannot be tried on any history."""
    rule = KINDS.get(candidate.kind)
    if rule and rule.calls:
        raise CommandError(f"{rule.key}: calls are not stored as they came in", Exit.USAGE)
    if not 0 < candidate.end - candidate.start <= MOST_DAYS * DAY:
        raise CommandError(f"the stretch must be longer than nothing, at most {MOST_DAYS} days")


@dataclass(slots=True)
class Side:
    """One engine over the stretch, and what it told."""

    world: World
    state: State
    told: dict[Key, Episode] = field(default_factory=dict)

    def play(self, engine: Any, batch: Batch, now: int) -> None:
        self.state, changes = feed(engine, self.state, Inputs(batch), now)
        self.state, more = tick(engine, self.state, now)
        for change in (*changes, *more):
            if change.kind not in LOGS:
                episodes.note(self.told, change, now)

    def raised(self) -> list[Raised]:
        return [
            Raised(*e.key, e.cleared, max(s for _, s in e.severities), e.parent is not None)
            for e in self.told.values()
            if not e.retracted
        ]


async def tried(
    url: str, candidate: Candidate, local: ZoneInfo, progress: Callable[[float], None]
) -> dict[str, Any]:
    """Judge the stretch twice; the result as it is shown and stored. CommandError where there is
    nothing to judge, or too much.
    """
    sound(candidate)
    async with await history.reader(url) as conn:
        there = await history.stored(conn, candidate.start, candidate.end)
        if not there.fixes:
            raise CommandError("no positions are stored of this stretch", Exit.DATA)
        if there.fixes > MOST_FIXES:
            raise CommandError(f"{there.fixes:,} positions, at most {MOST_FIXES:,}: less time")
        present = (await world.load(conn)).usable()
        would, same = await _judged(conn, candidate, present, progress)
        was = await history.raised(conn, candidate.start, candidate.end)
        report = Report(candidate, would.world, _stretch(candidate, local))
        named = report.compared(would.raised(), same.raised(), was)
        boats = await history.names(conn, report.boats(named))
    return report.written(named, boats, there)


def _stretch(candidate: Candidate, local: ZoneInfo) -> Stretch:
    return Stretch(
        candidate.start,
        candidate.end,
        lambda t: datetime.fromtimestamp(t / SECOND, local).date().isoformat(),
    )


async def _judged(
    conn: Connection, candidate: Candidate, present: World, progress: Callable[[float], None]
) -> tuple[Side, Side]:
    """The candidate's side and the present one's, over the same fixes."""
    known, _ = await vessels.load(conn)
    sides = [Side(w, State.empty(len(known), RULES)) for w in (candidate.applied(present), present)]
    engines = [side.world.engine(known) for side in sides]
    begin, now = candidate.start - WARM_UP, 0
    async for batch in history.fixes(conn, begin, candidate.end):
        now = max(now, int(batch.received.max(initial=0)))
        for side, engine in zip(sides, engines, strict=True):
            side.play(engine, batch, now)
        progress(min(1.0, max(0.0, (now - begin) / (candidate.end - begin))))
    return sides[0], sides[1]


@dataclass(frozen=True, slots=True)
class Beside:
    """One kind: the candidate's alerts, those of what is in force, those of the time."""

    kind: str
    would: Sequence[Raised]
    present: Sequence[Raised]
    raised: Sequence[Raised]
    to_present: Difference
    to_raised: Difference


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it, for the commander."""

    candidate: Candidate
    world: World
    within: Stretch

    def compared(
        self, would: Sequence[Raised], present: Sequence[Raised], was: Sequence[Raised]
    ) -> list[Beside]:
        """The kind that was tried, and every other kind that the candidate changes."""
        out: list[Beside] = []
        for kind in sorted(KINDS.keys() - LOGS):
            ours, theirs, then = (_of(kind, side) for side in (would, present, was))
            to_present = comparison.difference(ours, theirs, self.within)
            if kind == self.candidate.kind or to_present.differs:
                to_raised = comparison.difference(ours, then, self.within)
                out.append(Beside(kind, ours, theirs, then, to_present, to_raised))
        return out

    def boats(self, found: Sequence[Beside]) -> list[int]:
        """Everybody who is shown by name."""
        shown = [a for b in found for d in (b.to_present, b.to_raised) for a in _examples(d)]
        return [i for a in shown for i in (a.vessel, a.other)]

    def written(
        self, found: Sequence[Beside], boats: Mapping[int, str], there: history.Stored
    ) -> dict[str, Any]:
        asked = self.candidate
        return {
            "from": moment(asked.start), "to": moment(asked.end),
            "judged_from": moment(asked.start - WARM_UP),
            "fixes": there.fixes,
            "stored_from": moment(there.first), "stored_to": moment(there.last),
            "kinds": [self._kind(beside, boats) for beside in found],
            "not_evaluated": self._lacking(),
            "notes": [{"zh": zh, "en": en} for zh, en in NOTES],
        }  # fmt: skip

    def _lacking(self) -> list[str]:
        """What the kind that is tried needs and nobody has entered: then it raises nothing."""
        rule = KINDS.get(self.candidate.kind)
        return list(self.world.facts.lacks(rule.needs)) if rule else []

    def _kind(self, b: Beside, boats: Mapping[int, str]) -> dict[str, Any]:
        rule = KINDS[b.kind]
        sides = {"would": b.would, "present": b.present, "raised": b.raised}
        return {
            "kind": b.kind, "title_zh": rule.title_zh, "title_en": rule.title_en,
            **{name: _load(comparison.load(side, self.within)) for name, side in sides.items()},
            "to_present": self._difference(b.to_present, boats),
            "to_raised": self._difference(b.to_raised, boats),
        }  # fmt: skip

    def _difference(self, d: Difference, boats: Mapping[int, str]) -> dict[str, Any]:
        zones = {z.id: z.code for z in self.world.zones}
        return {
            "same": d.same, "severer": d.severer, "milder": d.milder,
            "new": len(d.new), "gone": len(d.gone),
            "examples": {
                name: [_example(a, boats, zones) for a in part[:SHOWN]]
                for name, part in (("new", d.new), ("gone", d.gone))
            },
        }  # fmt: skip


def _of(kind: str, alerts: Iterable[Raised]) -> list[Raised]:
    mine = [a for a in alerts if a.kind == kind]
    return sorted(mine, key=lambda a: (a.opened, a.vessel, a.other))


def _examples(d: Difference) -> list[Raised]:
    return [*d.new[:SHOWN], *d.gone[:SHOWN]]


def _load(told: comparison.Load) -> dict[str, Any]:
    return {name: getattr(told, name) for name in comparison.Load.__slots__}


def _example(a: Raised, boats: Mapping[int, str], zones: Mapping[int, str]) -> dict[str, Any]:
    """One alert by the names that people know."""
    pair = a.kind in episodes.PAIRS
    return {
        "vessel": boats.get(a.vessel, "") if a.vessel else "",
        "other": (boats if pair else zones).get(a.other, "") if a.other else "",
        "opened": moment(a.opened),
        "ended": moment(a.ended) if a.ended else None,
        "severity": a.severity,
        "child": a.child,
    }
