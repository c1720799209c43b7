"""Messages known in advance, and the alerts that they must raise. Knows nothing of the service."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

STEP_S = 20
RESERVE = [[109.500, 17.0], [109.600, 17.0], [109.600, 19.0], [109.500, 19.0], [109.500, 17.0]]
"""A keep-out zone; its western edge is what boats cross."""


@dataclass(frozen=True, slots=True)
class Message:
    terminal: str
    t: int  #: Unix seconds
    payload: bytes


@dataclass(frozen=True, slots=True)
class Boat:
    name: str
    habit: str  #: quiet, distress, mob, zone_enter, speed
    step: int  #: when it does what it does

    def at(self, step: int, index: int) -> tuple[float, float, float]:
        """Longitude, latitude, speed."""
        lat = 17.6 + 0.005 * index
        if self.habit == "zone_enter":
            return 109.500 + 0.001 * (step - self.step) + 0.0005, lat, 10.0
        fast = self.habit == "speed" and self.step <= step < self.step + 15
        past = min(max(step - self.step, 0), 15) if self.habit == "speed" else 0
        return 108.9 + 0.0005 * step + 0.0025 * past, lat, 25.0 if fast else 5.0


HABITS = {"distress": 10, "mob": 10, "zone_enter": 20, "speed": 10}


@dataclass(frozen=True, slots=True)
class FleetAtSea:
    boats: tuple[Boat, ...]
    steps: int
    start: int  #: Unix seconds

    @classmethod
    def made(cls, seed: int, boats: int, steps: int, now: int) -> FleetAtSea:
        dice = random.Random(seed)  # noqa: S311 -- a seeded world
        habits = [habit for habit, n in HABITS.items() for _ in range(n)]
        habits += ["quiet"] * (boats - len(habits))
        made = tuple(
            Boat(f"T{i:03}", habit, dice.randrange(steps // 5, steps * 7 // 10))
            for i, habit in enumerate(habits)
        )
        return cls(made, steps, now - (steps + 30) * STEP_S)

    def messages(self) -> Iterator[Message]:
        """Everything that is sent, in order of time."""
        for step in range(self.steps):
            for index, boat in enumerate(self.boats):
                yield self._message(boat, index, step)

    def _message(self, boat: Boat, index: int, step: int) -> Message:
        t = self.start + step * STEP_S + index % STEP_S
        lon, lat, sog = boat.at(step, index)
        body = {
            "v": 1, "t": datetime.fromtimestamp(t, UTC).isoformat(), "lon": round(lon, 6),
            "lat": round(lat, 6), "sog_kn": sog, "cog_deg": 90.0, "battery_pct": 80,
        }  # fmt: skip
        if step == boat.step and boat.habit in {"distress", "mob"}:
            body["sos" if boat.habit == "distress" else "mob"] = True
        return Message(boat.name, t, json.dumps(body).encode())

    def alerts(self) -> set[tuple[str, str]]:
        """(kind, boat) of every alert that must exist, once."""
        warned = {("zone_approach", boat.name) for boat in self.boats if boat.habit == "zone_enter"}
        return warned | {(boat.habit, boat.name) for boat in self.boats if boat.habit != "quiet"}
