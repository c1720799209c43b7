"""The decoder alone, bytes to columns, against every decoder that a Python user can install.

Sentences a second of one core (processor time), everybody on the same files: the full mix just as
it was recorded, and bare position reports. Whole, the mix is a recording whose own times are its
clock; in pieces, and the position reports, which have no times, are live input with a time of
receipt, as the service reads them. "messages" says how many each made of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks import _corpus
from benchmarks._contest import Contest, enter_gpsdecode
from benchmarks._corpus import Corpus
from benchmarks._measure import Figure, Goal, Run

SENTENCES, FEWER, QUICK, ROUNDS = 500_000, 60_000, 30_000, 3
PEERS = {
    "pyais": 15, "pyais2": None, "libais": 4, "libais_bare": None, "aiscat": 1.6, "gpsdecode": 5,
}  # fmt: skip
"""Goals on the full mix. For comparison: pyais2 is pyais 2.20.1, which many still have, and
libais_bare looks at no checksum and joins nothing."""
PIECES = {"64 KiB": (1 << 16, 10), "4 KiB": (1 << 12, 8), "80 bytes": (80, None)}
BARE = {"pyais": 30, "pyais2": None, "libais": None, "aiscat": None}


def figures(run: Run) -> Iterator[Figure]:
    with _corpus.folder() as folder:
        run.note("writing the mix")
        mix = _corpus.mix(folder, QUICK if run.quick else SENTENCES)
        yield Figure(f"sentences in the mix: {mix.origin}", mix.sentences, "sentences")
        yield from full(run, folder, mix)
        yield from bare(run, folder, mix)
        yield from pieces(run, _corpus.mix(folder, QUICK if run.quick else FEWER))


def full(run: Run, folder: Path, mix: Corpus) -> Iterator[Figure]:
    """The mix, and everybody."""
    contest = Contest()
    contest.enter("fleet", "fleet", mix.path)
    for name in PEERS:
        if name != "gpsdecode":
            contest.enter(name, name, mix.path)
    enter_gpsdecode(contest, mix.path, folder / "empty")
    took = run.interleaved(contest.ways, rounds=0 if run.quick else ROUNDS)
    for name, goal in PEERS.items():
        wanted = Goal(goal) if goal else None
        yield contest.figure("full mix", mix.sentences, took, ("fleet", name), wanted)


def bare(run: Run, folder: Path, mix: Corpus) -> Iterator[Figure]:
    """Nothing but position reports."""
    only = _corpus.positions(folder, mix)
    contest = Contest()
    contest.enter("fleet", "fleet_live", only.path)
    contest.enter("as a recording", "fleet", only.path)
    for name in BARE:
        contest.enter(name, name, only.path)
    took = run.interleaved(contest.ways, rounds=0 if run.quick else ROUNDS)
    for name, goal in BARE.items():
        wanted = Goal(goal) if goal else None
        yield contest.figure("positions only", only.sentences, took, ("fleet", name), wanted)
    pair = ("as a recording", "pyais")
    yield contest.figure("… as a recording", only.sentences, took, pair)


def pieces(run: Run, mix: Corpus) -> Iterator[Figure]:
    """Ourselves in pieces as they come from a socket; fewer sentences, for it takes longer."""
    contest = Contest()
    contest.enter("pyais", "pyais", mix.path)
    for name, (size, _) in PIECES.items():
        contest.enter(name, "fleet_live", mix.path, size)
    took = run.interleaved(contest.ways)
    for name, (_, goal) in PIECES.items():
        wanted = Goal(goal) if goal else None
        yield contest.figure(f"in {name}", mix.sentences, took, (name, "pyais"), wanted)
