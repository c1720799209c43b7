"""`fleet quarantine`: input that could not be stored, kept whole: look, try again, let it go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from fleet.columns import to_datetime
from fleet.commands.app import App, CommandError, Exit, pass_app, with_settings
from fleet.ingest.feed import Delivery
from fleet.worker.service import Folder
from fleet.worker.spool import Spool, SpoolError, frames_of

SHOWN = 60
"""Bytes of an input that a line shows."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One delivery in the quarantine."""

    number: int  #: from 1, oldest first
    delivery: Delivery


@click.group(epilog="What is replayed is taken in when `fleet run` starts again.")
def quarantine() -> None:
    """Input that the database refused: list, replay, drop."""


@quarantine.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings("data_dir")
@pass_app
def list_(app: App, as_json: bool) -> None:
    """Say what is kept, oldest first; also beside a running worker."""
    found = [told(kept) for kept in kept_in(app.settings.data_dir)]
    if as_json:
        click.echo(json.dumps({"deliveries": found}, ensure_ascii=False))
        return
    for row in found:
        click.echo(
            "{number:>5}  {received}  {feed} ({format}) {bytes} bytes: {begins}".format(**row)
        )
    click.echo(f"{len(found)} kept")


@quarantine.command()
@with_settings("data_dir", "spool_mb")
@pass_app
def replay(app: App) -> None:
    """Let the worker try everything again, in the order in which it came.

    After a new version, or once what stood in the way is gone. What is refused again comes back.
    """
    settings = app.settings
    with held(settings.data_dir):
        kept = list(kept_in(settings.data_dir))
        with closing(Spool(settings.data_dir / "spool", settings.spool_mb << 20)) as spool:
            spool.open()
            if spool.size + sum(p.stat().st_size for p in segments(settings.data_dir)) > spool.most:
                raise CommandError("the spool has no room for it: raise spool_mb", Exit.DATA)
            for one in kept:
                spool.append(one.delivery)
            spool.sync()
        emptied(settings.data_dir)
    click.echo(f"{len(kept)} will be taken in when the worker starts")


@quarantine.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings("data_dir")
@pass_app
def drop(app: App, yes: bool) -> None:
    """Delete everything that is kept."""
    folder = app.settings.data_dir
    with held(folder):
        number = sum(1 for _ in kept_in(folder))
        if number and not yes:
            click.confirm(f"delete {number} for good?", abort=True)
        emptied(folder)
    click.echo(f"{number} deleted")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The data folder for ourselves: a worker that runs has it open."""
    if not folder.is_dir():
        raise CommandError(f"there is no folder {folder}: set FLEET_DATA_DIR", Exit.USAGE)
    try:
        with Folder(folder):
            yield
    except SpoolError as error:
        raise CommandError(f"{error}; stop it first", Exit.DATA) from None


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "quarantine").glob("*.seg"))


def kept_in(folder: Path) -> Iterator[Kept]:
    """Every whole delivery, oldest first."""
    number = 0
    for path in segments(folder):
        for body, end in frames_of(path, 0):
            number += 1
            yield Kept(number, body.delivery((int(path.stem), end)))


def emptied(folder: Path) -> None:
    for path in segments(folder):
        path.unlink()


def told(kept: Kept) -> dict[str, str | int]:
    d = kept.delivery
    return {
        "number": kept.number,
        "received": f"{to_datetime(d.received):%Y-%m-%dT%H:%M:%SZ}",
        "feed": d.feed, "station": d.station, "format": d.format, "bytes": len(d.payload),
        "begins": ascii(d.payload[:SHOWN])[2:-1],
    }  # fmt: skip
