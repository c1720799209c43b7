"""`fleet migrate`: bring the database to this version's shape."""

from __future__ import annotations

import click

from fleet.commands.app import App, pass_app, running, with_settings
from fleet.store.db import connect
from fleet.store.migrate import migrate as apply
from fleet.store.migrate import pending


@click.command()
@click.option("--check", is_flag=True, help="Name what is pending; status 1 when there is any.")
@with_settings("database_url")
@pass_app
def migrate(app: App, check: bool) -> None:
    """Bring the database to this version's shape.

    Each migration runs in a transaction of its own; a second runner waits for the first. Never
    done by `run` or `api`: do it before starting a new version.
    """
    names = running(waiting(app.database_url) if check else apply(app.database_url))
    for name in names:
        click.echo(f"{'pending' if check else 'applied'} {name}")
    if not names:
        click.echo("nothing to do")
    elif check:
        raise SystemExit(1)


async def waiting(url: str) -> list[str]:
    async with await connect(url, "fleet-migrate") as conn:
        return await pending(conn)
