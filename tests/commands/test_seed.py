import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import Cluster
from fleet.api.passwords import hasher
from fleet.store import zone_edits
from fleet.store.db import connect

from .conftest import PASSWORD, Cli

Sql = Callable[..., list[dict[str, object]]]

MARKED = ("party_org", "person", "account", "sea_grid", "duty_shift", "zone", "vessel")
TABLES = (
    *(*MARKED, "grid_member", "zone_version", "vessel_identity", "vessel_static", "position"),
    *("vessel_latest", "alert", "work_order", "assignment", "event", "outbox", "session"),
    *("position_hour", "position_dirty", "safety_message", "ais_record"),
)
OURS = """
insert into party_org (code, tier, kind, name, parent)
    select 'MINE', 'N', 'x', 'mine', id from party_org where code = 'DW';
insert into person (code, name, org) select 'M1', 'me', id from party_org where code = 'MINE';
insert into account (login, password_hash, role, person)
    select 'mine', 'x', 'commander', id from person where code = 'P101';
insert into sea_grid (code, name, leader, geometry)
    select 'MG', 'mine', id, '{}' from person where code = 'P101';
insert into zone (code, kind, name, rule, geometry) values ('MZ', 'reserve', 'm', 'keep_out', '{}');
insert into vessel (reg_no, name, registered, home_grid)
    select 'MV', 'mine', true, id from sea_grid where code = 'G-PORT';
insert into vessel_identity (kind, value, vessel) select 'mmsi', '412111111', id from vessel
    where reg_no = 'MV';
"""
HAPPENED = """
insert into position select id, now(), 1, now(), 109, 18, 1, 1, 1, 1, 0, 0, '{1}' from vessel
    where reg_no = %(boat)s;
insert into vessel_latest select id, now(), 1, now(), 109, 18, 1, 1, 1, 1, 0, 0, 1 from vessel
    where reg_no = %(boat)s;
insert into position_hour select id, date_trunc('hour', now()), 1, 1, 1, 1, now(), 109, 18, now(),
    109, 18, '{1}' from vessel where reg_no = %(boat)s;
insert into position_dirty select now(), id from vessel where reg_no = %(boat)s;
insert into safety_message (vessel, t, received, type, addressee, text)
    select id, now(), now(), 14, 0, 'x' from vessel where reg_no = %(boat)s;
insert into ais_record select id, now(), now(), 8, 0, 1, 31, '', '{}' from vessel
    where reg_no = %(boat)s;
insert into alert (kind, vessel, episode, severity, status, last_seen, lon, lat)
    select 'speed', id, now(), 2, 'active', now(), 109, 18 from vessel where reg_no = %(boat)s;
insert into work_order (alert, status, severity, lead)
    select a.id, 'offered', 2, p.id from alert a join vessel v on v.id = a.vessel, person p
     where v.reg_no = %(boat)s and p.code = 'P101';
insert into assignment (work_order, person, level)
    select o.id, o.lead, 1 from work_order o join alert a on a.id = o.alert
     join vessel v on v.id = a.vessel where v.reg_no = %(boat)s;
insert into event (seq, alert, work_order, vessel, act)
    select (select count(*) from event) + 1, a.id, o.id, v.id, 'offer'
      from work_order o join alert a on a.id = o.alert join vessel v on v.id = a.vessel
     where v.reg_no = %(boat)s;
insert into outbox (key, channel, recipient, alert, work_order, body)
    select %(boat)s, 'mqtt', 'x', a.id, o.id, '{}' from work_order o
      join alert a on a.id = o.alert join vessel v on v.id = a.vessel where v.reg_no = %(boat)s;
"""

DRAWN = {
    "code": "GUEST",
    "kind": "reserve",
    "name": "g",
    "name_en": "",
    "rule": "keep_out",
    "severity": 2,
    "season": None,
    "classes": [],
    "limit_kn": None,
    "dwell_min": None,
    "legal_basis": "",
    "geometry": {"type": "Polygon", "coordinates": []},
}


@pytest.fixture
def seeded(port: Cli, password_file: Path) -> Cli:
    result = port("seed", "--password-file", password_file)
    assert result.status == 0, result.err
    return port


def sizes(sql: Sql) -> dict[str, int]:
    found = (sql(f"select count(*) as n from {table}")[0]["n"] for table in TABLES)  # noqa: S608
    return {t: int(str(n)) for t, n in zip(TABLES, found, strict=True) if n}


def test_what_is_seeded(seeded: Cli, sql: Sql) -> None:
    found = sizes(sql)
    assert found["sea_grid"] >= 16
    assert found["vessel"] >= 300
    assert found["vessel_identity"] >= 2 * found["vessel"]
    assert found["zone"] == found["zone_version"]
    assert not {"alert", "work_order", "position", "event"} & found.keys(), (
        "alerts are never seeded"
    )
    for table in MARKED:
        assert sql(f"select count(*) as n from {table} where not demo") == [{"n": 0}]  # noqa: S608


def test_seeding_again_changes_nothing(seeded: Cli, sql: Sql, password_file: Path) -> None:
    before, marked = (
        sizes(sql),
        sql("select value ->> 'world' as w from setting where key = 'demo'"),
    )
    sql(
        "insert into session (token_hash, account, kind, expires)"
        " select '\\x01', id, 'browser', now() from account limit 1"
    )
    assert seeded("seed", "--password-file", password_file).status == 0
    assert sizes(sql) == {**before, "session": 1}, "whoever is signed in stays so"
    assert sql("select value ->> 'world' as w from setting where key = 'demo'") == marked


def test_the_next_24_hours_are_staffed(seeded: Cli) -> None:
    found = json.loads(seeded("doctor", "--json").out)["checks"]
    assert next(c for c in found if c["name"] == "duty")["state"] == "ok"


def test_every_sign_in_has_the_password(seeded: Cli, sql: Sql) -> None:
    rows = sql("select login, role, password_hash, must_change from account")
    assert {r["role"] for r in rows} == {"commander", "member", "association", "admin"}
    for row in {str(r["password_hash"]) for r in rows}:
        assert hasher().verify(row, PASSWORD)
    assert not any(r["must_change"] for r in rows)


def test_removal_takes_every_demo_row_and_nothing_else(
    seeded: Cli, sql: Sql, database_url: str
) -> None:
    happen(database_url)
    result = seeded("seed", "--remove")
    assert result.status == 0, result.err
    assert "300 vessels" in result.out
    ours = {table: 1 for table in MARKED if table != "duty_shift"}
    hanging = ("vessel_identity", "position", "vessel_latest", "alert", "work_order", "event")
    heard = ("position_hour", "position_dirty", "safety_message", "ais_record")
    assert sizes(sql) == {**ours, **dict.fromkeys((*hanging, *heard), 1), "outbox": 1}
    assert sql("select lead, status from work_order") == [{"lead": None, "status": "unassigned"}]
    assert sql("select home_grid from vessel") == [{"home_grid": None}]
    assert sql("select parent from party_org") == [{"parent": None}]
    assert sql("select leader from sea_grid") == [{"leader": None}]
    assert sql("select person from account") == [{"person": None}]
    assert sql("select * from setting where key = 'demo'") == []
    assert seeded("seed", "--remove").out == "there is no demonstration data\n"


def happen(database_url: str) -> None:
    """A real port's rows beside the demonstration's, and the same things happening to both."""
    with psycopg.connect(database_url) as conn:
        conn.execute(OURS)
        row = conn.execute("select reg_no from vessel where demo limit 1").fetchone()
        assert row is not None
        for boat in (row[0], "MV"):
            for statement in HAPPENED.split(";")[:-1]:
                conn.execute(statement, {"boat": boat})


async def test_a_zone_drawn_in_the_demonstration_goes_with_it(
    seeded: Cli, sql: Sql, database_url: str
) -> None:
    async with await connect(database_url, "test") as conn:
        await zone_edits.create(conn, DRAWN, zone_edits.Author(None, "drawn by a guest"))
    sql(
        "insert into worker (part, started, beat, pid, host)"
        " values ('all', now(), now() - interval '1 hour', 1, 'h')"
    )
    result = await asyncio.to_thread(seeded, "seed", "--remove")
    assert result.status == 0, result.err
    assert sizes(sql) == {}
    assert sql("select part from worker") == []


def test_facts_about_the_demonstrations_waters_do_not_keep_it(seeded: Cli, sql: Sql) -> None:
    assert sql("select count(*) as n from permit where not demo") == [{"n": 0}]
    assert sql("select places from zone where code = 'YAZHOU'") == [{"places": 800}]
    sql("insert into vessel (reg_no, registered) values ('MV', true)")
    sql(
        "insert into trip (code, vessel, port, departs)"
        " select 'T', v.id, z.id, now() from vessel v, zone z"
        " where v.reg_no = 'MV' and z.code = 'YAZHOU'"
    )
    sql(
        "insert into permit (code, vessel, activity, zone, starts, ends)"
        " select 'P', v.id, 'enter', z.id, now(), now() + interval '1 day' from vessel v, zone z"
        " where v.reg_no = 'MV' and z.code = 'YAZHOU'"
    )
    sql(
        "insert into recall (code, action, zone, issued, deadline)"
        " select 'R', 'return', id, now(), now() + interval '1 day' from zone limit 1"
    )
    assert seeded("seed", "--remove").status == 0
    assert sql("select code, port from trip") == [{"code": "T", "port": None}]
    assert sql("select count(*) as n from permit") == [{"n": 0}]
    assert sql("select count(*) as n from recall") == [{"n": 0}]


def test_removal_waits_for_no_worker(seeded: Cli, sql: Sql) -> None:
    sql("insert into worker (part, started, beat, pid, host) values ('all', now(), now(), 1, 'h')")
    result = seeded("seed", "--remove")
    assert result.status == 3
    assert "a worker is running (process 1 on h)" in result.err
    assert sizes(sql)["vessel"] == 300


def test_real_rows_are_not_overwritten(seeded: Cli, sql: Sql, password_file: Path) -> None:
    sql("update vessel set demo = false where reg_no = (select min(reg_no) from vessel)")
    result = seeded("seed", "--password-file", password_file)
    assert result.status == 3
    assert "exists already and is no demonstration data" in result.err


def test_a_register_of_real_boats_keeps_the_demonstration_out(port: Cli, sql: Sql) -> None:
    sql("insert into vessel (reg_no, registered) values ('V1', true)")
    result = port("seed")
    assert result.status == 3
    assert "a real port's" in result.err


def test_init_begins_a_port(port: Cli, sql: Sql, password_file: Path) -> None:
    result = port("init", "--login", "chief", "--name", "崖州", "--password-file", password_file)
    assert result.status == 0, result.err
    rows = sql("select login, role, must_change, demo from account")
    assert rows == [{"login": "chief", "role": "admin", "must_change": False, "demo": False}]
    assert PASSWORD not in result.out
    again = port("init", "--login", "other", "--password-file", password_file)
    assert again.status == 3
    assert "this is a port already" in again.err
    assert port("seed").status == 3, "no demonstration into a real port"


def test_init_refuses_demonstration_data(seeded: Cli, sql: Sql, password_file: Path) -> None:
    result = seeded("init", "--login", "chief", "--password-file", password_file)
    assert result.status == 3
    assert "--remove-demo" in result.err
    result = seeded("init", "--login", "chief", "--password-file", password_file, "--remove-demo")
    assert result.status == 0, result.err
    assert sizes(sql) == {"account": 1}


def test_init_migrates_an_empty_database(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as admin:
        admin.execute("create database fleet_init")
    monkeypatch.setenv("FLEET_DATABASE_URL", cluster.url_of("fleet_init"))
    result = cli("init")
    assert result.status == 0, result.err
    assert "applied 0001_initial.sql" in result.out
    assert "shown only now" in result.out, "without a terminal a password is made"


def test_a_weak_password_is_refused(port: Cli, sql: Sql, tmp_path: Path) -> None:
    weak = tmp_path / "weak"
    weak.write_text("short")
    result = port("init", "--password-file", weak)
    assert result.status == 2
    assert sizes(sql) == {}
