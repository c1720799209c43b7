"""What every command gets: the settings, and how it ends.

Invariant: settings are complete and valid before a command's body runs; a command that cannot do
its work raises CommandError with one sentence, never a traceback.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from fleet.settings import Layers, Settings, SettingsError

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class Exit(IntEnum):
    """Exit statuses, for scripts and systemd units."""

    OK = 0
    FAILED = 1  #: it did not work, or a check failed
    USAGE = 2  #: a wrong option, setting or argument
    DATA = 3  #: data was refused; nothing was changed
    UNREACHABLE = 4  #: a server is not there
    INTERRUPTED = 130


class CommandError(Exception):
    """One sentence for a person, and the exit status."""

    def __init__(self, sentence: str, status: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass
class App:
    """The settings as the command line, the environment and the file give them together."""

    layers: Layers = field(default_factory=Layers)
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return self.layers.settings(self.overrides)

    @property
    def database_url(self) -> str:
        return self.needed("database_url", "postgresql://user:password@host/fleet")

    @property
    def mqtt_url(self) -> str:
        return self.needed("mqtt_url", "mqtt://user:password@host:1883")

    def needed(self, name: str, example: str) -> str:
        """The text of a secret without which the command cannot work."""
        value: str = getattr(self.settings, name).get_secret_value()
        if value:
            return value
        raise CommandError(
            f"no {name}: set FLEET_{name.upper()} ({example}), or `fleet up` starts servers here",
            Exit.USAGE,
        )


pass_app = click.make_pass_decorator(App, ensure=True)


def with_settings(*names: str) -> Callable[[F], F]:
    """Let options of the command line override these settings."""

    def decorate(function: F) -> F:
        for name in reversed(names):
            function = _option(name)(function)
        return function

    return decorate


def _option(name: str) -> Callable[[F], F]:
    info = Settings.model_fields[name]
    flag = "--" + name.replace("_", "-")
    boolean = info.annotation is bool
    return click.option(
        f"{flag}/--no-{flag[2:]}" if boolean else flag,
        name,
        default=None,
        metavar=None if boolean else _metavar(info),
        help=f"{info.description}  [FLEET_{name.upper()}]",
        expose_value=False,
        allow_from_autoenv=False,
        callback=_override,
    )


def _metavar(info: FieldInfo) -> str:
    if get_origin(info.annotation) is not None:
        return "|".join(str(a) for a in get_args(info.annotation))
    return "N" if info.annotation in {int, float} else "TEXT"


def _override(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is None:
        return
    app = ctx.ensure_object(App)
    app.overrides[str(param.name)] = value
    try:
        app.layers.settings(app.overrides)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def running(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end; Ctrl-C cancels and is told apart from a failure."""
    return asyncio.run(coroutine)
