"""`fleet init`: begin a real port."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from fleet.commands import demonstration as demo
from fleet.commands import secret
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.seed import report
from fleet.store import accounts, demonstration, logins, migrate
from fleet.store.db import Connection, connect

NEXT = """next: fleet import orgs, people, grids, members, roster, vessels, zones
then: [[feeds]] in fleet.toml, and fleet run, fleet api, fleet outbox
fleet doctor says what is missing"""


@click.command()
@click.option(
    "--login",
    type=secret.LOGIN,
    default="admin",
    show_default=True,
    help="The first administrator.",
)
@click.option("--name", default="", help="Name of the port.")
@click.option("--remove-demo", is_flag=True, help="First take demonstration data away.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the administrator's password from this file.",
)
@click.option("--generate", is_flag=True, help="Make the password and show it once.")
@with_settings("database_url")
@pass_app
def init(
    app: App, login: str, name: str, remove_demo: bool, password_file: Path | None, generate: bool
) -> None:
    """Begin a real port: first administrator, nothing of the demonstration.

    Migrates the database, refuses while demonstration data is in it (unless --remove-demo), and
    creates the first administrator. The password is asked for, or generated without a terminal.
    """
    url = app.database_url
    for applied in running(migrate.migrate(url)):
        click.echo(f"applied {applied}")
    running(check(url, remove_demo=remove_demo))
    password, made = secret.chosen(login, password_file, generate=generate)
    if remove_demo:
        report(running(demo.remove(url)))
    running(begin(url, login, name, password, must_change=made))
    click.echo(f"this is a port now; its administrator is {login}")
    if made:
        secret.shown_once(login, password)
    click.echo(NEXT)


async def check(url: str, *, remove_demo: bool) -> None:
    """Refuse before anything is asked or changed."""
    async with await connect(url, "fleet-init") as conn:
        await unused(conn)
        there = await demonstration.found(conn)
        if there and not remove_demo:
            said = ", ".join(f"{n} {noun}" for noun, n in there.items())
            raise CommandError(
                f"there is demonstration data ({said}): --remove-demo takes it away", Exit.DATA
            )


async def unused(conn: Connection) -> None:
    port = (await demonstration.ownership(conn)).port
    if port is not None:
        raise CommandError(
            f"this is a port already, since {port.get('since')}: `fleet user` manages its accounts",
            Exit.DATA,
        )


async def begin(url: str, login: str, name: str, password: str, *, must_change: bool) -> None:
    async with await connect(url, "fleet-init") as conn:
        await unused(conn)
        if await logins.find(conn, login):
            raise CommandError(f"there is an account {login} already", Exit.DATA)
        await accounts.create(
            conn,
            login=login,
            password_hash=secret.hash_of(password),
            role="admin",
            must_change=must_change,
        )
        since = datetime.now(UTC).isoformat(timespec="seconds")
        await demonstration.own(conn, {"name": name, "since": since})
