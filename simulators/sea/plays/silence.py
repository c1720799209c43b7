"""Falling silent: on every channel, or on one of two while the other goes on."""

from __future__ import annotations

import numpy as np

from simulators import geo
from simulators.geo import HOUR, MINUTE, Pen
from simulators.sea import aboard, chart, numbers, ways
from simulators.sea.stage import Role, Stage

FAR = (109.35, 17.72)
"""Just inside good coverage; south of it no receiver hears class B."""


def silence(stage: Stage, role: Role) -> None:
    """A boat at work sends nothing on any channel for `minutes`; `held`: its terminal stores."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        held = role.flag("held")
        hull = stage.hull(rng, role.word("gear", "trawl"), mmsi=not held)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        for_s = role.draw("minutes", rng) * MINUTE
        span = (t, t + for_s)
        pen = Pen(stage.begin - MINUTE, ways.centre(box := stage.cell()))
        track = ways.trawl_about(pen, box, stage.end, rng).track()
        if held:
            actor = stage.sail(hull, track, role, held=(span,))
            stage.truth.quiet(("gap",), actor, "stored and forwarded: an open gap is taken back")
            continue
        actor = stage.sail(hull, track, role, ais_mute=(span,), terminal_mute=(span,))
        expect = numbers.judge(for_s, numbers.GAP)
        floor = "orange" if for_s > 1.2 * numbers.GAP_ORANGE else "yellow"
        stage.truth.incident(
            "gap", actor, t, due=t + numbers.GAP, ends=t + for_s, expect=expect, floor=floor
        )


def silent_in_port(stage: Stage, role: Role) -> None:
    """Switched off at the berth: in port the limit is 60 h."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        span = (t, t + role.draw("minutes", rng) * MINUTE)
        track = ways.moored(hull, stage.begin - HOUR, rng).track()
        actor = stage.sail(hull, track, role, ais_mute=(span,), terminal_mute=(span,), trip=False)
        stage.truth.quiet(("gap", "terminal_off"), actor, "off at its berth, for hours only")


def leaves_coverage(stage: Stage, role: Role) -> None:
    """A boat with AIS alone works beyond what the shore hears, for less than the 4 h at sea."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet", length=rng.uniform(12, 20), terminal=False)
        start = (FAR[0] + 0.04 * n, FAR[1])
        pen = Pen(stage.begin - 5 * MINUTE, start)
        pen.stay(20 * MINUTE)
        pen.go(geo.move(start, 180, 14), 9.0)
        pen.stay(role.draw("minutes", rng) * MINUTE)
        pen.go(start, 9.0)
        pen.stay(max(MINUTE, stage.end - pen.t))
        actor = stage.sail(hull, pen.track(), role)
        stage.truth.incident(
            "gap",
            actor,
            stage.begin,
            ends=stage.end,
            expect="either",
            why="beyond coverage; the limit there is the service's own",
        )


def leaves_network(stage: Stage, role: Role) -> None:
    """A boat with a cellular terminal alone works `minutes` beyond `network_nm` off the coast; what
    it could not send comes as a burst when it is back.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet", mmsi=False)
        reach = role.draw("network_nm", rng)
        lon = 109.28 + 0.4 * (n + 0.5) / role.count
        inner, outer = (off_coast((lon, 18.1), nm) for nm in (reach - 2, reach + 2))
        pen = Pen(stage.begin - MINUTE, inner)
        t = stage.begin + role.draw("at_min", rng, 60) * MINUTE
        ways.steam_to_and_fro(pen, 90, 0.4, 4.0, t)
        pen.go(outer, 7.5)
        ways.steam_to_and_fro(pen, 90, 0.4, 4.0, pen.t + role.draw("minutes", rng) * MINUTE)
        pen.go(inner, 7.5)
        ways.steam_to_and_fro(pen, 90, 0.4, 4.0, stage.end)
        held = aboard.beyond(pen.track(), reach, stage.begin, stage.end)
        actor = stage.sail(hull, pen.track(), role, held=held)
        stage.truth.quiet(("gap",), actor, "stored and forwarded: an open gap is taken back")


def off_coast(start: geo.Point, nm: float) -> geo.Point:
    """The place due south of `start` that is so far off the coast."""
    lat = np.arange(start[1], 16.5, -0.002)
    far = chart.off_coast_nm(np.full(len(lat), start[0]), lat)
    return start[0], float(lat[np.argmax(far >= nm)])


def one_channel(stage: Stage, role: Role) -> None:
    """The terminal is silent while AIS goes on, or the other way round (`which`)."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear", "trawl"))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        for_s = role.draw("minutes", rng) * MINUTE
        spans = ((t, t + for_s),)
        which = role.word("which", "terminal")
        if role.flag("in_port"):
            track = ways.moored(hull, stage.begin - HOUR, rng).track()
        else:
            pen = Pen(stage.begin - MINUTE, ways.centre(box := stage.cell()))
            track = ways.trawl_about(pen, box, stage.end, rng).track()
        mute = {"terminal_mute": spans} if which == "terminal" else {"ais_mute": spans}
        actor = stage.sail(hull, track, role, **mute)
        expect = "" if role.flag("in_port") else numbers.judge(for_s, numbers.TERMINAL_OFF)
        stage.truth.incident(
            "terminal_off",
            actor,
            t,
            due=t + numbers.TERMINAL_OFF,
            ends=t + for_s,
            expect=expect,
            floor="orange",
        )
        stage.truth.quiet(("gap",), actor, "heard all the time by its other device")


PLAYS = {
    "silence": silence,
    "silent_in_port": silent_in_port,
    "leaves_coverage": leaves_coverage,
    "leaves_network": leaves_network,
    "one_channel": one_channel,
}
