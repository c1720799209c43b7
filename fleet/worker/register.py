"""The register in memory: every identity that is heard has a vessel before anything is judged.

Invariant: what is learnt from the air is committed on its own, first, and can be learnt again
without harm; a registered vessel keeps what people wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from fleet.model import IdentityKind, Ints, VesselClass
from fleet.store import positions, vessels
from fleet.store.db import Connection, plain
from fleet.vessels import NOBODY, Registry, Vessels
from fleet.worker.database import Database
from fleet.worker.decode import Said, Static
from fleet.worker.head import Known

MOST_STATIONS = 50_000
"""A sender that makes up addresses must not make up table rows for ever."""
OTHERS = "(others)"
QUIET = ("key", "t")
"""Fields of a static report that say nothing of the ship."""


@dataclass(slots=True)
class Register:
    """The worker's copy; grows with what is heard, replaced when people change the register."""

    registry: Registry = field(default_factory=Registry)
    vessels: Vessels = field(default_factory=lambda: Vessels.empty(1))
    stations: dict[str, int] = field(default_factory=dict)
    _statics: dict[int, dict[str, Any]] = field(default_factory=dict)
    _fresh: set[int] = field(default_factory=set)  #: changed, and not journaled yet

    async def load(self, conn: Connection) -> None:
        """Read everything; what differs from before counts as changed."""
        now, self.registry = await vessels.load(conn)
        self.stations = await positions.stations(conn)
        self._fresh.update(_differing(self.vessels, now).tolist())
        self.vessels = now

    def known(self) -> Known:
        ids = np.array(sorted(self._fresh), np.int64)
        return Known(ids, self.vessels)

    def journaled(self, ids: Ints) -> None:
        """A commit holds what changed of these."""
        self._fresh.difference_update(ids.tolist())

    async def learn(self, database: Database, heard: Said) -> None:
        """Make sure of a vessel for every identity, and of an id for every station."""
        unknown = self._unknown(heard)
        stations = self._new_stations(heard)
        if unknown or stations:
            met = await database.done(lambda conn: self._meet(conn, unknown, stations))
            self.registry, self.stations = met
        ids, now = self._described(heard)
        statics = await self._said(database, heard.statics)
        if len(ids) or statics:
            await database.done(lambda conn: _keep(conn, ids, now, statics))
            self.vessels = self.vessels.updated(ids, now)
            self._fresh.update(ids.tolist())
            self._statics |= {i: body for i, (_, body) in statics.items()}

    def station(self, name: str) -> int:
        """The id of who heard it; beyond the bound all that are new share one."""
        return self.stations.get(name) or self.stations[OTHERS]

    def _new_stations(self, heard: Said) -> list[str]:
        new = sorted(heard.stations - self.stations.keys())
        if len(self.stations) + len(new) > MOST_STATIONS:
            return [] if OTHERS in self.stations else [OTHERS]
        return new

    def _unknown(self, heard: Said) -> dict[IdentityKind, dict[str, VesselClass]]:
        out = {}
        for kind, wanted in heard.wanted.items():
            ids = self._ids(kind, list(wanted))
            new = {n: c for (n, c), i in zip(wanted.items(), ids, strict=True) if i == NOBODY}
            if new:
                out[kind] = new
        return out

    def _ids(self, kind: IdentityKind, names: list[str]) -> list[int]:
        if kind == IdentityKind.MMSI:
            keys = np.array([int(name) for name in names], np.int64)
            return list(self.registry.find(kind, keys).tolist())
        return list(self.registry.find(kind, np.arange(len(names)), names).tolist())

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

    def _described(self, heard: Said) -> tuple[Ints, Vessels]:
        """Unregistered vessels whose class or length the air gives otherwise than known."""
        told: dict[int, tuple[int, float]] = {}
        for kind, wanted in heard.wanted.items():
            named = {name: cls for name, cls in wanted.items() if cls}
            ids = self._ids(kind, list(named))
            told |= {i: (c, np.nan) for i, c in zip(ids, named.values(), strict=True)}
        for kind, name, static in heard.statics:
            (i,) = self._ids(kind, [name])
            told[i] = (told.get(i, (0, np.nan))[0], static.length_m)
        told_of = np.array(sorted(told), np.int64)
        old = self._rows(told_of)
        new = old.copy()
        cls = np.array([told[i][0] for i in told_of.tolist()], np.int64)
        length = np.array([told[i][1] for i in told_of.tolist()], np.float64)
        # A beacon stays one, whatever ship type its other half sends.
        told_class = (cls > 0) & ((old.cls < VesselClass.BEACON) | (cls >= VesselClass.BEACON))
        new.cls[told_class] = cls[told_class]
        new.length_m[~np.isnan(length)] = length[~np.isnan(length)]
        news = _differing(old, new)
        news = news[~old.registered[news]]
        return told_of[news], new.take(news)

    def _rows(self, ids: Ints) -> Vessels:
        """What is known of these vessels, of new ones nothing."""
        rows = Vessels.empty(len(ids))
        known = ids < len(self.vessels)
        rows.put(known.nonzero()[0], self.vessels.take(ids[known]))
        return rows

    async def _said(
        self, database: Database, statics: Iterable[tuple[IdentityKind, str, Static]]
    ) -> dict[int, tuple[int, dict[str, Any]]]:
        """What transmitters say of themselves otherwise than before."""
        found = [(self._ids(kind, [name])[0], static) for kind, name, static in statics]
        missing = {i for i, _ in found} - self._statics.keys()
        if missing:
            known = await database.done(lambda conn: vessels.statics(conn, missing))
            self._statics |= {i: known.get(i, {}) for i in missing}
        changed: dict[int, tuple[int, dict[str, Any]]] = {}
        for vessel, static in found:
            before = changed[vessel][1] if vessel in changed else self._statics[vessel]
            after = {**before, **_body(static)}
            if after != before:
                changed[vessel] = (static.t, after)
        return changed


async def _keep(
    conn: Connection,
    ids: Ints,
    now: Vessels,
    statics: Mapping[int, tuple[int, dict[str, Any]]],
) -> None:
    """Write what the air said of vessels."""
    if len(ids):
        await vessels.classify(conn, ids, now)
    if statics:
        await vessels.add_statics(conn, statics)


def _body(static: Static) -> dict[str, Any]:
    """What a static report says, without what it leaves open."""
    empty = Static(0, 0)
    told = {k: v for k, v in static._asdict().items() if k not in QUIET}
    return {k: v for k, v in plain(told).items() if v is not None and v != getattr(empty, k)}


def _differing(old: Vessels, new: Vessels) -> Ints:
    """Rows of `new` that are not as in `old`."""
    short = len(new) - len(old)
    padded = Vessels.concat([old, Vessels.empty(short)]) if short > 0 else old
    same = np.ones(len(new), np.bool_)
    for f in fields(Vessels):
        a, b = getattr(padded, f.name)[: len(new)], getattr(new, f.name)
        same &= (a == b) | ((a != a) & (b != b))  # noqa: PLR0124 -- NaN is like NaN here
    return (~same).nonzero()[0]
