"""A scenario in the making: plays put boats, facts and truth on it, then it is written.

Invariant: what stands on it follows from (scenario, seed) alone, in the order of its roles.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from simulators import geo
from simulators.geo import HOUR, MINUTE, Box, Pen, Point, Track
from simulators.register import Boat
from simulators.scoring.times import text
from simulators.sea import chart, facts
from simulators.sea.cast import Actor, Hull, Span
from simulators.sea.shore import Station
from simulators.sea.truth import Truth

GROUND: Box = (109.27, 17.93, 109.69, 18.16)
"""Open water in good coverage, clear of zones and lanes: the usual place of a scenario."""
CELL = (0.030, 0.027)
"""Degrees: about 1.7 by 1.6 nm, so that boats at work in neighbouring cells never meet."""
FLAGS = (477, 574, 636, 538, 563, 352)
LENGTHS = {
    "trawl": (24, 38), "pair_trawl": (28, 42), "gillnet": (12, 26), "falling_net": (22, 40),
    "purse_seine": (24, 40), "longline": (20, 34), "hook": (7, 14), "pot": (8, 14),
}  # fmt: skip
GEARS = tuple(LENGTHS)


@dataclass(frozen=True, slots=True)
class Role:
    """One part, played by `count` boats: numbers, or [low, high] drawn for each."""

    name: str
    play: str
    count: int
    args: Mapping[str, Any]

    def draw(self, key: str, rng: random.Random, default: float | None = None) -> float:
        value = self.args.get(key, default)
        if value is None:
            raise KeyError(f"role {self.name!r} needs {key}")
        if isinstance(value, list):
            return rng.uniform(*value)
        return float(value)

    def word(self, key: str, default: str = "") -> str:
        return str(self.args.get(key, default))

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self.args.get(key, default))


@dataclass(slots=True)
class Stage:
    name: str
    seed: int
    begin: float
    end: float
    stations: list[Station]
    ais_s: tuple[float, float] = (20.0, 60.0)  #: interval of a boat's AIS, drawn from this range
    ship_s: float = 15.0  #: interval of a merchant ship's AIS
    terminal_s: Sequence[float] = (60.0, 120.0, 180.0)
    static_s: float = 360.0
    zones: list[str] = field(default_factory=lambda: list(chart.ALWAYS))
    extra_zones: list[chart.Feature] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    truth: Truth = field(default_factory=Truth)
    hulls: int = 0
    cells: list[Box] = field(default_factory=list)  #: for plays, in good coverage
    grounds: list[Box] = field(default_factory=list)  #: of whole days, anywhere
    taken: Counter[str] = field(default_factory=Counter)  #: places given away, by kind of place
    broker_outages: list[Span] = field(default_factory=list)  #: what came then waits for the end

    def rng(self, *key: object) -> random.Random:
        return geo.chance(self.seed, self.name, *key)

    # ── who ──
    def hull(  # noqa: PLR0913 - what may differ from boat to boat
        self,
        rng: random.Random,
        gear: str = "",
        *,
        length: float = 0.0,
        port: str = "YAZHOU",
        terminal: bool = True,
        mmsi: bool = True,
        wind_limit: int = 8,
        draught: float = 0.0,
        registered: bool = True,
    ) -> Hull:
        """A fishing boat with names of its own, in the register unless told otherwise."""
        self.hulls += 1
        n = self.hulls
        gear = gear or rng.choice(GEARS)
        length = length or round(rng.uniform(*LENGTHS.get(gear.split(";")[0], (10, 30))), 1)
        boat = Boat(
            number=n,
            reg_no=f"琼三渔{80000 + n}",
            length_m=length,
            gears=tuple(gear.split(";")),
            port=port,
            terminal=f"SM{n:05d}" if terminal else "",
            interval=rng.choice(list(self.terminal_s)),
            mmsi=412_800_000 + n if mmsi else 0,
            callsign=f"BS{n:04d}",
            service=False,
        )
        draught = draught or round(0.9 + length / 16, 1)
        hull = Hull(boat, "fishing", 30, draught, wind_limit, registered)
        if registered:
            self.facts["vessels"].append(facts.vessel(hull))
        return hull

    def ship(self, rng: random.Random, length: float = 0.0, kind: str = "merchant") -> Hull:
        """A merchant ship: on AIS alone, in nobody's register."""
        self.hulls += 1
        n = self.hulls
        length = length or rng.uniform(85, 230)
        mmsi = rng.choice(FLAGS) * 1_000_000 + 300_000 + n
        boat = Boat(n, f"{rng.choice(('HAI', 'XIN', 'EVER', 'PACIFIC'))} {n}", round(length),
                    ("cargo",), "", "", 0.0, mmsi, f"3F{n:04d}", False)  # fmt: skip
        ship_type = rng.choice((70, 70, 79, 80))
        return Hull(boat, kind, ship_type, round(min(14.0, length / 15), 1), 12, False)

    def device(self, prefix: int, name: str = "") -> Hull:
        """A beacon (970 SART, 972 MOB, 974 EPIRB)."""
        self.hulls += 1
        mmsi = prefix * 1_000_000 + 410_000 + self.hulls
        boat = Boat(self.hulls, name, 0.0, (), "", "", 0.0, mmsi, "", False)
        return Hull(boat, "beacon", 0, 0.0, 0, False)

    def net(self, rng: random.Random, at: Point, role: str) -> Actor:
        """网位仪: a made-up MMSI, the battery in its name, turning on the tide."""
        self.hulls += 1
        mmsi = rng.choice((100_880_000, 111_000_000, 898_000_000)) + self.hulls
        name = f"NET{self.hulls:04d}-{rng.randint(35, 99)}%"
        boat = Boat(self.hulls, name, 2.0, (), "", "", 0.0, mmsi, "", False)
        pen = Pen(self.begin - HOUR, at)
        while pen.t < self.end:
            pen.reach(geo.move(at, (pen.t / HOUR * 29) % 360, 0.3), pen.t + HOUR)
        return self.play(Actor(Hull(boat, "net", 0, 0, 0, False), pen.track(), role))

    # ── what ──
    def play(self, actor: Actor) -> Actor:
        self.actors.append(actor)
        return actor

    def sail(self, hull: Hull, track: Track, role: Role | str, **how: Any) -> Actor:
        """Put a hull on its track, with a report interval of its own and a declared trip."""
        rng = self.rng("interval", hull.boat.mmsi, hull.boat.number)
        every = self.ship_s if hull.kind == "merchant" else round(rng.uniform(*self.ais_s))
        trip = how.pop("trip", True)
        name = role if isinstance(role, str) else role.name
        if trip and hull.registered:
            self.trip(hull)
        return self.play(replace(Actor(hull, track, name, ais_every=float(every)), **how))

    def trip(
        self,
        hull: Hull,
        departs: float | None = None,
        returns: float | None = None,
        **more: Any,
    ) -> None:
        """Declare a trip; by default one that began long ago and goes on after the end."""
        departs = self.begin - 6 * HOUR if departs is None else departs
        returns = self.end + 24 * HOUR if returns is None else returns
        crew = max(2, round(hull.boat.length_m / 4))
        row = {
            "trip": f"T{len(self.facts['trips']) + 1:05d}",
            "reg_no": hull.boat.reg_no,
            "port": hull.boat.port,
            "departs": text(departs),
            "returns": text(returns),
            "crew_out": crew,
            "crew_back": "",
            "reported_at": text(departs - 30 * MINUTE),
        }
        self.facts["trips"].append({**row, **more})

    def fact(self, name: str, **row: Any) -> None:
        self.facts[name].append(row)

    # ── where ──
    def take(self, kind: str) -> int:
        """The next number of this kind of place."""
        self.taken[kind] += 1
        return self.taken[kind] - 1

    def cell(self) -> Box:
        """A piece of open water of its own."""
        if not self.cells:
            self.cells = grid(GROUND, CELL)
            self.rng("cells").shuffle(self.cells)
        return self.cells.pop()


Play: TypeAlias = Callable[[Stage, Role], None]


def grid(box: Box, size: tuple[float, float], gap: float = 0.15) -> list[Box]:
    """Cells of this size over the box, each with a margin of that share on every side."""
    found = []
    columns, rows = int((box[2] - box[0]) / size[0] + 1e-9), int((box[3] - box[1]) / size[1] + 1e-9)
    for x in range(columns):
        for y in range(rows):
            west, south = box[0] + x * size[0], box[1] + y * size[1]
            edge = (gap * size[0], gap * size[1])
            found.append((west + edge[0], south + edge[1],
                          west + size[0] - edge[0], south + size[1] - edge[1]))  # fmt: skip
    return found
