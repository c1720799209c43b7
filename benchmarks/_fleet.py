"""A fleet with all that the rules go by: 35,000 vessels, 500 zones of 60 sides, every fact filled.

Nine in ten are fishing boats, a sixth of those of the register in port and most others in groups;
the rest merchant ships and net beacons. One boat in a hundred is too fast at a time, one in two
hundred beyond its area, others in or near zones. From one seed; no feed, no database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from fleet.alerts import facts
from fleet.alerts.engine import RULES, Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults, typed
from fleet.geo import Zone, Zones, seasons, signed_distance_nm
from fleet.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Act,
    Batch,
    Floats,
    Ints,
    Mask,
    Severity,
    Source,
    VesselClass,
)  # fmt: skip
from fleet.vessels import Vessels

VESSELS, ZONES, SIDES, PORTS = 35_000, 500, 60, 20
START = 1_790_000_000 * SECOND
"""21 September 2026: outside the moratorium, whose waters hold every boat all the same."""
WEST, EAST, SOUTH, NORTH = 107.0, 112.0, 16.0, 20.0
IN_ZONES = 0.02
"""How much of the sea the zones cover together, however many there are."""
FAST_SHARE = 100
"""One fishing boat in so many is above the speed limit for three fixes, then others are."""
FISHING = frozenset({VesselClass.FISHING})
KINDS = ("reserve", "restricted", "cable", "fairway", "risk", "anchorage", "aquaculture")
COAST = shapely.LineString(
    [(x, 20.2 + 0.1 * np.sin(9 * x)) for x in np.linspace(WEST - 1, EAST + 1, 200)]
)


def zone(number: int, rule: str, kind: str, geometry: BaseGeometry, **more: object) -> Zone:
    name = f"{kind}-{number}"
    base = Zone(number, name, kind, name, name, rule, Severity.WARNING, (), FISHING, float("nan"),
                geometry)  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def zones(number: int = ZONES) -> Zones:
    """So many areas of 60 sides, among them the ports, and what covers the whole sea."""
    dice = np.random.default_rng(1)
    usual = np.sqrt(IN_ZONES * (EAST - WEST) * (NORTH - SOUTH) / number / np.pi)
    made = []
    for i in range(1, number + 1):
        x, y = dice.uniform(WEST, EAST), dice.uniform(SOUTH, NORTH)
        ring = _ring(x, y, usual * dice.uniform(0.6, 1.4), dice)
        kind = KINDS[i % len(KINDS)]
        rule = "area" if kind in ("risk", "anchorage", "aquaculture") else "keep_out"
        limit = {"limit_kn": 9.0} if kind == "fairway" else {}
        made.append(zone(i, rule, kind, ring, **limit))
    for i in range(min(PORTS, number)):
        made[i] = zone(i + 1, "area", "port", made[i].geometry, limit_kn=8.0)
    return Zones.build([*made, *_everywhere(number)])


def _ring(x: float, y: float, radius: float, dice: np.random.Generator) -> BaseGeometry:
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    r = radius * (0.9 + 0.2 * dice.random(SIDES))
    return shapely.Polygon(np.stack([x + r * np.cos(turn), y + r * np.sin(turn)], -1))


def _everywhere(number: int) -> list[Zone]:
    """The waters of the moratorium, shore coverage, the line, the coast and the order's area."""
    sea = shapely.box(WEST - 1, SOUTH - 1, EAST + 1, NORTH + 0.3)
    shore = shapely.box(WEST, NORTH - 2, EAST, NORTH + 0.3)
    line = shapely.LineString([(107.5, 20), (107.2, 18), (107.9, 16)])
    closed = seasons([{"from": "05-01T12:00", "to": "08-16T12:00"}])
    return [
        zone(number + 1, "area", "moratorium", sea, seasons=closed),
        zone(number + 2, "area", "coverage", shore),
        zone(number + 3, "line", "boundary", line),
        zone(number + 4, "line", "coast", COAST),
        zone(number + 5, "area", "recall_area", shapely.box(110, 17, 111, 18)),
    ]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Who there is, row = vessel, row 0 nobody, and where each began."""

    vessels: Vessels
    lon: Floats
    lat: Floats
    sog: Floats
    cog: Floats

    @property
    def ours(self) -> Mask:
        return self.vessels.registered


def fleet(where: Zones, number: int = VESSELS) -> Fleet:
    dice = np.random.default_rng(2)
    n = number + 1
    shares = {VesselClass.FISHING: 0.92, VesselClass.MERCHANT: 0.03, VesselClass.BEACON: 0.05}
    cls = dice.choice([int(c) for c in shares], n, p=list(shares.values()))
    cls[0] = 0
    fishing = cls == VesselClass.FISHING
    length = np.where(cls == VesselClass.MERCHANT, 150.0, 25.0)
    vessels = Vessels(cls, fishing & (dice.random(n) < 0.95), np.full(n, 3 * MINUTE), length)
    lon, lat = dice.uniform(WEST, EAST, n), dice.uniform(SOUTH, NORTH, n)
    sog = np.where(fishing, dice.uniform(0, 10, n), dice.uniform(8, 16, n))
    sog[cls == VesselClass.BEACON] = 0.5
    home = np.flatnonzero(vessels.registered & (dice.random(n) < 1 / 6))
    ports = where.tree.geometries[where.where(kind="port")]
    port = dice.integers(0, len(ports), len(home))
    middle = shapely.get_coordinates(shapely.centroid(ports))
    lon[home], lat[home] = (middle[port] + dice.normal(0, 0.004, (len(home), 2))).T
    sog[home] = 0.0
    return Fleet(vessels, lon, lat, sog, dice.uniform(0, 360, n))


def batches(sea: Fleet, number: int, spacing: int) -> list[Batch]:
    """Every vessel once a batch, `spacing` microseconds apart, on a straight course."""
    who = np.arange(1, len(sea.lon))
    return [batch(sea, who, k, spacing) for k in range(number)]


def batch(sea: Fleet, who: Ints, k: int, spacing: int) -> Batch:
    """The k-th; fixes come evenly over the spacing, each a second after it was made."""
    made = Batch.empty(len(who))
    made.vessel[:] = who
    made.t[:] = START + k * spacing + who * spacing // len(sea.lon)
    made.received[:] = made.heard[:] = made.t + SECOND
    made.source[:] = np.where(who % 10 == 0, int(Source.TERMINAL), int(Source.AIS))
    made.station[:], made.status[:] = 1 + who % 5, -1
    miles = sea.sog[who] * (k * spacing / HOUR)
    turn = np.radians(sea.cog[who])
    made.lon[:] = sea.lon[who] + miles * np.sin(turn) / 60 / np.cos(np.radians(sea.lat[who]))
    made.lat[:] = sea.lat[who] + miles * np.cos(turn) / 60
    fast = sea.ours[who] & (sea.sog[who] > 0) & (who % FAST_SHARE == k // 3 % FAST_SHARE)
    made.sog[:], made.cog[:] = np.where(fast, 21.0, sea.sog[who]), sea.cog[who]
    return made


def known(sea: Fleet, number: int) -> facts.Facts:
    """Every kind of fact filled; `number` is that of the areas, the order's comes after them."""
    dice = np.random.default_rng(3)
    order = facts.Recalls(*_columns([1], [number + 5], [START - HOUR], [START + 2 * DAY]))
    return facts.Facts(
        details=_papers(sea, dice), ties=_groups(sea), trips=_trips(sea, dice),
        permits=_permits(sea, dice), recalls=order,
        answers=facts.Answers(*_columns([1] * 200, np.flatnonzero(sea.ours)[:200], [1] * 200)),
        berths=facts.Berths(np.arange(1, PORTS + 1), np.full(PORTS, 400)),
        expiries=_expiries(sea), wind=_wind(dice), depth=_depth(dice),
    )  # fmt: skip


def _columns(*values: object) -> list[Ints]:
    return [np.array(v, np.int64) for v in values]


def _papers(sea: Fleet, dice: np.random.Generator) -> facts.Details:
    """One boat in two hundred is beyond its area of navigation, the others well inside."""
    n = len(sea.lon)
    off = np.abs(signed_distance_nm(COAST, sea.lon, sea.lat))
    certified = np.where(dice.random(n) < 0.005, off - 5, 1.5 * off + 30)
    certified[~sea.ours] = np.nan
    gear = 1 << dice.integers(0, 9, n)
    limit = np.where(sea.ours, dice.integers(7, 10, n), 0)
    return facts.Details(gear, limit, certified, np.full(n, 2.5))


def _groups(sea: Fleet) -> facts.Ties:
    """Boats at sea sail in groups of five with those beside them."""
    afloat = np.flatnonzero(sea.ours & (sea.sog > 0))
    near = np.lexsort((sea.lon[afloat], np.round(sea.lat[afloat] * 10)))
    boats = afloat[near][: len(afloat) * 3 // 5]
    ones = np.ones_like(boats)
    return facts.Ties(np.arange(len(boats)) // 5 + 1, boats, int(facts.Tie.GROUP) * ones,
                      0 * ones, facts.FOREVER * ones)  # fmt: skip


def _trips(sea: Fleet, dice: np.random.Generator) -> facts.Trips:
    """Every boat at sea has declared its trip; three in a thousand should be back by now."""
    boats = np.flatnonzero(sea.ours & (sea.sog > 0))
    late = dice.random(len(boats)) < 0.003
    return facts.Trips(boats, np.full(len(boats), START - DAY),
                       np.where(late, START - 3 * HOUR, START + 5 * DAY))  # fmt: skip


def _permits(sea: Fleet, dice: np.random.Generator) -> facts.Permits:
    boats = np.flatnonzero(sea.ours & (dice.random(len(sea.lon)) < 0.05))
    kinds = dice.integers(1, 4, len(boats))
    return facts.Permits(boats, kinds, 0 * boats, np.full(len(boats), START - DAY),
                         np.full(len(boats), START + 30 * DAY))  # fmt: skip


def _expiries(sea: Fleet) -> facts.Expiries:
    """Every boat's certificate is good for months."""
    boats = np.flatnonzero(sea.ours)
    kinds = np.full(len(boats), "navigation")
    return facts.Expiries(boats, kinds, np.full(len(boats), START + 200 * DAY))


def _wind(dice: np.random.Generator) -> facts.Wind:
    """Two forecasts of two days by three hours on a quarter degree, and one measurement."""
    lats, lons = np.arange(SOUTH - 1, NORTH + 1.1, 0.25), np.arange(WEST - 1, EAST + 1.1, 0.25)
    times = START + np.arange(0, 49, 3) * HOUR
    force = dice.integers(3, 6, (3, len(times), len(lats), len(lons))).astype(np.float64)
    issued = START - np.array([12, 6, 1]) * HOUR
    return facts.Wind(issued, np.array([False, False, True]), times, lats, lons, force)


def _depth(dice: np.random.Generator) -> facts.Depth:
    lats, lons = np.arange(SOUTH - 1, NORTH + 1, 0.02), np.arange(WEST - 1, EAST + 1, 0.02)
    return facts.Depth(lats, lons, dice.uniform(10, 90, (len(lats), len(lons))))


def engine(sea: Fleet, where: Zones) -> Engine:
    """All rules on, as they ship."""
    params = {r.key: typed(r, defaults()[r.key].values) for r in RULES}
    areas = len(where.zones) - 5
    made = Engine(RULES, params, where, sea.vessels, known(sea, areas))
    assert len(made.able()) == len(RULES), "every rule must have what it needs"
    return made


class Watch:
    """An engine at work, batch after batch, and who raised something since it was asked."""

    def __init__(self, sea: Fleet, where: Zones) -> None:
        self.engine, self.state = engine(sea, where), State.empty(len(sea.lon), RULES)
        self.raised: set[int] = set()

    def judge(self, batch: Batch) -> None:
        self.state, said = feed(self.engine, self.state, Inputs(batch), 0)
        self.state, more = tick(self.engine, self.state, 2**62)
        self.raised.update(c.vessel for c in (*said, *more) if c.act in (Act.OPEN, Act.RAISE))
