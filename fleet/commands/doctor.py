"""`fleet doctor`: is everything there that the service needs, one line each."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from fleet.commands.app import App, Exit, pass_app, running, with_settings
from fleet.commands.checks import Check, checks

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(epilog="Exit status: 0 when nothing failed (warnings allowed), else 1.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings("database_url", "mqtt_url", "data_dir", "stale_after_s")
@pass_app
def doctor(app: App, as_json: bool) -> None:
    """Say what is reachable, running, staffed, and what is not."""
    found = running(examine(app, quiet=as_json))
    if as_json:
        good = all(check.state != "fail" for check in found)
        body = {"ok": good, "checks": [asdict(check) for check in found]}
        click.echo(json.dumps(body, ensure_ascii=False))
    if any(check.state == "fail" for check in found):
        raise SystemExit(Exit.FAILED)


async def examine(app: App, *, quiet: bool) -> list[Check]:
    """Every check, each said as soon as it is done."""
    found = []
    async for check in checks(app):
        found.append(check)
        if not quiet:
            say(check)
    return found


def say(check: Check) -> None:
    word = click.style(f"{check.state:<5}", fg=COLOURS[check.state])
    click.echo(f"{word} {check.name:<12} {check.detail}")
