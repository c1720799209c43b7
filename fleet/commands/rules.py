"""`fleet rules`: what raises alerts, with which numbers, and where those come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import click
import psycopg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fleet.alerts.parameters import defaults
from fleet.alerts.rule import Rule
from fleet.alerts.rules import RULES
from fleet.commands.app import App, pass_app, running, with_settings
from fleet.store import health
from fleet.store.db import connect


@dataclass(frozen=True, slots=True)
class Listed:
    """One kind of alert as it is shown."""

    kind: str
    title_zh: str
    title_en: str
    about: str
    version: int
    enabled: bool
    params: Mapping[str, Any]
    source: str
    open: int | None = None  #: None where there is no database
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a database adds: its own thresholds, and alerts by kind."""

    thresholds: Mapping[str, Mapping[str, Any]]
    alerts: Mapping[str, Mapping[str, Any]]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings("database_url")
@pass_app
def rules(app: App, as_json: bool) -> None:
    """List what raises alerts: numbers, their source, counts.

    With a database, its thresholds and how many alerts are open; without one, the numbers that ship
    with the service.
    """
    url = app.settings.database_url.get_secret_value()
    known = running(known_to(url)) if url else None
    found = [listed(rule, known) for rule in sorted(RULES, key=lambda rule: rule.key)]
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False))
        return
    show(Console(), found)


async def known_to(url: str) -> Known | None:
    """What the database says; nothing when it is away or empty, which is no reason to fail."""
    try:
        async with await connect(url, "fleet-rules") as conn:
            counts = {row["kind"]: row for row in await health.alerts(conn)}
            return Known(await health.thresholds(conn), counts)
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
        click.echo(f"without the database: {str(error).splitlines()[0]}", err=True)
        return None


def listed(rule: Rule, known: Known | None) -> Listed:
    shipped = defaults()[rule.key]
    row = known.thresholds.get(rule.key) if known else None
    counts = known.alerts.get(rule.key, {"open": 0, "day": 0}) if known else {}
    return Listed(
        kind=rule.key,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        about=about(rule.key),
        version=row["version"] if row else shipped.version,
        enabled=row["enabled"] if row else True,
        params=dict(row["params"] if row else shipped.values),
        source=row["source"] if row else shipped.source,
        open=counts.get("open"),
        day=counts.get("day"),
    )


def about(kind: str) -> str:
    """The first line of the rule's own file."""
    text = import_module(f"fleet.alerts.rules.{kind}").__doc__ or ""
    return text.strip().splitlines()[0]


def show(console: Console, found: list[Listed]) -> None:
    counted = any(entry.open is not None for entry in found)
    table = Table("kind", "numbers", show_lines=True)
    table.add_column("about and source", overflow="fold")
    if counted:
        table.add_column("open / day", justify="right")
    for entry in found:
        numbers = "\n".join(f"{k} = {v:g}" for k, v in entry.params.items())
        state = "" if entry.enabled else "\n[red]disabled[/red]"
        row = [
            f"[bold]{entry.kind}[/bold]\n{entry.title_zh}\n{entry.title_en}{state}",
            numbers,
            f"{escape(entry.about)}\n[dim]v{entry.version}: {escape(entry.source)}[/dim]",
        ]
        table.add_row(*row, *([f"{entry.open} / {entry.day}"] if counted else []))
    console.print(table)
