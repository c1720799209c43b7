"""Whole days of a port's fleet: who stays, who sails and when, each by its gear.

Skippers keep clear of ships: a boat whose way would lead close to one sails a little later.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import shapely

from simulators import geo, places, trips
from simulators.geo import HOUR, MINUTE, Box, Pen, Point, Track
from simulators.scoring.times import text
from simulators.sea import chart, grounds, ways, witness
from simulators.sea.cast import Actor, Hull
from simulators.sea.plays.company import declare
from simulators.sea.plays.ships import lane_track
from simulators.sea.shore import GOOD
from simulators.sea.stage import Role, Stage

PORTS = (("YAZHOU", 0.5), ("SANYA", 0.25), ("WANGLOU", 0.15), ("YINGGEHAI", 0.10))
GEARS = (("gillnet", 0.30), ("hook", 0.22), ("falling_net", 0.12), ("trawl", 0.14),
         ("pot", 0.10), ("purse_seine", 0.06), ("longline", 0.06))  # fmt: skip
NEAR_NM, FAR_NM = (4.0, 30.0), (12.0, 75.0)
SMALL = ("hook", "pot")
CORRIDOR = 55.0
"""Degrees either side of south within which straight courses from a gate are clear."""
CLOSED = ("MIL-1",)
CLEAR_DEG = 0.033
SCRIPTED = 45
"""Cells kept for boats that something happens to."""
LATER, TRIES = 11 * MINUTE, 9


def drawn(rng: random.Random, table: tuple[tuple[str, float], ...]) -> str:
    names, weights = zip(*table, strict=True)
    return str(rng.choices(names, weights)[0])


def open_grounds(stage: Stage) -> None:
    """Give this scenario the grounds of whole days; scripted boats get some in good coverage."""
    if stage.grounds:
        return
    stage.grounds = list(grounds.cells())
    stage.rng("grounds").shuffle(stage.grounds)
    heard = [c for c in stage.grounds if covered(stage, c)][:SCRIPTED]
    stage.grounds = [c for c in stage.grounds if c not in set(heard)]
    stage.cells = heard


def covered(stage: Stage, cell: Box) -> bool:
    """Whether a receiver hears every second report of class B from there, or more."""
    at = ways.centre(cell)
    return any(geo.distance(at, s.at) < 0.95 * GOOD * s.range_nm for s in stage.stations if s.mmsi)


def cell_of(stage: Stage, hull: Hull) -> Box | None:
    """A free cell that its port's gate sees over open water, near for small boats."""
    gate = places.PORTS[hull.boat.port].gate
    low, high = NEAR_NM if hull.boat.gears[0] in SMALL else FAR_NM
    for n in range(len(stage.grounds) - 1, -1, -1):
        at = ways.centre(stage.grounds[n])
        if low < geo.distance(gate, at) < high and _south(geo.bearing(gate, at)):
            if not _clear(gate, at):
                continue
            return stage.grounds.pop(n)
    return None


def _clear(a: Point, b: Point) -> bool:
    """Whether the straight way keeps two miles off the areas that are closed to all."""
    way = shapely.LineString([a, b])
    return all(way.distance(chart.geometry(code)) > CLEAR_DEG for code in CLOSED)


def _south(bearing: float) -> bool:
    return abs(bearing - 180) < CORRIDOR


# ── one boat's day ──
def day(  # noqa: PLR0917 - times in their order
    hull: Hull, cell: Box, start: float, end: float, out: float, back: float,
        rng: random.Random) -> Track:  # fmt: skip
    """At its berth until `out`, at work until `back`, home again; at work all the time where
    these lie outside the day.
    """
    if out <= start:
        pen = Pen(start, geo.somewhere(cell, rng))
        home = ways.berth(hull.boat, rng)
    else:
        pen = ways.moored(hull, start, rng)
        home = pen.at
        pen.stay(out - pen.t)
        ways.out_of_port(pen, hull.boat)
        pen.go(geo.somewhere(cell, rng), trips.cruise_kn(hull.boat))
    ways.work(pen, hull, cell, min(back, end + HOUR), rng)
    if back < end:
        ways.into_port(pen, hull.boat, home)
    return pen.track()


def plan(stage: Stage, hull: Hull, rng: random.Random) -> tuple[float, float]:
    """When it leaves and when it starts for home, seconds; by gear, as crews do."""
    start = stage.begin
    local = (start + 8 * HOUR) % 86400
    gear = hull.boat.gears[0]
    if gear in SMALL:
        out = start - local + rng.uniform(3.5, 9.0) * HOUR
        return out, out + rng.uniform(5, 8) * HOUR
    if gear in ("falling_net", "purse_seine"):
        if rng.random() < 0.4:
            return start - 8 * HOUR, start - local + rng.uniform(3.5, 7.5) * HOUR
        out = start - local + rng.uniform(14.5, 17.5) * HOUR
        return out, out + rng.uniform(12, 14) * HOUR
    if rng.random() < 0.6:
        return start - 20 * HOUR, start + rng.uniform(4, 60) * HOUR
    return start + rng.uniform(1, 20) * HOUR, start + 70 * HOUR


def port_life(stage: Stage, role: Role) -> None:
    """`count` boats of all ports; `at_sea` is the share that sails at all today."""
    open_grounds(stage)
    ships = [a for a in stage.actors if a.hull.kind == "merchant"]
    share = float(role.args.get("at_sea", 0.45))
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, drawn(rng, GEARS), port=drawn(rng, PORTS))
        cell = cell_of(stage, hull) if rng.random() < share else None
        if cell is None:
            stays(stage, role, hull, rng)
            continue
        out, back = plan(stage, hull, rng)
        sails(stage, role, hull, cell, (out, back), ships)


def stays(stage: Stage, role: Role, hull: Hull, rng: random.Random) -> Actor:
    track = ways.moored(hull, stage.begin - HOUR, rng).track()
    return stage.sail(hull, track, role, trip=False)


def sails(stage: Stage, role: Role, hull: Hull, cell: Box, times: tuple[float, float],
          ships: list[Actor]) -> Actor:  # fmt: skip
    """Out and back, keeping clear of ships; declared, with some hours in hand."""
    key = (role.name, hull.boat.number)

    def made(later: float) -> Track:
        out, back = times[0] + later * (times[0] > stage.begin), times[1] + later
        return day(hull, cell, stage.begin - MINUTE, stage.end, out, back, stage.rng(*key, "day"))

    track = clear_of(stage, hull, made, ships)
    if track is None:
        return stays(stage, role, hull, stage.rng(*key, "stays"))
    rng = stage.rng(*key, "holes")
    t = stage.begin + rng.uniform(0, stage.end - stage.begin)
    held = ((t, t + rng.uniform(4, 14) * MINUTE),) if rng.random() < 0.05 else ()
    actor = stage.sail(hull, track, role, trip=False, held=held)
    out = times[0] - 20 * MINUTE
    stage.trip(hull, out, max(track.end, times[1]) + 8 * HOUR)
    return actor


def clear_of(
    stage: Stage, hull: Hull, made: Callable[[float], Track], ships: list[Actor]
) -> Track | None:
    """The first of some later starts whose way no ship comes near."""
    for n in range(TRIES):
        track = made(n * LATER)
        boat = Actor(hull, track, "")
        if next(witness.passings(ships, [boat], stage.begin, stage.end), None) is None:
            return track
    return None


def lanes(stage: Stage, role: Role) -> None:
    """Merchant ships on the lanes of whole days; `lane` names one of them."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        lane = grounds.LANES[int(role.args.get("lane", n % len(grounds.LANES)))]
        stage.sail(stage.ship(rng), lane_track(stage, rng, lane), role)


def groups_at_sea(stage: Stage, role: Role) -> None:
    """编组: `size` trawlers in neighbouring cells all day."""
    open_grounds(stage)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hulls = [stage.hull(rng, "trawl") for _ in range(int(role.args.get("size", 5)))]
        declare(stage, hulls, "sailing")
        first = stage.grounds.pop()
        near = sorted(stage.grounds, key=lambda b: geo.distance(ways.centre(b), ways.centre(first)))
        chosen = [first, *near[: len(hulls) - 1]]
        stage.grounds = [c for c in stage.grounds if c not in chosen]
        for hull, cell in zip(hulls, chosen, strict=True):
            pen = ways.at_work(hull, cell, stage.begin - MINUTE, stage.end, rng)
            stage.sail(hull, pen.track(), role)


def pairs_at_sea(stage: Stage, role: Role) -> None:
    """双拖 in cells of the day's grounds, towing all night; declared. Ships do not avoid them."""
    open_grounds(stage)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hulls = [stage.hull(rng, "pair_trawl") for _ in range(2)]
        declare(stage, hulls, "pair_trawl")
        spot = geo.somewhere(PAIR_GROUND, rng)
        box = (spot[0] - 0.03, spot[1] - 0.02, spot[0] + 0.03, spot[1] + 0.02)
        pen = ways.trawl_about(Pen(stage.begin - MINUTE, spot), box, stage.end, rng)
        track = pen.track()
        for way in (track, ways.beside(track, 90, rng.uniform(0.12, 0.22))):
            actor = stage.sail(hulls.pop(0), way, role)
            stage.truth.quiet(("encounter",), actor, "a declared pair at its net")


PAIR_GROUND: Box = (108.95, 17.76, 109.85, 18.08)
"""Across the coastal lane."""


# ── opening day ──
def opening(stage: Stage, role: Role) -> None:
    """`count` boats leave their berths within ten minutes from `at_min` on."""
    open_grounds(stage)
    t0 = stage.begin + float(role.args["at_min"]) * MINUTE
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        gear = drawn(rng, tuple(g for g in GEARS if g[0] not in SMALL))
        hull = stage.hull(rng, gear, port=drawn(rng, PORTS))
        cell = cell_of(stage, hull)
        if cell is None:
            raise ValueError("no grounds left for opening day")
        out = ways.rounded(t0 + rng.uniform(0, 10 * MINUTE))
        pen = ways.moored(hull, stage.begin - HOUR, rng)
        pen.stay(out - pen.t)
        ways.out_of_port(pen, hull.boat)
        pen.go(geo.somewhere(cell, rng), trips.cruise_kn(hull.boat))
        ways.work(pen, hull, cell, stage.end, rng)
        stage.sail(hull, pen.track(), role, trip=False)
        stage.trip(hull, t0, t0 + 72 * HOUR, reported_at=text(t0 - 20 * HOUR))
    stage.truth.incident("mass_movement", {}, t0, due=t0 + 20 * MINUTE, role=role.name)


def berthed(stage: Stage, role: Role) -> None:
    """Boats that stay at their berths: `count`, with names of the port's fleet."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        stays(stage, role, stage.hull(rng, drawn(rng, GEARS), port=drawn(rng, PORTS)), rng)


PLAYS = {
    "port_life": port_life,
    "lanes": lanes,
    "groups_at_sea": groups_at_sea,
    "pairs_at_sea": pairs_at_sea,
    "opening": opening,
    "berthed": berthed,
}
