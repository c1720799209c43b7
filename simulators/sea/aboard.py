"""What terminals aboard send by MQTT: native JSON version 1, as the service's schema documents it.

A fix keeps the time it was taken. What a hole in the network held back goes as arrays when it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from simulators.geo import Track
from simulators.outbox import BURST
from simulators.sea import air, chart
from simulators.sea.cast import Actor, Span, during, motion
from simulators.sea.chart import Floats
from simulators.sea.witness import spans
from simulators.terminals import topic

Message: TypeAlias = tuple[int, str]
"""µs of arrival, and its line of mqtt.jsonl."""

LATENCY_S = (0.5, 3.0)


def messages(actors: Sequence[Actor], seed: int, begin: float, end: float) -> Iterator[Message]:
    """What every terminal sends, boat by boat."""
    for actor in actors:
        if actor.hull.boat.terminal:
            yield from _of(actor, seed, begin, end)


def beyond(track: Track, network_nm: float, begin: float, end: float) -> tuple[Span, ...]:
    """When a boat is farther off the coast than its network reaches: what it reports then is held
    until it is back.
    """
    t = np.arange(begin, end, 15.0)
    m = motion(track, t)
    return tuple(spans(t, chart.off_coast_nm(m.lon, m.lat) > network_nm))


def report_times(actor: Actor, rng: np.random.Generator, begin: float, end: float) -> Floats:
    """At its interval, whether it moves or not; in between, each call for help."""
    every = actor.hull.boat.interval
    usual = np.floor(np.arange(begin + rng.uniform(0, every), end, every))
    calls = [np.arange(c.since, min(c.until, end), c.every_s) for c in actor.calls]
    t = np.unique(np.concatenate([usual, *calls]))
    return t[~during(actor.terminal_mute, t) & (t < actor.until)]


def _of(actor: Actor, seed: int, begin: float, end: float) -> Iterator[Message]:
    rng = air.rng_of(seed, "terminal", actor.hull.boat.terminal)
    t = report_times(actor, rng, begin, end)
    bodies = list(_bodies(actor, t, rng))
    arrived = np.maximum.accumulate(t + rng.uniform(*LATENCY_S, len(t)))
    held = np.zeros(len(t), bool)
    for since, until in actor.held:
        inside = (t >= since) & (t < until)
        yield from _burst(actor, [bodies[n] for n in np.flatnonzero(inside)], until, end)
        held |= inside
    for n in np.flatnonzero(~held & (arrived < end)).tolist():
        yield _message(actor, float(arrived[n]), bodies[n])


def _burst(actor: Actor, bodies: Sequence[str], until: float, end: float) -> Iterator[Message]:
    for n, start in enumerate(range(0, len(bodies), BURST)):
        at = until + 1.0 + 0.2 * n
        if at < end:
            yield _message(actor, at, f"[{','.join(bodies[start : start + BURST])}]")


def _message(actor: Actor, arrived: float, payload: str) -> Message:
    at = int(arrived * 1e6)
    name = topic(actor.hull.boat.terminal)
    return at, f'{{"received":{at},"topic":"{name}","payload":{payload}}}'


def _bodies(actor: Actor, t: Floats, rng: np.random.Generator) -> Iterator[str]:
    """One report a time, as JSON text: a dictionary each would take most of the run."""
    m = air.seen(actor, t, rng)
    percent = np.interp(t, [s for s, _ in actor.battery], [p for _, p in actor.battery])
    power = air.steps(actor.power, t, "external")
    words = [_called(actor, at) for at in t.tolist()] if actor.calls else [""] * len(t)
    stamps = np.datetime_as_string(t.astype("datetime64[s]"), unit="s").tolist()
    rows = zip(
        stamps, m.lon.tolist(), m.lat.tolist(), m.sog.tolist(), m.cog.tolist(),
        percent.tolist(), power.tolist(), words, strict=True,
    )  # fmt: skip
    head = f'{{"v":1,"terminal":"{actor.hull.boat.terminal}","t":"'
    for at, lon, lat, sog, cog, charge, source, word in rows:
        course = f',"cog_deg":{cog % 360:.1f}' if sog > 0.3 else ""
        yield (
            f'{head}{at}Z","lon":{lon:.6f},"lat":{lat:.6f},"sog_kn":{sog:.1f}{course},'
            f'"battery_pct":{charge:.0f},"power":"{source}"{word}}}'
        )


def _called(actor: Actor, t: float) -> str:
    pressed = (c.word for c in actor.calls if c.since <= t < c.until)
    return "".join(f',"{word}":true' for word in pressed)
