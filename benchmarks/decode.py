"""The decoder alone, bytes to columns, against every decoder that a Python user can install.

Sentences a second of one core (processor time), everybody on the same files: the full mix just as
it was recorded, and bare position reports. "messages" says how many each made of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import _corpus
from benchmarks._contest import Contest, enter_gpsdecode
from benchmarks._corpus import Corpus
from benchmarks._measure import Figure, Goal, Run

SENTENCES, QUICK, ROUNDS = 500_000, 30_000, 5
PEERS = {"pyais": 15, "libais": 4, "libais_bare": None, "aiscat": 1.6, "gpsdecode": 5}
"""Goals on the full mix. libais_bare looks at no checksum and joins nothing; for comparison."""
PIECES = {"64 KiB": (1 << 16, 10), "4 KiB": (1 << 12, 8), "80 bytes": (80, None)}
POSITIONS = 30


def figures(run: Run) -> Iterator[Figure]:
    with _corpus.folder() as folder:
        run.note("writing the mix")
        mix = _corpus.mix(folder, QUICK if run.quick else SENTENCES)
        yield Figure(f"sentences in the mix: {mix.origin}", mix.sentences, "sentences")
        yield from full(run, folder, mix)
        yield from bare(run, folder, mix)


def full(run: Run, folder: Path, mix: Corpus) -> Iterator[Figure]:
    """The mix: everybody; and ourselves in pieces."""
    contest = Contest()
    contest.enter("fleet", "fleet", mix.path)
    for name in PEERS:
        if name != "gpsdecode":
            contest.enter(name, name, mix.path)
    enter_gpsdecode(contest, mix.path, folder / "empty")
    for name, (size, _) in PIECES.items():
        contest.enter(name, "fleet", mix.path, size)
    took = run.interleaved(contest.ways, rounds=0 if run.quick else ROUNDS)
    for name, goal in PEERS.items():
        wanted = Goal(goal) if goal else None
        yield contest.figure("full mix", mix.sentences, took, ("fleet", name), wanted)
    for name, (_, goal) in PIECES.items():
        wanted = Goal(goal) if goal else None
        yield contest.figure(f"in {name}", mix.sentences, took, (name, "pyais"), wanted)


def bare(run: Run, folder: Path, mix: Corpus) -> Iterator[Figure]:
    """Nothing but position reports."""
    only = _corpus.positions(folder, mix)
    contest = Contest()
    for name in ("fleet", "pyais", "libais", "aiscat"):
        contest.enter(name, name, only.path)
    took = run.interleaved(contest.ways, rounds=0 if run.quick else ROUNDS)
    for name in ("pyais", "libais", "aiscat"):
        wanted = Goal(POSITIONS) if name == "pyais" else None
        yield contest.figure("positions only", only.sentences, took, ("fleet", name), wanted)
