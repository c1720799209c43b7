"""What a boat may and what it is: certificates, names, charge; and where it says it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from simulators import geo
from simulators.geo import HOUR, MINUTE, Pen
from simulators.scoring.times import text
from simulators.sea import chart, numbers, ways, witness
from simulators.sea.cast import Actor, Lie, motion
from simulators.sea.plays.silence import off_coast
from simulators.sea.stage import Role, Stage

CHANGES: dict[str, dict[str, Any]] = {
    "name": {"shipname": "YUEDIANYU 44188"},
    "callsign": {"callsign": "XX7788"},
    "type": {"ship_type": 70},
    "size": {"to_bow": 61, "to_stern": 24},
}


def papers(stage: Stage, role: Role) -> None:
    """AIS static data change at a time (`change`), the boat is in no register (`unknown`), its
    certificate has run out (`expired`), or all is as it should be.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        unknown = role.flag("unknown")
        hull = stage.hull(
            rng, "trawl", length=rng.uniform(31, 38), registered=not unknown, terminal=not unknown
        )
        pen = ways.at_work(hull, stage.cell(), stage.begin - 10 * MINUTE, stage.end, rng)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        change = role.word("change")
        renamed = ((t, CHANGES[change]),) if change else ()
        actor = stage.sail(hull, pen.track(), role, renamed=renamed)
        expired = role.flag("expired")
        if not unknown:
            day = 86400.0
            expires = stage.begin + (-30 if expired else 300) * day
            stage.fact(
                "certificates",
                reg_no=hull.boat.reg_no,
                kind="survey",
                value="",
                issued=text(expires - 365 * day),
                expires=text(expires),
            )
        begins = t if change else stage.begin
        expect = "alert" if change or unknown or expired else ""
        stage.truth.incident("identity", actor, begins, due=begins + MINUTE, expect=expect)


def battery(stage: Stage, role: Role) -> None:
    """The terminal runs down to `low_pct` by the end; `cut`: external power fails at a time."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "hook", length=9.0)
        pen = ways.at_work(hull, stage.cell(), stage.begin - 10 * MINUTE, stage.end, rng)
        high, low = role.draw("high_pct", rng, 60), role.draw("low_pct", rng, 60)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 90) * MINUTE)
        charge = ((stage.begin, high), (t, high), (stage.end - HOUR, low), (stage.end, low))
        power = ((t, "battery"),) if role.flag("cut") else ((0.0, "battery"),)
        actor = stage.sail(hull, pen.track(), role, battery=charge, power=power)
        if role.flag("cut"):
            stage.truth.incident("battery", actor, t, expect="alert", floor="blue")  # A.2 #25
            continue
        _runs_down(stage, actor, (t, high), (stage.end - HOUR, low))


def _runs_down(
    stage: Stage, actor: Actor, full: tuple[float, float], empty: tuple[float, float]
) -> None:
    """The incident of a battery from one (time, per cent) to another: below 20 per cent, or too
    little at its rate for the way to port (A.2 #25), which shows once it has fallen for an hour.
    """
    (t, high), (until, low) = full, empty
    times = np.arange(t, until, MINUTE)
    left = np.interp(times, (t, until), (high, low))
    track = motion(actor.track, times)
    hours = left * (until - t) / HOUR / max(high - low, 1e-6)
    share = hours * numbers.HOME_KN / chart.to_port_nm(track.lon, track.lat)
    found = [
        (at, max(at, t + shows), numbers.judge_below(least, limit, margin))
        for column, limit, margin, shows in (
            (left, numbers.BATTERY_PCT[0], 0.15, 0.0),
            (share, 1.0, 0.2, HOUR),
        )
        for least, at in ((float(column.min()), float(times[np.argmax(column < limit)])),)
    ]
    found = [one for one in found if one[2]]
    sure = [one for one in found if one[2] == "alert"]
    begins = min((at for at, _, _ in found), default=t)
    due = min((shown for _, shown, _ in sure), default=begins)
    expect = "alert" if sure else "either" if found else ""
    floor = "yellow" if low < 0.8 * numbers.BATTERY_PCT[1] else "blue"
    stage.truth.incident("battery", actor, begins, due=due, expect=expect, floor=floor)


def nav_area(stage: Stage, role: Role) -> None:
    """Certified to `area_nm` off the coast; goes out to `share` of it, stays, and comes back."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet")
        area, share = role.draw("area_nm", rng), role.draw("share", rng)
        inner, outer = (
            off_coast((rng.uniform(109.42, 109.64), 18.2), nm) for nm in (0.4 * area, share * area)
        )
        pen = ways.steam_to_and_fro(
            Pen(stage.begin - MINUTE, inner),
            90,
            0.4,
            4.0,
            stage.begin + role.draw("at_min", rng, 60) * MINUTE,
        )
        pen.go(outer, 7.0)
        ways.steam_to_and_fro(pen, 90, 0.5, 4.0, pen.t + 60 * MINUTE)
        pen.go(inner, 7.0)
        ways.steam_to_and_fro(pen, 90, 0.4, 4.0, stage.end)
        actor = stage.sail(hull, pen.track(), role)
        stage.fact(
            "certificates",
            reg_no=hull.boat.reg_no,
            kind="nav_area",
            value=round(area, 1),
            issued=text(stage.begin - 86400 * 100),
            expires=text(stage.end + 86400 * 100),
        )
        _beyond(stage, actor, area)


def _beyond(stage: Stage, actor: Actor, area: float) -> None:
    t = np.arange(stage.begin, stage.end, 10.0)
    m = motion(actor.track, t)
    far = chart.off_coast_nm(m.lon, m.lat)
    warned = witness.longest(t, far > 0.86 * area)
    surely = witness.longest(t, far > area + numbers.AREA_MARGIN_NM)
    if warned is None:
        stage.truth.quiet(("nav_area",), actor, "well within its certificate")
        return
    begins, ends = surely or warned
    stage.truth.incident(
        "nav_area",
        actor,
        begins,
        due=begins + numbers.AREA_FOR,
        ends=ends,
        expect="alert" if surely else "either",
        floor="orange" if surely else None,
    )


# ── spoof ──
def jumps(stage: Stage, role: Role) -> None:
    """The AIS of a boat at work says by turns that it is `nm` away, each `every_s`; `once`: one
    wrong fix, as GNSS has them.
    """
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=32.0, terminal=False)
        box = stage.cell()
        pen = ways.trawl_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, stage.end, rng)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        nm, once = role.draw("nm", rng), role.flag("once")
        far = geo.move((109.4, 18.0), rng.uniform(0, 360), nm)
        offset = (far[0] - 109.4, far[1] - 18.0)
        until = t + (30 if once else role.draw("minutes", rng) * MINUTE)
        every = 0.0 if once else role.draw("every_s", rng, 120)
        actor = stage.sail(
            hull, pen.track(), role, ais_every=30.0, lies=(Lie(t, until, offset, every_s=every),)
        )
        stage.truth.incident(
            "spoof", actor, t, ends=until, expect="" if once else "alert", floor="yellow"
        )


def twins(stage: Stage, role: Role) -> None:
    """One MMSI in two places: another hull, `nm` away, transmits a registered boat's number."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=32.0, terminal=False)
        at = ways.centre(stage.cell())
        there = geo.move(at, rng.choice((80.0, 280.0)), role.draw("nm", rng))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 60) * MINUTE)
        actors = [
            stage.sail(hull, ways.circle(at, 0.3, 3.5, stage.begin - MINUTE, stage.end), role),
            stage.play(
                Actor(
                    replace(hull, boat=replace(hull.boat, number=-hull.boat.number)),
                    ways.circle(there, 0.3, 3.5, stage.begin - MINUTE, stage.end),
                    role.name,
                    ais_from=t,
                )
            ),
        ]
        stage.truth.incident("spoof", actors[0], t, floor="yellow")


def many_names(stage: Stage, role: Role) -> None:
    """One hull that transmits two MMSIs, its own and a made-up one, from one mast."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "trawl", length=32.0, terminal=False)
        box = stage.cell()
        pen = ways.trawl_about(Pen(stage.begin - MINUTE, ways.centre(box)), box, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role)
        mask = stage.hull(rng, "trawl", length=32.0, terminal=False, registered=False)
        other = stage.sail(mask, pen.track(), role, trip=False)
        stage.truth.incident(
            "spoof", actor, stage.begin, due=stage.begin + HOUR, object=other, floor="yellow"
        )
        stage.truth.incident("identity", other, stage.begin, expect="either")
        stage.truth.incident("encounter", actor, stage.begin, expect="either", object=other)


PLAYS = {
    "papers": papers,
    "battery": battery,
    "nav_area": nav_area,
    "jumps": jumps,
    "twins": twins,
    "many_names": many_names,
}
