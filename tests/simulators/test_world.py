from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators import geo, radio, traffic, trips
from simulators.geo import HOUR, MINUTE, Track
from simulators.register import Boat
from simulators.world import Run, World
from tests.simulators.conftest import AUTUMN, SUMMER
from tests.simulators.desk import zones

COAST = shapely.geometry.shape(json.loads((Path(__file__).parent / "coast.json").read_text()))
CLOSED = {z.code: z.geometry for z in zones() if z.rule == "keep_out"}
PORT = next(z.geometry for z in zones() if z.code == "YAZHOU")


def on_air(world: World, since: float, until: float) -> list[radio.Sent]:
    return list(radio.sent(world, since, until))


def lives(world: World, start: float, cycles: int) -> list[tuple[Boat, Track]]:
    """The trips of every boat around this time."""
    out = []
    for boat in world.boats:
        first = world.cycle(boat.number, start)
        out += [
            (boat, world.outing(boat.number, cycle).track) for cycle in range(first, first + cycles)
        ]
    return [(boat, track) for boat, track in out if len(track.points) > 1]


def test_the_same_seed_sends_the_same(few: tuple[Boat, ...]) -> None:
    one, two = (World(5, few, (Run(AUTUMN),)) for _ in range(2))
    two.incidents(AUTUMN + 5 * HOUR)  # asked of the future first: no matter
    assert on_air(one, AUTUMN, AUTUMN + 300) == on_air(two, AUTUMN, AUTUMN + 300)


def test_another_seed_sends_otherwise(few: tuple[Boat, ...]) -> None:
    one, two = World(5, few), World(6, few)
    assert on_air(one, AUTUMN, AUTUMN + 60) != on_air(two, AUTUMN, AUTUMN + 60)


@given(cuts=st.lists(st.floats(1, 599), max_size=4).map(sorted))
@settings(max_examples=4, deadline=None)
def test_a_stream_may_be_taken_up_anywhere(few: tuple[Boat, ...], cuts: list[float]) -> None:
    edges = [AUTUMN, *(AUTUMN + c for c in cuts), AUTUMN + 600]
    parts = [on_air(World(5, few, (Run(AUTUMN),)), a, b) for a, b in pairwise(edges)]
    whole = on_air(World(5, few, (Run(AUTUMN),)), *(edges[0], edges[-1]))
    key = [(s.t, repr(s)) for s in whole]
    assert sorted((s.t, repr(s)) for part in parts for s in part) == sorted(key)


def test_nothing_sails_over_land(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats, (Run(AUTUMN),))
    world.incidents(AUTUMN + 12 * HOUR)
    ways = [(b.reg_no, t) for b, t in lives(world, AUTUMN, 3)]
    ways += [(s.incident.reg_no, s.track) for s in world.scripts if s.track is not None]
    assert len(ways) > 500
    ashore = [name for name, t in ways if COAST.intersects(shapely.LineString(t.points))]
    assert not ashore


def test_a_calm_boat_keeps_out_of_closed_areas(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats)
    for boat, track in lives(world, AUTUMN, 3):
        line = shapely.LineString(track.points)
        assert not any(area.intersects(line) for area in CLOSED.values()), boat


def test_an_intruder_enters_what_the_script_says(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats, (Run(AUTUMN),))
    world.incidents(AUTUMN + 12 * HOUR)
    intrusions = [s for s in world.scripts if s.incident.kind == "zone_enter"]
    assert len(intrusions) > 5
    for script in intrusions:
        assert script.track is not None
        area = CLOSED[script.incident.place]
        before, after = (
            script.track.at(script.incident.t + dt).point for dt in (-2 * MINUTE, 2 * MINUTE)
        )
        assert not area.contains(shapely.Point(before))
        assert area.contains(shapely.Point(after))


def test_a_calm_boat_keeps_to_harbour_speed(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats)
    for boat, track in lives(world, AUTUMN, 1):
        ends = (*range(0, 5400, 60), *range(-5400, 0, 60))
        for m in (track.at(track.start + s if s >= 0 else track.end + s) for s in ends):
            assert m.sog < 10, boat
            if PORT.contains(shapely.Point(m.point)):
                assert m.sog < 4.5, boat


def test_trips_begin_and_end_at_the_berth_in_time(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats)
    for boat, track in lives(world, AUTUMN, 4):
        assert track.points[0] == track.points[-1] == world.berth(boat.number)
        assert all(a < b for a, b in pairwise(track.times))
        assert track.end < track.start + trips.HABITS[boat.gear].cycle_h * HOUR


@pytest.mark.parametrize("run", [(), (Run(AUTUMN),)], ids=["calm", "played"])
def test_nobody_jumps(boats: tuple[Boat, ...], run: tuple[Run, ...]) -> None:
    world = World(1, boats, run)
    for boat in world.boats:
        at = [world.motion(boat.number, AUTUMN + t).point for t in range(-2 * 3600, 3 * 3600, 60)]
        assert max(geo.distance(a, b) for a, b in pairwise(at)) * 60 < 24, boat


def test_a_restart_goes_on_where_the_boats_were(boats: tuple[Boat, ...]) -> None:
    first = World(1, boats, (Run(AUTUMN),))
    stopped = AUTUMN + 700
    second = World(1, boats, (Run(AUTUMN, stopped), Run(stopped + 40)))
    for boat in boats:
        for t in (AUTUMN - 3000, AUTUMN, AUTUMN + 699):
            assert first.motion(boat.number, t) == second.motion(boat.number, t)
        at = [second.motion(boat.number, stopped + s).point for s in range(-60, 7200, 60)]
        assert max(geo.distance(a, b) for a, b in pairwise(at)) * 60 < 24, boat
    late = [i for i in second.incidents(stopped + 3 * HOUR) if i.t > stopped + 40]
    assert {"speed", "zone_enter", "gap", "distress", "boundary", "mob"} <= {i.kind for i in late}


def test_nobody_shares_an_mmsi(boats: tuple[Boat, ...]) -> None:
    for seed in range(20):
        mmsis = [b.mmsi for b in boats if b.mmsi]
        mmsis += [s.mmsi for s in traffic.ships(seed)]
        mmsis += [n.mmsi for n in traffic.net_beacons(seed)]
        assert len(set(mmsis)) == len(mmsis)


def test_there_is_life_at_every_hour(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats)
    for hour in range(24):
        out = sum(world.at_sea(b.number, AUTUMN + hour * HOUR) for b in boats)
        assert 60 < out < 220, hour


def test_in_the_moratorium_only_hook_boats_sail(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats)
    out = {
        b.gears for b in boats for h in range(0, 24, 4) if world.at_sea(b.number, SUMMER + h * HOUR)
    }
    assert out == {("hook",)}


def test_the_moratorium_begins_and_ends_at_noon() -> None:
    begin, end = 1_777_608_000.0, 1_786_852_800.0  # 1 May and 16 August 2026, 12:00 at Yazhou
    assert not trips.closed_season(begin - 1)
    assert trips.closed_season(begin)
    assert trips.closed_season(end - 1)
    assert not trips.closed_season(end)


def test_ships_sail_on_for_ever_and_never_jump() -> None:
    for ship in traffic.ships(1):
        at = [ship.motion(AUTUMN + t).point for t in range(0, 40 * 3600, 300)]
        assert max(geo.distance(a, b) for a, b in pairwise(at)) * 12 < 20, ship
        assert ship.anchored == (len(set(at)) == 1)


def test_a_port_of_two_boats_has_a_quiet_life(boats: tuple[Boat, ...]) -> None:
    world = World(1, boats[:2], (Run(AUTUMN, AUTUMN + HOUR), Run(AUTUMN + HOUR)))
    assert len(world.incidents(AUTUMN + 2 * HOUR)) < 20
