import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.mosquitto import Broker
from fleet.commands.checks import _room

from .conftest import Cli

Sql = Callable[..., list[dict[str, Any]]]
BEAT = """insert into worker (part, started, beat, lag_s, pid, host)
          values ('all', now(), now() - make_interval(secs => %s), 0, 1, 'h')"""
FEED = """insert into feed (name, kind, address, format, state, detail, last_message)
          values (%s, 'udp', '', 'nmea', %s, '', now() - make_interval(secs => %s))"""


def checks(cli: Cli) -> dict[str, tuple[str, str]]:
    result = cli("doctor", "--json")
    body = json.loads(result.out)
    found = {c["name"]: (c["state"], c["detail"]) for c in body["checks"]}
    assert body["ok"] == all(state != "fail" for state, _ in found.values())
    assert result.status == (0 if body["ok"] else 1)
    return found


def test_all_well(
    port: Cli, sql: Sql, broker: Broker, monkeypatch: pytest.MonkeyPatch, password_file: Path
) -> None:
    monkeypatch.setenv("FLEET_MQTT_URL", broker.url)
    assert port("seed", "--password-file", password_file).status == 0
    sql(BEAT, 1)
    sql(FEED, "ais", "up", 1)
    found = checks(port)
    assert {name: s for name, s in found.items() if s[0] != "ok"} == {}
    assert "Apache-2" in found["timescaledb"][1] or "Community" in found["timescaledb"][1]
    lines = port("doctor").out.splitlines()
    assert len(lines) == len(found), "one line each"
    assert all(line.startswith("ok") for line in lines)


def test_an_empty_database(port: Cli) -> None:
    found = checks(port)
    assert found["worker"] == ("fail", "none has ever run: nobody watches")
    assert found["duty"][0] == "fail"
    assert found["port"][0] == "warn"
    assert found["migrations"][0] == "ok"


def test_a_database_that_is_away(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x")
    found = checks(cli)
    assert found["database"][0] == "fail"
    assert "geheim" not in str(found)


def test_a_database_without_tables(cli: Cli, cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_DATABASE_URL", cluster.url_of("postgres"))
    found = checks(cli)
    assert found["migrations"][0] == "fail"
    assert "pending: run `fleet migrate`" in found["migrations"][1]
    assert found["timescaledb"][0] == "fail"


def test_a_worker_that_stopped(port: Cli, sql: Sql) -> None:
    sql(BEAT, 7200)
    assert checks(port)["worker"] == ("fail", "no monitoring for 2 h (pid 1 on h)")


@pytest.mark.parametrize(
    ("rows", "state", "said"),
    [
        ([("a", "up", 1), ("b", "up", 1)], "ok", "2 up: a, b"),
        ([("a", "up", 1), ("b", "down", 1)], "warn", "b is down"),
        ([("a", "down", 1)], "fail", "a is down"),
        ([("a", "up", 1), ("b", "up", 1200)], "warn", "b silent for 20 min"),
    ],
)
def test_feeds(
    port: Cli, sql: Sql, rows: list[tuple[str, str, int]], state: str, said: str
) -> None:
    for row in rows:
        sql(FEED, *row)
    assert checks(port)["feeds"] == (state, said)


def test_the_spool_counts_while_it_holds_something(port: Cli, sql: Sql) -> None:
    sql(FEED, "a", "up", 1)
    sql(FEED, "spool", "up", 1)
    sql("update feed set kind = 'spool', detail = '3 deliveries wait' where name = 'spool'")
    assert checks(port)["feeds"] == ("warn", "spool holds input back: 3 deliveries wait")
    sql("update feed set updated = now() - interval '1 hour' where name = 'spool'")
    assert checks(port)["feeds"] == ("ok", "1 up: a")


def test_a_configured_feed_that_never_reported(port: Cli, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(
        "[[feeds]]\nname = 'x'\nkind = 'udp'\naddress = '127.0.0.1:1'\n"
    )
    assert checks(port)["feeds"] == ("fail", "x has never reported")


def test_an_outbox_that_piles_up(port: Cli, sql: Sql) -> None:
    sql(
        "insert into outbox (key, channel, recipient, body, created)"
        " values ('k', 'mqtt', 'x', '{}', now() - interval '1 hour')"
    )
    assert checks(port)["outbox"] == ("fail", "1 waiting, the oldest for 60 min")


def test_a_grid_without_anybody(port: Cli, sql: Sql, password_file: Path) -> None:
    port("seed", "--password-file", password_file)
    sql("delete from duty_shift where grid = (select id from sea_grid where code = 'G-PORT')")
    assert checks(port)["duty"] == ("fail", "not staffed within 24 h: G-PORT")


def test_a_wrong_broker_password(cli: Cli, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    url = broker.url.replace(broker.password_of("fleet"), "geheim")
    monkeypatch.setenv("FLEET_MQTT_URL", url)
    found = checks(cli)
    assert found["mqtt"][0] == "fail"
    assert "geheim" not in str(found)


def test_a_database_whose_disk_was_full(port: Cli, sql: Sql) -> None:
    assert checks(port)["storage"][1].endswith("no ballast yet")
    sql(
        "insert into ballast select convert_to(repeat('-', 8000), 'UTF8')"
        " from generate_series(1, 256)"
    )
    sql("insert into setting (key, value) values ('ballast', '{}')")
    state, said = checks(port)["storage"]
    assert state in {"ok", "warn"}
    assert said.endswith("2 MB ballast")
    sql("truncate ballast")
    assert checks(port)["storage"][0] == "fail"
    sql("update setting set value = jsonb_build_object('given_up', now() - interval '2 hours')")
    state, said = checks(port)["storage"]
    assert (state, said[:50]) == (
        "fail",
        "the disk was full 2 h ago: ballast given up; " + said[45:50],
    )


@pytest.mark.parametrize(("free", "state"), [(25, "ok"), (15, "warn"), (5, "fail")])
def test_a_disk_that_fills(
    free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil._ntuple_diskusage(100, 100 - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert _room(tmp_path, 0)[0] == state


def test_hours_that_nobody_rolls_up(port: Cli, sql: Sql) -> None:
    sql("insert into position_dirty values (now() - interval '6 hours', 0)")
    assert checks(port)["upkeep"] == ("warn", "hours that wait to be rolled up: 1")
    sql("delete from position_dirty")
    sql(
        "insert into setting values ('retention', jsonb_build_object('at', now() - interval '3 d'))"
    )
    assert checks(port)["upkeep"] == ("warn", "retention last ran 3 d ago")
