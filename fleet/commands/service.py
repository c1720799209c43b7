"""The three processes of the service: `fleet run`, `fleet api`, `fleet outbox`."""

from __future__ import annotations

import click

from fleet.commands.app import App, CommandError, Exit, pass_app, with_settings


@click.command()
@with_settings("database_url", "mqtt_url", "mqtt_client_id", "data_dir", "spool_mb", "log_level")
@pass_app
def run(app: App) -> None:
    """Take positions in, raise alerts, offer orders.

    One process does it all: feeds, decoding, rules, dispatch. Where positions come from stands in
    [[feeds]] of the TOML file or in FLEET_FEEDS (JSON). A second one waits its turn.
    """
    settings = app.settings
    if not settings.feeds:
        raise CommandError(
            "no feeds: put [[feeds]] into fleet.toml, or set FLEET_FEEDS", Exit.USAGE
        )
    if any(feed.kind == "mqtt" for feed in settings.feeds):
        _ = app.mqtt_url
    _serve(app, "fleet.worker.loop")
