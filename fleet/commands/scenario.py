"""A scenario folder played as it arrived: feeds merged by time of arrival, facts as then known.

Invariant: the clock is the time of arrival and nothing else; what was not known at that time is
not used. Decoding looks ahead (who is what is learnt from all of it), judging never does.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from fleet.alerts.engine import Inputs, State, feed, tick
from fleet.alerts.fleetwide import LOOK
from fleet.alerts.parameters import defaults
from fleet.alerts.rules import LOGS
from fleet.alerts.rules.identity import Params as Identity
from fleet.commands import episodes
from fleet.commands.importing.facts import Folder, read_folder
from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.outside import Outside
from fleet.commands.player import Setting, introduced
from fleet.commands.recording import Counts, Silent, Survey
from fleet.geo import zone_of
from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.topics import Topic
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND, Batch, Change, IdentityKind, Ints, Key, Signal, VesselClass
from fleet.vessels import NOBODY, Registry, Vessels
from fleet.worker import dedup
from fleet.worker.decode import Decoded, Decoders
from fleet.worker.gather import Heard, gathered, heard
from fleet.worker.identity import Paper, Papers, fresh, said_otherwise
from fleet.worker.intake import Item
from fleet.worker.names import spelt
from fleet.worker.world import World

NAME = "scenario.json"
STEP = LOOK
"""Deliveries are judged in pieces of as much of the clock: between the looks nothing but fixes
counts, and what comes of those does not depend on how they are cut."""
PIECE = 1 << 20
TOGETHER = 4096
"""MQTT messages decoded at once."""
TOPICS = (
    (Topic("fleet/v1/terminals/+/report"), "terminal"),
    (Topic("fleet/v1/receivers/+/nmea"), "nmea"),
)


class Message(msgspec.Struct, frozen=True, gc=False):
    """One line of `mqtt.jsonl`."""

    received: int  #: microseconds since 1970
    topic: str
    payload: msgspec.Raw


NOBODY_WAITS = Silent()
LINE = msgspec.json.Decoder(Message)
TEXT = msgspec.json.Decoder(str)


def is_scenario(path: Path) -> bool:
    return (path / NAME).is_file()


@dataclass(frozen=True)
class Scenario:
    """A folder as `python -m simulators run` writes it."""

    path: Path

    def items(self) -> Iterator[Item]:
        """Every delivery, file by file; their fixes say when they arrived."""
        for path in sorted((self.path / "feeds").glob("ais-*.nmea")):
            station = path.stem.removeprefix("ais-")
            with path.open("rb") as file:
                for piece in iter(lambda: file.read(PIECE), b""):
                    yield _item("ais", station, "nmea", piece, 0)
            yield _item("ais", station, "nmea", b"\n", 0)
        mqtt = self.path / "feeds" / "mqtt.jsonl"
        if mqtt.is_file():
            yield from _messages(mqtt)

    def decoded(self) -> Iterator[Decoded]:
        """The same, decoded: many at once where they are of a kind."""
        decoders, items = Decoders(FORMATS), self.items()
        while part := list(islice(items, TOGETHER)):
            yield from decoders.decode(part)

    @cached_property
    def facts(self) -> Folder:
        return read_folder(self.path / "facts")


def _messages(path: Path) -> Iterator[Item]:
    problems: list[Problem] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield _message(LINE.decode(line))
            except (msgspec.DecodeError, ValueError) as error:
                problems.append(Problem(path.name, number, "", "", str(error)))
    if problems:
        raise DataError(problems)


def _message(m: Message) -> Item:
    station, form = _sender(m.topic)
    payload = TEXT.decode(m.payload).encode() if form == "nmea" else bytes(m.payload)
    return _item("mqtt", station, form, payload, m.received)


@cache
def _sender(topic: str) -> tuple[str, str]:
    """Station and format; a boat speaks under one topic all day."""
    for known, form in TOPICS:
        station = known.station(topic)
        if station is not None:
            return station, form
    raise ValueError(f"no topic of the service: {topic}")


def _item(name: str, station: str, form: str, payload: bytes, received: int) -> Item:
    return Item(NOBODY_WAITS, Delivery(name, station, form, payload, received))


def setting(folder: Folder, kinds: Collection[str] = ()) -> tuple[Setting, Outside]:
    """Zones, register and facts of the folder; shipped thresholds of these kinds, or of all."""
    zones = {str(r.values["code"]): n for n, r in enumerate(folder.zones, 1)}
    boats = {str(r.values["reg_no"]): n for n, r in enumerate(folder.vessels, 1)}
    made = tuple(zone_of({"id": n, "name": "", **r.values})
                 for n, r in enumerate(folder.zones, 1))  # fmt: skip
    known, registry = _register(folder)
    shipped = {
        kind: {
            "version": s.version,
            "params": dict(s.values),
            "enabled": not kinds or kind in kinds or kind in LOGS,
        }
        for kind, s in defaults().items()
    }
    names = {number: reg_no for reg_no, number in boats.items()}
    world = World(0, made, shipped)
    return Setting(world, known, registry, names), Outside(folder, boats, zones)


def _register(folder: Folder) -> tuple[Vessels, Registry]:
    known, registry = Vessels.empty(len(folder.vessels) + 1), Registry()
    for number, record in enumerate(folder.vessels, 1):
        row = record.values
        known.cls[number] = row.get("class", VesselClass.FISHING)
        known.registered[number] = True
        known.interval[number] = (row.get("interval_s") or 0) * SECOND
        known.length_m[number] = row.get("length_m") or np.nan
    for kind in IdentityKind:
        registry = registry.known(kind, {
            str(r.values[kind]): n for n, r in enumerate(folder.vessels, 1) if r.values.get(kind)
        })  # fmt: skip
    return known, registry


def sized(known: Vessels, found: Heard, registry: Registry) -> Vessels:
    """The register with the lengths that strangers' transmitters tell."""
    said = found.statics.take(~np.isnan(found.statics.length_m))
    who = found.vessels(said.key, registry)
    mine = (who != NOBODY) & ~known.registered[who]
    length = known.length_m.copy()
    length[who[mine]] = said.length_m[mine]
    return replace(known, length_m=length)


@dataclass(frozen=True, slots=True)
class Arrived:
    """Everything that came, in order of arrival."""

    batch: Batch
    signals: tuple[Signal, ...]
    stations: dict[str, int]

    def steps(self) -> Iterator[tuple[int, Inputs]]:
        """(the clock afterwards, what came until then), a STEP of the clock each, none left out."""
        times: Ints = np.array([s.received for s in self.signals], np.int64)
        both = np.concatenate([self.batch.received, times])
        if not len(both):
            return
        first, last = int(both.min()) // STEP, int(both.max()) // STEP
        edges = np.arange(first, last + 2) * STEP
        fixes, calls = np.searchsorted(self.batch.received, edges), np.searchsorted(times, edges)
        for i in range(len(edges) - 1):
            part = self.batch.take(slice(fixes[i], fixes[i + 1]))
            yield int(edges[i + 1]), Inputs(part, self.signals[calls[i] : calls[i + 1]])


def arrived(found: Heard, registry: Registry) -> Arrived:
    stations = {name: n for n, name in enumerate(found.stations, 1)}
    got = gathered(found, found.vessels(found.fixes.key, registry), registry, stations)
    order = np.argsort(got.batch.received, kind="stable")
    signals = tuple(sorted(got.signals, key=lambda s: s.received))
    return Arrived(got.batch.take(order), signals, stations)


class Play:
    """One scenario from its first delivery to its end."""

    def __init__(self, scenario: Scenario, kinds: Collection[str] = ()) -> None:
        """`kinds`: judge these alone, and the logs that they build on; empty: all."""
        found, self.outside = setting(scenario.facts, kinds)
        self.counts, self.survey = Counts(), Survey()
        work = list(self._noted(scenario))
        everything = heard(work)
        found = introduced(found, self.survey)
        self.setting = replace(found, vessels=sized(found.vessels, everything, found.registry))
        self.arrived = arrived(everything, found.registry)
        self._differences = self._compared(everything)
        self.ends = episodes.instant(json.loads((scenario.path / NAME).read_text("utf-8"))["ends"])
        self.engine = self.setting.world.engine(self.setting.vessels)
        self.state = State.empty(len(self.setting.vessels), self.engine.rules)
        self.told: dict[Key, episodes.Episode] = {}
        self._revision, self._compared_to = -1, 0
        self._recent = dedup.Recent()

    def _noted(self, scenario: Scenario) -> Iterator[Decoded]:
        for decoded in scenario.decoded():
            self.counts.note(decoded)
            self.survey.note(decoded)
            yield replace(decoded, items=[_light(item) for item in decoded.items])

    def steps(self) -> Iterator[int]:
        """Play it; says the clock at every step."""
        now = 0
        for now, inputs in self.arrived.steps():
            self._know(now - STEP)
            self._recent, batch = dedup.aligned(self._recent, inputs.batch)
            signals = (*inputs.signals, *self._said(batch, now))
            self.state, changes = feed(self.engine, self.state, Inputs(batch, signals), now)
            self._note(changes, now)
            self._tick(now)
            yield now
        for after in range(now + STEP, self.ends + 1, STEP):  # a sea gone silent
            self._tick(after)

    def _compared(self, everything: Heard) -> list[Signal]:
        """What transmitters said of themselves that is not what the register says, by time."""
        boats = {
            n: Paper((str(r.values["reg_no"]), str(r.values.get("name") or r.values["reg_no"])),
                     frozenset({spelt(str(r.values.get("callsign") or ""))} - {""}))
            for n, r in enumerate(self.outside.folder.vessels, 1)
        }  # fmt: skip
        who = everything.vessels(everything.statics.key, self.setting.registry)
        known, params = self.setting.vessels, self.setting.world.parameters["identity"]["params"]
        typed = Identity(**params)
        found = said_otherwise(who, everything.statics, known, Papers(boats), typed)
        return sorted(found, key=lambda s: s.t)

    def _said(self, batch: Batch, now: int) -> tuple[Signal, ...]:
        """Of that, what was said by now and is news; and the papers that have expired."""
        first = self._compared_to
        self._compared_to = bisect_right(self._differences, now, lo=first, key=lambda s: s.t)
        return fresh(self.engine, self.state, self._differences[first : self._compared_to], batch)

    def _tick(self, now: int) -> None:
        self.state, changes = tick(self.engine, self.state, now)
        self._note(changes, now)

    def _know(self, now: int) -> None:
        """Take up the facts that have become known since the step before."""
        revision = self.outside.state(now)
        if revision != self._revision:
            self.engine = replace(self.engine, facts=self.outside.at(now))
            self._revision = revision

    def _note(self, changes: Sequence[Change], now: int) -> None:
        for change in changes:
            if change.kind not in LOGS:
                episodes.note(self.told, change, now)

    def alerts(self) -> list[dict[str, Any]]:
        """In the format of ALERTS, by the clock, kind and vessel."""
        return episodes.lines(self.told.values(), self._names())

    def _names(self) -> episodes.Names:
        vessels: dict[int, dict[str, Any]] = {
            n: {"reg_no": reg_no} for reg_no, n in self.outside.vessels.items()
        }
        registry = self.setting.registry
        for kind, table in registry.names.items():
            for name, vessel in table.items():
                vessels.setdefault(vessel, {})[str(kind)] = name
        for mmsi, vessel in zip(registry.mmsi.tolist(), registry.vessel.tolist(), strict=True):
            vessels.setdefault(vessel, {})["mmsi"] = mmsi
        orders = {n: str(r["order"]) for n, r in enumerate(self.outside.folder.values("orders"), 1)}
        stations = {n: name for name, n in self.arrived.stations.items()}
        zones = {n: code for code, n in self.outside.zones.items()}
        return episodes.Names(vessels, zones, orders, stations)


@cache
def _read(name: str, station: str, form: str) -> Item:
    """What is left of a delivery of which the bytes have been read: who brought it."""
    return _item(name, station, form, b"", 0)


def _light(item: Item) -> Item:
    d = item.delivery
    return _read(d.feed, d.station, d.format)
