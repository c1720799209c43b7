"""What was alerted, one line an episode, as simulators/README.md lays ALERTS down.

Invariant: every episode that opened has its line, retracted and suppressed ones included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fleet.alerts.rules.feed import KINDS
from fleet.alerts.state import CLOCK, SOURCE
from fleet.model import SECOND, Act, Change, Key, Status

"""Kind, vessel, other, opened."""
PAIRS = frozenset({"collision", "encounter", "spoof_hull"})
"""Kinds whose other party is another boat."""
PLACES = frozenset({"port_crowding", "mass_movement"})
"""Kinds whose subject is a zone and no boat."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call whom, by internal id."""

    vessels: Mapping[int, Mapping[str, Any]]
    zones: Mapping[int, str]
    orders: Mapping[int, str]
    stations: Mapping[int, str]


@dataclass(slots=True)
class Episode:
    """One alert as it ended up."""

    key: Key
    raised_at: int  #: the clock when somebody could first see it
    severities: list[tuple[int, int]]
    reason: str
    status: Status = Status.ACTIVE
    parent: Key | None = None
    cleared: int = 0
    retracted: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)


def note(told: MutableMapping[Key, Episode], change: Change, now: int) -> None:
    """Let one change tell on its episode; `now` is the clock."""
    key = change.key
    episode = told.get(key)
    if episode is None:
        first = (change.t, int(change.severity))
        told[key] = Episode(key, now, [first], change.reason, evidence=change.evidence)
        return
    match change.act:
        case Act.OPEN:  # what late data had taken back
            episode.retracted, episode.cleared, episode.status = False, 0, Status.ACTIVE
        case Act.RAISE | Act.REVISE:
            episode.severities.append((change.t, int(change.severity)))
        case Act.CLEAR:
            episode.cleared = change.t
            if episode.status == Status.ACTIVE:
                episode.status = Status.CLEARED
        case Act.SUPPRESS:
            episode.status, episode.parent = Status.SUPPRESSED, change.parent
            episode.reason = change.reason
        case Act.RELEASE:
            episode.status, episode.parent, episode.raised_at = Status.ACTIVE, None, now
        case Act.RETRACT:
            episode.retracted = True
        case _:
            pass


def lines(told: Iterable[Episode], names: Names) -> list[dict[str, Any]]:
    """The records, by the clock, then by name."""
    found = [_line(episode, names) for episode in told]
    return sorted(found, key=lambda a: (a["raised_at"], a["id"]))


def _line(e: Episode, names: Names) -> dict[str, Any]:
    return {
        "id": _id(e.key),
        "kind": e.key[0],
        **_parties(e.key, names),
        "opened": moment(e.key[3]),
        "cleared": moment(e.cleared) if e.cleared else None,
        "closed": None,
        "severity": e.severities[-1][1],
        "severities": [[moment(t), severity] for t, severity in e.severities],
        "status": str(e.status),
        "parent": _id(e.parent) if e.parent else None,
        "reason": e.reason,
        "raised_at": moment(e.raised_at),
        "retracted": e.retracted,
        "evidence": dict(e.evidence),
    }


def _id(key: Key) -> str:
    return "-".join(map(str, key))


def _parties(key: Key, names: Names) -> dict[str, Any]:
    """Subject and object, by the names that the scorer compares."""
    kind, vessel, other, _ = key
    subject: dict[str, Any] = dict(names.vessels.get(vessel, {}))
    if kind == "feed":
        whole = {SOURCE | kind: name for kind, name in KINDS}
        if other in whole:
            return {"subject": {"feed": whole[other]}, "object": None}
        return {"subject": {"station": names.stations.get(other & ~CLOCK, "")}, "object": None}
    if kind in PLACES:
        return {"subject": {"zone": names.zones[other]} if other else {}, "object": None}
    if kind in PAIRS:
        return {"subject": subject, "object": dict(names.vessels.get(other, {}))}
    table = names.orders if kind == "recall" else names.zones
    return {"subject": subject, "object": table.get(other)}


def moment(t: int) -> str:
    """A time as programs and people both read it."""
    at = datetime.fromtimestamp(t // SECOND, UTC).replace(microsecond=t % SECOND)
    return at.isoformat().replace("+00:00", "Z")


def instant(text: str) -> int:
    """The inverse of `moment`."""
    at = datetime.fromisoformat(text)
    return int(at.timestamp()) * SECOND + at.microsecond
