"""Passwords that a command asks for, reads or makes."""

from __future__ import annotations

import re
import secrets
import sys
from functools import cache
from pathlib import Path
from typing import Any

import click
from argon2.exceptions import InvalidHashError, VerificationError

from fleet.api.passwords import hashed, hasher, weakness
from fleet.commands.app import CommandError, Exit

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Read aloud over a telephone without mistakes: no l, o, 0 or 1."""


class Login(click.ParamType[str]):
    """A name to sign in with: one word, as long as people type."""

    name = "login"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[\w.@-]{1,64}", str(value)):
            self.fail(f"{value!r} is no login: letters, digits, . _ @ -, at most 64", param, ctx)
        return str(value)


LOGIN = Login()


def generated() -> str:
    """Four groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def chosen(login: str, file: Path | None, *, generate: bool) -> tuple[str, bool]:
    """The password, and whether it was made here: from a file, asked for twice, or generated.

    Without a terminal to ask at, one is generated.
    """
    if file is not None:
        return checked(file.read_text(encoding="utf-8").strip(), login), False
    if generate or not sys.stdin.isatty():
        return generated(), True
    asked: str = click.prompt(f"Password for {login}", hide_input=True, confirmation_prompt=True)
    return checked(asked, login), False


def checked(password: str, login: str) -> str:
    wrong = weakness(password, login)
    if wrong:
        raise CommandError(f"the password {wrong}", Exit.USAGE)
    return password


def shown_once(login: str, password: str) -> None:
    """Say a generated password; it is stored nowhere in the clear."""
    click.echo(f"sign in as {login} with {password}")
    click.echo("shown only now; it must be changed at the first sign-in")


def hash_of(password: str) -> str:
    return hashed(password)


@cache
def fits(stored: str, password: str) -> bool:
    """Whether the password is the one; asked of many accounts that share a hash."""
    try:
        return hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
