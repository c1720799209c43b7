"""When to try again: a pause for one message, and a circuit breaker for a whole channel. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIRST_S, MOST_S = 1.0, 60.0
TOLERATED = 5
"""Failures in a row after which the channel itself is taken to be down."""


def pause_s(attempts: int, chance: float) -> float:
    """Seconds before attempt `attempts` + 1: doubling, half of it by `chance` in [0, 1)."""
    full = min(FIRST_S * (1 << min(attempts - 1, 16)), MOST_S)
    return full * (0.5 + 0.5 * chance)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed while messages go through; open for a while when none do; then one tries alone."""

    failures: int = 0  #: in a row
    until: float = 0.0  #: open until this time, seconds of the caller's clock

    @property
    def tripped(self) -> bool:
        """Open, or half open: the channel has not shown that it works again."""
        return self.failures >= TOLERATED

    def room(self, now: float, most: int) -> int:
        """How many messages may be tried now."""
        if not self.tripped:
            return most
        return 1 if now >= self.until else 0

    def succeeded(self) -> Breaker:
        return Breaker()

    def failed(self, now: float, chance: float) -> Breaker:
        failures = self.failures + 1
        if failures < TOLERATED:
            return replace(self, failures=failures)
        return Breaker(failures, now + pause_s(failures - TOLERATED + 3, chance))
