"""What the decoder holds at most while it streams a file of 1 GB, in a process of its own.

The whole process counts: interpreter, NumPy and all (VmHWM of Linux). With --quick 100 MB.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import _corpus
from benchmarks._contest import decoded
from benchmarks._measure import Figure, Goal, Run

SIZE, QUICK = 1_000_000_000, 100_000_000
LIMIT_MB = 80


def figures(run: Run) -> Iterator[Figure]:
    size = QUICK if run.quick else SIZE
    with _corpus.folder() as folder:
        run.note(f"writing {size / 1e9:g} GB")
        large = _corpus.large(folder, size)
        run.note(f"streaming {large.origin}")
        found = decoded("fleet", large.path)
    goal = Goal(LIMIT_MB, of="value", at_most=True)
    name = f"peak memory on {size / 1e9:g} GB streamed"
    told = f"{large.sentences:,} sentences, {large.sentences / found['cpu']:,.0f} a second"
    yield Figure(name, found["peak"] / 1e6, "MB", goal=goal, why=told)
