"""`fleet rules`: what raises alerts, with which numbers, and whether it has what it needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import click
import psycopg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fleet.alerts.parameters import BadParameter, defaults
from fleet.alerts.rule import Rule
from fleet.alerts.rules import RULES
from fleet.alerts.scopes import ordered
from fleet.alerts.standing import about, standing
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.numbers import merged, numbers, pairs
from fleet.settings import hint
from fleet.store import engine, health, load
from fleet.store import rules as stored
from fleet.store.db import connect
from fleet.store.rules import Present
from fleet.store.scope import Scope
from fleet.store.zone_edits import Author

VERDICTS = ("true", "false_alarm", "test")
EVERYBODY = Scope(signed=True, everything=True)
KINDS = {rule.key: rule for rule in RULES}
EPILOG = """\b
Examples:
  fleet rules                     all kinds
  fleet rules gap --json          one of them
  fleet rules speed --set fishing_kn=16 --reason "notice 7 of the harbour office"
  fleet rules gap --set warning_min=20 --where class=fishing_small --reason "small boats"
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One kind of alert as it is shown."""

    kind: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    log: bool  #: kept and shown, and alerts nobody
    needs: tuple[str, ...]  #: facts and kinds of zone without which it is not evaluated
    version: int
    enabled: bool
    params: Mapping[str, Any]
    scopes: list[Mapping[str, Any]]  #: overrides: class, zone, season, params
    source: str
    data: str | None = None  #: evaluated, in_part, not_evaluated; None without a database
    why_zh: str = ""
    why_en: str = ""
    open: int | None = None  #: None where there is no database
    day: int | None = None
    verdicts: Mapping[str, int] | None = None  #: of people, on the alerts of the last 90 days
    precision: float | None = None  #: true / (true + false alarms); None: nobody has judged


@dataclass(frozen=True, slots=True)
class Known:
    """What a database adds: its own thresholds, alerts by kind, and what rules have to go by."""

    thresholds: Mapping[str, Mapping[str, Any]]
    alerts: Mapping[str, Mapping[str, Any]]
    present: Present
    judged: Mapping[str, Mapping[str, Any]]


@click.command(epilog=EPILOG)
@click.argument("kind", required=False)
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="Change a number.")
@click.option(
    "--where", multiple=True, metavar="CONDITION=NAME",
    help="For a class, a zone or a season only: class=, zone=, season=.",
)  # fmt: skip
@click.option("--reason", default="", help="Why; asked for with --set.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings("database_url")
@pass_app
def rules(app: App, /, kind: str | None, as_json: bool, **change: Any) -> None:
    """List what raises alerts: numbers, overrides of them, their source, data, counts.

    With a database, its thresholds, whether each kind has the data that it needs, how many alerts
    are open, and how many people called true; without one, the numbers that ship with the service,
    and what each needs. With --set, the kind's next version: try it first with `fleet dry-run`.
    """
    if kind is not None and kind not in KINDS:
        raise CommandError(f"no kind {kind}{hint(kind, KINDS)}", Exit.USAGE)
    if any(change.values()):
        running(changed(app.database_url, kind, **change))
    url = app.settings.database_url.get_secret_value()
    known = running(known_to(url)) if url else None
    found = [listed(KINDS[key], known) for key in sorted([kind] if kind else KINDS)]
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False))
        return
    show(Console(), found)


async def changed(
    url: str, kind: str | None, sets: Sequence[str], where: Sequence[str], reason: str
) -> None:
    """Write the kind's next version; the workers take it over within seconds."""
    if not (kind and sets and reason.strip()):
        raise CommandError("a change needs KIND, --set NAME=VALUE and --reason", Exit.USAGE)
    rule, only = KINDS[kind], pairs(where)
    async with await connect(url, "fleet-rules") as conn:
        row = (await engine.parameters(conn)).get(kind) or stored.shipped(kind)
        params, scopes = merged(row, numbers(sets), only)
        more = {"scopes": scopes} if only else {"params": params}
        try:
            await stored.put(conn, rule, Author(None, reason.strip()), **more)
        except BadParameter as error:
            raise CommandError(str(error), Exit.USAGE) from None


async def known_to(url: str) -> Known | None:
    """What the database says; nothing when it is away or empty, which is no reason to fail."""
    try:
        async with await connect(url, "fleet-rules") as conn:
            counts = {row["kind"]: row for row in await health.alerts(conn)}
            present = await stored.present(conn)
            judged = await load.verdicts(conn, EVERYBODY, datetime.now(UTC))
            return Known(await health.thresholds(conn), counts, present, judged)
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
        click.echo(f"without the database: {str(error).splitlines()[0]}", err=True)
        return None


def listed(rule: Rule, known: Known | None) -> Listed:
    shipped = defaults()[rule.key]
    row = known.thresholds.get(rule.key) if known else None
    zh, en = about(rule.key)
    return Listed(
        kind=rule.key,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        about_zh=zh,
        about_en=en,
        log=rule.log,
        needs=(*rule.needs, *rule.places),
        version=row["version"] if row else shipped.version,
        enabled=row["enabled"] if row else True,
        params=dict(row["params"] if row else shipped.values),
        scopes=row["scopes"] if row else [],
        source=row["source"] if row else shipped.source,
        **(said(rule, known) if known else {}),
    )


def said(rule: Rule, known: Known) -> dict[str, Any]:
    """What only a database knows of a rule."""
    found = standing(rule, known.present.facts, known.present.kinds)
    zh, en = found.said()
    counts, judged = known.alerts.get(rule.key, {}), known.judged.get(rule.key, {})
    return {
        "data": found.state, "why_zh": zh, "why_en": en,
        "open": counts.get("open", 0), "day": counts.get("day", 0),
        "verdicts": {name: judged.get(name, 0) for name in VERDICTS},
        "precision": load.precision(judged),
    }  # fmt: skip


def show(console: Console, found: list[Listed]) -> None:
    counted = any(entry.open is not None for entry in found)
    table = Table("kind", "numbers", show_lines=True)
    table.add_column("about, data and source", overflow="fold")
    if counted:
        table.add_column("open / day", justify="right")
        table.add_column("true of judged, 90 d", justify="right")
    for entry in found:
        row = [titled(entry), numbered(entry), described(entry)]
        table.add_row(*row, *([f"{entry.open} / {entry.day}", true_of(entry)] if counted else []))
    console.print(table)


def numbered(entry: Listed) -> str:
    """The kind's own numbers, then the overrides, the most specific last."""
    lines = [f"{k} = {v:g}" for k, v in entry.params.items()]
    for scope in ordered(entry.scopes):
        lines.append(f"[cyan]{escape(scope.label)}[/cyan]")
        lines += [f"  {k} = {v:g}" for k, v in scope.values.items()]
    return "\n".join(lines)


def true_of(entry: Listed) -> str:
    """Precision from what people said, with what it rests on."""
    said = entry.verdicts or {}
    if entry.precision is None:
        return "-"
    return f"{entry.precision:.0%}\n{said['true']} of {said['true'] + said['false_alarm']}"


def titled(entry: Listed) -> str:
    marks = [*(["log"] if entry.log else []), *([] if entry.enabled else ["[red]disabled[/red]"])]
    return "\n".join([f"[bold]{entry.kind}[/bold]", entry.title_zh, entry.title_en, *marks])


def described(entry: Listed) -> str:
    lines = [escape(entry.about_zh), escape(entry.about_en)]
    if entry.why_en:
        lines.append(f"[yellow]{escape(entry.why_zh)} / {escape(entry.why_en)}[/yellow]")
    elif entry.data is None and entry.needs:
        lines.append(f"needs {', '.join(entry.needs)}")
    return "\n".join([*lines, f"[dim]v{entry.version}: {escape(entry.source)}[/dim]"])
