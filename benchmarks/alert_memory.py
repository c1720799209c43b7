"""Memory over a simulated day: 35,000 vessels, a fix each every three minutes, all rules on.

In a process of its own, as fast as it goes, with a look every ten seconds of the stream; resident
memory is read every half hour of the stream from the kernel (VmRSS; VmHWM for the peak). Boats turn
about every three hours, so that they stay in the sea. Flat: the last quarter against the second.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import _fleet
from benchmarks._measure import Figure, Goal, Run
from fleet.model import HOUR, MINUTE

SPACING = 3 * MINUTE
TURN = 3 * HOUR
SAY_EVERY = 10  #: batches
ROOT = Path(__file__).parents[1]


def resident_mb(field: str = "VmRSS") -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(field))) / 1024


def day(hours: float) -> None:
    """Print the hour and the memory as the day goes on, and the peak at the end."""
    where = _fleet.zones()
    sea = _fleet.fleet(where)
    watch, who = _fleet.Watch(sea, where), np.arange(1, len(sea.lon))
    for k in range(int(hours * HOUR / SPACING)):
        leg = k * SPACING // TURN  # out and back again
        way = k * SPACING % TURN if leg % 2 == 0 else TURN - k * SPACING % TURN
        batch = _fleet.batch(sea, who, k, SPACING)
        there = _fleet.batch(sea, who, way // SPACING, SPACING)
        batch = replace(batch, lon=there.lon, lat=there.lat)
        batch.cog[:] = (batch.cog + 180 * (leg % 2)) % 360
        watch.judge(batch)
        if k % SAY_EVERY == 0:
            print(f"{k * SPACING / HOUR:.2f} {resident_mb():.1f}", flush=True)
    print(f"peak {resident_mb('VmHWM'):.1f}", flush=True)


def figures(run: Run) -> Iterator[Figure]:
    hours = 2 if run.quick else 24
    command = [sys.executable, "-m", "benchmarks.alert_memory", str(hours)]
    seen: list[tuple[float, float]] = []
    peak = float("nan")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            hour, mb = line.split()
            if hour == "peak":
                peak = float(mb)
            else:
                seen.append((float(hour), float(mb)))
                run.note(f"hour {float(hour):.1f} of {hours}: {float(mb):.0f} MB")
    memory = np.array([mb for _, mb in seen])
    quarter = len(memory) // 4
    early, late = memory[quarter : 2 * quarter].mean(), memory[-quarter:].mean()
    yield Figure(f"peak resident memory over {hours} h", peak, "MB",
                 goal=Goal(400, of="value", at_most=True))  # fmt: skip
    yield Figure("… growth from the second quarter to the last", 100 * (late / early - 1), "%",
                 goal=Goal(5, of="value", at_most=True))  # fmt: skip


if __name__ == "__main__":
    day(float(sys.argv[1]))
