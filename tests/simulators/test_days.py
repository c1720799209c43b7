"""Whole days: nothing happens in them that their truth does not tell."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from simulators import places
from simulators.geo import HOUR, MINUTE
from simulators.scoring.times import seconds
from simulators.sea import chart, scenario, witness
from simulators.sea.cast import Actor, motion
from simulators.sea.plays.observed import tracks
from simulators.sea.stage import Stage

pytestmark = pytest.mark.slow
CLOSED = ("MIL-1", "CORAL-CORE", "CORAL-BUFFER", "CORAL-DLXG", "AQUA-1")
Array = np.ndarray[Any, Any]


@cache
def day(name: str) -> Stage:
    return scenario.staged(scenario.read(name), 11)


@cache
def looked(name: str) -> tuple[list[Actor], Array, Array, Array, Array]:
    """Boats, and by the minute: times, longitudes, latitudes, whether in port."""
    stage = day(name)
    boats = [a for a in stage.actors if a.hull.kind == "fishing"]
    t = np.arange(stage.begin, stage.end, 60.0)
    lon, lat = tracks(boats, t)
    port = np.zeros(lon.shape, bool)
    for code in places.PORTS:
        port |= chart.inside(code, lon, lat)
    return boats, t, lon, lat, port


@pytest.mark.parametrize("name", ["ordinary_day", "satellite_burst"])
def test_nobody_is_in_a_closed_area_but_who_is_told(name: str) -> None:
    boats, _, lon, lat, _ = looked(name)
    told = [i["subject"] for i in day(name).truth.incidents if i["kind"] == "zone_enter"]
    for code in set(CLOSED) & set(day(name).zones):
        near = shapely.distance(shapely.points(lon, lat), chart.geometry(code)) * 60 < 0.6
        for row in np.flatnonzero(np.asarray(near).any(axis=1)):
            assert boats[row].names in told, (code, boats[row].role)


@pytest.mark.parametrize("name", ["ordinary_day", "opening_day", "typhoon_recall"])
def test_nobody_is_too_fast_but_who_is_told(name: str) -> None:
    boats, t, _, _, port = looked(name)
    told = [i["subject"] for i in day(name).truth.incidents if i["kind"] == "speed"]
    for actor, inside in zip(boats, port, strict=True):
        sog = motion(actor.track, t).sog
        fast = (sog > 17) | (inside & (sog > 4.9))
        assert not fast.any() or actor.names in told, actor.role


def test_nobody_tows_over_the_cable_or_nears_the_line() -> None:
    boats, t, lon, lat, _ = looked("ordinary_day")
    over = chart.inside("CABLE-1", lon, lat)
    for actor, inside in zip(boats, over, strict=True):
        assert (motion(actor.track, t).sog[inside] > 6.3).all(), actor.role
    line = shapely.distance(shapely.points(lon, lat), chart.geometry("BEIBU-LINE")) * 60 * 0.95
    assert line.min() > 8


def test_groups_stay_together() -> None:
    stage, (boats, _, lon, lat, _) = day("ordinary_day"), looked("ordinary_day")
    rows = {a.hull.boat.reg_no: n for n, a in enumerate(boats)}
    groups: dict[str, list[int]] = {}
    for fact in stage.facts["groups"]:
        groups.setdefault(fact["group"], []).append(rows[fact["reg_no"]])
    for members in groups.values():
        for n in members:
            rest = [m for m in members if m != n]
            apart = np.hypot((lon[rest] - lon[n]) * 0.951, lat[rest] - lat[n]) * 60
            assert apart.min(axis=0).max() < 5


def test_there_is_life_at_every_hour_and_two_thousand_boats() -> None:
    boats, _, _, _, port = looked("ordinary_day")
    assert 1950 <= len(boats) <= 2050
    out = (~port).sum(axis=0)[::60]
    assert 250 < out.min() <= out.max() < 1000
    gears = Counter(a.hull.boat.gears[0] for a in boats)
    assert set(gears) == {
        "gillnet", "hook", "falling_net", "trawl", "pot", "purse_seine", "longline",
    }  # fmt: skip


def test_eight_hundred_leave_within_ten_minutes() -> None:
    stage = day("opening_day")
    noon = seconds("2026-08-16T12:00:00+08:00")
    left = [a.track.times[1] for a in stage.actors if a.role == "the first out"]
    assert len(left) == 800
    assert noon <= min(left)
    assert max(left) <= noon + 10 * MINUTE
    (mass,) = [i for i in stage.truth.incidents if i["kind"] == "mass_movement"]
    assert seconds(mass["begins"]) == noon
    t = np.arange(noon, stage.end, 60.0)
    for actor in [a for a in stage.actors if a.role == "the first out"][:100]:
        m = motion(actor.track, t)
        inside = np.any([chart.inside(code, m.lon, m.lat) for code in places.PORTS], axis=0)
        assert inside[0]
        assert not inside[-1]


def test_who_is_called_home_comes_home() -> None:
    stage = day("typhoon_recall")
    deadline = seconds(stage.facts["orders"][0]["deadline"])
    at = {True: 0, False: 0}
    for actor in stage.actors:
        if actor.role == "comes home":
            p = actor.track.at(deadline - 2 * HOUR).point
            at[any(chart.holds(code, p) for code in places.PORTS)] += 1
    either = sum(i["expect"] == "either" for i in stage.truth.incidents if i["kind"] == "recall")
    assert at[False] == either
    assert at[True] > 600


def test_what_only_one_receiver_hears_is_unheard_in_its_outage() -> None:
    stage = day("receiver_outage")
    (root,) = [i for i in stage.truth.incidents if i["kind"] == "feed"]
    parts = [i for i in stage.truth.incidents if i["expect"] == "child"]
    assert len(parts) > 80
    assert {i["rollup"] for i in parts} == {root["id"]}
    others = [s for s in stage.stations if s.name != "SY01"]
    for actor in (a for a in stage.actors if a.role.startswith("on AIS")):
        for station in others:
            far = witness.apart_nm(
                motion(actor.track, np.array([stage.begin])),
                motion(type(actor.track)((0.0,), (station.at,)), np.array([stage.begin])),
            )
            assert far[0] > 0.75 * station.range_nm, (actor.names, station.name)


def test_fixes_of_six_hours_come_at_once() -> None:
    stage = day("satellite_burst")
    assert all(a.held for a in stage.actors if a.role in ("offshore, heard late", "went in unseen"))
    for i in stage.truth.incidents:
        if i["kind"] == "zone_enter":
            assert seconds(i["due"]) - seconds(i["begins"]) > 2 * HOUR


def test_a_day_is_written_whole(tmp_path: Path) -> None:
    counts = scenario.run(scenario.read("opening_day"), 11, tmp_path)
    assert counts["boats"] == 2010
    lines = sum(p.read_bytes().count(b"\r\n") for p in (tmp_path / "feeds").glob("*.nmea"))
    assert lines == counts["sentences"] > 400_000
    with (tmp_path / "feeds" / "mqtt.jsonl").open() as file:
        assert sum(1 for _ in file) == counts["mqtt"] > 400_000
