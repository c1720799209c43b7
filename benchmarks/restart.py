"""A restart with 35,000 boats known: from the start of the process to its first evaluated batch.

The worker before it left a snapshot that is a minute old, and the journal of that minute: six fixes
of every boat, which are fed to the rules again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import _sea
from benchmarks._measure import Figure, Goal, Run, Timing, rate
from benchmarks._stack import Servers, child, cpu_s, heard, servers
from benchmarks.sentences_to_rows import Feed, fill, worker
from fleet.worker.loop import Worker

MINUTE_STEPS, ROUNDS = 60 // _sea.SPACING_S, 5


async def lived(url: str, folder: Path, steps: int) -> None:
    """A worker's life: the sea met, a snapshot, a minute more, and the end without a word."""
    feed = Feed()
    one = worker(url, folder, feed)
    await one.start()
    await _fed(one, feed, 0, 2)
    await one._snapshot(one.head)  # noqa: SLF001 -- as its own timer does
    await _fed(one, feed, 2, steps)
    await one.close()
    one.quarantine.close()


async def _fed(one: Worker, feed: Feed, first: int, steps: int) -> None:
    made, _, _ = _sea.pieces(first, steps, 0)
    for at in range(0, len(made), 10):
        feed.clock = made[at].received
        items = [feed.item(feed.delivery(piece)) for piece in made[at : at + 10]]
        feed.open += len(items)
        await one.batch(items)
    await one.settle()


def once(at: Servers, template: str, number: int) -> Timing:
    url = at.fresh(f"restart_{abs(number)}", template)
    begun = time.perf_counter()
    process = child(
        "-m", "benchmarks._restarted", url, str(at.folder / f"r{number}"), str(MINUTE_STEPS + 2)
    )
    heard(process)
    took = Timing(cpu_s(process.pid), time.perf_counter() - begun)
    process.wait()
    return took


def figures(run: Run) -> Iterator[Figure]:
    with servers() as at:
        run.note("a life before the restart")
        url = at.fresh("before")
        fill(url)
        asyncio.run(lived(url, at.folder / "before", MINUTE_STEPS))
        took = run.interleaved(
            {"restart": lambda k: once(at, "before", k)}, rounds=1 if run.quick else ROUNDS
        )
    goal = Goal(5.0, of="value", at_most=True)
    seconds = sorted(t.wall for t in took["restart"])[len(took["restart"]) // 2]
    yield Figure("restart, 35,000 boats, a minute replayed", seconds, "s", goal=goal, clock="wall")
    fed = MINUTE_STEPS * _sea.VESSELS
    yield rate("… fixes fed again in all of it", fed, "fixes/s", took["restart"])
