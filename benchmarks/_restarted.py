"""A worker that starts where another stopped, judges one batch and says so.

python -m benchmarks._restarted URL FOLDER STEP
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from benchmarks import _sea
from benchmarks.sentences_to_rows import Feed, worker


async def restarted(url: str, folder: Path, step: int) -> None:
    """From the database alone to one batch evaluated and stored."""
    feed = Feed()
    made, _, _ = _sea.pieces(step, 1, 0)
    feed.clock = made[0].received
    begun = time.perf_counter()
    one = worker(url, folder, feed)
    await one.start()
    known = time.perf_counter()
    items = [feed.item(feed.delivery(piece)) for piece in made[:1]]
    feed.open = len(items)
    await one.batch(items)
    await one.settle()
    print(f"{known - begun:.3f} {time.perf_counter() - begun:.3f}", flush=True)
    await one.close()


if __name__ == "__main__":
    asyncio.run(restarted(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
