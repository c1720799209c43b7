import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg.rows import dict_row

from fleet.main import run

PASSWORD = "correct-horse-battery"


@dataclass(frozen=True, slots=True)
class Result:
    status: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """The command in this process, without settings from outside."""
    for name in [n for n in os.environ if n.startswith("FLEET_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    handlers = list(logging.getLogger().handlers)

    def call(*arguments: object) -> Result:
        capfd.readouterr()
        words = [str(a) for a in arguments]
        monkeypatch.setattr("sys.argv", ["fleet", *words])
        try:
            status = run(words)
        except SystemExit as end:
            status = int(end.code or 0)
        finally:
            logging.getLogger().handlers[:] = handlers
            structlog.reset_defaults()
        out, err = capfd.readouterr()
        return Result(status, out, err)

    return call


@pytest.fixture
def port(cli: Cli, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command, with a fresh migrated database."""
    monkeypatch.setenv("FLEET_DATABASE_URL", database_url)
    return cli


@pytest.fixture
def sql(database_url: str) -> Callable[..., list[dict[str, object]]]:
    """Ask the database of `port`."""

    def ask(statement: str, *values: object) -> list[dict[str, object]]:
        with psycopg.connect(database_url, row_factory=dict_row) as conn:
            cursor = conn.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    return ask


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path
