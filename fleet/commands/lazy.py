"""A group of commands that loads a command's module when it is asked for, and lists them grouped.

Invariant: `fleet COMMAND` imports that command's module and no other; only `--help` imports all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, cast

import click

from fleet.settings import hint

HELP = {"-h", "--help"}
Sections = Mapping[str, Mapping[str, str]]  # heading -> command -> "module:name"


class LazyGroup(click.Group):
    """`sections` says under which heading each command is listed, and where it is."""

    def __init__(self, *args: Any, sections: Sections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.places = {k: v for part in sections.values() for k, v in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = self.places.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        return cast("click.Command", command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.places and not name.startswith("-"):
            ctx.fail(f"no such command: {name}{hint(name, self.places)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.places))
        for heading, part in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl(list(self._rows(ctx, part, width)))

    def _rows(
        self, ctx: click.Context, part: Mapping[str, str], width: int
    ) -> Iterator[tuple[str, str]]:
        for name in part:
            command = self.get_command(ctx, name)
            yield name.ljust(width), command.get_short_help_str(100) if command else ""

    def option_names(self, ctx: click.Context, name: str) -> dict[str, list[str]]:
        """Options of a command and of its own commands: "user create" -> ["role", …]."""
        command = self.get_command(ctx, name)
        return dict(_options(name, command)) if command else {}


def _options(name: str, command: click.Command) -> Iterator[tuple[str, list[str]]]:
    own = (p for p in command.params if isinstance(p, click.Option) and p.allow_from_autoenv)
    yield name, [str(p.name) for p in own]
    if isinstance(command, click.Group):
        for inner, sub in command.commands.items():
            yield from _options(f"{name} {inner}", sub)


def wants_help() -> bool:
    """Whether help was asked for: it is given even where the settings are wrong."""
    return bool(HELP & set(sys.argv[1:]))
