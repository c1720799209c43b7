"""Truth that nobody scripted, found in the tracks; put these last in a scenario."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import shapely

from simulators import places
from simulators.geo import HOUR, MINUTE
from simulators.sea import chart, numbers, witness
from simulators.sea.cast import Actor, motion
from simulators.sea.chart import Floats
from simulators.sea.stage import Role, Stage

LOOK = 5 * MINUTE
SLOW_KN = 2.0
"""GFW's encounters and Skylight's are slow (A.4); the default of A.2 #21 does not say: boats that
steam in company are `either`."""
SCALE = float(np.cos(np.radians(18.0)))


def fishing(stage: Stage) -> list[Actor]:
    return [a for a in stage.actors if a.hull.kind == "fishing" and a.hull.registered]


def ships_passing(stage: Stage, role: Role) -> None:
    """Every close passing of a ship and a boat, as A.3 defines it."""
    del role
    ships = [a for a in stage.actors if a.hull.kind == "merchant"]
    boats = [a for a in stage.actors if a.hull.kind == "fishing"]
    for p in witness.passings(ships, boats, stage.begin, stage.end):
        if p.ends < p.ship.ais_from or p.begins > p.ship.until:
            continue
        floor = ("orange" if p.danger else "yellow") if p.expect == "alert" else None
        stage.truth.incident("collision", p.boat, p.begins, due=p.begins + numbers.CPA_FOR,
                             ends=p.ends, expect=p.expect, floor=floor, object=p.ship,
                             why=f"closest predicted {p.cpa_nm:.2f} nm")  # fmt: skip


# ── company ──
def company(stage: Stage, role: Role) -> None:
    """Boats of no common group that were within 300 m of one another for long, outside ports."""
    del role
    boats = fishing(stage)
    kin = _kin(stage)
    for a, b in _often_near(boats, stage.begin, stage.end):
        if kin[a.hull.boat.reg_no] & kin[b.hull.boat.reg_no]:
            continue
        t = np.arange(stage.begin, stage.end, 20.0)
        m = motion(a.track, t)
        apart, out = witness.separation(a.track, b.track, t), ~_in_port(m.lon, m.lat)
        span = witness.longest(t, out & (apart < 1.15 * numbers.TOGETHER_NM))
        if span is None or span[1] - span[0] < 0.8 * numbers.TOGETHER_FOR:
            continue
        surely = out & (apart < 0.85 * numbers.TOGETHER_NM) & (m.sog < SLOW_KN)
        slow = witness.longest(t, surely)
        long = slow is not None and slow[1] - slow[0] > 1.3 * numbers.TOGETHER_FOR
        stage.truth.incident("encounter", a, span[0], due=span[0] + numbers.TOGETHER_FOR,
                             ends=span[1] + 30 * MINUTE, object=b,
                             expect="alert" if long else "either")  # fmt: skip


def _kin(stage: Stage) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in stage.facts["groups"]:
        found[row["reg_no"]].add(row["group"])
    return found


def _often_near(boats: list[Actor], begin: float, end: float) -> Iterator[tuple[Actor, Actor]]:
    """Pairs that a look every five minutes found close at least six times."""
    t = np.arange(begin, end, LOOK)
    lon, lat = tracks(boats, t)
    times: Counter[tuple[int, int]] = Counter()
    for k in range(len(t)):
        (sea,) = np.nonzero(~_in_port(lon[:, k], lat[:, k]))
        points = shapely.points(lon[sea, k] * SCALE, lat[sea, k])
        reach = 1.2 * numbers.TOGETHER_NM / 60
        a, b = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
        once = a < b
        times.update(zip(sea[a[once]].tolist(), sea[b[once]].tolist(), strict=True))
    for (x, y), count in sorted(times.items()):
        if count >= 6:
            yield boats[x], boats[y]


def tracks(boats: list[Actor], t: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, one row a boat."""
    seen = [motion(b.track, t) for b in boats]
    return np.array([m.lon for m in seen]), np.array([m.lat for m in seen])


def _in_port(lon: Floats, lat: Floats) -> witness.Mask:
    found = np.zeros(lon.shape, bool)
    for code in places.PORTS:
        found |= chart.inside(code, lon, lat)
    return found


# ── nights ──
def nights(stage: Stage, role: Role) -> None:
    """Who was alone between 00 and 04 h."""
    del role
    boats = fishing(stage)
    for midnight in _midnights(stage):
        t = np.arange(max(midnight, stage.begin), midnight + 4 * HOUR, LOOK)
        if not len(t):
            continue
        lon, lat = tracks(boats, t)
        for actor, alone, port in zip(
            boats, _nearest(lon, lat), _in_port(lon.ravel(), lat.ravel()).reshape(lon.shape),
            strict=True,
        ):  # fmt: skip
            _alone(stage, actor, t, np.where(port, 0.0, alone))


def _alone(stage: Stage, actor: Actor, t: Floats, nearest: Floats) -> None:
    span = witness.longest(t, nearest > 0.9 * numbers.ALONE_NM)
    if span is None or span[1] - span[0] < 0.7 * numbers.ALONE_FOR:
        return
    sure = witness.longest(t, nearest > 1.1 * numbers.ALONE_NM)
    long = sure is not None and sure[1] - sure[0] > 1.3 * numbers.ALONE_FOR
    stage.truth.incident("single_night", actor, span[0], due=span[0] + numbers.ALONE_FOR,
                         ends=span[1], expect="alert" if long else "either",
                         floor="yellow")  # fmt: skip


def _midnights(stage: Stage) -> list[float]:
    local = stage.begin + 8 * HOUR
    first = local - local % 86400 - 8 * HOUR
    return [float(t) for t in np.arange(first, stage.end, 86400.0)]


def _nearest(lon: Floats, lat: Floats) -> Floats:
    """Of each boat at each time, the distance to the nearest other, nm."""
    out = np.empty(lon.shape)
    for k in range(lon.shape[1]):
        east = (lon[:, k, None] - lon[None, :, k]) * SCALE
        apart = np.hypot(east, lat[:, k, None] - lat[None, :, k]) * 60
        np.fill_diagonal(apart, np.inf)
        out[:, k] = apart.min(axis=1)
    return out


PLAYS = {"ships_passing": ships_passing, "company": company, "nights": nights}
