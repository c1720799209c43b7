"""Which alert belongs to which incident.

Invariant: a pure function of truth and alerts; the order of either file does not matter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulators.scoring import tolerance
from simulators.scoring.nouns import Alert, Incident, Party, Silence, Truth

PAIRS = frozenset({"collision", "encounter", "spoof"})
"""Kinds of two equals: who is subject and who is object is the service's choice."""
ZONED = frozenset({"zone_enter", "zone_exit", "zone_dwell", "approach", "boundary", "risk_zone"})
"""Kinds that tell one boat's alerts apart by what they are about. For the others the object is
information: which order, which group, which port."""
PLACES = frozenset({"port_crowding", "feed"})
"""Kinds about a place or a source, which may be named as subject or as object."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one incident."""

    incident: Incident
    alert: Alert | None  #: the first that told of it in time and gravely enough
    why: str = ""  #: why there is none: "none", "late", "severity", "hidden", "retracted"

    @property
    def delay(self) -> float:
        """Seconds from when it could be known to when the operator was told; never negative."""
        if self.alert is None:
            return math.nan
        return max(0.0, self.alert.raised_at - self.incident.due)


@dataclass(slots=True)
class Matched:
    """Every incident that asks for an alert, and every alert, by what it was."""

    found: list[Found] = field(default_factory=list)
    true: list[Alert] = field(default_factory=list)
    either: list[Alert] = field(default_factory=list)  #: of borderline cases
    false: list[tuple[Alert, str]] = field(default_factory=list)  #: and what it broke
    repeats: list[Alert] = field(default_factory=list)  #: of an incident already told
    unjudged: list[Alert] = field(default_factory=list)


def match(truth: Truth, alerts: Sequence[Alert]) -> Matched:
    stands = sorted(
        (a for a in alerts if not a.retracted), key=lambda a: (a.raised_at, a.opened, a.id)
    )
    by_kind: dict[str, list[Incident]] = defaultdict(list)
    for incident in truth.incidents:
        for kind in {incident.kind, *incident.also}:
            by_kind[kind].append(incident)
    links = {a.id: [i for i in by_kind[a.kind] if opens(i, a)] for a in stands}
    done = Matched()
    wanted = (i for i in truth.incidents if i.expect == "alert" and truth.judges(i.kind))
    back = [a for a in alerts if a.retracted]
    done.found = [_found(i, stands, links, back) for i in wanted]
    _sort(done, truth, stands, links)
    return done


def same(a: Party, b: Party) -> bool:
    """Whether they can be one: a name in common, or one of them says nothing."""
    if not a or not b:
        return True
    if "code" in a or "code" in b:  # a code alone may be any of the other's names
        return bool(set(a.values()) & set(b.values()))
    return any(b.get(kind) == name for kind, name in a.items())


def about(i: Incident, kind: str, subject: Party, obj: Party) -> bool:
    """Same kind, same boats, and the same zone where the kind has one."""
    if kind != i.kind and kind not in i.also:
        return False
    if kind in PAIRS:
        straight = same(i.subject, subject) and same(i.object, obj)
        named = bool(i.object or obj)  # two that name nobody else are not each other's
        crossed = named and same(i.subject, obj) and same(i.object, subject)
        return straight or crossed
    if kind in PLACES:
        return same(i.subject, subject or obj)
    return same(i.subject, subject) and (kind not in ZONED or same(i.object, obj))


def opens(i: Incident, a: Alert) -> bool:
    """Whether the alert opened in this incident's time."""
    allowed = tolerance.of(i.kind)
    inside = i.begins - allowed.early <= a.opened <= i.ends + allowed.after
    return inside and about(i, a.kind, a.subject, a.object)


def lasts(i: Incident, a: Alert, links: Mapping[str, Sequence[Incident]]) -> bool:
    """Whether an alert rightly opened for something earlier was still there when this began."""
    if not links[a.id] or not about(i, a.kind, a.subject, a.object):
        return False
    return a.opened <= i.begins <= (math.inf if a.cleared is None else a.cleared)


def _found(
    i: Incident,
    stands: Sequence[Alert],
    links: Mapping[str, Sequence[Incident]],
    back: Sequence[Alert],
) -> Found:
    late = i.due + tolerance.of(i.kind).late
    why = "retracted" if any(opens(i, a) for a in back) else "none"
    for a in stands:
        if not (i in links[a.id] or lasts(i, a, links)):
            continue
        if not a.shown:
            why = "hidden"
        elif a.raised_at > late:
            why = "late"
        elif a.worst < i.floor:
            why = "severity"
        else:
            return Found(i, a)
    return Found(i, None, why)


def _sort(
    done: Matched,
    truth: Truth,
    stands: Sequence[Alert],
    links: Mapping[str, Sequence[Incident]],
) -> None:
    """Say of every alert that was shown what it was."""
    told: set[str] = set()
    for a in stands:
        if not a.shown:
            continue
        about_it = links[a.id]
        real = [i for i in about_it if i.expect == "alert"]
        if not truth.judges(a.kind):
            done.unjudged.append(a)
        elif fresh := [i for i in real if i.id not in told]:
            told.add(min(fresh, key=lambda i: abs(i.begins - a.opened)).id)
            done.true.append(a)
        elif any(i.expect == "either" for i in about_it):
            done.either.append(a)
        elif real:
            done.repeats.append(a)
        else:
            done.false.append((a, broken(a, truth.silent, about_it)))


def broken(a: Alert, silent: Iterable[Silence], parts: Sequence[Incident]) -> str:
    """What the alert should have known: a part of a roll-up, a silence, or nothing at all."""
    if parts:
        return f"part of {parts[0].rollup or 'a roll-up'}, shown alone"
    for s in silent:
        kind = not s.kinds or a.kind in s.kinds
        if kind and s.since <= a.opened <= s.until and same(s.subject, a.subject):
            return s.why
    return "nothing happened"
