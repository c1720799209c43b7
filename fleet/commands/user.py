"""`fleet user`: who may sign in."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.table import Table

from fleet.commands import secret
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.importing.nouns import ROLES
from fleet.store import accounts, logins
from fleet.store.db import Connection, connect

Work: TypeAlias = Callable[[Connection], Awaitable[Any]]

PASSWORD = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the password from this file.",
)
GENERATE = click.option("--generate", is_flag=True, help="Make a password and show it once.")


@click.group(epilog="Example:  fleet user create lingao --role member --person P101 --generate")
def user() -> None:
    """Accounts: create, reset, lock, unlock, list."""


@user.command()
@click.argument("login", type=secret.LOGIN)
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--person", metavar="CODE", help="Whose account it is: a staff number.")
@click.option("--org", metavar="CODE", help="The body whose vessels an association sees.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@PASSWORD
@GENERATE
@with_settings("database_url")
@pass_app
def create(
    app: App,
    *,
    login: str,
    role: str,
    person: str | None,
    org: str | None,
    language: str,
    password_file: Path | None,
    generate: bool,
) -> None:
    """Create an account.

    The password is asked for, or generated where there is no terminal.
    """
    url = app.database_url
    if role == "member" and person is None:
        raise CommandError("a member needs --person: orders go to people", Exit.USAGE)
    if role == "association" and org is None:
        raise CommandError("an association needs --org: it sees its own vessels", Exit.USAGE)
    password, made = secret.chosen(login, password_file, generate=generate)

    async def work(conn: Connection) -> None:
        if await logins.find(conn, login):
            raise CommandError(f"there is an account {login} already", Exit.DATA)
        await accounts.create(
            conn,
            login=login,
            password_hash=secret.hash_of(password),
            role=role,
            person=await coded(conn, logins.person, person, "person"),
            org=await coded(conn, logins.org, org, "org"),
            language=language,
            must_change=made,
        )

    running(within(url, work))
    click.echo(f"created {login} ({role})")
    if made:
        secret.shown_once(login, password)


@user.command()
@click.argument("login")
@PASSWORD
@GENERATE
@with_settings("database_url")
@pass_app
def reset(app: App, login: str, password_file: Path | None, generate: bool) -> None:
    """Give an account a new password; whoever is signed in to it is signed out."""
    url = app.database_url
    password, made = secret.chosen(login, password_file, generate=generate)

    async def work(conn: Connection) -> None:
        account = await existing(conn, login)
        hashed = secret.hash_of(password)
        await logins.renew(conn, account["id"], hashed, must_change=made)

    running(within(url, work))
    click.echo(f"reset {login}")
    if made:
        secret.shown_once(login, password)


@user.command()
@click.argument("login")
@with_settings("database_url")
@pass_app
def lock(app: App, login: str) -> None:
    """Bar an account; whoever is signed in to it is signed out at once."""

    async def work(conn: Connection) -> None:
        account = await existing(conn, login)
        if account["role"] == "admin" and not await logins.other_admins(conn, account["id"]):
            raise CommandError(f"{login} is the last administrator", Exit.DATA)
        await logins.disable(conn, account["id"])

    running(within(app.database_url, work))
    click.echo(f"locked {login}")


@user.command()
@click.argument("login")
@with_settings("database_url")
@pass_app
def unlock(app: App, login: str) -> None:
    """Let an account sign in again, whatever it was locked for."""

    async def work(conn: Connection) -> None:
        account = await existing(conn, login)
        await logins.enable(conn, account["id"], login)

    running(within(app.database_url, work))
    click.echo(f"unlocked {login}")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings("database_url")
@pass_app
def show(app: App, as_json: bool) -> None:
    """List the accounts."""
    rows: list[dict[str, Any]] = running(within(app.database_url, logins.listed))
    if as_json:
        click.echo(json.dumps(rows, default=str, ensure_ascii=False))
        return
    table = Table("login", "role", "person", "org", "state", "last seen", box=None)
    for row in rows:
        state = "locked" if row["disabled"] or row["locked"] else "demo" if row["demo"] else ""
        who = f"{row['person'] or ''} {row['name'] or ''}".strip()
        seen: datetime | None = row["last_seen"]
        at = seen.astimezone(app.settings.zone).strftime("%Y-%m-%d %H:%M") if seen else ""
        table.add_row(row["login"], row["role"], who, row["org"] or "", state, at)
    Console().print(table)


async def within(url: str, work: Work) -> Any:
    """Do it in one transaction."""
    async with await connect(url, "fleet-user") as conn:
        return await work(conn)


async def existing(conn: Connection, login: str) -> dict[str, Any]:
    account = await logins.find(conn, login)
    if account is None:
        raise CommandError(f"there is no account {login}", Exit.DATA)
    return account


async def coded(
    conn: Connection,
    find: Callable[[Connection, str], Awaitable[int | None]],
    code: str | None,
    noun: str,
) -> int | None:
    """The id behind a code that was given."""
    if code is None:
        return None
    found = await find(conn, code)
    if found is None:
        raise CommandError(f"there is no {noun} with the code {code}", Exit.DATA)
    return found
