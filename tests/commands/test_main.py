import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from deploy.local.postgres import Cluster
from fleet import main
from fleet.commands.lazy import LazyGroup
from fleet.settings import PREFIX

from .conftest import Cli

COMMANDS = [name for part in main.SECTIONS.values() for name in part]


def test_every_command_of_the_issue_is_there() -> None:
    wanted = "demo up run api outbox migrate replay decode rules doctor seed init user import"
    assert set(COMMANDS) == {*wanted.split(), "retention", "quarantine", "dry-run"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert result.status == 0
    assert result.out.startswith(f"Usage: fleet {name}")


def test_help_lists_commands_under_headings_and_examples(cli: Cli) -> None:
    result = cli("--help")
    assert all(f"\n{heading}:" in result.out for heading in main.SECTIONS)
    assert "Examples:" in result.out
    assert "Exit status:" in result.out


def test_help_is_given_even_where_the_settings_are_wrong(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_PORT", "x")
    assert cli("run", "--help").status == 0


def test_every_option_says_what_it_is_for() -> None:
    group = main.cli
    assert isinstance(group, LazyGroup)
    ctx = click.Context(group, info_name="fleet", auto_envvar_prefix=PREFIX.rstrip("_"))
    for name in COMMANDS:
        command = group.get_command(ctx, name)
        assert command is not None
        assert command.help, name
        for param in command.params:
            plain = isinstance(param, click.Option) and param.name not in {"role", "language"}
            assert not plain or getattr(param, "help", None), f"{name} {param.name}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dcotor"], "no such command: dcotor (did you mean doctor?)"),
        (["replay"], "Missing argument 'FILE...'"),
        (["replay", "--forma", "x", "y"], "--format"),
        (["api", "--port", "x"], "--port: 'x'"),
        (["run"], "no feeds"),
        (["user", "list"], "FLEET_DATABASE_URL"),
    ],
)
def test_a_wrong_word_is_one_line_and_status_2(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli(*arguments)
    assert result.status == 2
    assert said in result.err
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("FLEET_PROT", "FLEET_PROT: no such setting (did you mean FLEET_PORT?)"),
        ("FLEET_REPLAY_SPEDE", "(did you mean FLEET_REPLAY_SPEED?)"),
        ("FLEET_API_PORT", "FLEET_API_PORT: no such setting"),
        ("FLEET_X", "FLEET_X: no such setting"),
    ],
)
def test_an_unknown_variable_is_named_before_anything_runs(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, "1")
    result = cli("rules")
    assert result.status == 2
    assert said in result.err
    assert not result.out


def test_an_unknown_option_in_the_file_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text("[user.create]\nrol = 'admin'\n")
    assert "[user.create] rol: no such option (did you mean role?)" in cli("rules").err


def test_options_from_the_file_and_the_environment(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.nmea").write_text("")
    (tmp_path / "fleet.toml").write_text("[replay]\nas_json = true\n")
    assert cli("replay", "empty.nmea").out.startswith("{")
    monkeypatch.setenv("FLEET_REPLAY_AS_JSON", "0")
    assert not cli("replay", "empty.nmea").out.startswith("{")
    assert cli("replay", "empty.nmea", "--json").out.startswith("{")


def test_a_wrong_value_is_named_with_its_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_REPLAY_SPEED", "fast")
    result = cli("replay", "x")
    assert result.status == 2
    assert "FLEET_REPLAY_SPEED" in result.err


def test_no_server_is_status_4(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x")
    result = cli("user", "list")
    assert result.status == 4
    assert "not reachable" in result.err
    assert "geheim" not in result.err


def test_a_database_that_is_not_migrated_says_so(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_DATABASE_URL", cluster.url_of("postgres"))
    result = cli("user", "list")
    assert result.status == 1
    assert "run `fleet migrate`" in result.err


def test_a_worker_says_what_it_lacks(
    cli: Cli, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEET_DATABASE_URL", cluster.url_of("postgres"))
    feed = '[{"name": "a", "kind": "udp", "address": "127.0.0.1:0"}]'
    monkeypatch.setenv("FLEET_FEEDS", feed)
    result = cli("run", "--data-dir", "var")
    assert result.status == 1
    assert result.err.splitlines()[-1].startswith("fleet: the database lacks 0001_initial.sql")


def test_an_api_beyond_loopback_wants_a_word(port: Cli) -> None:
    result = port("api", "--host", "0.0.0.0")  # noqa: S104 -- refused
    assert result.status == 1
    assert "insecure_http" in result.err


def test_a_bug_is_one_line_unless_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.commands.rules.listed", lambda *_: 1 / 0)
    result = cli("rules")
    assert result.status == 1
    assert result.err == "fleet: ZeroDivisionError: division by zero (FLEET_DEBUG=1 shows where)\n"
    monkeypatch.setenv("FLEET_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli("rules")


def test_python_m_fleet() -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLEET_")}
    done = subprocess.run(
        [sys.executable, "-m", "fleet", "--version"],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    assert done.stdout.startswith("fleet, version ")


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys; from fleet.main import run; run(['migrate', '--help']); "
        "sys.exit('fastapi' in sys.modules or 'openpyxl' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode
        == 0
    )
