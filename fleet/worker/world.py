"""What the engine is judged by besides its input: zones, thresholds, register; and their changes.

Invariant: an episode of a zone that was changed, ended or deleted is closed with that reason, in
the same transaction as the snapshot that knows the new zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fleet.alerts.engine import RULES, Engine, State, close_zone, layout
from fleet.alerts.parameters import defaults, typed
from fleet.geo import Zone, Zones
from fleet.model import Change
from fleet.store import engine, zones
from fleet.store.db import Connection
from fleet.vessels import Vessels
from fleet.worker.head import Head

LAYOUT = "fleet-1 "
"""Before the engine's own fingerprint: raised when the worker's part of a snapshot changes."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything configurable, at one revision."""

    revision: int
    zones: tuple[Zone, ...]
    parameters: Mapping[str, Mapping[str, Any]]  #: by kind: version, params, enabled

    @property
    def versions(self) -> dict[str, int]:
        return {kind: row["version"] for kind, row in self.parameters.items()}

    def engine(self, vessels: Vessels) -> Engine:
        rules = tuple(r for r in RULES if self.parameters[r.key]["enabled"])
        params = {r.key: typed(r, self.parameters[r.key]["params"]) for r in RULES}
        return Engine(rules, params, Zones.build(self.zones), vessels)

    def same(self, other: World) -> bool:
        keys = [(z.id, z.version) for z in self.zones]
        return keys == [(z.id, z.version) for z in other.zones] and dict(self.parameters) == dict(
            other.parameters
        )


async def load(
    conn: Connection, revision: int | None = None, versions: Mapping[str, int] | None = None
) -> World:
    """The world now, or as a snapshot saw it."""
    now = await zones.revision(conn) if revision is None else revision
    found = await engine.parameters(conn, versions)
    shipped = {
        kind: {"kind": kind, "version": s.version, "params": dict(s.values), "source": s.source,
               "enabled": True}
        for kind, s in defaults().items()
    }  # fmt: skip
    return World(now, tuple(await zones.load(conn, revision)), shipped | found)


def fingerprint() -> str:
    """A snapshot with another one cannot be used."""
    return LAYOUT + layout(RULES)


def moved(head: Head, old: World, new: World, now: int) -> tuple[Head, list[Change]]:
    """The head in the new world, and the episodes that ended with the old."""
    state: State = head.state
    changes: list[Change] = []
    versions = {z.id: z.version for z in new.zones}
    for zone in old.zones:
        if versions.get(zone.id) != zone.version:
            reason = "zone_changed" if zone.id in versions else "zone_ended"
            state, more = close_zone(head.engine, state, zone.id, now, reason)
            changes += more
    engine_ = new.engine(head.engine.vessels)
    return replace(head, state=state, engine=engine_, versions=new.versions), changes
