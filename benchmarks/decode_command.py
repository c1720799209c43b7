"""`fleet decode` as a program, bytes to JSON text, against gpsdecode doing the same.

Both read the same file on standard input and write JSON to nowhere, every message, as programs of
their own: the processor time of each less that of a run on an empty file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import _corpus
from benchmarks._contest import Contest, enter_gpsdecode, program
from benchmarks._measure import Figure, Run

SENTENCES, QUICK, ROUNDS = 250_000, 30_000, 3


def figures(run: Run) -> Iterator[Figure]:
    with _corpus.folder() as folder:
        run.note("writing the mix")
        mix = _corpus.mix(folder, QUICK if run.quick else SENTENCES)
        contest = Contest()
        enter_gpsdecode(contest, mix.path, folder / "empty")
        for form in ("json", "csv"):
            words = [sys.executable, "-m", "fleet", "decode", "--quiet", "--format", form, "-"]
            contest.ways[form] = program(words, mix.path, folder / "empty")
        took = run.interleaved(contest.ways, rounds=0 if run.quick else ROUNDS)
    for form in ("json", "csv"):
        yield contest.figure(f"fleet decode: {form}", mix.sentences, took, (form, "gpsdecode"))
