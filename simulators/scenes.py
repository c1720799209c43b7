"""The incidents, one function each: find a boat that can play it at this cue, and its way.

A scene begins and ends on the boat's own trip, at speeds the boat has; None where nobody can.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from simulators import geo, places, trips
from simulators.geo import HOUR, MINUTE, Pen, Track
from simulators.register import Boat
from simulators.script import Beacon, Incident, Script

if TYPE_CHECKING:
    from simulators.world import World

Scene = Callable[["World", float, random.Random], Script | None]


def play(world: World, kind: str, cue: float, rng: random.Random) -> Script | None:
    return SCENES[kind](world, cue, rng)


def boats(world: World, rng: random.Random, start: float, end: float) -> Iterator[Boat]:
    """Fishing boats free in this time, in random order."""
    for number in rng.sample(range(len(world.boats)), len(world.boats)):
        boat = world.boats[number]
        if boat.terminal and not boat.service and not world.busy(number, start, end):
            yield boat


def told(
    kind: str,
    boat: Boat,
    t: float,
    place: str = "",
    detail: str = "",
    by: tuple[str, ...] = ("ais", "terminal"),
) -> Incident:
    return Incident(kind, t, boat.reg_no, boat.mmsi, boat.terminal, place, detail, by)


def rejoin(world: World, number: int, pen: Pen, kn: float = 7.0) -> bool:
    """Draw the way back to the boat's own trip; False where it cannot be caught within 6 h."""
    for wait in range(5, 360, 5):
        t = pen.t + wait * MINUTE
        there = world.planned(number, t).point
        if not world.planned_at_sea(number, t):
            return False
        if geo.distance(pen.at, there) <= kn * wait / 60:
            pen.reach(there, t)
            return True
    return False


def stays_out(world: World, number: int, start: float, end: float) -> bool:
    steps = range(int(start), int(end) + 1, int(10 * MINUTE))
    return all(world.planned_at_sea(number, t) for t in steps)


def covered(p: geo.Point, nm: float) -> bool:
    return any(geo.distance(p, r.at) < nm for r in places.RECEIVERS)


# ── silence: gap ──
def silence(world: World, cue: float, rng: random.Random) -> Script | None:
    """Everything aboard falls silent half an hour before the cue, in good coverage."""
    start, end = cue - 29.5 * MINUTE, cue + rng.uniform(12, 45) * MINUTE
    for boat in boats(world, rng, start, end):
        n = boat.number
        near = covered(world.planned(n, start).point, 20) and covered(
            world.planned(n, cue).point, 20
        )
        if near and boat.mmsi and stays_out(world, n, start - 10 * MINUTE, end + 10 * MINUTE):
            incident = told("gap", boat, start, detail="falls silent on every channel")
            return Script(incident, cue, n, start, end, mute=(start, end))
    return None


# ── speed ──
def hurry_in_harbour(world: World, cue: float, rng: random.Random) -> Script | None:
    """Out for a look at the weather, then back through the harbour entrance too fast at the cue."""
    kn = rng.uniform(7.0, 8.8)
    for boat in boats(world, rng, cue - HOUR, cue + HOUR):
        if boat.port != "YAZHOU" or not boat.mmsi:
            continue
        track = harbour_round(world, boat, cue, kn)
        moored = range(int(track.start), int(track.end) + 1200, 1200)
        if all(at_berth(world, boat, t) for t in moored):
            incident = told("speed", boat, cue, "YAZHOU", f"{kn:.1f} kn in the harbour")
            return Script(incident, cue, boat.number, track.start, track.end, track)
    return None


def at_berth(world: World, boat: Boat, t: float) -> bool:
    return geo.distance(world.planned(boat.number, t).point, world.berth(boat.number)) < 0.01


def harbour_round(world: World, boat: Boat, cue: float, kn: float) -> Track:
    home, port = world.berth(boat.number), places.PORTS["YAZHOU"]

    def out(pen: Pen) -> Pen:
        trips.leave(pen, boat)
        pen.go(places.HARBOUR_EDGE, 8.5)
        return pen

    took = out(Pen(0, home)).t
    pen = out(Pen(cue - took, home))
    pen.go(port.channel[2], kn)
    pen.go(places.HARBOUR_HEAD, kn)
    pen.go(port.channel[0], 2.5)
    pen.go(home, 2.0)
    return pen.track()


def hurry_at_sea(world: World, cue: float, rng: random.Random) -> Script | None:
    """A small fast boat runs at over 20 kn for some minutes, away from the coast."""
    kn = rng.uniform(20.5, 23.0)
    for boat in boats(world, rng, cue, cue + HOUR):
        at = world.planned(boat.number, cue).point
        fast = boat.length_m < 14 and boat.mmsi and covered(at, 20)
        if not fast or not world.planned_at_sea(boat.number, cue):
            continue
        pen = Pen(cue, at)
        pen.go(geo.move(at, rng.uniform(175, 205), rng.uniform(1.5, 2.0)), kn)
        if rejoin(world, boat.number, pen):
            incident = told("speed", boat, cue, detail=f"{kn:.1f} kn")
            return Script(incident, cue, boat.number, cue, pen.t, pen.track())
    return None


# ── closed areas: zone_enter ──
def reef(world: World, cue: float, rng: random.Random) -> Script | None:
    return intrude(world, cue, rng, places.CLOSED[0])


def reserve(world: World, cue: float, rng: random.Random) -> Script | None:
    return intrude(world, cue, rng, places.CLOSED[1 if rng.random() < 0.7 else 2])


def intrude(world: World, cue: float, rng: random.Random, area: places.Closed) -> Script | None:
    """Come from the south, cross the edge at the cue, work inside for some minutes, leave."""
    start = cue - 40 * MINUTE
    aside = rng.uniform(-area.spread, area.spread)
    edge = (area.edge[0] + aside, area.edge[1])
    inner = (area.inner[0] + aside, area.inner[1])
    for boat in boats(world, rng, start, cue + HOUR):
        at = world.planned(boat.number, start)
        nm = geo.distance(at.point, edge)
        if not boat.mmsi or not 0.5 < nm < 5.3 or at.lat > edge[1] - 0.01:
            continue
        if not world.planned_at_sea(boat.number, start):
            continue
        pen = Pen(start, at.point)
        pen.reach(edge, cue)
        for _ in range(rng.randint(2, 4)):
            pen.go(inner, 3.2)
            pen.drift(3 * MINUTE, rng.uniform(0, 360), 0.6)
        pen.go(geo.move(edge, 180, 0.5), 5.5)
        if rejoin(world, boat.number, pen):
            incident = told("zone_enter", boat, cue, area.code)
            return Script(incident, cue, boat.number, start, pen.t, pen.track())
    return None


# ── the Beibu Gulf line: boundary ──
def line(world: World, cue: float, rng: random.Random) -> Script | None:
    """Steam towards the line: 3 nm off at the cue; most turn back in time, some do not."""
    start = cue - 75 * MINUTE
    turn_nm = rng.choice((1.6, 1.4, 0.7, 0.6, -0.5))
    for boat in boats(world, rng, start, cue + 3 * HOUR):
        at = world.planned(boat.number, start).point
        foot = geo.foot(places.BEIBU_LINE, at)
        nm = geo.distance(at, foot)
        if not 8.0 < nm < 14.0 or not world.planned_at_sea(boat.number, start):
            continue
        away = geo.bearing(foot, at)
        pen = Pen(start, at)
        pen.reach(geo.move(foot, away, 2.95), cue)
        pen.go(geo.move(foot, away, turn_nm), 6.0)
        pen.go(geo.move(foot, away, 4.0), 6.5)
        if rejoin(world, boat.number, pen):
            incident = told(
                "boundary", boat, cue, "BEIBU-LINE", f"turns at {turn_nm} nm", ("terminal",)
            )
            return Script(incident, cue, boat.number, start, pen.t, pen.track())
    return None


# ── calls for help: distress, mob ──
def sos(world: World, cue: float, rng: random.Random) -> Script | None:
    """Engine dead, SOS pressed on the terminal for four minutes; drifts until help has come."""
    return in_trouble(world, cue, rng, "sos")


def liferaft(world: World, cue: float, rng: random.Random) -> Script | None:
    """An AIS-SART (970) sends its bursts for eight minutes."""
    return in_trouble(world, cue, rng, "sart")


def in_trouble(world: World, cue: float, rng: random.Random, how: str) -> Script | None:
    for boat in boats(world, rng, cue, cue + 2 * HOUR):
        at = world.planned(boat.number, cue).point
        if not covered(at, 15) or not world.planned_at_sea(boat.number, cue):
            continue
        pen = Pen(cue, at)
        pen.drift(rng.uniform(35, 60) * MINUTE, rng.uniform(200, 300), 0.6)
        if not rejoin(world, boat.number, pen):
            continue
        if how == "sos":
            incident = told("distress", boat, cue, detail="SOS of the terminal", by=("terminal",))
            return Script(
                incident, cue, boat.number, cue, pen.t, pen.track(), sos=(cue, cue + 4 * MINUTE)
            )
        raft = beacon(970990000, "SART ACTIVE", at, cue, 8 * MINUTE)
        incident = Incident("distress", cue, boat.reg_no, raft.mmsi, detail="AIS-SART", by=("ais",))
        return Script(incident, cue, boat.number, cue, pen.t, pen.track(), beacons=(raft,))
    return None


def man_overboard(world: World, cue: float, rng: random.Random) -> Script | None:
    """A man-overboard device (972) beside a working boat, for six minutes."""
    for boat in boats(world, rng, cue, cue + 10 * MINUTE):
        at = world.planned(boat.number, cue).point
        if covered(at, 12) and world.planned_at_sea(boat.number, cue):
            device = beacon(972990000, "MOB ACTIVE", geo.move(at, 90, 0.05), cue, 6 * MINUTE)
            incident = Incident("mob", cue, boat.reg_no, device.mmsi, detail="AIS-MOB", by=("ais",))
            return Script(incident, cue, boat.number, cue, device.end, beacons=(device,))
    return None


def beacon(base: int, text: str, at: geo.Point, cue: float, lasts: float) -> Beacon:
    pen = Pen(cue, at)
    pen.drift(lasts, 240, 0.8)
    return Beacon(base + 1 + int(cue // 60) % 9998, text, pen.track(), cue, cue + lasts)


SCENES: dict[str, Scene] = {
    "silence": silence,
    "hurry in harbour": hurry_in_harbour,
    "hurry at sea": hurry_at_sea,
    "reef": reef,
    "reserve": reserve,
    "line": line,
    "sos": sos,
    "liferaft": liferaft,
    "man overboard": man_overboard,
}
LEADS: dict[str, float] = {  #: seconds before the cue at which the boat's doings begin, at most
    "silence": 30 * MINUTE,
    "hurry in harbour": 85 * MINUTE,
    "hurry at sea": 0,
    "reef": 40 * MINUTE,
    "reserve": 40 * MINUTE,
    "line": 75 * MINUTE,
    "sos": 0,
    "liferaft": 0,
    "man overboard": 0,
}
