"""What one piece of input held, counted: nothing that cannot be read disappears silently.

Reasons are a closed set of words in the code, so the counters stay small whatever comes in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SAMPLE = 200
"""Bytes kept of a rejected piece."""


@dataclass(slots=True)
class Tally:
    types: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    samples: dict[str, bytes] = field(default_factory=dict)
    sentences: int = 0

    def reject(self, reason: str, piece: bytes) -> None:
        self.rejects[reason] += 1
        if reason not in self.samples:
            self.samples[reason] = bytes(piece[:SAMPLE])
