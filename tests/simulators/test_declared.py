"""What the demonstration declares is true of the boats that it plays."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

from simulators import declared, geo
from simulators.geo import HOUR, MINUTE
from simulators.register import Boat
from simulators.world import World
from tests.simulators.conftest import AUTUMN
from tests.simulators.test_demo_data import rows

NOW = AUTUMN + 30 * HOUR


@pytest.fixture(scope="module")
def world(boats: tuple[Boat, ...]) -> World:
    return World(1, boats)


@pytest.fixture(scope="module")
def told(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    folder = tmp_path_factory.mktemp("declared")
    counts = declared.write(world, declared.Span(NOW - 2 * HOUR, NOW, NOW + 26 * HOUR), folder)
    found = {name: table(folder / f"{name}.csv") for name in counts}
    assert counts == {name: len(lines) for name, lines in found.items()}
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_who_is_in_a_group_sails_in_it(world: World, told: dict[str, list[dict[str, str]]]) -> None:
    """Never 5 nm from the nearest mate at sea, from which on the domain calls it 脱编 (A.2, 22)."""
    number = {boat.reg_no: boat.number for boat in world.boats}
    groups: dict[str, list[int]] = {}
    for row in told["groups"]:
        groups.setdefault(row["group"], []).append(number[row["reg_no"]])
    assert len(groups) >= 10
    together = 0
    for members in groups.values():
        for t in range(int(NOW), int(NOW + 24 * HOUR), int(20 * MINUTE)):
            out = [world.planned(n, t).point for n in members if world.planned_at_sea(n, t)]
            for at in out:
                mates = [geo.distance(at, other) for other in out if other is not at]
                assert not mates or min(mates) < 2, (members, t)
                together += bool(mates)
    assert together > 1000


def test_whoever_is_at_sea_has_said_so(world: World, told: dict[str, list[dict[str, str]]]) -> None:
    spans: dict[str, list[tuple[float, float]]] = {}
    for row in told["trips"]:
        assert seconds(row["reported_at"]) < seconds(row["departs"]) < seconds(row["returns"])
        spans.setdefault(row["reg_no"], []).append(
            (seconds(row["departs"]), seconds(row["returns"]))
        )
    at_sea = 0
    for boat in world.boats:
        for t in range(int(NOW - 2 * HOUR), int(NOW + 26 * HOUR), int(HOUR)):
            if boat.service or not world.planned_at_sea(boat.number, t):
                continue
            at_sea += 1
            assert any(a <= t <= b for a, b in spans.get(boat.reg_no, ())), (boat.reg_no, t)
    assert at_sea > 1000


def test_declared_again_an_hour_later_is_the_same_trip(
    world: World, told: dict[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    span = declared.Span(NOW - HOUR, NOW + HOUR, NOW + 27 * HOUR)
    declared.write(world, span, tmp_path)
    again = {row["trip"]: row for row in table(tmp_path / "trips.csv")}
    both = [row for row in told["trips"] if row["trip"] in again]
    assert len(both) > 100
    assert all(again[row["trip"]] == row for row in both)


def test_the_weather_is_calm_enough_for_every_boat(told: dict[str, list[dict[str, str]]]) -> None:
    """Force 5 begins at 8.0 m/s; inshore boats are certified for force 5, and warned at 4 (5.5)."""
    least = min(int(row["wind_limit"]) for row in rows("vessels.csv"))
    assert least == 5
    for row in told["wind"]:
        assert float(row["wind_ms"]) < (5.5 if float(row["lat"]) >= 18 else 8.0)
    issued = {row["issued"] for row in told["wind"]}
    assert len(issued) == 2, "wind_limit goes by two cycles that agree"
    assert max(seconds(t) for t in issued) <= NOW
    assert max(seconds(row["valid"]) for row in told["wind"]) >= NOW + 24 * HOUR


def test_the_shelf_has_no_shoals(told: dict[str, list[dict[str, str]]]) -> None:
    assert min(float(row["depth_m"]) for row in told["depth"]) >= 8
