import json
from collections.abc import Callable
from typing import Any

import psycopg

from .conftest import Cli

Sql = Callable[..., list[dict[str, Any]]]
FIX = """insert into position (vessel, t, source, received, lon, lat, sog, cog, heading, battery,
                               status, flags, stations)
         values (1, now() - make_interval(days => %s), 1, now(), 109, 18, 1, 1, 1, 1, 0, 0,
                 '{1}')"""


def test_it_prints_chunk_by_chunk_what_goes_and_what_that_frees(port: Cli, sql: Sql) -> None:
    for days in (1, 100, 101):
        sql(FIX, days)
    told = port("retention", "--dry-run")
    assert told.status == 0
    *lines, total = told.out.splitlines()
    assert [line.split()[0] for line in lines] == ["position", "position", "position"]
    assert ["would go" in line for line in lines] == [True, True, False]
    assert "stays: the Apache-2 edition" in lines[2] or "compressed" in lines[2]
    assert total.endswith("MB would be freed")
    assert sql("select count(*) as n from position") == [{"n": 3}]
    body = json.loads(port("retention", "--json").out)
    assert body["bytes"] == sum(s["bytes"] for s in body["steps"]) > 0
    assert sql("select count(*) as n from position") == [{"n": 1}]
    assert sql("select sum(fixes) as n from position_hour") == [{"n": 2}]
    assert port("retention").out.splitlines()[-1] == "0.0 MB freed"


def test_days_kept_are_a_setting(port: Cli, sql: Sql) -> None:
    sql(FIX, 100)
    assert port("retention", "--keep-positions-d", "365").out.endswith("0.0 MB freed\n")
    assert port("retention", "--keep-positions-d", "0").out.endswith("0.0 MB freed\n")
    assert port("retention", "--keep-positions-d", "-1").status == 2
    assert sql("select count(*) as n from position") == [{"n": 1}]


def test_one_at_a_time(port: Cli, sql: Sql, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("select pg_advisory_lock(hashtext('fleet.upkeep'))")
        result = port("retention")
    assert (result.status, result.err) == (1, "fleet: another is at it; try again in a minute\n")
