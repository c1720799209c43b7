"""How figures are shown: a table that grows while they come in, and a JSON file for programs.

Invariant: the JSON file is always whole; stdout carries the table alone, progress is on stderr.
"""

from __future__ import annotations

import json
import math
import os
import platform
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._measure import Figure

WIDTHS = (48, 14, 13, 30, 9, 11)
HEADINGS = ("figure", "value", "unit", "against", "ratio", "goal")
PAUSE_S = 15.0
"""Between lines of progress where there is no terminal to redraw."""


def machine() -> dict[str, Any]:
    """What the numbers were measured on; nothing that tells whose it is."""
    models = (line for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    model = next(models, platform.machine()).rpartition(": ")[2]
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load": [round(x, 2) for x in os.getloadavg()],
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def row(figure: Figure) -> str:
    """One line of the table."""
    ratio = "" if math.isnan(figure.ratio) else f"{_short(figure.ratio)}×"
    value = "-" if math.isnan(figure.value) else _short(figure.value)
    goal = str(figure.goal) if figure.goal else ""
    met = {True: "met", False: "NOT MET", None: ""}[figure.met]
    cells = [figure.name, value, figure.unit, figure.against, ratio, goal]
    return _line(cells, f"{met:7}  {figure.why}")


def _short(value: float) -> str:
    """Three figures below a thousand, whole numbers above."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _line(cells: list[str], end: str) -> str:
    left = {0, 2, 3}
    padded = [
        cell.ljust(width) if at in left else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ]
    return " ".join([*padded, end]).rstrip()


@dataclass(slots=True)
class Report:
    """Prints each figure as it comes, and keeps them all."""

    quick: bool
    file: Path | None = None
    found: list[dict[str, Any]] = field(default_factory=list)
    began: float = field(default_factory=time.time)
    _benchmark: str = ""
    _next: float = 0.0

    def open(self) -> None:
        told = machine()
        words = f"{told['cpu']}, {told['cores']} cores, load {told['load'][0]}"
        print(f"{words}; Python {told['python']}, NumPy {told['numpy']}")
        print(_line(list(HEADINGS), ""), flush=True)

    def benchmark(self, name: str, about: str) -> None:
        self._benchmark = name
        self._clear()
        print(f"\n{name}: {about}", flush=True)

    def figure(self, figure: Figure) -> None:
        self._clear()
        print(row(figure), flush=True)
        self.found.append({"benchmark": self._benchmark, **figure.record()})
        self.write()

    def note(self, text: str) -> None:
        """Say what is being done: redrawn on a terminal, a line now and then elsewhere."""
        if sys.stderr.isatty():
            print(f"\r\033[K  … {text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + PAUSE_S
            print(f"  … {self._benchmark}: {text}", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def write(self) -> None:
        """Put the file in place whole, as far as the figures have come."""
        if self.file is None:
            return
        body = {
            "machine": machine(), "quick": self.quick, "began": round(self.began),
            "seconds": round(time.time() - self.began, 1), "figures": self.found,
        }  # fmt: skip
        draft = self.file.with_name(f"{self.file.name}.{os.getpid()}.new")
        draft.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(self.file)
