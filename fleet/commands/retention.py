"""`fleet retention`: what has been kept long enough, chunk by chunk, and off with it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import click

from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.settings import Settings
from fleet.store import retention as store
from fleet.store.db import Connection, connect
from fleet.worker.upkeep import Went, retained, roll_up


@click.command(epilog="The worker does the same once a day; this does it now.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings(
    "database_url", "keep_positions_d", "keep_records_d", "keep_history_d", "compress_after_d"
)
@pass_app
def retention(app: App, dry_run: bool, as_json: bool) -> None:
    """Let go what has been kept long enough.

    Fixes go a day at a time (a chunk), after their hours are rolled up for the statistics; closed
    cases go with their whole history.
    """
    went = running(done(app.database_url, app.settings, dry_run=dry_run, quiet=as_json))
    freed = sum(w.bytes for w in went if not w.waits)
    if as_json:
        body = {"dry_run": dry_run, "bytes": freed, "steps": [asdict(w) for w in went]}
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        click.echo(f"{freed / 1e6:,.1f} MB {'would be ' * dry_run}freed")


async def done(url: str, settings: Settings, *, dry_run: bool, quiet: bool) -> list[Went]:
    """Every step, each said as soon as it is done."""
    now, went = datetime.now(UTC), []
    async with _alone(url) as conn:
        if not dry_run:
            await roll_up(conn, now)
        async for step in retained(conn, settings, now, dry_run=dry_run):
            went.append(step)
            if not quiet:
                say(step, dry_run=dry_run)
        if not dry_run:
            await store.note(conn)
    return went


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[Connection]:
    async with await connect(url, "fleet-retention") as conn:
        await conn.set_autocommit(True)
        if not await store.lock(conn):
            raise CommandError("another is at it; try again in a minute", Exit.FAILED)
        yield conn


def say(went: Went, *, dry_run: bool) -> None:
    size = f"{went.bytes / 1e6:,.1f} MB" if went.bytes else ""
    state = f"stays: {went.waits}" if went.waits else "would go" if dry_run else "went"
    click.echo(f"{went.table:<15} {went.what:<22} {size:>12}  {state}")
