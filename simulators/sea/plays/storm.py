"""Whole fleets at once: called home before a typhoon, unheard in an outage, heard late."""

from __future__ import annotations

from simulators import geo
from simulators.geo import MINUTE, Pen, Track
from simulators.sea import numbers, ways
from simulators.sea.air import CLASS_B_REACH
from simulators.sea.cast import Actor, Hull
from simulators.sea.plays import days
from simulators.sea.plays.orders import order_times, roll_call
from simulators.sea.shore import STATIONS
from simulators.sea.stage import Role, Stage


def fleet_recalled(stage: Stage, role: Role) -> None:
    """`count` boats at sea when the order comes; `refuses`: they stay."""
    days.open_grounds(stage)
    issued, _ = order_times(stage)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        gear = days.drawn(rng, tuple(g for g in days.GEARS if g[0] not in days.SMALL))
        hull = stage.hull(rng, gear, port=days.drawn(rng, days.PORTS))
        cell = days.cell_of(stage, hull)
        if cell is None:
            raise ValueError("no grounds left for the recall")
        pen = Pen(stage.begin - MINUTE, geo.somewhere(cell, rng))
        left = issued + role.draw("after_min", rng, 0) * MINUTE
        stays = role.flag("refuses")
        ways.steam_to_and_fro(pen, rng.uniform(0, 360), 0.3, 3.4, stage.end if stays else left)
        if not stays:
            ways.into_port(pen, hull.boat, ways.berth(hull.boat, rng))
        actor = stage.sail(hull, pen.track(), role)
        roll_call(stage, role, actor, None if stays else (left, pen.t))


def unheard(stage: Stage, role: Role) -> None:
    """Boats at work that one station alone hears; `terminal`: they have a terminal besides."""
    days.open_grounds(stage)
    station = STATIONS[role.word("station")]
    low, high = role.args["nm"]
    near = [c for c in stage.grounds if low < geo.distance(ways.centre(c), station.at) < high]
    near = [c for c in near if _only(stage, station.name, c)]
    if len(near) < role.count:
        raise ValueError(f"{len(near)} cells near {station.name} for {role.count} boats")
    chosen = near[: role.count]
    stage.grounds = [c for c in stage.grounds if c not in set(chosen)]
    for n, cell in enumerate(chosen):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet", terminal=role.flag("terminal"))
        pen = Pen(stage.begin - MINUTE, ways.centre(cell))
        track = ways.trawl_about(pen, cell, stage.end, rng).track()
        actor = stage.sail(hull, track, role)
        _parts(stage, actor, station.name, terminal=role.flag("terminal"))


def _only(stage: Stage, name: str, cell: geo.Box) -> bool:
    """Whether no other receiver hears class B from there."""
    others = (s for s in stage.stations if s.name != name)
    at = ways.centre(cell)
    return all(geo.distance(at, s.at) > 1.1 * CLASS_B_REACH * s.range_nm for s in others)


def _parts(stage: Stage, actor: Actor, station: str, *, terminal: bool) -> None:
    """Its silence is a part of the outage, whatever it is taken for."""
    kind = "terminal_off" if terminal else "gap"
    rollup = next(i["id"] for i in stage.truth.incidents if i["subject"].get("station") == station)
    for s in stage.stations:
        for since, until in s.outages if s.name == station else ():
            stage.truth.incident(kind, actor, since, ends=until, expect="child", rollup=rollup)


def satellite_fleet(stage: Stage, role: Role) -> None:
    """Offshore boats whose terminals reach a satellite only after `held_min`."""
    days.open_grounds(stage)
    low, high = role.args["held_min"]
    span = (stage.begin + low * MINUTE, stage.begin + high * MINUTE)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "longline", mmsi=False)
        cell = stage.grounds.pop()
        track = _at_work(hull, stage, cell, n)
        actor = stage.sail(hull, track, role, held=(span,))
        stage.truth.quiet(("*",), actor, "its fixes come six hours late, all of them harmless")


def satellite_link(stage: Stage, role: Role) -> None:
    """Put last: that the terminals of a satellite's fleet were silent together is one incident of
    their feed where they are clearly more than the share of A.1, and their gaps are parts of it.
    """
    for s in (s for s in stage.stations if s.passes):
        why = "late by its nature, of which A.2 #28 says nothing"
        stage.truth.incident("feed", {"station": s.name}, s.passes[0], ends=stage.end,
                             expect="either", why=why)  # fmt: skip
    afloat = [a for a in stage.actors if a.hull.boat.terminal and a.hull.kind == "fishing"]
    gone = [a for a in afloat if a.held]
    since, until = gone[0].held[0]
    expect = numbers.judge(len(gone) / len(afloat), numbers.COMMON_CAUSE)
    if expect and all(a.held[0] == (since, until) for a in gone):
        link = stage.truth.incident("feed", {"feed": "terminals"}, since, due=since + 10 * MINUTE,
                                    ends=until, expect=expect, role=role.name)  # fmt: skip
        for actor in gone:
            stage.truth.incident("gap", actor, since, ends=until, expect="child", rollup=link)


def _at_work(hull: Hull, stage: Stage, cell: geo.Box, n: int) -> Track:
    rng = stage.rng("satellite", n)
    return ways.at_work(hull, cell, stage.begin - MINUTE, stage.end, rng).track()


PLAYS = {
    "fleet_recalled": fleet_recalled,
    "unheard": unheard,
    "satellite_fleet": satellite_fleet,
    "satellite_link": satellite_link,
}
