"""The runbook's backup and restore, done: into an empty cluster, and everything equal."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch

DEPLOY = Path(__file__).parents[2] / "deploy"
WORLD = Path(__file__).parents[1] / "api" / "world.sql"
HASHES = """
    select format('select %L as name, count(*) as n,
                   md5(coalesce(string_agg(r::text, E''\\n'' order by r::text), '''')) as hash
                   from %I.%I r', tablename, schemaname, tablename)
    from pg_tables where schemaname = 'public' order by tablename
"""
TRACK = """
    insert into position
    select v, timestamptz '2026-01-01' + n * interval '1 hour', 1, now(), 109 + n / 1000.0, 18,
           5, 90, 90, 'NaN', -1, 0, '{1}'
    from generate_series(1, 4) v, generate_series(1, 200) n
"""


@pytest.fixture
def empty_cluster() -> Iterator[Cluster]:
    folder = scratch("tests")
    made = Cluster(folder / "postgres", fetch())
    made.start()
    yield made
    made.stop("immediate")
    discard(folder)


def hashes(url: str) -> dict[str, tuple[int, str]]:
    """Rows and their hash, by table; hypertables through their root."""
    with psycopg.connect(url, options="-c timezone=UTC") as conn:
        queries = [row[0] for row in conn.execute(HASHES)]
        rows = [conn.execute(q).fetchone() for q in queries]
    return {row[0]: (row[1], row[2]) for row in rows if row}


def run(script: str, target: Path, url: str) -> subprocess.CompletedProcess[str]:
    tools = fetch().postgres
    programs = {n.upper(): str(tools / n) for n in ("psql", "pg_dump", "pg_restore")}
    return subprocess.run(
        [str(DEPLOY / script), str(target)],
        check=False, capture_output=True, text=True,
        env={**os.environ, **programs, "FLEET_DATABASE_URL": url},
    )  # fmt: skip


def test_a_restored_port_is_the_same_port(
    database_url: str, empty_cluster: Cluster, tmp_path: Path
) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute(WORLD.read_bytes())
        conn.execute(TRACK)
    before = hashes(database_url)
    assert before["alert"][0] == before["work_order"][0] == 3
    assert before["position"][0] >= 800

    said = run("backup.sh", tmp_path / "backups", database_url)
    assert (said.returncode, said.stderr) == (0, "")
    dump = Path(said.stdout.strip())
    assert dump.stat().st_mode & 0o077 == 0, "personal data: nobody else reads it"

    with psycopg.connect(empty_cluster.url_of("postgres"), autocommit=True) as admin:
        admin.execute("create database port")
    target = empty_cluster.url_of("port")
    said = run("restore.sh", dump, target)
    assert said.returncode == 0, said.stderr
    assert hashes(target) == before

    with psycopg.connect(target) as conn:
        chunks = conn.execute("select count(*) from show_chunks('position')").fetchone()
        assert chunks is not None
        assert chunks[0] >= 8, "still a hypertable"
        conn.execute(TRACK.replace("2026-01-01", "2026-03-01"))

    again = run("restore.sh", dump, target)
    assert again.returncode == 1
    assert "empty database" in again.stderr


def test_only_the_newest_are_kept(database_url: str, tmp_path: Path) -> None:
    for day in range(1, 20):
        (tmp_path / f"fleet-202601{day:02}T000000Z.dump").touch()
    (tmp_path / "notes.txt").touch()
    assert run("backup.sh", tmp_path, database_url).returncode == 0
    assert len(list(tmp_path.glob("fleet-*.dump"))) == 14
    assert (tmp_path / "notes.txt").exists()
    assert not list(tmp_path.glob("*.part"))
