"""The command `fleet`: reads the settings, finds the command, turns every end into a status.

Invariant: a wrong setting is named before anything runs; nobody sees a traceback unless they ask
for one with FLEET_DEBUG=1.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn, cast

import click
import psycopg
from click.core import ParameterSource
from psycopg_pool import PoolTimeout

from fleet.commands.app import App, CommandError, Exit
from fleet.commands.lazy import LazyGroup, wants_help
from fleet.settings import (
    PREFIX,
    SettingsError,
    hint,
    read,
    unknown_variables,
    variables,
)

HERE = "fleet.commands"
SECTIONS = {
    "Try it": {
        "demo": f"{HERE}.demo:demo",
        "up": f"{HERE}.up:up",
        "replay": f"{HERE}.replay:replay",
        "decode": f"{HERE}.decode:decode",
    },
    "Run a port": {
        "run": f"{HERE}.service:run",
        "api": f"{HERE}.service:api",
        "outbox": f"{HERE}.service:outbox",
        "migrate": f"{HERE}.migrate:migrate",
        "doctor": f"{HERE}.doctor:doctor",
        "retention": f"{HERE}.retention:retention",
        "quarantine": f"{HERE}.quarantine:quarantine",
    },
    "Data and people": {
        "init": f"{HERE}.init:init",
        "import": f"{HERE}.imports:imports",
        "user": f"{HERE}.user:user",
        "seed": f"{HERE}.seed:seed",
        "rules": f"{HERE}.rules:rules",
        "dry-run": f"{HERE}.dry_run:dry_run",
    },
}
EPILOG = """\b
Examples:
  fleet demo                                  a simulated port on this machine
  fleet init --login admin                    begin a real port
  fleet import vessels boats.xlsx --dry-run   check a register, change nothing
  fleet replay recording.nmea --json          what would have been alerted
  fleet decode recording.nmea                 every AIS message as a JSON object

\b
Settings come from options, then FLEET_* variables, then a TOML file (--config,
FLEET_CONFIG or ./fleet.toml). An option of a command is FLEET_<COMMAND>_<OPTION>,
or a key in the table [<command>]. A secret may stand in a file:
FLEET_DATABASE_URL_FILE, FLEET_MQTT_URL_FILE, FLEET_WEBHOOK_SECRET_FILE,
FLEET_JT808_SECRET_FILE.

\b
Exit status: 0 done · 1 failed · 2 wrong option or setting · 3 data refused,
nothing changed · 4 a server is not reachable · 130 interrupted"""


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    epilog=EPILOG,
    context_settings={
        "auto_envvar_prefix": PREFIX.rstrip("_"),
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings (TOML).")
@click.version_option(version("fleet"), prog_name="fleet")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Safety of fishing vessels at sea: positions in, alerts decided, people sent."""
    if wants_help():
        ctx.obj = App()
        return
    group = cast("LazyGroup", ctx.command)
    layers = read(os.environ, config, group.places)
    check_tables(group, ctx, layers.tables)
    check_variables(group, ctx, unknown_variables(os.environ))
    layers.settings()
    ctx.obj = App(layers)
    ctx.default_map = dict(layers.tables)


def check_tables(group: LazyGroup, ctx: click.Context, tables: Mapping[str, Any]) -> None:
    """Refuse a key that no command has as an option."""
    for name, table in tables.items():
        known = group.option_names(ctx, name)
        for path, key in _keys(name, table, known):
            options = known.get(path, [])
            if key not in options:
                raise SettingsError(
                    f"[{path.replace(' ', '.')}] {key}: no such option{hint(key, options)}"
                )


def _keys(
    path: str, table: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        inner = f"{path} {key}"
        if isinstance(value, dict) and inner in known:
            yield from _keys(inner, value, known)
        else:
            yield path, key


def check_variables(group: LazyGroup, ctx: click.Context, names: Iterable[str]) -> None:
    """Refuse a FLEET_* variable that is neither a setting nor an option of a command."""
    for name in names:
        first = name.removeprefix(PREFIX).split("_")[0].lower()
        known = [
            f"{PREFIX}{path.replace(' ', '_')}_{option}".upper()
            for path, options in group.option_names(ctx, first).items()
            for option in options
        ]
        if name not in known:
            near = hint(name, [*known, *variables()])
            raise SettingsError(f"{name}: no such setting{near}")


def main() -> NoReturn:
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command and return its status; every failure is one line on stderr."""
    try:
        return int(cli.main(arguments, prog_name="fleet", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return Exit.USAGE
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "fleet"
        return say(f"{error.format_message()}{origin(error)} (see {where} --help)", Exit.USAGE)
    except click.ClickException as error:
        return say(error.format_message(), Exit.FAILED)
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except Exception as error:
        if os.environ.get("FLEET_DEBUG"):
            raise
        return say(*explained(error))


def origin(error: click.UsageError) -> str:
    """Where a wrong value stands, when it is not on the command line."""
    param, ctx = getattr(error, "param", None), error.ctx
    if not isinstance(param, click.Parameter) or ctx is None or param.name is None:
        return ""
    match ctx.get_parameter_source(param.name):
        case ParameterSource.ENVIRONMENT:
            return f" It stands in {ctx.auto_envvar_prefix}_{param.name.upper()}."
        case ParameterSource.DEFAULT_MAP:
            return f" It stands in the TOML file, in [{'.'.join(ctx.command_path.split()[1:])}]."
        case _:
            return ""


def explained(error: Exception) -> tuple[str, Exit]:
    """One sentence for an error, and the status it ends with."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else ""
    match error:
        case SettingsError():
            return str(error), Exit.USAGE
        case CommandError():
            return str(error), error.status
        case psycopg.errors.UndefinedTable():
            return f"the database is not migrated ({first}): run `fleet migrate`", Exit.FAILED
        case psycopg.OperationalError() | PoolTimeout():
            return f"the database is not reachable: {first}", Exit.UNREACHABLE
        case OSError() if error.filename:
            return f"{error.filename}: {error.strerror}", Exit.FAILED
        case _ if first and type(error).__module__.startswith("fleet."):
            return first, Exit.FAILED  # our own errors are sentences already
        case _:
            kind = type(error).__name__
            return f"{kind}: {first} (FLEET_DEBUG=1 shows where)", Exit.FAILED


def say(sentence: str, status: Exit) -> Exit:
    click.echo(f"fleet: {sentence}", err=True)
    return status
