"""`fleet decode`: AIS sentences to JSON, CSV or Parquet, a message a row; needs nothing else.

Invariant: memory does not grow with the input; whatever is not written is counted on stderr.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from fleet.commands.app import CommandError, Exit
from fleet.commands.decoding.columns import Plan, planned
from fleet.commands.decoding.describe import described
from fleet.commands.decoding.inputs import Input, inputs
from fleet.commands.decoding.parquet import Parquet
from fleet.commands.decoding.rows import chosen
from fleet.commands.decoding.writers import Csv, JsonLines, Writer
from fleet.commands.progress import progress
from fleet.ingest.ais import Messages, Stream

SAMPLE = 72
"""Characters shown of an example of what was rejected."""
EPILOG = """\b
Examples:
  fleet decode recording.nmea                     a JSON object a line
  fleet decode day.nmea.gz --format csv --types 1,2,3,18,19 --out day.csv
  fleet decode *.nmea --fields mmsi,t,lon,lat,sog --format csv
  nc receiver 4001 | fleet decode -               live, as it comes
  fleet decode day.nmea --format parquet --out day.parquet

\b
Every message has: type mmsi repeat channel talker own station heard t flags;
then the fields of its type: positions in degrees, speeds in knots, sizes in
metres, rates of turn in degrees a minute; null is "not available". --describe
says what each column means. Checksums are always checked; how many sentences
were rejected and why is said on standard error.

\b
Exit status: 0 done · 1 a file could not be read or written · 2 wrong option ·
3 there was input and no message in it · 130 interrupted"""


@dataclass(slots=True)
class Count:
    """What was read, by what became of it."""

    size: int = 0
    sentences: int = 0
    messages: int = 0
    written: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    samples: dict[str, bytes] = field(default_factory=dict)

    def note(self, messages: Messages, written: int) -> None:
        tally = messages.tally
        self.sentences += tally.sentences
        self.messages += len(messages)
        self.written += written
        self.rejects.update(tally.rejects)
        for reason, sample in tally.samples.items():
            self.samples.setdefault(reason, sample)

    def lines(self) -> Iterator[str]:
        """For people: a total, then a line a reason with an example of it."""
        chosen_ = "" if self.written == self.messages else f", {self.written:,} of them asked for"
        yield f"{self.sentences:,} sentences, {self.messages:,} messages{chosen_}"
        for reason, number in self.rejects.most_common():
            example = self.samples.get(reason, b"").decode("ascii", "backslashreplace")[:SAMPLE]
            yield f"rejected {number:,}: {reason}" + (f", as in {example!r}" if example else "")


def describe(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(described(), nl=False)
        ctx.exit()


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format", "form", type=click.Choice(["json", "csv", "parquet"]), default="json",
    show_default=True, help="Form of a message.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write here, not to standard output.",
)  # fmt: skip
@click.option("--types", default="", metavar="N,N…", help="Only these AIS message types.")
@click.option("--fields", default="", metavar="NAME,…", help="Only these columns.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing of counts and rejects.")
@click.option(
    "--describe", is_flag=True, is_eager=True, expose_value=False, callback=describe,
    allow_from_autoenv=False, help="Print what every column means, and end.",
)  # fmt: skip
def decode(
    files: Sequence[str], *, form: str, out: Path | None, types: str, fields: str, quiet: bool
) -> int:
    """Decode AIS sentences (NMEA 0183): a JSON object, CSV row or Parquet row a message.

    `-` is standard input; what is compressed with gzip is recognised. No settings, no database.
    """
    if form == "parquet" and out is None:
        raise CommandError("--format parquet needs --out FILE", Exit.USAGE)
    plan, found, count = planned(types, fields), inputs(files), Count()
    try:
        shown = bool(out) or not sys.stdout.isatty()  # never between the messages
        with writer(form, out, plan) as made, progress(shown=shown) as bar:
            run(found, made, plan, count, bar)
    except BrokenPipeError:
        let_go()
    finally:
        if not quiet:
            for line in count.lines():
                click.echo(f"fleet: {line}", err=True)
    return Exit.DATA if count.size and not count.messages else Exit.OK


@contextmanager
def writer(form: str, out: Path | None, plan: Plan) -> Iterator[Writer]:
    """What writes the form; a file is closed whatever happens."""
    if form == "parquet" and out:
        whole = Parquet(out, plan)
        try:
            yield whole
        except BaseException:
            whole.discard()
            raise
        whole.close()
        return
    with out.open("wb") if out else _stdout() as file:
        yield (Csv if form == "csv" else JsonLines)(file, plan)


@contextmanager
def _stdout() -> Iterator[Any]:
    """Standard output, not closed afterwards."""
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def run(found: Sequence[Input], made: Writer, plan: Plan, count: Count, bar: Progress) -> None:
    """Every file from its beginning to its end, each a receiver of its own."""
    known = all(one.size for one in found)
    task = bar.add_task("decoding", total=sum(one.size for one in found) if known else None)

    def advance(size: int) -> None:
        count.size += size
        bar.advance(task, size)

    for one in found:
        stream = Stream()
        for piece in one.pieces(advance):
            written(stream.feed(piece), made, plan, count)
        written(stream.end(), made, plan, count)


def written(messages: Messages, made: Writer, plan: Plan, count: Count) -> None:
    """Write what one piece held, at once: who reads a pipe waits for it."""
    tables = chosen(messages, plan)
    count.note(messages, sum(map(len, tables)))
    if tables:
        made.write(tables)


def let_go() -> None:
    """Whoever read our output has had enough: no reason to complain, now or when we end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
