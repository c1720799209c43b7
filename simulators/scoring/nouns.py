"""Incidents of the truth and alerts of the service, as the two files say them.

Invariant: reading refuses what it does not understand, naming line and field; it guesses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from simulators.scoring.times import perhaps, seconds

Party: TypeAlias = Mapping[str, str]
"""Who or what: any of its names by kind (mmsi, terminal, reg_no, zone, station …)."""

SEVERITIES = ("blue", "yellow", "orange", "red")
SPELLINGS = dict(zip(("info", "warning", "alarm", "emergency"), (1, 2, 3, 4), strict=True)) | {
    name: number for number, name in enumerate(SEVERITIES, 1)
}
RED = 4
ALIASES = {"zone_approach": "approach", "spoof_hull": "spoof"}
"""Kinds that a service may tell apart where the catalogue has one."""
EXPECT = ("alert", "either", "child")
HIDDEN = frozenset({"suppressed", "shelved", "candidate"})
"""Statuses in which an operator is not shown an alert."""


class Unreadable(Exception):
    """A file that is not what its format says."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that the scripted boats really did."""

    id: str
    kind: str
    subject: Party  #: empty: whoever
    object: Party  #: empty: whatever
    begins: float  #: when it began, seconds
    due: float  #: from when the domain's definition holds
    ends: float  #: when it was over; the end of the scenario where it went on
    expect: str = "alert"  #: one of EXPECT
    floor: int = 0  #: severity that must be reached, 0: any
    rollup: str = ""  #: id of the incident of which it is a part
    role: str = ""
    also: frozenset[str] = frozenset()  #: kinds that tell of it as well

    def __post_init__(self) -> None:
        if self.expect not in EXPECT:
            raise Unreadable(f"incident {self.id}: expect {self.expect!r} is none of {EXPECT}")


@dataclass(frozen=True, slots=True)
class Silence:
    """Who must not be the subject of these kinds in this time, and why not."""

    kinds: frozenset[str]  #: empty: every kind
    subject: Party
    object: Party
    since: float
    until: float
    why: str


@dataclass(frozen=True, slots=True)
class Truth:
    scenario: str
    seed: int
    begins: float
    ends: float
    operators: int
    judged: frozenset[str]  #: kinds for which the truth is whole; empty: all
    incidents: tuple[Incident, ...]
    silent: tuple[Silence, ...]

    @property
    def operator_hours(self) -> float:
        return (self.ends - self.begins) / 3600 * self.operators

    def judges(self, kind: str) -> bool:
        return not self.judged or kind in self.judged


@dataclass(frozen=True, slots=True)
class Alert:
    """One episode, as it ended up."""

    id: str
    kind: str
    subject: Party
    object: Party
    opened: float  #: when the condition began to hold, by the time of the fixes
    cleared: float | None
    raised_at: float  #: the clock of the replay when an operator could first see it
    severities: tuple[tuple[float, int], ...]  #: when each was reached
    status: str = "active"
    parent: str = ""
    retracted: bool = False
    reason: str = field(default="", compare=False)

    @property
    def worst(self) -> int:
        return max((s for _, s in self.severities), default=0)

    @property
    def shown(self) -> bool:
        """Whether it took an operator's attention: children of a roll-up do not."""
        return not self.parent and self.status not in HIDDEN


def party(value: Any) -> Party:
    """{"mmsi": 412…, …}, a code alone (of a zone, a group, an order), or nothing."""
    if value is None or value == "":
        return {}
    if isinstance(value, Mapping):
        return {str(k): str(v) for k, v in value.items() if v not in (None, "", 0)}
    return {"code": str(value)}


def severity(value: Any) -> int:
    """1 to 4, or a name."""
    if value is None:
        return 0
    number = SPELLINGS.get(str(value).lower(), value)
    if isinstance(number, bool) or number not in (1, 2, 3, 4):
        raise ValueError(f"no severity: {value!r}")
    return int(number)


# ── truth.json ──
def read_truth(path: Path) -> Truth:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        begins, ends = seconds(body["begins"]), seconds(body["ends"])
        judged = body.get("judged", "all")
        return Truth(
            body["scenario"],
            int(body["seed"]),
            begins,
            ends,
            int(body.get("operators", 1)),
            frozenset() if judged == "all" else frozenset(judged),
            tuple(_incident(i, ends) for i in body["incidents"]),
            tuple(_silence(s, begins, ends) for s in body.get("silent", ())),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise Unreadable(f"{path}: {type(wrong).__name__} {wrong}") from None


def _incident(body: Mapping[str, Any], end: float) -> Incident:
    begins = seconds(body["begins"])
    due, ends = perhaps(body.get("due")), perhaps(body.get("ends"))
    return Incident(
        id=str(body["id"]),
        kind=body["kind"],
        subject=party(body.get("subject")),
        object=party(body.get("object")),
        begins=begins,
        due=begins if due is None else due,
        ends=end if ends is None else ends,
        expect=body.get("expect", "alert"),
        floor=severity(body.get("severity_floor")),
        rollup=body.get("rollup") or "",
        role=body.get("role", ""),
        also=frozenset(body.get("also", ())),
    )


def _silence(body: Mapping[str, Any], begin: float, end: float) -> Silence:
    since, until = perhaps(body.get("from")), perhaps(body.get("until"))
    return Silence(
        frozenset(body.get("kinds", ())) - {"*"},
        party(body.get("subject")),
        party(body.get("object")),
        begin if since is None else since,
        end if until is None else until,
        body.get("why", ""),
    )


# ── alerts.jsonl ──
def read_alerts(path: Path) -> tuple[Alert, ...]:
    return tuple(_alerts(path))


def _alerts(path: Path) -> Iterator[Alert]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _alert(json.loads(line), f"line {number}")
        except (KeyError, ValueError, TypeError, AttributeError) as wrong:
            raise Unreadable(f"{path}:{number}: {type(wrong).__name__} {wrong}") from None


def _alert(body: Mapping[str, Any], name: str) -> Alert:
    opened = seconds(body["opened"])
    raised = perhaps(body.get("raised_at"))
    reached = body.get("severities") or [[body["opened"], body["severity"]]]
    return Alert(
        id=str(body.get("id") or name),
        kind=ALIASES.get(body["kind"], body["kind"]),
        subject=party(body["subject"]),
        object=party(body.get("object")),
        opened=opened,
        cleared=perhaps(body.get("cleared")),
        raised_at=opened if raised is None else raised,
        severities=tuple((seconds(t), severity(s)) for t, s in reached),
        status=body.get("status") or "active",
        parent=str(body.get("parent") or ""),
        retracted=bool(body.get("retracted")),
        reason=str(body.get("reason") or ""),
    )
