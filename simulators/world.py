"""The simulated sea: where every boat is at any moment, and what it transmits.

    boats = register.read(Path("fleet/demo/vessels.csv"))
    world = World(seed=1, boats=boats)                      # a calm sea
    world = World(seed=1, boats=boats, runs=(Run(t0),))     # with incidents around and after t0
    world.motion(boat_number, t)      -> geo.Motion         the exact truth
    world.at_sea(boat_number, t)      -> bool
    world.incidents(until)            -> [script.Incident]  what happened, in order of cause
    radio.sent(world, since, until)   -> Radio | Report     everything transmitted, in order of time
    radio.heard(...)                  -> Heard              what the shore receivers make of it

Times are seconds since 1970, UTC. Everything is a pure function of (seed, register, runs): asked
twice, in any order, in another process, it answers the same. A world that runs on after a restart
is the same world with one more `Run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulators import casting, geo, groups, trips
from simulators.geo import HOUR, MINUTE, Motion, Point
from simulators.register import Boat
from simulators.script import Incident, Script
from simulators.trips import Outing


@dataclass(frozen=True, slots=True)
class Run:
    """One session of play. Its incidents begin around `t0`, none that began after `until`."""

    t0: float
    until: float = float("inf")  #: what was sent up to here stands


class World:
    """Boats with their trips, and the scripts cast so far. Scripts are added only ahead of time."""

    def __init__(self, seed: int, boats: Sequence[Boat], runs: Sequence[Run] = ()) -> None:
        self.seed = seed
        self.groups = groups.groups(boats)
        self.boats = groups.gathered(boats, self.groups)
        self.places = groups.places(self.boats, self.groups)
        self.runs = tuple(runs)
        leads = [place.lead for place in self.places]
        self._phase = [trips.phase(seed, b, trips.HABITS[b.gear]) for b in leads]
        self._berth = [trips.berth(seed, b) for b in self.boats]
        self.scripts: list[Script] = []
        self._of: dict[int, list[Script]] = {}
        self._timeline = casting.timeline(self, self.runs)
        self._cast_until = float("-inf")
        self._trip = lru_cache(maxsize=4 * len(self.boats) + 16)(self._make_trip)

    # ── the calm sea ──
    def _make_trip(self, number: int, cycle: int) -> Outing:
        place = self.places[number]
        return trips.trip(self.seed, self.boats[number], place.lead, cycle, place.beside_nm)

    def outing(self, number: int, cycle: int) -> Outing:
        """One of the trips that a boat makes where nothing happens to it."""
        return self._trip(number, cycle)

    def cycle(self, number: int, t: float) -> int:
        """Which of its trips a boat is on."""
        cycle_h = trips.HABITS[self.boats[number].gear].cycle_h
        return int((t - self._phase[number]) // (cycle_h * HOUR))

    def planned(self, number: int, t: float) -> Motion:
        """Where its trip would have it, whatever happens."""
        return self._trip(number, self.cycle(number, t)).track.at(t)

    def planned_at_sea(self, number: int, t: float) -> bool:
        """Well clear of its own harbour."""
        return geo.distance(self.planned(number, t).point, self.berth(number)) > 4.5

    def berth(self, number: int) -> Point:
        return self._berth[number]

    # ── with incidents ──
    def extend(self, until: float) -> None:
        """Cast every script that may begin before `until`."""
        while self._cast_until < until:
            cue, script = next(self._timeline, (float("inf"), None))
            self._cast_until = cue - casting.LEAD
            if script is not None:
                self.scripts.append(script)
                self._of.setdefault(script.boat, []).append(script)

    def script(self, number: int, t: float) -> Script | None:
        self.extend(t)
        for script in self._of.get(number, ()):
            if script.start <= t < script.end:
                return script
        return None

    def busy(self, number: int, start: float, end: float) -> bool:
        """Whether a script cast so far has the boat in this time or shortly around it."""
        rest = 30 * MINUTE
        cast = self._of.get(number, ())
        return any(s.start - rest < end and start < s.end + rest for s in cast)

    def motion(self, number: int, t: float) -> Motion:
        script = self.script(number, t)
        if script is None or script.track is None:
            return self.planned(number, t)
        return script.track.at(t)

    def at_sea(self, number: int, t: float) -> bool:
        return geo.distance(self.motion(number, t).point, self.berth(number)) > 4.5

    def incidents(self, until: float) -> list[Incident]:
        self.extend(until + 2 * casting.LEAD)
        found = (s.incident for s in self.scripts if s.incident.t < until)
        return sorted(found, key=lambda i: (i.t, i.reg_no))
