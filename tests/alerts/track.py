"""A track as a line of text, so that a rule's test reads like a watch log.

"00:00 in sog=3 | 00:10 at=2.5nm sog=9": boat 1, clock HH:MM[:SS]; words are
`in` (centre of the test zone), `out` (5 nm west of its edge), `edge=120` (metres outside the
western edge), `line=4` (nm home side of the test line; negative is past it), `sog=`,
`by=ais|terminal`, `boat=`, `late=50` (the fix is that many minutes old when it comes).
A second boat 2 on the same feeds keeps reporting every five minutes, far from everything, so that
the feed is seen to work; boat 1 alone is silent when it is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from fleet.alerts.engine import Engine, Inputs, State, feed, tick
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rule import Rule
from fleet.geo import Zone, Zones
from fleet.model import (
    MINUTE,
    SECOND,
    Batch,
    Change,
    Severity,
    Source,
    VesselClass,
)  # fmt: skip
from fleet.vessels import Vessels

DAY0 = 1_700_000_000 * SECOND // (86_400 * SECOND) * (86_400 * SECOND)
"""Midnight UTC; the clock of a watch log counts from here."""
METRE = 1 / 1852 / 60
BOX = shapely.box(109.0, 18.0, 109.1, 18.1)
LINE = shapely.LineString([(107.0, 19.0), (107.0, 16.0)])
"""Heading south: home waters are on the left, to the east."""


def zone(**changes: Any) -> Zone:
    """The test zone, a keep-out box for fishing boats, with these differences."""
    base: dict[str, Any] = {
        "id": 7, "code": "box", "kind": "reserve", "name": "箱", "name_en": "Box",
        "rule": "keep_out", "severity": Severity.ALARM, "seasons": (),
        "classes": frozenset({VesselClass.FISHING}), "limit_kn": float("nan"), "geometry": BOX,
    }  # fmt: skip
    return Zone(**{**base, **changes})


def boundary() -> Zone:
    return zone(id=8, code="line", kind="boundary", rule="line", geometry=LINE)


def vessels(n: int = 4, *, registered: bool = True) -> Vessels:
    """Row 0 is nobody; the others are fishing boats that report every minute."""
    cls = np.full(n, int(VesselClass.FISHING))
    cls[0] = 0
    return Vessels(cls, np.full(n, registered), np.full(n, MINUTE), np.full(n, 20.0))


def engine(rules: Sequence[Rule], zones: Sequence[Zone], known: Vessels | None = None) -> Engine:
    params = {r.key: typed(r, defaults()[r.key].values) for r in rules}
    return Engine(tuple(rules), params, Zones.build(zones), known or vessels())


def clock(text: str) -> int:
    """HH:MM or HH:MM:SS on DAY0; hours may pass 24."""
    parts = [*map(int, text.split(":")), 0]
    return DAY0 + ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * SECOND


def show(t: int) -> str:
    s = (t - DAY0) // SECOND
    return f"{s // 3600:02}:{s // 60 % 60:02}" + (f":{s % 60:02}" if s % 60 else "")


def batch(rows: Sequence[dict[str, Any]]) -> Batch:
    """A batch of these fixes in order of arrival; missing columns are unknown."""
    out = Batch.empty(len(rows))
    out.status[:] = -1
    out.source[:] = Source.AIS
    for i, row in enumerate(rows):
        for name, value in row.items():
            getattr(out, name)[i] = value
    return out


def fix(step: str) -> dict[str, Any]:
    """One step of a watch log as a row."""
    at, *words = step.split()
    late = 0
    row: dict[str, Any] = {"vessel": 1, "t": clock(at), "lon": 109.0 - 5 / 57, "lat": 18.05}
    for word in words:
        name, _, value = word.partition("=")
        if name == "in":
            row["lon"] = 109.05
        elif name == "edge":
            row["lon"] = 109.0 - float(value) * METRE / np.cos(np.radians(18.05))
        elif name == "line":
            row["lat"] = 17.5
            row["lon"] = 107.0 + float(value) / 60 / np.cos(np.radians(17.5))
        elif name == "by":
            row["source"] = int(Source[value.upper()])
        elif name == "boat":
            row["vessel"] = int(value)
        elif name == "late":
            late = int(value) * MINUTE
        elif name != "out":
            row[name] = float(value)
    return {**row, "t": row["t"] - late, "received": row["t"]}


def changes(
    rules: Sequence[Rule] | Rule, zones: Sequence[Zone], track: str, known: Vessels | None = None
) -> list[Change]:
    """Everything the engine says about boat 1 on this track, ticked after every step."""
    rules = [rules] if isinstance(rules, Rule) else rules
    eng = engine(rules, zones, known)
    state, out, last = State.empty(8, rules), [], 0
    for row in (fix(step) for step in track.split("|")):
        company = [
            {"vessel": 2, "t": t, "received": t, "lon": 112.0, "lat": 15.0, "source": s}
            for t in range((last or row["received"]) + 5 * MINUTE, row["received"], 5 * MINUTE)
            for s in (Source.AIS, Source.TERMINAL)
        ]
        last = max(last, row["received"])
        for rows in (*([c] for c in company), [row]):
            state, said = feed(eng, state, Inputs(batch(rows)), last)
            state, more = tick(eng, state, last)
            out += [c for c in (*said, *more) if c.vessel == 1]
    return out


def log(
    rules: Sequence[Rule] | Rule, zones: Sequence[Zone], track: str, known: Vessels | None = None
) -> list[str]:
    """The changes as "HH:MM act severity" lines."""
    said = changes(rules, zones, track, known)
    return [f"{show(c.t)} {c.act} {c.severity.name.lower()}" for c in said]
