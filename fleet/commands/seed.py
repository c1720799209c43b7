"""`fleet seed`: demonstration data in, and out again."""

from __future__ import annotations

from pathlib import Path

import click

from fleet.commands import demonstration, secret
from fleet.commands.app import App, pass_app, running, with_settings


@click.command()
@click.option("--remove", is_flag=True, help="Take the demonstration away, and nothing else.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Password of the demonstration's sign-ins; made and shown if not given.",
)
@with_settings("database_url", "timezone")
@pass_app
def seed(app: App, remove: bool, password_file: Path | None) -> None:
    """Load the demonstration: a port with grids, people, boats, zones.

    The roster is laid out around today. Every row is marked as demonstration data; alerts are never
    seeded.
    """
    url = app.database_url
    if remove:
        report(running(demonstration.remove(url)))
        return
    password, made = secret.chosen("demo", password_file, generate=True)
    for summary in running(demonstration.seed(url, app.settings.zone, password)):
        click.echo(str(summary))
    if made:
        click.echo(f"every demonstration sign-in has the password {password}")


def report(there: dict[str, int]) -> None:
    said = ", ".join(f"{n} {noun}" for noun, n in there.items())
    click.echo(f"removed {said}" if said else "there is no demonstration data")
