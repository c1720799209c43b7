"""The register in memory: every identity that is heard has a vessel before anything is judged.

Invariant: what is learnt from the air is committed on its own, first, and can be learnt again
without harm; a registered vessel keeps what people wrote. A feed that makes up identities fills
the table only so fast; who calls for help is never turned away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from fleet.alerts.rules.identity import Params
from fleet.ingest.format import Statics
from fleet.model import IdentityKind, Ints, Signal, VesselClass
from fleet.store import positions, statics, vessels
from fleet.store.db import Connection
from fleet.store.statics import Told
from fleet.vessels import NOBODY, Registry, Vessels
from fleet.worker.database import Database
from fleet.worker.gather import Heard
from fleet.worker.head import Known
from fleet.worker.identity import Paper, Papers, said_otherwise
from fleet.worker.names import spelt

MOST_STATIONS = 50_000
"""A sender that makes up addresses must not make up table rows for ever."""
OTHERS = "(others)"
NEW_PER_MINUTE = 1000
BURST_MINUTES = 60
"""So many minutes' worth at once: the first hour of a sea never heard before (all of Hainan is
34,500 boats)."""


@dataclass(slots=True)
class Allowance:
    """How many new identities may still be taken: a bucket that fills steadily."""

    per_minute: float = NEW_PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _left: float = -1.0
    _at: float = 0.0

    def take(self, wanted: int) -> int:
        """As many of the wanted as are allowed now."""
        now, most = self.clock(), self.per_minute * BURST_MINUTES
        filled = self._left + (now - self._at) / 60 * self.per_minute
        self._left, self._at = most if self._left < 0 else min(most, filled), now
        given = min(wanted, int(self._left))
        self._left -= given
        return given


@dataclass(slots=True)
class Register:
    """The worker's copy; grows with what is heard, replaced when people change the register."""

    registry: Registry = field(default_factory=Registry)
    vessels: Vessels = field(default_factory=lambda: Vessels.empty(1))
    papers: Papers = field(default_factory=Papers)
    stations: dict[str, int] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=Allowance)
    _told: Told = field(default_factory=Told)
    _fresh: set[int] = field(default_factory=set)  #: changed, and not journaled yet
    _loaded: bool = False

    async def load(self, conn: Connection) -> None:
        """Read everything; what differs from before counts as changed."""
        now, self.registry = await vessels.load(conn)
        self.papers = _papers(*await vessels.papers(conn))
        self.stations = await positions.stations(conn)
        self._fresh.update(_differing(self.vessels, now).tolist())
        self.vessels, self._loaded = now, True

    def registered(self, kind: IdentityKind, name: str) -> bool | None:
        """Whether a name leads to a registered vessel; None while nothing has been read."""
        vessel = self.registry.names.get(kind, {}).get(name, NOBODY)
        known = vessel != NOBODY and vessel < len(self.vessels)
        return (known and bool(self.vessels.registered[vessel])) if self._loaded else None

    def differences(self, heard: Heard, p: Params) -> tuple[Signal, ...]:
        """What transmitters in the batch say of themselves that is not what the register says."""
        speaker = heard.vessels(heard.statics.key, self.registry)
        return tuple(said_otherwise(speaker, heard.statics, self.vessels, self.papers, p))

    def known(self) -> Known:
        ids = np.array(sorted(self._fresh), np.int64)
        return Known(ids, self.vessels)

    def journaled(self, ids: Ints) -> None:
        """A commit holds what changed of these."""
        self._fresh.difference_update(ids.tolist())

    async def learn(self, database: Database, heard: Heard) -> Ints:
        """Make sure of a vessel for every identity, and of an id for every station.

        Returns the vessel of each fix; NOBODY where its sender was one new identity too many.
        """
        vessel = heard.vessels(heard.fixes.key, self.registry)
        unknown = self._unknown(heard, vessel)
        stations = self._new_stations(heard)
        if unknown or stations:
            met = await database.done(lambda conn: self._meet(conn, unknown, stations))
            self.registry, self.stations = met
            vessel = heard.vessels(heard.fixes.key, self.registry)
        await self._believe(database, heard)
        return vessel

    def station(self, name: str) -> int:
        """The id of who heard it; beyond the bound all that are new share one."""
        return self.stations.get(name) or self.stations[OTHERS]

    def _new_stations(self, heard: Heard) -> list[str]:
        new = sorted({*heard.stations} - self.stations.keys())
        if len(self.stations) + len(new) > MOST_STATIONS:
            return [] if OTHERS in self.stations else [OTHERS]
        return new

    def _unknown(self, heard: Heard, vessel: Ints) -> dict[IdentityKind, dict[str, VesselClass]]:
        """New identities that may be taken, each with its class."""
        others = heard.keys()
        strange = others[heard.vessels(others, self.registry) == NOBODY]
        new = np.unique(np.concatenate([heard.fixes.key[vessel == NOBODY], strange])).tolist()
        calling = {call.key for _, call in heard.calls}
        quiet = [key for key in new if key not in calling]
        taken = [*(key for key in new if key in calling), *quiet[: self.allowance.take(len(quiet))]]
        out: dict[IdentityKind, dict[str, VesselClass]] = {}
        for key in taken:
            kind, name = heard.name(key)
            out.setdefault(kind, {})[name] = heard.classes.get(key, VesselClass.UNKNOWN)
        return out

    async def _meet(
        self,
        conn: Connection,
        unknown: Mapping[IdentityKind, Mapping[str, VesselClass]],
        stations: list[str],
    ) -> tuple[Registry, dict[str, int]]:
        registry = self.registry
        for kind, wanted in unknown.items():
            registry = registry.known(kind, await vessels.ensure(conn, kind, wanted))
        return registry, self.stations | await positions.stations(conn, stations)

    async def _believe(self, database: Database, heard: Heard) -> None:
        """Keep what transmitters say of themselves otherwise than before."""
        speaker = heard.vessels(heard.statics.key, self.registry)
        said = heard.statics.take(speaker != NOBODY)
        speaker = speaker[speaker != NOBODY]
        missing = self._told.missing(speaker)
        if len(missing):
            self._told.put(missing, await database.done(lambda c: statics.load(c, missing)))
        whose, news = self._told.news(speaker, said)
        ids, now = self._described(heard, speaker, said)
        if len(ids) or len(whose):
            await database.done(lambda conn: _keep(conn, ids, now, whose, news))
            self._told.put(whose, news)
        if len(ids):
            self.vessels = self.vessels.updated(ids, now)
            self._fresh.update(ids.tolist())

    def _described(self, heard: Heard, speaker: Ints, said: Statics) -> tuple[Ints, Vessels]:
        """Unregistered vessels whose class or length the air gives otherwise than known."""
        keys = np.array([*heard.classes], np.int64)
        classes = np.array([int(cls) for cls in heard.classes.values()], np.int64)
        classed = heard.vessels(keys, self.registry)
        classed, classes = classed[classed != NOBODY], classes[classed != NOBODY]
        ids = np.unique(np.concatenate([classed, speaker]))
        old = self._rows(ids)
        new = old.copy()
        sized = ~np.isnan(said.length_m)
        new.length_m[np.searchsorted(ids, speaker[sized])] = said.length_m[sized]
        cls = np.zeros(len(ids), np.int64)
        cls[np.searchsorted(ids, classed)] = classes
        # A beacon stays one, whatever ship type its other half sends.
        told = (cls > 0) & ((old.cls < VesselClass.BEACON) | (cls >= VesselClass.BEACON))
        new.cls[told] = cls[told]
        news = _differing(old, new)
        news = news[~old.registered[news] & ~np.isin(ids[news], [*self.papers.decided])]
        return ids[news], new.take(news)

    def _rows(self, ids: Ints) -> Vessels:
        """What is known of these vessels, of new ones nothing."""
        rows = Vessels.empty(len(ids))
        known = ids < len(self.vessels)
        rows.put(known.nonzero()[0], self.vessels.take(ids[known]))
        return rows


async def _keep(conn: Connection, ids: Ints, now: Vessels, whose: Ints, news: Statics) -> None:
    """Write what the air said of vessels."""
    if len(ids):
        await vessels.classify(conn, ids, now)
    await statics.add(conn, whose, news)


def _papers(found: Mapping[int, tuple[list[str], list[str]]], decided: frozenset[int]) -> Papers:
    made = {
        boat: Paper(tuple(names), frozenset(map(spelt, callsigns)))
        for boat, (names, callsigns) in found.items()
    }
    return Papers(made, decided)


def _differing(old: Vessels, new: Vessels) -> Ints:
    """Rows of `new` that are not as in `old`."""
    short = len(new) - len(old)
    padded = Vessels.concat([old, Vessels.empty(short)]) if short > 0 else old
    same = np.ones(len(new), np.bool_)
    for f in fields(Vessels):
        a, b = getattr(padded, f.name)[: len(new)], getattr(new, f.name)
        same &= (a == b) | ((a != a) & (b != b))  # noqa: PLR0124 -- NaN is like NaN here
    return (~same).nonzero()[0]
