"""A private PostgreSQL: real, kept, and not stopped by what a crash leaves behind."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import psycopg
import pytest

from deploy.local import Cluster, Missing, process

pytestmark = pytest.mark.stack


def test_is_a_timescaledb_for_loopback_and_a_password_only(pg: Cluster) -> None:
    pg.start()
    with psycopg.connect(pg.url, autocommit=True) as db:
        db.execute("create extension timescaledb")
        assert db.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        assert db.execute("show timescaledb.telemetry_level").fetchone() == ("off",)
        assert db.execute("show password_encryption").fetchone() == ("scram-sha-256",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(pg.url.replace(pg.password, "guess"))


def test_clones_a_template_with_hypertables_at_once(pg: Cluster) -> None:
    pg.start()
    pg.psql("create extension timescaledb")
    pg.psql("create table fix (t timestamptz not null)")
    pg.psql("select create_hypertable('fix', 't')")
    pg.psql("insert into fix values (now())")
    pg.psql("create database twin template fleet", "postgres")
    assert pg.psql("select count(*) from fix", "twin").strip() == "1"


def test_starts_where_it_was_after_a_kill(pg: Cluster) -> None:
    pg.start()
    pg.psql("create table kept as select 1 as one")
    port = pg.port
    pg.kill9()
    assert not pg.running()
    pg.start()
    assert (pg.port, pg.psql("select one from kept").strip()) == (port, "1")


def test_a_second_start_finds_the_running_server(pg: Cluster) -> None:
    pg.start()
    again = Cluster(pg.folder, pg.programs)
    again.start()
    assert again.pid == pg.pid


def test_takes_another_port_when_its_own_is_taken(pg: Cluster) -> None:
    pg.start()
    port = pg.port
    pg.stop()
    with socket.create_server((process.HOST, port)):
        pg.start()
        assert pg.port != port
    assert pg.psql("select 1").strip() == "1"


def test_a_lock_that_names_a_stranger_does_not_block(pg: Cluster) -> None:
    pg.start()
    lock = (pg.data / "postmaster.pid").read_text()
    pg.kill9()
    stranger = str(os.getpid())
    pg.account.write(pg.data / "postmaster.pid", stranger + lock[lock.index("\n") :])
    assert pg.pid is None
    pg.start()
    assert pg.psql("select 1").strip() == "1"


def test_ends_orphans_that_are_frozen(pg: Cluster) -> None:
    pg.start()
    assert pg.pid
    frozen = process.children(pg.pid)[0]
    os.kill(frozen, signal.SIGSTOP)
    process.kill([pg.pid])
    pg.start()
    assert not process.alive(frozen)


@pytest.mark.parametrize("left", ["data.new/base", "data/base", "data/pg_wal"])
def test_a_half_made_cluster_is_made_again(pg: Cluster, left: str) -> None:
    pg.account.folder(pg.folder)
    (pg.folder / left).mkdir(parents=True)
    pg.start()
    assert pg.psql("select 1").strip() == "1"


def test_says_why_it_does_not_start(pg: Cluster) -> None:
    pg.settings["shared_buffers"] = "'much'"
    with pytest.raises(Missing, match=r"does not start: .*shared_buffers|does not start: .*errors"):
        pg.start()


def test_tells_that_it_never_ran(pg: Cluster) -> None:
    with pytest.raises(Missing, match="never started"):
        assert pg.url


def test_refuses_data_of_another_version(pg: Cluster) -> None:
    pg.init()
    (pg.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Missing, match="made by PostgreSQL 12"):
        pg.start()


def test_works_in_a_folder_too_deep_for_a_socket(folder: Path, pg: Cluster) -> None:
    deep = folder / ("d" * 60) / ("e" * 40)
    pg.account.folder(deep.parent)
    far = Cluster(deep, pg.programs, pg.settings)
    far.start()
    assert far.psql("select 1").strip() == "1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses an account")
def test_stays_with_the_account_that_made_it(pg: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings a user `postgres` changes the choice for new servers only."""
    pg.start()
    monkeypatch.setattr("deploy.local.account.CANDIDATES", ("daemon",))
    again = Cluster(pg.folder, pg.programs, pg.settings)
    assert again.account == pg.account
    again.stop()
    again.start()
    assert again.psql("select 1").strip() == "1"
