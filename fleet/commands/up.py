"""`fleet up`: the local servers, for developing against."""

from __future__ import annotations

import shlex

import click

from fleet.commands import stack
from fleet.commands.app import App, pass_app


@click.command(epilog='In a shell:  set -a; eval "$(fleet up)"; set +a')
@click.option("--down", is_flag=True, help="Stop them instead.")
@pass_app
def up(app: App, down: bool) -> None:
    """Start a private TimescaleDB and Mosquitto, and print where they are.

    They live in .local/ of the checkout and stay until `fleet up --down`. A server that
    FLEET_DATABASE_URL or FLEET_MQTT_URL names is used as it is.
    """
    if down:
        stack.down(app)
        return
    for key, value in stack.up(app).items():
        click.echo(f"{key}={shlex.quote(value)}")
