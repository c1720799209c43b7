"""A recording through decoder and engine without a database: what would have been alerted.

Invariant: the result depends on the bytes and the configuration, not on how the bytes were cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from fleet.alerts.engine import Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults
from fleet.alerts.rules import LOGS
from fleet.commands.importing.geojson import read_features
from fleet.commands.importing.nouns import VESSEL, ZONE
from fleet.commands.importing.records import Record, read_tables
from fleet.commands.recording import Survey
from fleet.geo import Zone, zone_of
from fleet.model import SECOND, Act, Change, IdentityKind, Key, VesselClass
from fleet.store import vessels
from fleet.store.db import connect
from fleet.vessels import Registry, Vessels
from fleet.worker import world
from fleet.worker.decode import Decoded
from fleet.worker.gather import gathered, heard
from fleet.worker.world import World


@dataclass(frozen=True, slots=True)
class Setting:
    """What a recording is judged by."""

    world: World
    vessels: Vessels
    registry: Registry
    names: Mapping[int, str]  #: what people call a vessel, where they do


async def from_database(url: str) -> Setting:
    """Zones, thresholds and register of a database, which is only read."""
    async with await connect(url, "fleet-replay") as conn:
        known, registry = await vessels.load(conn)
        return Setting(await world.load(conn), known, registry, {})


def from_files(zones: Sequence[Path], register: Sequence[Path]) -> Setting:
    """Zones and register from the files that `fleet import` takes; shipped thresholds."""
    shipped = {
        kind: {"version": s.version, "params": dict(s.values), "enabled": True}
        for kind, s in defaults().items()
    }
    records = read_features(zones, ZONE) if zones else []
    made = tuple(_zone(number, record) for number, record in enumerate(records, 1))
    rows = read_tables(register, VESSEL) if register else []
    known, registry = _register(rows)
    names = {number: str(row.values["reg_no"]) for number, row in enumerate(rows, 1)}
    return Setting(World(0, made, shipped), known, registry, names)


def _zone(number: int, record: Record) -> Zone:
    return zone_of({"id": number, "name": "", **record.values})


def _register(rows: Sequence[Record]) -> tuple[Vessels, Registry]:
    known, registry = Vessels.empty(len(rows) + 1), Registry()
    for number, row in enumerate(rows, 1):
        known.cls[number] = row.values.get("class", VesselClass.FISHING)
        known.registered[number] = True
        known.interval[number] = (row.values.get("interval_s") or 0) * SECOND
    for kind in IdentityKind:
        named = {str(r.values[kind]): n for n, r in enumerate(rows, 1) if r.values.get(kind)}
        registry = registry.known(kind, named)
    return known, registry


def introduced(setting: Setting, found: Survey) -> Setting:
    """The same, with everybody in the recording known; the register's word counts for its own."""
    known, registry, names = setting.vessels, setting.registry, dict(setting.names)
    for kind, wanted in sorted(found.classes.items()):
        listed = sorted(wanted)
        ids = _ids(registry, kind, listed)
        fresh = [name for name, i in zip(listed, ids, strict=True) if not i]
        numbers = np.arange(len(known), len(known) + len(fresh))
        rows = Vessels.empty(len(fresh))
        rows.cls[:] = [int(wanted[name]) for name in fresh]
        known = known.updated(numbers, rows)
        given = dict(zip(fresh, numbers.tolist(), strict=True))
        registry = registry.known(kind, given)
        ours = dict(zip(listed, _ids(registry, kind, listed), strict=True))
        names |= {i: name for name, i in ours.items() if i not in names}
    return Setting(setting.world, known, registry, names)


def _ids(registry: Registry, kind: IdentityKind, names: Sequence[str]) -> list[int]:
    if kind == IdentityKind.MMSI:
        keys = np.array([int(name) for name in names], np.int64)
        return list(registry.find(kind, keys).tolist())
    return list(registry.find(kind, np.arange(len(names)), names).tolist())


@dataclass(slots=True)
class Episode:
    """One alert as it ended up."""

    kind: str
    vessel: int
    other: int
    opened: int
    severity: int
    reason: str
    lon: float
    lat: float
    cleared: int = 0
    retracted: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


class Player:
    """Engine and state for one recording."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.engine: Engine = setting.world.engine(setting.vessels)
        self.state = State.empty(len(setting.vessels), self.engine.rules)
        self.episodes: dict[Key, Episode] = {}
        self._stations: dict[str, int] = {}

    @property
    def watermark(self) -> int:
        return int(self.state.heard.max())

    def play(self, decoded: Decoded) -> None:
        """Judge one piece."""
        found, registry = heard([decoded]), self.setting.registry
        for station in found.stations:
            self._stations.setdefault(station, len(self._stations) + 1)
        vessel = found.vessels(found.fixes.key, registry)
        got = gathered(found, vessel, registry, self._stations)
        batch, signals = got.batch, got.signals
        if len(batch) or signals:
            inputs = Inputs(batch, signals)
            self.state, changes = feed(self.engine, self.state, inputs, self.watermark)
            self._note(changes)

    def rest(self) -> None:
        """What follows from time alone, up to the newest fix."""
        self.state, changes = tick(self.engine, self.state, self.watermark)
        self._note(changes)

    def _note(self, changes: Iterable[Change]) -> None:
        for c in (c for c in changes if c.kind not in LOGS):
            known = self.episodes.get(c.key)
            if known is None:
                known = self.episodes[c.key] = Episode(
                    *(c.kind, c.vessel, c.other, c.episode), int(c.severity), c.reason, c.lon, c.lat
                )
            _apply(known, c)

    def alerts(self) -> list[dict[str, Any]]:
        """Every alert that was not taken back, by time, kind and vessel."""
        zones = {z.id: z.code for z in self.setting.world.zones}
        found = [self._shown(e, zones) for e in self.episodes.values() if not e.retracted]
        return sorted(found, key=lambda a: (a["opened"], a["kind"], a["vessel"], a["zone"]))

    def _shown(self, e: Episode, zones: Mapping[int, str]) -> dict[str, Any]:
        return {
            "kind": e.kind,
            "vessel": self.setting.names.get(e.vessel, str(e.vessel)),
            "zone": zones.get(e.other, ""),
            "opened": moment(e.opened),
            "severity": e.severity,
            "reason": e.reason,
            "lon": _known(e.lon),
            "lat": _known(e.lat),
            "cleared": moment(e.cleared) if e.cleared else None,
        }

    def by_kind(self) -> dict[str, int]:
        there = (e.kind for e in self.episodes.values() if not e.retracted)
        return dict(sorted(Counter(there).items()))

    def retracted(self) -> int:
        return sum(bool(e.retracted) for e in self.episodes.values())


def _apply(episode: Episode, change: Change) -> None:
    """Let one change tell on its episode."""
    match change.act:
        case Act.OPEN | Act.RAISE | Act.REVISE:
            episode.severity = int(change.severity)
            episode.reason = change.reason or episode.reason
        case Act.CLEAR:
            episode.cleared = change.t
        case Act.RETRACT:
            episode.retracted = change.reason or "late data"
        case _:
            pass


def _known(value: float) -> float | None:
    return None if value != value else round(value, 6)  # noqa: PLR0124 -- NaN


def moment(t: int) -> str:
    """A time as programs and people both read it."""
    at = datetime.fromtimestamp(t // SECOND, UTC).replace(microsecond=t % SECOND)
    return at.isoformat().replace("+00:00", "Z")
