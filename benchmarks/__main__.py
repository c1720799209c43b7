"""`python -m benchmarks [NAME…] [--quick] [--json FILE]`: every benchmark, or the ones named.

Invariant: one that fails says so in a line and does not keep the others from running; the exit
status is 1 then, 2 for a name there is not. A goal that is not reached is told, not an error.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import benchmarks
from benchmarks._measure import Figure, Run, unmeasured
from benchmarks._report import Report
from deploy.local.say import Missing

NAMES = sorted(
    m.name for m in iter_modules(benchmarks.__path__) if not (m.name.startswith("_") or m.ispkg)
)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small inputs: does it work at all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    asked = parser.parse_args(words)
    unknown = sorted(set(asked.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if asked.json and not asked.json.resolve().parent.is_dir():
        parser.error(f"--json: there is no folder {asked.json.parent}")
    return asked


def main(words: Sequence[str]) -> int:
    asked = arguments(words)
    report = Report(asked.quick, asked.json)
    report.open()
    report.write()
    failed = [name for name in asked.names or NAMES if not measured(name, report)]
    return 1 if failed else 0


def measured(name: str, report: Report) -> bool:
    """Run one benchmark to its end, or say why it did not get there."""
    try:
        module = import_module(f"benchmarks.{name}")
        report.benchmark(name, (module.__doc__ or "").splitlines()[0])
        figures: Iterator[Figure] = module.figures(Run(report.quick, report.note))
        for figure in figures:
            report.figure(figure)
    except Missing as missing:
        report.figure(unmeasured(name, "", "", str(missing)))
    except Exception as error:  # noqa: BLE001 -- the others still have something to say
        print(f"{name}: failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
