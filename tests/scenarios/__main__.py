"""`make scenarios`: every scenario and every whole day on one sea drawn afresh, several at a time,
with the figures of each as it ends. Exit code 1 where one of them does not reach its goal.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Sequence

from .goals import DAYS, KINDS
from .running import head, playing

FIRST = ("ordinary_day", "typhoon_recall", "opening_day")
"""The longest, so that none of them is left alone at the end."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="SCENARIO", help="default: all")
    parser.add_argument("--seed", type=int, default=None, help="default: drawn")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    every = [*FIRST, *(n for n in (*DAYS, *KINDS) if n not in FIRST)]
    if unknown := [n for n in asked.names if n not in every]:
        parser.error(f"no scenario {unknown[0]}; there are {', '.join(every)}")
    seed = random.SystemRandom().randrange(1, 2**31) if asked.seed is None else asked.seed
    return report(asked.names or every, seed, asked.processes)


def report(names: Sequence[str], seed: int, processes: int) -> int:
    """Play them, print each as it ends; the exit code."""
    say(f"seed {seed}")
    say(head())
    lacking: list[str] = []
    for n, done in enumerate(playing(names, seed, processes), 1):
        lacking += [done.name] if done.not_met else []
        for line in done.lines():
            say(line)
        sys.stderr.write(f"{n} of {len(names)}\r")
    result = f"not reached: {', '.join(lacking)}" if lacking else "all reached"
    say(f"{result}; seed {seed}")
    return int(bool(lacking))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
