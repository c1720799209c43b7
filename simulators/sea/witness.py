"""What a patient observer with perfect eyes would note: brute-force looks at the ground truth.

Independent of how a play was meant: it knows the tracks alone. Columns are sampled every few
seconds; spans are (from, to) of the times at which something held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from simulators.geo import HOUR, MINUTE, Track
from simulators.sea import numbers
from simulators.sea.cast import Actor, Motion, Span, motion
from simulators.sea.chart import Floats

Mask: TypeAlias = NDArray[np.bool_]


def spans(t: Floats, holds: Mask) -> list[Span]:
    """The stretches of sampled time in which it held."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    return [(float(t[a]), float(t[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def longest(t: Floats, holds: Mask) -> Span | None:
    return max(spans(t, holds), key=lambda s: s[1] - s[0], default=None)


def apart_nm(a: Motion, b: Motion) -> Floats:
    east = (a.lon - b.lon) * np.cos(np.radians((a.lat + b.lat) / 2))
    found: Floats = np.hypot(east, a.lat - b.lat) * 60.0
    return found


def separation(a: Track, b: Track, t: Floats) -> Floats:
    """How far apart two are, nm."""
    return apart_nm(motion(a, t), motion(b, t))


@dataclass(frozen=True, slots=True)
class Passing:
    """A ship and a boat on their way to a close passing, as A.3 defines it."""

    ship: Actor
    boat: Actor
    begins: float
    ends: float  #: the closest approach, or when it no longer held
    cpa_nm: float  #: smallest predicted
    expect: str
    danger: bool


STILL_KN = 0.5
"""A boat that lies still is `either`: OpenCPN takes it for moored, and A.3 does not say."""
COARSE = 2 * MINUTE
STEP_S = 5.0


def passings(
    ships: Sequence[Actor], boats: Sequence[Actor], begin: float, end: float
) -> Iterator[Passing]:
    """Every pair that meets A.3 clearly (`alert`) or nearly (`either`)."""
    t = np.arange(begin, end, COARSE)
    seen = [motion(b.track, t) for b in boats]
    lon, lat = np.array([m.lon for m in seen]), np.array([m.lat for m in seen])
    for ship in ships:
        m = motion(ship.track, t)
        if ship.hull.boat.length_m < 0.9 * numbers.MERCHANT_M or not boats:
            continue
        east = (lon - m.lon) * np.cos(np.radians(m.lat))
        near = np.hypot(east, lat - m.lat) * 60 < 1.3 * numbers.RANGE_NM
        near &= m.sog > 0.8 * numbers.MERCHANT_KN
        for n in np.flatnonzero(near.any(axis=1)).tolist():
            found = [
                p
                for since, until in spans(t, near[n])
                for p in _pair(ship, boats[n], since - COARSE, until + COARSE)
            ]
            yield from _joined(found)


QUIET = 20 * MINUTE
"""The same pair is quiet 15 min unless it worsens (A.3): what comes sooner is one passing."""


def _joined(found: Sequence[Passing]) -> Iterator[Passing]:
    whole: list[Passing] = []
    for p in found:
        if whole and p.begins - whole[-1].ends < QUIET:
            whole[-1] = _both(whole[-1], p)
        else:
            whole.append(p)
    yield from whole


def _both(a: Passing, b: Passing) -> Passing:
    sure = [p for p in (a, b) if p.expect == "alert"]
    return replace(
        a,
        begins=(sure or [a])[0].begins,
        ends=b.ends,
        cpa_nm=min(a.cpa_nm, b.cpa_nm),
        expect="alert" if sure else "either",
        danger=a.danger or b.danger,
    )


def _pair(ship: Actor, boat: Actor, since: float, until: float) -> Iterator[Passing]:
    t = np.arange(since, until, STEP_S)
    a, b = motion(ship.track, t), motion(boat.track, t)
    near, cpa, tcpa, closing = closest(a, b)
    strict = _holds(near, cpa, tcpa, closing, a.sog, 0.85) & (tcpa > 1.1 * numbers.TCPA[0])
    strict &= b.sog > STILL_KN
    loose = _holds(near, cpa, tcpa, closing, a.sog, 1.25) & (tcpa > 0)
    for begins, ends in spans(t, loose):
        inside = (t >= begins) & (t <= ends)
        sure = longest(t, strict & inside)
        clear = sure is not None and sure[1] - sure[0] >= 2 * numbers.CPA_FOR
        if not clear and ends - begins < numbers.CPA_FOR / 2:
            continue
        danger = inside & (cpa < 0.8 * numbers.CPA_DANGER_NM) & (tcpa < 7 * MINUTE)
        long = longest(t, danger)
        start = sure[0] if clear and sure else begins
        yield Passing(
            ship, boat, start, ends, float(cpa[inside].min()), "alert" if clear else "either",
            bool(clear and long and long[1] - long[0] >= 3 * numbers.CPA_FOR),
        )  # fmt: skip


def closest(a: Motion, b: Motion) -> tuple[Floats, Floats, Floats, Floats]:
    """Range nm, closest approach nm, time to it s, relative speed kn: both hold their course.

    On a local plane; tcpa = −(r·v)/|v|², cpa = |r + v tcpa| (the textbook's, e.g. Bowditch ch. 7).
    """
    x = (b.lon - a.lon) * np.cos(np.radians((a.lat + b.lat) / 2)) * 60
    y = (b.lat - a.lat) * 60
    vx = b.sog * np.sin(np.radians(b.cog)) - a.sog * np.sin(np.radians(a.cog))
    vy = b.sog * np.cos(np.radians(b.cog)) - a.sog * np.cos(np.radians(a.cog))
    speed2 = np.maximum(vx**2 + vy**2, 1e-9)
    hours = -(x * vx + y * vy) / speed2
    return np.hypot(x, y), np.hypot(x + vx * hours, y + vy * hours), hours * HOUR, np.sqrt(speed2)


def _holds(near: Floats, cpa: Floats, tcpa: Floats, closing: Floats, sog: Floats,
           slack: float) -> Mask:  # fmt: skip
    """A.3's conditions, tightened (slack < 1) or loosened (> 1)."""
    holds = (cpa < numbers.CPA_NM * slack) & (tcpa < numbers.TCPA[1] * slack)
    holds &= (near < numbers.RANGE_NM * slack) & (closing > numbers.CLOSING_KN / slack)
    found: Mask = holds & (sog > numbers.MERCHANT_KN / slack)
    return found


def top_speed(track: Track) -> float:
    """Knots, over all legs."""
    middles = np.array([(a + b) / 2 for a, b in pairwise(track.times)])
    return float(motion(track, middles).sog.max(initial=0.0))
