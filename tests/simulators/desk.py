"""The service's own decoders and rules, fed with what the simulators put on the wire.

Only the tests join the two: the simulators themselves know nothing of fleet.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np

from fleet import geo
from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults, typed
from fleet.ingest.feed import Delivery, Feed
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND, Act, Change, IdentityKind, VesselClass
from fleet.vessels import NOBODY as STRANGER
from fleet.vessels import Registry, Vessels
from fleet.worker.decode import Decoders
from fleet.worker.gather import Heard, gathered, heard
from fleet.worker.intake import Item
from simulators import radio
from simulators.register import Boat
from simulators.world import World

DEMO = Path(__file__).parents[2] / "fleet" / "demo"
LOGS = {rule.key for rule in RULES if rule.log}
"""Kinds that are a record and no alert."""
NOBODY = cast("Feed", None)  #: nobody waits for an acknowledgement here


def zones() -> list[geo.Zone]:
    document = json.loads((DEMO / "zones.geojson").read_text(encoding="utf-8"))
    return [
        geo.zone_of({**feature["properties"], "id": n, "geometry": feature["geometry"]})
        for n, feature in enumerate(document["features"], 1)
    ]


def register(boats: tuple[Boat, ...]) -> tuple[Vessels, Registry]:
    """Vessel id = row in the register + 1."""
    vessels = Vessels.empty(len(boats) + 1)
    for boat in boats:
        row = boat.number + 1
        vessels.cls[row] = VesselClass.SERVICE if boat.service else VesselClass.FISHING
        vessels.registered[row] = True
        vessels.interval[row] = int(boat.interval * SECOND)
        vessels.length_m[row] = boat.length_m
    known = Registry().known(
        IdentityKind.MMSI, {str(b.mmsi): b.number + 1 for b in boats if b.mmsi}
    )
    names = {b.terminal: b.number + 1 for b in boats if b.terminal}
    return vessels, known.known(IdentityKind.TERMINAL, names)


@dataclass
class Desk:
    """Feeds a world to the engine, half a minute at a time, as they would arrive."""

    world: World
    changes: list[Change] = field(default_factory=list)
    rejects: dict[str, int] = field(default_factory=dict)
    step: float = 30.0
    met: dict[tuple[IdentityKind, str], int] = field(default_factory=dict)
    stations: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def __post_init__(self) -> None:
        self.vessels, self.registry = register(self.world.boats)
        self.decoders = Decoders(FORMATS)
        self.state = State.empty(len(self.vessels), RULES)

    @cached_property
    def engine(self) -> Engine:
        params: dict[str, Any] = {r.key: typed(r, defaults()[r.key].values) for r in RULES}
        return Engine(tuple(RULES), params, geo.Zones.build(zones()), self.vessels)

    def watch(self, since: float, until: float) -> None:
        due: float = since + self.step
        items: list[Item] = []
        for number, sent in enumerate(radio.sent(self.world, since, until)):
            while sent.t >= due:
                self._feed(items, due)
                due, items = due + self.step, []
            items += [Item(NOBODY, d) for d in deliveries(sent, number)]
        self._feed(items, until)

    def _feed(self, items: list[Item], now: float) -> None:
        work = self.decoders.decode(items)
        for decoded in work:
            assert not decoded.broken, decoded.broken
            for reason, count in decoded.reports.rejects.items() if decoded.reports else ():
                self.rejects[reason] = self.rejects.get(reason, 0) + count
        found = heard(work)
        self._meet(found)
        vessel = found.vessels(found.fixes.key, self.registry)
        got = gathered(found, vessel, self.registry, self.stations)
        inputs = Inputs(got.batch, got.signals)
        self.state, changes = feed(self.engine, self.state, inputs, int(now * SECOND))
        self.state, more = tick(self.engine, self.state, int(now * SECOND))
        self.changes += [c for c in (*changes, *more) if c.kind not in LOGS]

    def _meet(self, found: Heard) -> None:
        """Ids from 1000 on for whom nobody knows."""
        keys = np.concatenate([found.fixes.key, found.keys()])
        strange = keys[found.vessels(keys, self.registry) == STRANGER]
        for kind, name in map(found.name, np.unique(strange).tolist()):
            self.met[kind, name] = 1000 + len(self.met)
            self.registry = self.registry.known(kind, {name: self.met[kind, name]})

    def opened(self) -> Iterator[tuple[str, int, float, str]]:
        """(kind, vessel id, when, zone code) of every episode that opened."""
        codes = {z.id: z.code for z in self.engine.zones.zones}
        for change in self.changes:
            if change.act == Act.OPEN:
                yield change.kind, change.vessel, change.t / SECOND, codes.get(change.other, "")

    def name(self, vessel: int) -> str:
        """Registration number, or the identity of an unregistered one."""
        if 0 < vessel <= len(self.world.boats):
            return self.world.boats[vessel - 1].reg_no
        return next(name for (_, name), known in self.met.items() if known == vessel)


def deliveries(sent: radio.Sent, number: int) -> Iterator[Delivery]:
    if isinstance(sent, radio.Report):
        payload = json.dumps(sent.body).encode()
        received = int(sent.due * SECOND)
        yield Delivery("terminals", sent.terminal, "terminal", payload, received)
        return
    for told in radio.heard(sent, number):
        received = int(told.received * SECOND)
        yield Delivery("ais", told.station, "nmea", told.lines, received)
