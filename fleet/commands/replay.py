"""`fleet replay`: recorded positions through the whole way, at any speed, with a summary."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.table import Table

from fleet.commands import demonstration, player, storing
from fleet.commands.app import App, CommandError, Exit, pass_app, running, with_settings
from fleet.commands.player import Player, moment
from fleet.commands.progress import progress
from fleet.commands.recording import (
    LINES,
    PIECE,
    Counts,
    Recording,
    Survey,
    opened,
    size,
    survey,
)
from fleet.commands.scenario import Play, Scenario, is_scenario
from fleet.ingest.clean import NOBODYS
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND
from fleet.settings import hint

OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Advanced: TypeAlias = Callable[[int, int], Awaitable[None]]  #: bytes, watermark
EPILOG = """\b
Examples:
  fleet replay recording.nmea                  zones and register of the demonstration
  fleet replay a.nmea b.nmea --zones z.geojson --vessels boats.csv --alerts out.jsonl
  fleet replay recording.nmea --speed 60       a minute a second
  zcat day.nmea.gz | fleet replay - --json     a summary for programs
  fleet replay recording.nmea --store          into the database; nobody is called out
  fleet replay out/gap --alerts alerts.jsonl   a scenario of `python -m simulators run`"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options, one a field."""

    speed: float
    form: str
    chunk: int | None
    zones: Sequence[Path]
    vessels: Sequence[Path]
    database: bool | None
    store: bool
    alerts: Path | None
    as_json: bool

    def check(self) -> None:
        if self.form not in FORMATS:
            raise CommandError(f"no format {self.form}{hint(self.form, FORMATS)}", Exit.USAGE)
        if self.store and (self.alerts or self.zones or self.vessels or self.database is False):
            raise CommandError("--store uses the database's zones and register only", Exit.USAGE)

    def check_scenario(self) -> None:
        """A scenario brings its own register, zones, facts and clock."""
        if self.store or self.database or self.zones or self.vessels:
            raise CommandError(
                "a scenario is judged by its own zones, register and facts", Exit.USAGE
            )
        if self.chunk is not None or self.form != "nmea":
            raise CommandError("a scenario says itself what its feeds are", Exit.USAGE)

    @property
    def piece(self) -> int:
        """As asked; a line at a time where it goes by the clock."""
        if self.chunk is not None:
            return self.chunk
        return LINES if self.speed else PIECE


@dataclass(slots=True)
class Outcome:
    """What came of it, for the table and for programs."""

    counts: Counts = field(default_factory=Counts)
    survey: Survey = field(default_factory=Survey)
    stored: int | None = None
    alerts: Mapping[str, int] = field(default_factory=dict)
    retracted: int = 0
    episodes: Sequence[dict[str, Any]] = ()
    seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "sentences": counts.sentences,
            "decoded": dict(sorted(counts.types.items(), key=_natural)),
            "rejected": dict(sorted(counts.rejects.items())),
            "fixes": counts.fixes,
            "positions": counts.positions,
            "stored": self.stored,
            "alerts": dict(self.alerts),
            "retracted": self.retracted,
            "from": moment(self.survey.first) if self.survey.first > NOBODYS else None,
            "to": moment(self.survey.last) if self.survey.last > NOBODYS else None,
            "seconds": round(self.seconds, 3),
        }


def _natural(entry: tuple[str, int]) -> tuple[bool, int, str]:
    """Message types by number, the rest by name after them."""
    name = entry[0]
    return not name.isdigit(), int(name) if name.isdigit() else 0, name


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--speed", type=click.FloatRange(0), default=0, help="Recorded seconds a second.")
@click.option("--format", "form", default="nmea", show_default=True, help="Payload format.")
@click.option(
    "--chunk", type=click.IntRange(0), metavar="BYTES", help="Size of the pieces; 0: lines."
)
@click.option("--zones", type=FILE, multiple=True, help="Zones from GeoJSON.")
@click.option("--vessels", type=FILE, multiple=True, help="Register from CSV or XLSX.")
@click.option("--database/--no-database", default=None, help="Zones and register of the database.")
@click.option("--store", is_flag=True, help="Write positions and alerts to the database.")
@click.option("--alerts", type=OUT, help="Write the alerts here, one JSON object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@with_settings("database_url")
@pass_app
def replay(app: App, /, files: Sequence[str], **options: Any) -> None:
    """Play recorded positions through decoder and rules.

    Zones and register come from files, or are the demonstration's; with --database they are the
    database's. With --store, positions and alerts are written there, and nobody is called out.
    As fast as it goes, unless --speed says otherwise; the recording's own times are its clock.
    `-` is standard input. A folder with a scenario.json is played by the times of arrival of its
    feeds, and judged with its own register, zones and facts.
    """
    asked = Asked(**options)
    asked.check()
    url = app.database_url if asked.store or asked.database else ""
    begun = time.monotonic()
    outcome = _outcome(files, asked, url)
    outcome.seconds = time.monotonic() - begun
    if asked.alerts:
        lines = (json.dumps(a, ensure_ascii=False) + "\n" for a in outcome.episodes)
        asked.alerts.write_text("".join(lines), encoding="utf-8")
    if asked.as_json:
        click.echo(json.dumps(outcome.record(), ensure_ascii=False))
    else:
        show(Console(), outcome)


def _outcome(files: Sequence[str], asked: Asked, url: str) -> Outcome:
    """Scenarios one after the other, or recordings as one."""
    folders = [Path(name) for name in files if is_scenario(Path(name))]
    if not folders:
        with opened(files) as paths:
            recording = Recording(paths, FORMATS[asked.form], asked.piece)
            return running(played(recording, asked, url))
    if len(folders) < len(files):
        raise CommandError("scenarios and recordings cannot be played together", Exit.USAGE)
    asked.check_scenario()
    whole = Outcome()
    for folder in folders:
        running(staged(folder, asked.speed, whole))
    return whole


async def staged(folder: Path, speed: float, whole: Outcome) -> None:
    """Play one scenario; add what came of it."""
    with progress() as bar:
        task = bar.add_task(f"reading {folder.name}", total=None)
        play = Play(Scenario(folder))
        bar.update(task, description=f"playing {folder.name}", total=play.ends - play.survey.first)
        pace = Pace(speed, play.survey.first)
        for now in play.steps():
            bar.update(task, completed=now - play.survey.first)
            await pace.keep(now)
    found = play.alerts()
    whole.counts.add(play.counts)
    whole.survey.first = min(play.survey.first, whole.survey.first or play.survey.first)
    whole.survey.last = max(play.survey.last, whole.survey.last)
    whole.episodes = [*whole.episodes, *found]
    kinds = Counter(a["kind"] for a in found if not a["retracted"])
    whole.alerts = dict(sorted((Counter(whole.alerts) + kinds).items()))
    whole.retracted += sum(a["retracted"] for a in found)


async def played(recording: Recording, asked: Asked, url: str) -> Outcome:
    if asked.store:
        await storing.refuse_beside_worker(url)
    with progress() as bar:
        task = bar.add_task("looking", total=2 * recording.size or None)
        outcome = Outcome(survey=survey(recording, lambda size: bar.advance(task, size)))
        bar.update(task, description="playing")
        pace = Pace(asked.speed, outcome.survey.first)

        async def advanced(size: int, watermark: int) -> None:
            bar.advance(task, size)
            await pace.keep(watermark)

        if asked.store:
            await stored(recording, outcome, url, advanced)
        else:
            await judged(recording, outcome, await judged_by(asked, url), advanced)
    return outcome


async def stored(recording: Recording, outcome: Outcome, url: str, advanced: Advanced) -> None:
    """Play into the database; count what that added."""
    before = await storing.there(url, outcome.survey)
    await storing.store(url, recording, outcome.counts, advanced)
    added = (await storing.there(url, outcome.survey)).since(before)
    outcome.stored, outcome.alerts = added.positions, added.alerts


async def judged(
    recording: Recording, outcome: Outcome, setting: player.Setting, advanced: Advanced
) -> None:
    """Play without a database; keep the alerts."""
    made = Player(player.introduced(setting, outcome.survey))
    for decoded in recording.decoded():
        outcome.counts.note(decoded)
        made.play(decoded)
        await advanced(size(decoded.items), made.watermark)
    made.rest()
    outcome.alerts, outcome.retracted = made.by_kind(), made.retracted()
    outcome.episodes = made.alerts()


async def judged_by(asked: Asked, url: str) -> player.Setting:
    """The database's zones and register, the given files, or the demonstration's."""
    if url:
        return await player.from_database(url)
    if asked.zones or asked.vessels:
        return player.from_files(asked.zones, asked.vessels)
    with demonstration.folder() as path:
        return player.from_files([path / "zones.geojson"], [path / "vessels.csv"])


@dataclass
class Pace:
    """Holds a recording back to a number of its seconds a second."""

    speed: float
    first: int
    begun: float = field(default_factory=time.monotonic)

    async def keep(self, watermark: int) -> None:
        if not self.speed or watermark <= self.first:
            return
        due = self.begun + (watermark - self.first) / SECOND / self.speed
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def show(console: Console, outcome: Outcome) -> None:
    body = outcome.record()
    table = Table("", "", "", box=None, show_header=False, padding=(0, 2))
    rate = body["sentences"] / outcome.seconds if outcome.seconds else 0
    table.add_row("sentences", f"{body['sentences']:,}", f"{rate:,.0f} a second")
    for name, part in (("decoded", "decoded"), ("rejected", "rejected")):
        table.add_row(name, f"{sum(body[part].values()):,}", "")
        for key, count in body[part].items():
            table.add_row("", f"{count:,}", key if part == "rejected" else f"type {key}")
    table.add_row("positions", f"{body['positions']:,}", "in the recording")
    if outcome.stored is not None:
        table.add_row("", f"{outcome.stored:,}", "newly stored")
    table.add_row("alerts", f"{sum(outcome.alerts.values()):,}", "")
    for kind, count in outcome.alerts.items():
        table.add_row("", f"{count:,}", kind)
    if outcome.retracted:
        table.add_row("", f"{outcome.retracted:,}", "taken back: late data")
    if body["to"]:
        table.add_row("time", body["from"] or "unknown at first", f"to {body['to']}")
    console.print(table)
