"""What the engine is judged by besides its input: zones, thresholds, register; and their changes.

Invariant: an episode of a zone that was changed, ended or deleted, or of a rule that is evaluated
no longer, is closed with that reason, in the same transaction as the snapshot that knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any

import structlog

from fleet.alerts.ending import unwatched
from fleet.alerts.engine import RULES, Engine, State, close_zone, layout
from fleet.alerts.facts import Facts
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rule import Rule
from fleet.alerts.scoped import Scoped, scoped
from fleet.geo import Zone, Zones, zone_of
from fleet.model import Change
from fleet.store import engine, facts, zones
from fleet.store.db import Connection
from fleet.vessels import Vessels
from fleet.worker.head import Head

LOG = structlog.get_logger("fleet.worker")
LAYOUT = "fleet-2 "
"""Before the engine's own fingerprint: raised when the worker's part of a snapshot changes."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything configurable, at one revision."""

    revision: int
    zones: tuple[Zone, ...]
    parameters: Mapping[str, Mapping[str, Any]]  #: by kind: version, params, scopes, enabled
    facts: Facts = field(default_factory=Facts)

    @property
    def versions(self) -> dict[str, int]:
        return {kind: row["version"] for kind, row in self.parameters.items()}

    def engine(self, vessels: Vessels) -> Engine:
        rules = tuple(r for r in RULES if self.parameters[r.key]["enabled"])
        params = {r.key: typed(r, self.parameters[r.key]["params"]) for r in RULES}
        found = {r.key: self.scoped(r) for r in rules}
        over = {kind: s for kind, s in found.items() if s}
        return Engine(rules, params, Zones.build(self.zones), vessels, self.facts, over)

    def scoped(self, rule: Rule) -> Scoped | None:
        """The overrides of a kind, in these zones."""
        row = self.parameters[rule.key]
        return scoped(rule, row["params"], row.get("scopes", ()), self.zones)

    def usable(self, before: World | None = None) -> World:
        """The same with the thresholds of before, or those that ship, for what makes no sense."""
        good: dict[str, Mapping[str, Any]] = dict(self.parameters)
        for rule in RULES:
            good[rule.key] = _completed(rule.key, good[rule.key])
            try:
                typed(rule, good[rule.key]["params"])
                replace(self, parameters=good).scoped(rule)
            except (ValueError, TypeError, LookupError):
                LOG.exception("thresholds not usable", kind=rule.key)
                good[rule.key] = (before.parameters if before else shipped())[rule.key]
        return replace(self, parameters=good)


async def load(
    conn: Connection, revision: int | None = None, versions: Mapping[str, int] | None = None
) -> World:
    """The world now, or as a snapshot saw it."""
    now = await zones.revision(conn) if revision is None else revision
    found = await engine.parameters(conn, versions)
    made = await _zones(conn, revision)
    return World(now, made, {**shipped(), **found}, await facts.load(conn))


async def _zones(conn: Connection, revision: int | None) -> tuple[Zone, ...]:
    """The zones; one that cannot be understood must not hide the others."""
    good: list[Zone] = []
    for row in await zones.rows_of(conn, revision):
        try:
            good.append(zone_of(row))
        except Exception:
            LOG.exception("zone not usable", zone=row.get("id"))
    return tuple(good)


def shipped() -> dict[str, dict[str, Any]]:
    """The thresholds that come with the program."""
    return {
        kind: {"kind": kind, "version": s.version, "params": dict(s.values), "scopes": [],
               "source": s.source, "enabled": True}
        for kind, s in defaults().items()
    }  # fmt: skip


def _completed(kind: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Numbers that were stored for an earlier program: they hold, those it did not have yet are as
    they ship, and those that are no more are left out.
    """
    own, stored = defaults()[kind].values, row["params"]
    if not isinstance(stored, Mapping) or own.keys() == stored.keys():
        return row
    new, gone = sorted(own.keys() - stored.keys()), sorted(stored.keys() - own.keys())
    LOG.warning("thresholds of an earlier program", kind=kind, as_shipped=new, left_out=gone)
    return {**row, "params": {name: stored.get(name, value) for name, value in own.items()}}


def fingerprint() -> str:
    """A snapshot with another one cannot be used."""
    return LAYOUT + layout(RULES)


def moved(head: Head, old: World, new: World, now: int) -> tuple[Head, list[Change]]:
    """The head in the new world, and the episodes that ended with the old."""
    state: State = head.state
    changes: list[Change] = []
    present = {z.id: z for z in new.zones}
    for zone in old.zones:
        if zone.id not in present or _judged(present[zone.id]) != _judged(zone):
            reason = "zone_changed" if zone.id in present else "zone_ended"
            state, more = close_zone(head.engine, state, zone.id, now, reason)
            changes += more
    engine_ = new.engine(head.engine.vessels)
    state, more = unwatched(engine_, state, now)
    changes += more
    return replace(head, state=state, engine=engine_, versions=new.versions), changes


def _judged(zone: Zone) -> tuple[object, ...]:
    """What of a zone an episode hangs on: another name for it ends nothing."""
    limits = [None if isnan(n) else n for n in (zone.limit_kn, zone.dwell_min)]
    rule = (zone.rule, zone.kind, zone.severity, zone.seasons, zone.classes, *limits)
    return (*rule, zone.geometry.wkb)
