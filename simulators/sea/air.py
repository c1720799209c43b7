"""What the devices of a cast put on the air: AIS position reports as columns, the rest one by one.

Invariant: a pure function of (seed, cast, begin, end, settings); what is sent does not depend on
who hears it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators import ais
from simulators.geo import Point
from simulators.sea import wire
from simulators.sea.cast import Actor, Motion, during, motion
from simulators.sea.chart import Floats

SLOW_KN = 2.0
SLOW_S = 180.0
"""Who moves less than 2 kn reports each three minutes (ITU-R M.1371-5, tables 1 and 2)."""
NET_S = 120.0
"""One report per 2 min (domain.md A, finding 6)."""
REACH = {"net": 0.4, "beacon": 0.6}
CLASS_B_REACH = 0.75
NO_POSITION: Point = (181.0, 91.0)


@dataclass(frozen=True, slots=True)
class Reports:
    """Position reports, one a row, in no order."""

    t: Floats
    lon: Floats  #: where the antenna is, whatever it says
    lat: Floats
    reach: Floats  #: share of a receiver's range
    payload: wire.Bytes
    channel: wire.Bytes


@dataclass(frozen=True, slots=True)
class Spoken:
    """Any other message: its one or two sentences."""

    t: float
    at: Point
    reach: float
    sentences: tuple[str, ...]
    station: str = ""  #: of a base station: heard by its own receiver alone


def rng_of(seed: int, *key: object) -> np.random.Generator:
    """Random numbers that depend on the key alone."""
    return np.random.default_rng([seed, zlib.crc32(repr(key).encode())])


def reach(actor: Actor) -> float:
    if actor.hull.kind in REACH:
        return REACH[actor.hull.kind]
    return 1.0 if class_a(actor) else CLASS_B_REACH


def class_a(actor: Actor) -> bool:
    return actor.burst is not None or actor.hull.kind == "merchant" or actor.hull.boat.class_a


def report_times(actor: Actor, rng: np.random.Generator, begin: float, end: float) -> Floats:
    """When it reports: at its interval under way, each three minutes when slow."""
    if actor.burst is not None:
        return _burst_times(actor, begin, end)
    every = NET_S if actor.hull.kind == "net" else actor.ais_every
    t = np.arange(begin + rng.uniform(0, every), end, every)
    t = np.round(t, 2)
    slow = max(1, round(SLOW_S / every)) if actor.hull.kind != "net" else 1
    moving = motion(actor.track, t).sog > SLOW_KN
    kept = moving | (np.arange(len(t)) % slow == int(rng.integers(slow)))
    kept &= ~during(actor.ais_mute, t) & (t >= actor.ais_from) & (t < actor.until)
    found: Floats = t[kept]
    return found


def _burst_times(actor: Actor, begin: float, end: float) -> Floats:
    """Seven positions a minute at two seconds; the fifth message is a text."""
    first = max(begin, actor.track.start)
    last = min(end, actor.track.end, actor.until)
    offsets = np.array([0.0, 2, 4, 6, 10, 12, 14])
    t: Floats = (np.arange(first, last, 60.0)[:, None] + offsets).ravel()
    return t[(t < last) & ~during(actor.ais_mute, t)]


def seen(actor: Actor, t: Floats, rng: np.random.Generator) -> Motion:
    """As its own GNSS receiver has it: some metres and a tenth of a knot off, lies included."""
    m = motion(actor.track, t)
    north, east = rng.normal(0, 4 / 1852 / 60, (2, len(t)))
    lon, lat = m.lon + east / np.cos(np.radians(m.lat)), m.lat + north
    sog = np.where(m.sog > 0, np.maximum(0, m.sog + rng.normal(0, 0.1, len(t))), 0.0)
    cog = (m.cog + rng.normal(0, 2, len(t))) % 360
    for lie in actor.lies:
        on = (t >= lie.since) & (t < lie.until)
        if lie.every_s:
            on &= (t - lie.since) // lie.every_s % 2 == 0
        if lie.frozen and on.any():
            at = motion(actor.track, np.array([lie.since]))
            lon, lat = np.where(on, at.lon, lon), np.where(on, at.lat, lat)
            sog, cog = np.where(on, at.sog, sog), np.where(on, at.cog, cog)
        lon, lat = lon + on * lie.offset[0], lat + on * lie.offset[1]
    return Motion(lon, lat, sog, cog)


def steps(steps: Sequence[tuple[float, Any]], t: Floats, default: Any) -> NDArray[Any]:
    """The value that holds at each time."""
    values = np.array([default, *(v for _, v in steps)])
    return values[np.searchsorted([s for s, _ in steps], t, side="right")]


def reports(actors: Sequence[Actor], seed: int, begin: float, end: float) -> Reports:
    found = [r for a in actors if (r := _of(a, seed, begin, end)) is not None]
    if not found:
        none = np.empty(0)
        empty = np.empty((0, wire.BITS // 6), np.uint8)
        return Reports(none, none, none, none, empty, np.empty(0, np.uint8))
    names = ("t", "lon", "lat", "reach", "payload", "channel")
    return Reports(*(np.concatenate([getattr(r, name) for r in found]) for name in names))


def _of(actor: Actor, seed: int, begin: float, end: float) -> Reports | None:
    boat = actor.hull.boat
    if not boat.mmsi or (actor.burst is not None and not actor.burst.position):
        return None
    rng = rng_of(seed, "ais", boat.mmsi, boat.number, actor.role)
    t = report_times(actor, rng, begin, end)
    truth, m = motion(actor.track, t), seen(actor, t, rng)
    rows = len(t)
    fields = wire.units(m.lon, m.lat, m.sog, m.cog)
    fields |= {"mmsi": np.full(rows, boat.mmsi), "second": t.astype(np.int64) % 60}
    if class_a(actor):
        fields |= _class_a(actor, t, m)
        payload = wire.payloads(fields, wire.CLASS_A)
    else:
        fields |= {"type": np.full(rows, 18), "heading": np.full(rows, ais.NO_HEADING)}
        payload = wire.payloads(fields, wire.CLASS_B)
    channel = rng.choice(np.frombuffer(b"AB", np.uint8), rows)
    return Reports(t, truth.lon, truth.lat, np.full(rows, reach(actor)), payload, channel)


def _class_a(actor: Actor, t: Floats, m: Motion) -> dict[str, NDArray[Any]]:
    status = steps(actor.status, t, ais.UNDER_WAY)
    if actor.burst is not None:
        status = np.full(len(t), actor.burst.status)
    heading = np.rint(m.cog).astype(np.int64) % 360
    if actor.heading:
        given = steps(actor.heading, t, np.nan)
        heading = np.where(np.isnan(given), heading, np.nan_to_num(given)).astype(np.int64)
    kind = np.where(np.isin(status, (ais.AT_ANCHOR, ais.MOORED)), 3, 1)
    return {"type": kind, "status": status, "heading": heading, "turn": np.full(len(t), 128)}


# ── everything rarer ──
def spoken(
    actors: Sequence[Actor], seed: int, begin: float, end: float, static_s: float
) -> Iterator[Spoken]:
    """Names and voyages, texts of beacons."""
    for actor in actors:
        if actor.hull.boat.mmsi:
            rng = rng_of(seed, "static", actor.hull.boat.mmsi, actor.hull.boat.number)
            yield from (
                _texts(actor, begin, end)
                if actor.burst
                else _names(actor, rng, begin, end, static_s)
            )


def _texts(actor: Actor, begin: float, end: float) -> Iterator[Spoken]:
    assert actor.burst is not None
    message = ais.safety_text(actor.hull.boat.mmsi, actor.burst.text)
    first, last = max(begin, actor.track.start), min(end, actor.track.end, actor.until)
    times = np.arange(first + 8, last, 60.0)
    for t, at in _places(actor, times[~during(actor.ais_mute, times)]):
        yield Spoken(t, at, reach(actor), tuple(ais.sentences(message, "A", 0)))


def _names(
    actor: Actor, rng: np.random.Generator, begin: float, end: float, every: float
) -> Iterator[Spoken]:
    times = np.arange(begin + rng.uniform(0, min(every, 360.0)), end, every)
    times = np.sort(np.concatenate([times, [t + 20.0 for t, _ in actor.renamed if t < end]]))
    on = ~during(actor.ais_mute, times) & (times >= actor.ais_from) & (times < actor.until)
    for n, (t, at) in enumerate(_places(actor, np.round(times[on], 2))):
        changed = {k: v for since, given in actor.renamed if t >= since for k, v in given.items()}
        said = static(actor.hull, actor.hull.kind, tuple(sorted(changed.items())), "AB"[n % 2])
        for n2, sentences in enumerate(said):
            yield Spoken(t + n2, at, reach(actor), sentences)


def _places(actor: Actor, times: Floats) -> Iterator[tuple[float, Point]]:
    m = motion(actor.track, times)
    for t, lon, lat in zip(times.tolist(), m.lon.tolist(), m.lat.tolist(), strict=True):
        yield t, (lon, lat)


@lru_cache(maxsize=16384)
def static(
    hull: Any, kind: str, changed: tuple[tuple[str, Any], ...], channel: str
) -> tuple[tuple[str, ...], ...]:
    """Who it says it is: type 5 for class A, 24 A and B for class B, a name for a net beacon."""
    boat, messages = hull.boat, []
    if kind == "net":
        messages = [ais.name_only(boat.mmsi, boat.reg_no)]
    elif kind == "merchant" or boat.class_a:
        name = boat.reg_no if kind == "merchant" else boat.radio_name
        message = ais.voyage(boat.mmsi, name, boat.callsign, hull.ship_type, boat.length_m)
        messages = [{**message, "draught": hull.draught_m}]
    else:
        messages = list(ais.static_b(boat))
    known = [{**m, **{k: v for k, v in changed if k in m}} for m in messages]
    return tuple(tuple(ais.sentences(m, channel, boat.mmsi % 10)) for m in known)
