"""The three processes of the service: `fleet run`, `fleet api`, `fleet outbox`."""

from __future__ import annotations

from importlib import import_module

import click

from fleet import telemetry
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings


@click.command()
@with_settings("database_url", "mqtt_url", "mqtt_client_id", "data_dir", "spool_mb", "log_level")
@pass_app
def run(app: App) -> None:
    """Take positions in, raise alerts, offer orders.

    One process does it all: feeds, decoding, rules, dispatch. Where positions come from stands in
    [[feeds]] of the TOML file or in FLEET_FEEDS (JSON).
    """
    feeds = app.settings.feeds
    if not feeds:
        raise CommandError("no feeds: put [[feeds]] in fleet.toml, or set FLEET_FEEDS", Exit.USAGE)
    formats = import_module("fleet.ingest.formats").FORMATS
    wrong = next(((f.name, key) for f in feeds for key in f.formats if key not in formats), None)
    if wrong:
        known = ", ".join(sorted(formats))
        raise CommandError(f"feed {wrong[0]}: no format {wrong[1]} (known: {known})", Exit.USAGE)
    if any(feed.kind == "mqtt" for feed in feeds):
        _ = app.mqtt_url
    serve(app, "fleet.worker.service")


@click.command()
@with_settings("database_url", "host", "port", "insecure_http", "trusted_proxy", "log_level")
@pass_app
def api(app: App) -> None:
    """Serve the console, the API and the live stream.

    Plain HTTP is for loopback only; beyond it, put a TLS proxy in front (see deploy/), or say
    --insecure-http.
    """
    serve(app, "fleet.api.serve")


@click.command()
@with_settings("database_url", "mqtt_url", "webhook_url", "log_level")
@pass_app
def outbox(app: App) -> None:
    """Send what is queued: MQTT to boats and members, webhooks."""
    serve(app, "fleet.outbox")


def serve(app: App, module: str) -> None:
    """Run one part of the service until it is told to stop."""
    _ = app.database_url
    settings = app.settings
    telemetry.configure(settings.log_level)
    running(import_module(module).serve(settings))
