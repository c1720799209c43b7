"""Who transmits when, and what the shore makes of it.

`sent` is every transmission in order of time; `heard` drops what no receiver hears and repeats
what several do. Both are pure functions of the world: the same call gives the same bytes.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from simulators import ais, geo, places, terminals, traffic
from simulators.geo import Motion, Point
from simulators.register import Boat
from simulators.script import Beacon, Script
from simulators.world import World

BURST = tuple(2.0 * n for n in range(8))  #: a beacon's eight messages a minute
TEXT_IN_BURST = 4
SLOW_KN = 2.0


@dataclass(frozen=True, slots=True)
class Radio:
    """One AIS message on the air."""

    t: float
    at: Point
    message: dict[str, Any]
    reach: float = 1.0  #: of a receiver's range; class B and beacons carry less far
    station: str = ""  #: a base station: heard by its own receiver alone


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a terminal; `due` is when its network lets it go."""

    t: float
    due: float
    terminal: str
    body: dict[str, Any]


Sent: TypeAlias = Radio | Report
Emit: TypeAlias = Callable[[float, int], Iterable[Sent]]


@dataclass(frozen=True, slots=True)
class Emitter:
    """Something that may transmit every `period` seconds, from `first` until `end`."""

    first: float
    period: float
    emit: Emit
    end: float = math.inf


def sent(world: World, since: float, until: float = math.inf) -> Iterator[Sent]:
    """Everything transmitted in [since, until). Endless if until is."""
    queue: list[tuple[float, int, int, Emitter]] = []
    started = cast = 0
    for emitter in emitters(world):
        started += 1
        _enter(queue, emitter, since, started)
    while True:
        world.extend(queue[0][0])
        for script in world.scripts[cast:]:
            for emitter in of_script(world, script):
                started += 1
                _enter(queue, emitter, since, started)
        cast = len(world.scripts)
        t, order, tick, emitter = heapq.heappop(queue)
        if t >= until:
            return
        if t + emitter.period < emitter.end:
            heapq.heappush(queue, (t + emitter.period, order, tick + 1, emitter))
        yield from emitter.emit(t, tick)


def _enter(
    queue: list[tuple[float, int, int, Emitter]], emitter: Emitter, since: float, order: int
) -> None:
    tick = max(0, math.ceil((since - emitter.first) / emitter.period))
    t = emitter.first + tick * emitter.period
    if t < emitter.end:
        heapq.heappush(queue, (t, order, tick, emitter))


# ── emitters ──
def emitters(world: World) -> Iterator[Emitter]:
    for boat in world.boats:
        yield from of_boat(world, boat)
    for ship in traffic.ships(world.seed):
        yield of_ship(world.seed, ship)
    for beacon in traffic.net_beacons(world.seed):
        yield of_net(world.seed, beacon)
    for receiver in places.RECEIVERS:
        yield of_base(receiver)
    for n, (name, at) in enumerate(places.MARKS):
        yield of_mark(name, at, 994129901 + n)


def phase(*key: object, period: float) -> float:
    return float(geo.chance(*key).randrange(int(period)))


def of_boat(world: World, boat: Boat) -> Iterator[Emitter]:
    key = (world.seed, boat.reg_no)
    if boat.terminal:
        first = phase(*key, "terminal", period=boat.interval)

        def report(t: float, _tick: int) -> Iterator[Sent]:
            yield from terminal_report(world, boat, t)

        yield Emitter(first, boat.interval, report)
    if boat.mmsi:
        period = 10.0 if boat.class_a else 30.0

        def send(t: float, tick: int) -> Iterator[Sent]:
            yield from boat_radio(world, boat, t, tick)

        yield Emitter(phase(*key, "ais", period=period), period, send)


def boat_radio(world: World, boat: Boat, t: float, tick: int) -> Iterator[Radio]:
    """A position each tick under way, each 3 minutes when slow; who it is each 6 minutes."""
    script = world.script(boat.number, t)
    if script is not None and script.muted(t):
        return
    truth = world.motion(boat.number, t)
    slow = 18 if boat.class_a else 6
    reach = 1.0 if boat.class_a else 0.75
    if truth.sog > SLOW_KN or tick % slow == 0:
        m = blurred(truth, (boat.mmsi, t))
        message = (
            ais.class_a(boat.mmsi, m, t, boat_status(world, boat, m))
            if boat.class_a
            else ais.class_b(boat.mmsi, m, t)
        )
        yield Radio(t, m.point, message, reach)
    if tick % (2 * slow) == 1:
        static = (ais.static_a(boat),) if boat.class_a else ais.static_b(boat)
        for message in static:
            yield Radio(t, truth.point, message, reach)


def boat_status(world: World, boat: Boat, m: Motion) -> int:
    if m.sog < 0.5 and geo.distance(m.point, world.berth(boat.number)) < 0.1:
        return ais.MOORED
    return ais.FISHING if m.sog < 5.5 and not boat.service else ais.UNDER_WAY


def terminal_report(world: World, boat: Boat, t: float) -> Iterator[Report]:
    script = world.script(boat.number, t)
    if script is not None and script.muted(t):
        return
    m = blurred(world.motion(boat.number, t), (boat.terminal, t))
    sos = script is not None and script.calls(t)
    due = t if sos else terminals.due(world.seed, boat, t)
    yield Report(t, due, boat.terminal, terminals.body(world.seed, boat, m, t, sos=sos))


def of_ship(seed: int, ship: traffic.Ship) -> Emitter:
    def send(t: float, tick: int) -> Iterator[Radio]:
        truth = ship.motion(t)
        status = ais.AT_ANCHOR if ship.anchored else ais.UNDER_WAY
        if truth.sog > SLOW_KN or tick % 18 == 0:
            m = blurred(truth, (ship.mmsi, t))
            yield Radio(t, m.point, ais.class_a(ship.mmsi, m, t, status))
        if tick % 36 == 1:
            message = ais.voyage(ship.mmsi, ship.name, "SIM", ship.ship_type, ship.length_m)
            yield Radio(t, truth.point, message)

    return Emitter(phase(seed, ship.mmsi, period=10), 10.0, send)


def of_net(seed: int, beacon: traffic.NetBeacon) -> Emitter:
    def send(t: float, tick: int) -> Iterator[Radio]:
        m = blurred(beacon.motion(t), (beacon.mmsi, t))
        yield Radio(t, m.point, ais.class_b(beacon.mmsi, m, t), 0.4)
        if tick % 6 == 0:
            yield Radio(t, m.point, ais.name_only(beacon.mmsi, beacon.name), 0.4)

    return Emitter(phase(seed, beacon.mmsi, period=120), 120.0, send)


def of_base(receiver: places.Receiver) -> Emitter:
    def send(t: float, _tick: int) -> Iterator[Radio]:
        message = ais.base_station(receiver.mmsi, *receiver.at, t)
        yield Radio(t, receiver.at, message, station=receiver.station)

    return Emitter(float(receiver.mmsi % 30), 30.0, send)


def of_mark(name: str, at: Point, mmsi: int) -> Emitter:
    def send(t: float, _tick: int) -> Iterator[Radio]:
        yield Radio(t, at, ais.mark(mmsi, name, *at, t))

    return Emitter(float(mmsi % 180), 180.0, send)


def of_script(world: World, script: Script) -> Iterator[Emitter]:
    """A pressed SOS reports at once and each 30 s; beacons send their bursts."""
    if script.sos[1]:
        boat = world.boats[script.boat]

        def call(t: float, _tick: int) -> Iterator[Sent]:
            yield from terminal_report(world, boat, t)

        yield Emitter(script.sos[0], 30.0, call, script.sos[1])
    for beacon in script.beacons:
        for n, offset in enumerate(BURST):
            yield Emitter(beacon.start + offset, 60.0, of_beacon(beacon, n), beacon.end)


def of_beacon(beacon: Beacon, n: int) -> Emit:
    def send(t: float, _tick: int) -> Iterator[Radio]:
        m = blurred(beacon.track.at(t), (beacon.mmsi, t))
        message = (
            ais.safety_text(beacon.mmsi, beacon.text)
            if n == TEXT_IN_BURST
            else ais.class_a(beacon.mmsi, m, t, ais.DISTRESS)
        )
        yield Radio(t, m.point, message, 0.6)

    return send


def blurred(m: Motion, key: tuple[object, ...]) -> Motion:
    """As a GNSS receiver sees it: some metres and a tenth of a knot off."""
    rng = geo.chance(*key)
    lon, lat = geo.move(m.point, rng.uniform(0, 360), abs(rng.gauss(0, 4)) / 1852)
    sog = max(0.0, m.sog + rng.gauss(0, 0.1)) if m.sog else 0.0
    return Motion(lon, lat, sog, (m.cog + rng.gauss(0, 2)) % 360)


# ── on shore ──
@dataclass(frozen=True, slots=True)
class Heard:
    """What one receiver passes on: one message, one or two sentences with their tag blocks."""

    received: float
    station: str
    lines: bytes


def heard(radio: Radio, number: int) -> list[Heard]:
    """By whom and when; `number` tells transmissions apart (channel, sequence, group)."""
    rng = geo.chance(radio.t, radio.message["mmsi"], radio.message["msg_type"])
    receivers = [r for r in places.RECEIVERS if _hears(r, radio, rng)]
    if not receivers:
        return []
    lines = ais.sentences(radio.message, "AB"[number % 2], number % 10)
    found = []
    for receiver in receivers:
        received = radio.t + rng.uniform(0.05, 0.6)
        tagged = ais.tagged(lines, receiver.station, received, number % 9999 + 1)
        found.append(Heard(received, receiver.station, tagged))
    return sorted(found, key=lambda h: h.received)


def _hears(receiver: places.Receiver, radio: Radio, rng: random.Random) -> bool:
    if radio.station:
        return radio.station == receiver.station
    share = geo.distance(receiver.at, radio.at) / (receiver.range_nm * radio.reach)
    return rng.random() < min(0.97, (1.0 - share) * 2.5)
