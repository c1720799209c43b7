from importlib.resources import files

import psycopg
import pytest

from deploy.local.postgres import Cluster
from fleet.store.db import Connection, connect
from fleet.store.migrate import Migration, MigrationError, _pending, migrate, migrations, pending
from tests.conftest import execute

TABLES = """
    select c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod),
           a.attnotnull, a.attidentity::text, pg_get_expr(d.adbin, d.adrelid)
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                            and c.relkind in ('r', 'v')
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relname !~ '^migration' order by c.relname, a.attname"""
CONSTRAINTS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'migration'
    order by 1, 2"""
INDEXES = """
    select indexname, indexdef from pg_indexes
    where schemaname = 'public' and tablename <> 'migration' order by 1"""
OPTIONS = "select relname, reloptions from pg_class where reloptions is not null order by 1"
ROWS = "select * from stream order by 1"


def catalogue(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as conn:
        queries = (TABLES, CONSTRAINTS, INDEXES, OPTIONS, ROWS)
        return {query: conn.execute(query).fetchall() for query in queries}


async def test_migrations_equal_the_readable_schema(cluster: Cluster, database_url: str) -> None:
    execute(cluster, "create database from_schema")
    url = cluster.url_of("from_schema")
    with psycopg.connect(url) as conn:
        conn.execute("create extension timescaledb")
        conn.execute(files("fleet.sql").joinpath("schema.sql").read_bytes())
    truth, migrated = catalogue(url), catalogue(database_url)
    for query, rows in truth.items():
        assert rows, query
        assert migrated[query] == rows


async def test_migrating_twice_does_nothing(database_url: str) -> None:
    assert await migrate(database_url) == []


async def test_pending_names_everything_on_an_empty_database(cluster: Cluster) -> None:
    execute(cluster, "create database empty")
    async with await connect(cluster.url_of("empty"), "test") as conn:
        assert await pending(conn) == [m.name for m in migrations()]


async def test_nothing_is_pending_after_migrating(conn: Connection) -> None:
    assert await pending(conn) == []


def test_a_changed_migration_is_refused() -> None:
    with pytest.raises(MigrationError, match="changed after it was applied"):
        _pending({"0001_a.sql": "another"}, [Migration("0001_a.sql", "select 1")])


def test_a_newer_database_is_refused() -> None:
    with pytest.raises(MigrationError, match="newer than this program"):
        _pending({"0002_b.sql": ""}, [])


def test_a_migration_slipped_in_before_an_applied_one_is_refused() -> None:
    old, new = Migration("0002_b.sql", ""), Migration("0001_a.sql", "")
    with pytest.raises(MigrationError, match="older than what is applied"):
        _pending({old.name: old.checksum}, [new, old])
