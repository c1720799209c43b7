"""身份比对 Who transmitters say they are, against the register: each difference is a signal.

Pure. Invariant: what a difference is follows from one report and the register alone, and its key
from what was said; so it is told once, however the stream was cut and whatever was restarted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from zlib import crc32

import numpy as np

from fleet.alerts import calls
from fleet.alerts.engine import Engine
from fleet.alerts.facts import Expiries
from fleet.alerts.rules.identity import Params
from fleet.alerts.state import State
from fleet.ingest.clean import ship_class
from fleet.ingest.format import Statics
from fleet.model import (
    HOUR,
    Batch,
    Change,
    Ints,
    Severity,
    Signal,
    SignalKind,
    Source,
    VesselClass,
)
from fleet.vessels import NOBODY, Vessels
from fleet.worker.names import differ, spelt

SAID = 12 * HOUR
"""A difference that lasts is counted so often; all reports between say nothing new."""


class Aspect(IntEnum):
    """In what somebody is not who the register says."""

    NAME = 1
    CALLSIGN = 2
    TYPE = 3
    SIZE = 4
    UNKNOWN = 5  #: a fishing boat's number that is in no register
    EXPIRED = 6  #: a certificate 证书


@dataclass(frozen=True, slots=True)
class Paper:
    """What the register says of one boat."""

    names: tuple[str, ...] = ()  #: any of them is right
    callsigns: frozenset[str] = frozenset()  #: as `spelt`; empty: not known


@dataclass(frozen=True, slots=True)
class Papers:
    """The register beside its columns, and who was told apart by people."""

    papers: Mapping[int, Paper] = field(default_factory=dict)  #: of registered boats
    decided: frozenset[int] = frozenset()  #: strangers that a person said something about


def said_otherwise(
    vessel: Ints, said: Statics, known: Vessels, papers: Papers, p: Params
) -> Iterator[Signal]:
    """A signal for each difference of each static report; `vessel` is each row's, NOBODY: none."""
    for i in np.flatnonzero(vessel != NOBODY).tolist():
        who, t = int(vessel[i]), int(said.t[i])
        if who >= len(known):
            continue
        if not known.registered[who]:
            yield from _strange(who, t, known, papers, p)
            continue
        paper = papers.papers.get(who, Paper())
        yield from _texts(who, t, str(said.name[i]), str(said.callsign[i]), paper)
        yield from _type(who, t, int(said.ship_type[i]), known)
        yield from _size(who, t, float(said.length_m[i]), float(known.length_m[who]), p)


def _strange(who: int, t: int, known: Vessels, papers: Papers, p: Params) -> Iterator[Signal]:
    """A fishing boat in no register; merchant ships are in none, and nobody wonders."""
    if p.unknown and known.cls[who] == VesselClass.FISHING and who not in papers.decided:
        yield signal(who, Aspect.UNKNOWN, t, "", "")


def _texts(who: int, t: int, name: str, callsign: str, paper: Paper) -> Iterator[Signal]:
    if name and paper.names and all(differ(name, known) for known in paper.names):
        yield signal(who, Aspect.NAME, t, name, paper.names[0])
    if (said := spelt(callsign)) and paper.callsigns and said not in paper.callsigns:
        yield signal(who, Aspect.CALLSIGN, t, said, min(paper.callsigns))


def _type(who: int, t: int, ship_type: int, known: Vessels) -> Iterator[Signal]:
    """A ship type of no class (0, 90-99, reserved) says nothing."""
    said, registered = ship_class(ship_type), VesselClass(int(known.cls[who]))
    if said and registered and said != registered:
        yield signal(who, Aspect.TYPE, t, said.name.lower(), registered.name.lower())


def _size(who: int, t: int, said: float, registered: float, p: Params) -> Iterator[Signal]:
    """NaN on either side is not compared: it is not greater."""
    if abs(said - registered) > max(p.size_m, p.size_pct / 100 * registered):
        yield signal(who, Aspect.SIZE, t, f"{said:g} m", f"{registered:g} m")


def expired(batch: Batch, papers: Expiries) -> Iterator[Signal]:
    """A signal for each certificate that had expired when its boat was first heard in the batch."""
    if not len(papers) or not len(batch):
        return
    for i in np.flatnonzero(np.isin(papers.vessel, batch.vessel)).tolist():
        mine = batch.vessel == papers.vessel[i]
        late = np.flatnonzero(mine & (batch.t >= papers.expires[i]))
        if len(late):
            t = int(batch.t[late[0]])
            yield signal(int(papers.vessel[i]), Aspect.EXPIRED, t, str(papers.kind[i]), "")


def signal(who: int, what: Aspect, t: int, said: str, registered: str) -> Signal:
    """Of this boat, as the engine folds it: once for all that say the same."""
    milder = Severity.INFO if what == Aspect.UNKNOWN else Severity.WARNING
    text = f"{said} ≠ {registered}" if registered else said
    return Signal(
        SignalKind.IDENTITY, who, t, t, Source.AIS, text=text, how=what.name.lower(),
        other=key(what, said), severity=int(milder),
    )  # fmt: skip


def key(what: Aspect, said: str) -> int:
    """The other party of the episode: beyond every zone's and vessel's id, below 2^31."""
    return 1 << 30 | (crc32(said.encode()) & 0x7FFFFFF) << 3 | what


def fresh(
    engine: Engine, state: State, differences: Iterable[Signal], batch: Batch
) -> tuple[Signal, ...]:
    """What of it the engine has to hear: its own memory says what it knows already."""
    if not any(rule.calls == SignalKind.IDENTITY for rule in engine.rules):
        return ()
    return tuple(news(state, [*differences, *expired(batch, engine.facts.expiries)]))


def news(state: State, found: Iterable[Signal]) -> list[Signal]:
    """Those that the engine does not know of, or has not heard of for long."""
    signals = list(found)
    sessions = state.sessions.get("identity")
    if not signals or sessions is None:
        return []
    columns = (sessions.vessel, sessions.other, sessions.last_seen)
    known = {(v, o): t for v, o, t in zip(*map(np.ndarray.tolist, columns), strict=True)}
    out = []
    for s in signals:
        if s.t - known.get((s.vessel, s.other), -SAID) >= SAID:
            known[s.vessel, s.other] = s.t
            out.append(s)
    return out


def suspects(state: State) -> Ints:
    """The vessels of which a difference is known."""
    sessions = state.sessions.get("identity")
    return np.unique(sessions.vessel) if sessions is not None else np.zeros(0, np.int64)


def settled(
    engine: Engine, state: State, papers: Papers, said: Statics, now: int
) -> tuple[State, list[Change]]:
    """End what the register, as it is now, no longer differs in. `said` is what the suspects said
    last, row by row.
    """
    rule = next((r for r in engine.rules if r.calls == SignalKind.IDENTITY), None)
    sessions = state.sessions.get("identity")
    if rule is None or sessions is None or not len(sessions):
        return state, []
    params, due = engine.params[rule.key], engine.facts.expiries
    found = said_otherwise(suspects(state), said, engine.vessels, papers, params)
    still = {(s.vessel, s.other) for s in found}
    over = due.take(due.expires <= now)
    still |= {
        (v, key(Aspect.EXPIRED, str(kind)))
        for v, kind in zip(over.vessel.tolist(), over.kind.tolist(), strict=True)
    }
    pairs = zip(sessions.vessel.tolist(), sessions.other.tolist(), strict=True)
    gone = np.array([pair not in still for pair in pairs], np.bool_)
    return calls.settled(rule, state, gone, now)
