"""What the person at the terminal is told: progress on stderr, one sentence when it cannot go on.

Invariant: nothing here writes to stdout, which belongs to the command's answer.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field


class Missing(Exception):
    """Something this machine lacks; the message is one sentence saying what to do."""


def say(text: str) -> None:
    print(f"fleet: {text}", file=sys.stderr, flush=True)


def megabytes(size: float) -> str:
    return f"{size / 1e6:.1f} MB" if size < 10e6 else f"{size / 1e6:.0f} MB"


@dataclass(slots=True)
class Progress:
    """One line of `n of m`: redrawn on a terminal, written every few seconds elsewhere."""

    what: str
    total: int
    #: Seconds between lines where there is no terminal to redraw.
    pause: float = 4.0
    done: int = 0
    _next: float = 0.0
    _live: bool = field(default_factory=sys.stderr.isatty)

    def step(self, name: str, note: str = "") -> None:
        self.done = min(self.done + 1, self.total)
        last = self.done == self.total
        if not (self._live or last or time.monotonic() >= self._next):
            return
        self._next = time.monotonic() + self.pause
        line = f"fleet: {self.what}: {self.done} of {self.total} {name} {note}".rstrip()
        clear, end = ("\r\033[K", "" if not last else "\n") if self._live else ("", "\n")
        print(f"{clear}{line}", end=end, file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Close the line of something that took fewer steps than foreseen."""
        if self.done < self.total:
            self.total = self.done + 1
            self.step("", "done")
