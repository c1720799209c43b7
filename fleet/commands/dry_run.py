"""`fleet dry-run`: thresholds or a zone on stored history, before they are switched on 试运行.

The API runs the same command in a process of its own, with what is asked as JSON on standard
input and JSON lines out: {"share": 0.4} as it goes, then {"result": …} or {"error": "…"}.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fleet import telemetry
from fleet.alerts.parameters import BadParameter, typed
from fleet.alerts.scopes import checked, plainly
from fleet.columns import from_datetime
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.importing.geojson import read_features
from fleet.commands.importing.nouns import ZONE
from fleet.commands.numbers import merged, numbers, pairs
from fleet.commands.progress import progress
from fleet.commands.trial import KINDS, Candidate, tried
from fleet.settings import hint
from fleet.store import engine, history
from fleet.store import rules as stored

NICENESS = 10
"""Beside a service that must not wait for it."""
EXAMPLES = 10
SIDES = {"would": "would raise", "present": "in force, replayed", "raised": "was raised"}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EPILOG = """\b
Examples:
  fleet dry-run speed --set fishing_kn=12 --from 2026-07-01 --to 2026-07-08
  fleet dry-run gap --set warning_min=20 --where class=fishing_small --from … --to …
  fleet dry-run --zone reserve.geojson --from 2026-07-01T00:00+08:00 --to 2026-07-02
  fleet dry-run zone_enter --zone reserve.geojson --set fixes=3 --from … --to … --json"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options, one a field."""

    kind: str | None
    sets: Sequence[str]
    where: Sequence[str]
    zone: Path | None
    start: str
    end: str

    def check(self) -> None:
        if not (self.kind or self.zone) or not (self.start and self.end):
            raise CommandError("say what is tried (KIND or --zone), and --from, --to", Exit.USAGE)
        if not self.kind and (self.sets or self.where):
            raise CommandError("--set and --where need a KIND", Exit.USAGE)
        if self.kind and self.kind not in KINDS:
            raise CommandError(f"no kind {self.kind}{hint(self.kind, KINDS)}", Exit.USAGE)
        if self.where and not self.sets:
            raise CommandError("--where needs --set: which numbers are tried there", Exit.USAGE)


@click.command("dry-run", epilog=EPILOG)
@click.argument("kind", required=False)
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A number to try.")
@click.option(
    "--where", multiple=True, metavar="CONDITION=NAME",
    help="Try the numbers for a class, a zone or a season only: class=, zone=, season=.",
)  # fmt: skip
@click.option("--zone", type=FILE, help="A zone to try (GeoJSON, one feature).")
@click.option(
    "--from", "start", default="", metavar="TIME", help="ISO 8601; local time without an offset."
)
@click.option("--to", "end", default="", metavar="TIME", help="Not included.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--job", is_flag=True, hidden=True, help="Asked on standard input, told in lines.")
@with_settings("database_url")
@pass_app
def dry_run(app: App, /, **options: Any) -> None:
    """Show what other thresholds, or another zone, would have raised.

    Judges stored positions twice, by what is in force and by the candidate, and shows both beside
    what was raised at the time. Writes nothing. What history cannot show is said in the result.
    """
    telemetry.configure("error")
    url, job, as_json = app.database_url, options.pop("job"), options.pop("as_json")
    if job:
        _job(url, app)
        return
    asked = Asked(**options)
    asked.check()
    found = running(_candidate(url, asked, (_moment(app, asked.start), _moment(app, asked.end))))
    with progress() as bar:
        task = bar.add_task("judging", total=1.0)
        result = running(
            tried(url, found, app.settings.zone, lambda share: bar.update(task, completed=share))
        )
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        show(Console(), result)


def _job(url: str, app: App) -> None:
    """As the API's child: quietly, beside the service."""
    os.nice(NICENESS)
    asked = json.load(sys.stdin)
    start, end = (from_datetime(datetime.fromisoformat(asked.pop(n))) for n in ("start", "end"))
    told = -1.0

    def tell(share: float) -> None:
        nonlocal told
        if share - told >= 0.01:  # a hundred lines at most, however many pieces
            told = share
            click.echo(json.dumps({"share": round(share, 3)}))
            sys.stdout.flush()

    try:
        result = running(tried(url, Candidate(start, end, **asked), app.settings.zone, tell))
        click.echo(json.dumps({"result": result}))
    except CommandError as error:
        click.echo(json.dumps({"error": str(error)}))


async def _candidate(url: str, asked: Asked, span: tuple[int, int]) -> Candidate:
    """What the options ask for, checked against what is in force."""
    zone = _zone(asked.zone) if asked.zone else None
    if not asked.kind:
        return Candidate(*span, zone=zone)
    rule = KINDS[asked.kind]
    async with await history.reader(url) as conn:
        row = (await engine.parameters(conn)).get(rule.key) or stored.shipped(rule.key)
        places = await stored.places(conn)
    params, scopes = merged(row, numbers(asked.sets), pairs(asked.where))
    try:
        typed(rule, params)
        if asked.where:
            checked(rule, params, scopes, places)
    except BadParameter as error:
        raise CommandError(str(error), Exit.USAGE) from None
    return Candidate(*span, rule.key, params, plainly(scopes), zone)


def _zone(path: Path) -> dict[str, Any]:
    records = read_features([path], ZONE)
    if len(records) != 1:
        raise CommandError(f"{path.name}: holds {len(records)} zones, one is tried", Exit.USAGE)
    return {"name": "", **records[0].values}


def _moment(app: App, text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no time such as 2026-07-01T08:00", Exit.USAGE) from None
    return from_datetime(at if at.tzinfo else at.replace(tzinfo=app.settings.zone))


def show(console: Console, result: Mapping[str, Any]) -> None:
    console.print(f"{result['from']} to {result['to']}: {result['fixes']:,} positions")
    table = Table("kind", "", "alerts", "an hour", "worst 10 min", "red", "children")
    for kind in result["kinds"]:
        for name, words in SIDES.items():
            load = kind[name]
            table.add_row(
                escape(kind["kind"]) if name == "would" else "", words, f"{load['alerts']:,}",
                f"{load['per_hour']:g}", str(load["worst_ten_min"]), str(load["red"]),
                f"{load['children']:,}",
            )  # fmt: skip
    console.print(table)
    for kind in result["kinds"]:
        _differences(console, kind)
    for name in result["not_evaluated"]:
        console.print(f"[yellow]not evaluated: nothing is entered of {escape(name)}[/yellow]")
    for note in result["notes"]:
        console.print(f"[dim]{escape(note['zh'])} {escape(note['en'])}[/dim]")


def _differences(console: Console, kind: Mapping[str, Any]) -> None:
    """How one kind's alerts differ, day by day, and examples."""
    console.print(f"[bold]{kind['kind']}[/bold] {kind['title_zh']} {kind['title_en']}")
    console.print(_difference(kind["to_present"], "in force"))
    console.print(_difference(kind["to_raised"], "was raised"))
    days = {day for name in SIDES for day in kind[name]["per_day"]}
    for day in sorted(days):
        each = (f"{words} {kind[name]['per_day'].get(day, 0)}" for name, words in SIDES.items())
        console.print(f"  {day}: {', '.join(each)}")
    for name, sign in (("new", "+"), ("gone", "-")):
        for a in kind["to_present"]["examples"][name][:EXAMPLES]:
            where = f" {a['other']}" if a["other"] else ""
            line = f"  {sign} {a['vessel']}{where} {a['opened']} to {a['ended'] or '…'}"
            console.print(escape(line))


def _difference(d: Mapping[str, Any], of: str) -> str:
    change = f"[green]{d['new']} new[/green], [red]{d['gone']} gone[/red], {d['same']} same"
    return f"  against {of}: {change} ({d['severer']} severer, {d['milder']} milder)"
