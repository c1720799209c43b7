"""Which incidents happen when: all kinds in the first minutes of a run, then one every few minutes.

Every number that an alert depends on is met with room to spare by what the boats do: reefs are
entered for minutes, silence lasts beyond half an hour. Scripts come in the order of their cues.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from simulators import geo, scenes
from simulators.geo import MINUTE
from simulators.script import Script

if TYPE_CHECKING:
    from simulators.world import Run, World

LEAD = 90 * MINUTE
"""No script starts earlier than this before its cue."""

OPENING: tuple[tuple[str, float], ...] = (  # scene, seconds after the start of the run
    ("hurry in harbour", -110),
    ("reef", 5),
    ("sos", 20),
    ("silence", 35),
    ("line", 45),
    ("man overboard", 80),
    ("liferaft", 4.5 * MINUTE),
    ("reserve", 7 * MINUTE),
)
INSTEAD = {"reef": ("reserve",), "reserve": ("reef",)}  # where no boat is near enough
CALM_FROM = 11 * MINUTE
CALM: dict[str, float] = {  # weights
    "hurry in harbour": 14,
    "hurry at sea": 12,
    "reef": 14,
    "reserve": 10,
    "silence": 20,
    "line": 12,
    "sos": 2,
    "man overboard": 1.5,
    "liferaft": 1.5,
}
CALM_EVERY = (4.5 * MINUTE, 8.5 * MINUTE)


Cast: TypeAlias = tuple[float, Script | None]
"""A cue, and what is played at it; None where no boat was to be had."""


def timeline(world: World, runs: Sequence[Run]) -> Iterator[Cast]:
    """Endless in the last run. Nothing begins in time that an earlier run has already told."""
    settled = float("-inf")
    for run in runs:
        for cue, script in _run(world, run, settled):
            yield cue, script if script is not None and script.start < run.until else None
            if cue - LEAD > run.until:
                break
        settled = max(settled, run.until)


def _run(world: World, run: Run, settled: float) -> Iterator[Cast]:
    opening = [_later(kind, run.t0 + offset, settled) for kind, offset in OPENING]
    for cue, kind in sorted(opening):
        yield cue, _first(world, (kind, *INSTEAD.get(kind, ())), cue, (run.t0, kind))
    cue = max(run.t0 + CALM_FROM, *(t + MINUTE for t, _ in opening))
    while True:
        rng = geo.chance(world.seed, run.t0, cue)
        drawn = sorted(CALM, key=lambda kind: rng.random() ** (1 / CALM[kind]), reverse=True)
        kinds = [kind for kind in drawn if cue - scenes.LEADS[kind] >= settled]
        yield cue, _first(world, kinds, cue, (run.t0, cue))
        cue += round(rng.uniform(*CALM_EVERY))


def _first(
    world: World, kinds: Iterable[str], cue: float, key: tuple[object, ...]
) -> Script | None:
    """The first of these scenes for which a boat is to be had."""
    rng = geo.chance(world.seed, *key, "boats")
    plays = (scenes.play(world, kind, cue, rng) for kind in kinds)
    return next((script for script in plays if script is not None), None)


def _later(kind: str, cue: float, settled: float) -> tuple[float, str]:
    """The cue, moved so that the boats can still get there from where they were last seen."""
    return max(cue, settled + scenes.LEADS[kind]), kind
