"""How far behind the worker is, for its heartbeat: by its commits, and by its clock.

Invariant: what waits is seen even where it carries no time of its own, and a worker that commits
but cannot look at its clock is behind as well.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from fleet.model import SECOND
from fleet.worker.head import Step

TICK_S = 1.0
MISSED_TICKS = 5
CROWD = 200
"""So many deliveries in a batch, and as many waiting, are a backlog."""


@dataclass(slots=True)
class Lateness:
    """The last commit's lag and the last good tick."""

    committed: float = 0.0  #: when, on the machine's clock
    lag_s: float = 0.0  #: by how many seconds that commit was behind
    ticked: float = field(default_factory=time.monotonic)

    def batch(self, step: Step, taken: int, waiting: int) -> float:
        """Seconds behind, with this commit of `taken` deliveries while `waiting` more are there.
        What a broker kept carries no time of its own: when as much again waits already, the fixes
        themselves tell.
        """
        lag = step.waited
        if step.newest and min(taken, waiting) >= CROWD:
            lag = max(lag, step.entry.now - step.newest)
        self.committed, self.lag_s = time.monotonic(), lag / SECOND
        return max(self.lag_s, self.unticked())

    def tick(self) -> None:
        """The clock was looked at, and all went well."""
        self.ticked = time.monotonic()

    def now(self) -> float:
        """Seconds behind between commits."""
        fresh = time.monotonic() - self.committed < 2 * TICK_S
        return max(self.lag_s if fresh else 0.0, self.unticked())

    def unticked(self) -> float:
        """Seconds without a good tick, once they are more than a few."""
        missed = time.monotonic() - self.ticked
        return missed if missed > MISSED_TICKS * TICK_S else 0.0
