"""Boats as straight legs, so that a test of a kind that takes several boats reads like a plot.

Places are nautical miles east and north of ORIGIN; clocks are those of `track`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from fleet.alerts.engine import Engine, Inputs, State, feed
from fleet.alerts.facts import Facts
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rule import Rule
from fleet.geo import Zone, Zones
from fleet.model import DAY, MINUTE, SECOND, Change, Source, VesselClass
from fleet.vessels import Vessels
from tests.alerts.track import batch, clock, show

ORIGIN = (109.5, 17.0)
Row = dict[str, Any]


def place(e: float, n: float) -> tuple[float, float]:
    """Longitude and latitude of miles east and north."""
    lat = ORIGIN[1] + n / 60
    return ORIGIN[0] + e / 60 / float(np.cos(np.radians(lat))), lat


def leg(
    boat: int, start: str, minutes: float, *, e: float = 0, n: float = 0, sog: float = 0,
    cog: float = 0, every_s: float = 60, **more: Any,
) -> list[Row]:  # fmt: skip
    """The fixes of a boat on a straight course."""
    out = []
    for k in range(int(minutes * 60 / every_s) + 1):
        hours = k * every_s / 3600
        turn = np.radians(cog)
        lon, lat = place(e + sog * hours * np.sin(turn), n + sog * hours * np.cos(turn))
        t = clock(start) + int(k * every_s * SECOND)
        out.append(
            {"vessel": boat, "t": t, "received": t, "lon": lon, "lat": lat, "sog": sog,
             "cog": cog, "source": int(Source.AIS), **more}
        )  # fmt: skip
    return out


def fleet(n: int = 8, **cls: VesselClass) -> Vessels:
    """Registered fishing boats of 20 m; `v3=` makes that one an unregistered ship of 150 m."""
    known = Vessels(
        np.full(n, int(VesselClass.FISHING)), np.ones(n, np.bool_), np.full(n, MINUTE),
        np.full(n, 20.0),
    )  # fmt: skip
    known.cls[0], known.registered[0] = 0, False
    for name, kind in cls.items():
        i = int(name[1:])
        known.cls[i], known.registered[i], known.length_m[i] = int(kind), False, 150.0
    return known


def changes(
    rules: Rule | Sequence[Rule], rows: Iterable[Row], known: Vessels | None = None,
    zones: Sequence[Zone] = (), facts: Facts | None = None,
) -> list[Change]:  # fmt: skip
    """All that the engine says, fed a moment at a time."""
    rules = (rules,) if isinstance(rules, Rule) else tuple(rules)
    params = {r.key: typed(r, defaults()[r.key].values) for r in rules}
    engine = Engine(rules, params, Zones.build(zones), known or fleet(), facts or Facts())
    state, out = State.empty(8, rules), []
    for moment in _moments(rows):
        state, said = feed(engine, state, Inputs(batch(moment)), 0)
        out += said
    return out


def _moments(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Fixes in order of receipt, together where they are of one moment."""
    ordered = sorted(rows, key=lambda r: r["received"])
    at = 0
    while at < len(ordered):
        now = ordered[at]["received"]
        moment = [r for r in ordered[at:] if r["received"] == now]
        at += len(moment)
        yield moment


def log(
    rules: Rule | Sequence[Rule], rows: Iterable[Row], known: Vessels | None = None,
    zones: Sequence[Zone] = (), facts: Facts | None = None,
) -> list[str]:  # fmt: skip
    """Like "00:10 open warning 1-3": when, what, how bad, of whom and with whom."""
    said = changes(rules, rows, known, zones, facts)
    return [
        f"{show(c.t // (MINUTE) * MINUTE)} {c.act} {c.severity.name.lower()} {c.vessel}-{c.other}"
        for c in said
    ]


def days(n: float) -> int:
    return int(n * DAY)
