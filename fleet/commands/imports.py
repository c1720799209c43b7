"""`fleet import`: the register of a port from its own files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from fleet.commands.app import App, pass_app, running, with_settings
from fleet.commands.importing.load import Summary
from fleet.commands.importing.problem import DataError
from fleet.commands.importing.run import KINDS, Import
from fleet.store.db import connect

EPILOG = """\b
Examples:
  fleet import orgs orgs.csv
  fleet import vessels 渔船台账.xlsx --dry-run
  fleet import zones zones.geojson --reason "notice 2026-3"
  fleet import roster roster.toml --days 14

\b
Grids and zones are GeoJSON (WGS-84 or CGCS2000); a roster is a table of shifts
or a pattern in TOML; everything else is CSV or XLSX with Chinese or English
headings. The order that works: orgs, people, grids, members, roster, vessels,
identities, terminals, zones; then what rules need from outside: groups, trips,
permits, certificates, ports, orders, order_status, wind, depth."""


@click.command("import", epilog=EPILOG)
@click.argument("kind", type=click.Choice(KINDS))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Check and count; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--reason", default="import", help="Stands in the history of zones.")
@click.option("--days", type=click.IntRange(1, 366), help="Lay out a roster pattern this far.")
@with_settings("database_url", "timezone")
@pass_app
def imports(
    app: App,
    *,
    kind: str,
    files: Sequence[Path],
    dry_run: bool,
    as_json: bool,
    reason: str,
    days: int | None,
) -> None:
    """Bring boats, people, grids, rosters, zones or facts that rules need in from files.

    Rows are matched by their code: new ones are added, changed ones updated, none is deleted. A
    column that a file does not have is left as it is. One bad row and nothing is imported; every
    bad one is named.
    """
    url = app.database_url
    asked = Asked(kind, files, dry_run=dry_run, reason=reason, days=days)
    try:
        summaries = running(asked.run(url, app))
    except DataError as error:
        if as_json:
            click.echo(json.dumps({"problems": [p.record() for p in error.problems]}))
        raise
    report(summaries, dry_run=dry_run, as_json=as_json)


class Asked:
    """What the command line asks for."""

    def __init__(
        self, kind: str, files: Sequence[Path], *, dry_run: bool, reason: str, days: int | None
    ) -> None:
        self.kind, self.files, self.dry_run = kind, files, dry_run
        self.reason, self.days = reason, days

    async def run(self, url: str, app: App) -> list[Summary]:
        async with await connect(url, "fleet-import") as conn:
            job = Import(
                conn, datetime.now(UTC), app.settings.zone, reason=self.reason, days=self.days
            )
            summaries = await job.files(self.kind, self.files)
            if self.dry_run:
                await conn.rollback()
            return summaries


def report(summaries: Sequence[Summary], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        body = {"dry_run": dry_run, "imported": [s.record() for s in summaries]}
        click.echo(json.dumps(body))
        return
    for summary in summaries:
        click.echo(str(summary))
    if dry_run:
        click.echo("nothing was changed (--dry-run)")
