"""Zones, thresholds and the register change while the worker works, or while it is away."""

import json

import pytest

from fleet.alerts.parameters import defaults
from fleet.store.db import Connection, one, rows
from fleet.worker.loop import Worker
from tests.worker.conftest import Another
from tests.worker.scripted import Scripted, report

RING = [[109.5, 18.0], [109.6, 18.0], [109.6, 18.1], [109.5, 18.1], [109.5, 18.0]]
INSIDE, OUTSIDE = (109.55, 18.05), (109.0, 18.05)
CREATE = """
    with z as (insert into zone (code, kind, name, rule, geometry)
               values ('R', 'reserve', '保护区', 'keep_out', %(ring)s) returning *)
    insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(z) from z returning zone"""
CHANGE = """
    with z as (update zone set version = version + 1, revision = nextval('config_revision'),
                               geometry = %(ring)s returning *)
    insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(z) from z"""
END = """
    with z as (update zone set version = version + 1, revision = nextval('config_revision'),
                               ended = now() returning *)
    insert into zone_version (zone, version, revision, body)
    select id, version, revision, to_jsonb(z) from z"""
BOAT = """
    with v as (insert into vessel (reg_no, class, registered) values ('B1', 1, true) returning id)
    insert into vessel_identity (kind, value, vessel) select 'terminal', 'T1', id from v"""


def ring(shift: float = 0.0) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [[[x + shift, y] for x, y in RING]]})


@pytest.fixture(autouse=True)
async def registered(sql: Connection) -> None:
    await sql.execute(BOAT)


async def sail(
    at: Worker, feed: Scripted, begin: int, end: int, place: tuple[float, float]
) -> None:
    for second in range(begin, end, 20):
        await at.batch([feed.item(report("T1", second, *place))])
    await at.settle()


async def entered(sql: Connection) -> list[tuple[str, str]]:
    found = await rows(
        sql, "select status, reason from alert where kind = 'zone_enter' order by id"
    )
    return [(row["status"], row["reason"]) for row in found]


async def test_a_boat_that_is_inside_when_a_zone_is_drawn_has_entered(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await sail(started, feed, 0, 120, INSIDE)
    assert await entered(sql) == []
    await sql.execute(CREATE, {"ring": ring()})
    await started.configure()
    await sail(started, feed, 120, 240, INSIDE)
    assert [status for status, _ in await entered(sql)] == ["active"]


@pytest.mark.parametrize(("how", "reason"), [(END, "zone_ended"), (CHANGE, "zone_changed")])
async def test_an_episode_ends_with_its_zone(
    started: Worker, feed: Scripted, sql: Connection, how: str, reason: str
) -> None:
    await sql.execute(CREATE, {"ring": ring()})
    await started.configure()
    await sail(started, feed, 0, 120, INSIDE)
    await sql.execute(how.encode(), {"ring": ring(2)})
    await started.configure()
    assert await entered(sql) == [("closed", reason)]
    (event,) = await rows(sql, "select reason from event where act = 'clear'")
    assert event == {"reason": reason}
    for order in await rows(sql, "select status, reason from work_order"):
        assert order == {"status": "void", "reason": reason}
    await sail(started, feed, 120, 240, INSIDE)
    assert len(await entered(sql)) == 1


async def test_another_name_for_a_zone_ends_nothing(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await sql.execute(CREATE, {"ring": ring()})
    await started.configure()
    await sail(started, feed, 0, 120, INSIDE)
    await sql.execute(CHANGE.replace("geometry = %(ring)s", "name = '新名'").encode())
    await started.configure()
    assert [status for status, _ in await entered(sql)] == ["active"]
    assert [zone.name for zone in started.world.zones] == ["新名"]


async def test_a_zone_that_ended_while_the_worker_was_away(
    started: Worker, feed: Scripted, sql: Connection, another: Another
) -> None:
    await sql.execute(CREATE, {"ring": ring()})
    await started.configure()
    await sail(started, feed, 0, 120, INSIDE)
    await sql.execute(END)
    await another()
    assert await entered(sql) == [("closed", "zone_ended")]


async def test_a_restart_replays_in_the_old_world(
    started: Worker, feed: Scripted, sql: Connection, another: Another
) -> None:
    """What was fed before the change is fed again to the zones of then."""
    await sql.execute(CREATE, {"ring": ring()})
    await started.configure()
    await sail(started, feed, 0, 120, INSIDE)
    before = started.head.state.active["zone_enter"]
    await sql.execute(CHANGE, {"ring": ring(2)})
    second = await another()
    assert len(before) == 1
    assert len(second.head.state.active["zone_enter"]) == 0
    assert await entered(sql) == [("closed", "zone_changed")]


async def test_nothing_changed_costs_no_snapshot(started: Worker, sql: Connection) -> None:
    seq = started.head.seq
    await started.configure()
    assert started.head.seq == seq


async def test_a_boat_registered_meanwhile_is_looked_after_and_survives_a_restart(
    started: Worker, feed: Scripted, sql: Connection, another: Another
) -> None:
    await started.batch([feed.item(report("T2", 0, *OUTSIDE))])
    await started.settle()
    boat = (await one(sql, "select vessel from vessel_identity where value = 'T2'"))["vessel"]
    await sql.execute(
        "update vessel set registered = true, class = 1, revision = nextval('config_revision')"
        " where id = %(boat)s",
        {"boat": boat},
    )
    await started.configure()
    assert started.head.engine.vessels.registered[boat]
    second = await another()
    assert second.head.engine.vessels.registered[boat]


async def test_thresholds_in_force_are_the_newest_version(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    assert started.head.engine.params["speed"].fishing_kn == 18
    await sql.execute(
        "insert into rule_version (kind, version, params, source)"
        " select 'speed', 7, %(params)s, 'test'",
        {"params": json.dumps(_speed(fishing_kn=4))},
    )
    await started.configure()
    assert started.head.engine.params["speed"].fishing_kn == 4
    await sail(started, feed, 0, 300, OUTSIDE)
    (alert,) = await rows(sql, "select kind, rule_version from alert")
    assert alert == {"kind": "speed", "rule_version": 7}


async def test_thresholds_that_make_no_sense_are_not_taken_over(
    started: Worker, sql: Connection
) -> None:
    await sql.execute(
        "insert into rule_version (kind, version, params, source)"
        " values ('speed', 7, '{\"fishing_kn\": \"4\"}', 'test')"
    )
    await started.configure()
    assert started.head.engine.params["speed"].fishing_kn == 18


async def test_a_worker_starts_with_thresholds_and_zones_that_make_no_sense(
    sql: Connection, another: Another
) -> None:
    await sql.execute(
        "insert into rule_version (kind, version, params, source)"
        " values ('speed', 7, '{\"fishing_kn\": \"4\"}', 'test')"
    )
    await sql.execute(CREATE, {"ring": "{}"})
    await sql.execute(CREATE.replace("'R'", "'S'").encode(), {"ring": ring()})
    made = await another()
    assert made.head.engine.params["speed"].fishing_kn == 18
    assert [zone.code for zone in made.world.zones] == ["S"]


def _speed(**changed: float) -> dict[str, float]:
    return {**defaults()["speed"].values, **changed}
