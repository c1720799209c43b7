"""Wind, orders to come home, full ports, and receivers that fall silent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulators import geo, places
from simulators.geo import HOUR, MINUTE, Pen, Track
from simulators.scoring.times import seconds, text
from simulators.sea import chart, numbers, ways
from simulators.sea.cast import Actor, motion
from simulators.sea.stage import Role, Stage

BEAUFORT_MS = {5: 9.4, 6: 12.3, 7: 15.5, 8: 19.0, 9: 22.6, 10: 26.5}
"""The middle of each force (domain.md E)."""


def wind(stage: Stage, role: Role) -> None:
    """A field over the whole sea: `before` Beaufort, from `at_h` hours on `force`; two forecast
    cycles before the start, and what was then observed each hour.
    """
    forces = int(role.args.get("before", 5)), int(role.args["force"])
    rise = stage.begin + float(role.args.get("at_h", 6)) * HOUR
    hours = np.arange(stage.begin - 6 * HOUR, stage.end + 30 * HOUR, 3 * HOUR).tolist()
    for issued in (stage.begin - 12 * HOUR, stage.begin - 6 * HOUR):
        _field(stage, "forecast", issued, [t for t in hours if t >= issued], rise, forces)
    for t in np.arange(stage.begin, stage.end, HOUR).tolist():
        _field(stage, "observed", t, [t], rise, forces)


def _field(
    stage: Stage, kind: str, issued: float, valid: list[float], rise: float, forces: tuple[int, int]
) -> None:
    for t in valid:
        speed = BEAUFORT_MS[forces[1] if t >= rise else forces[0]]
        for lon, lat in _nodes():
            stage.fact(
                "wind",
                issued=text(issued),
                kind=kind,
                valid=text(t),
                lon=lon,
                lat=lat,
                wind_ms=speed,
            )


def _nodes() -> Iterator[tuple[float, float]]:
    for lon in (107.5, 108.5, 109.5, 110.5):
        for lat in (16.5, 17.5, 18.5, 19.5):
            yield lon, lat


def in_wind(stage: Stage, role: Role) -> None:
    """At work, certified for `limit` Beaufort; `moored`: in shelter."""
    force = max(int(r["wind_ms"] * 10) for r in stage.facts["wind"])
    worst = next(b for b, ms in BEAUFORT_MS.items() if int(ms * 10) == force)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        limit = int(role.args["limit"])
        hull = stage.hull(rng, "trawl", wind_limit=limit)
        stage.fact(
            "certificates",
            reg_no=hull.boat.reg_no,
            kind="wind",
            value=limit,
            issued=text(stage.begin - 86400 * 100),
            expires=text(stage.end + 86400 * 100),
        )
        if role.flag("moored"):
            track = ways.moored(hull, stage.begin - HOUR, rng).track()
            actor = stage.sail(hull, track, role, trip=False)
            stage.truth.quiet(("wind_limit",), actor, "in shelter")
            continue
        pen = ways.at_work(hull, stage.cell(), stage.begin - 10 * MINUTE, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role)
        above = worst - limit
        floor = "red" if above >= 1 else "orange" if above == 0 else "yellow"
        stage.truth.incident(
            "wind_limit",
            actor,
            stage.begin,
            due=stage.begin + 10 * MINUTE,
            expect="alert" if above >= -1 else "",
            floor=floor,
        )


# ── recall 防台 ──
ORDER = "RECALL-1"


def order(stage: Stage, role: Role) -> None:
    """All fishing boats (of `length_min_m` and more) into a shelter by `deadline_h`."""
    issued = stage.begin + role.args.get("issued_min", 30) * MINUTE
    stage.fact(
        "orders",
        order=ORDER,
        kind="recall",
        action="return",
        areas="",
        classes="fishing",
        length_min_m=role.args.get("length_min_m", ""),
        length_max_m="",
        issued=text(issued),
        deadline=text(stage.begin + role.args["deadline_h"] * HOUR),
        shelters=";".join(places.PORTS),
        title="台风召回（模拟）",
    )


def order_times(stage: Stage) -> tuple[float, float]:
    row = stage.facts["orders"][0]
    return seconds(row["issued"]), seconds(row["deadline"])


def recalled(stage: Stage, role: Role) -> None:
    """At sea when the order comes: heads home after `after_min`, or never (`refuses`); `status`:
    what it has reported instead (manoeuvre, ashore, exempt); `small`: the order is not for it.
    """
    issued, _ = order_times(stage)
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        gear = "hook" if role.flag("small") else "gillnet"
        hull = stage.hull(rng, gear, length=9.0 if role.flag("small") else rng.uniform(15, 26))
        box = stage.cell()
        left = issued + role.draw("after_min", rng, 0) * MINUTE
        pen = ways.at_work(hull, box, stage.begin - 10 * MINUTE, left, rng)
        left = pen.t
        goes = not role.flag("refuses")
        if goes:
            ways.into_port(pen, hull.boat, ways.berth(hull.boat, rng))
        home = pen.t
        if not goes:
            ways.work(pen, hull, box, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role)
        if role.flag("small"):
            stage.truth.quiet(("recall",), actor, "the order is not for it")
        else:
            roll_call(stage, role, actor, (left, home) if goes else None)


def roll_call(stage: Stage, role: Role, actor: Actor, way: tuple[float, float] | None) -> None:
    """Who complies sets out before six hours are left and is home two hours before the deadline
    (domain.md A.2 #11: T−6 h, T−2 h, overdue); `way` is when it set out and when it was home.
    """
    issued, deadline = order_times(stage)
    if status := role.word("status"):
        answered = text(issued + 20 * MINUTE)
        stage.fact("order_status", order=ORDER, reg_no=actor.hull.boat.reg_no, status=status,
                   at=answered, note="")  # fmt: skip
        return stage.truth.quiet(("recall",), actor, "its answer was accepted")
    six, two = deadline - 6 * HOUR, deadline - 2 * HOUR
    if way is None:
        floor = "orange" if stage.end > deadline + HOUR else "blue"
        stage.truth.incident("recall", actor, issued, due=six, floor=floor, object=ORDER)
        return None
    left, home = way
    if left < six - 15 * MINUTE and home < two:
        return stage.truth.quiet(("recall",), actor, "came home as ordered")
    idle = left > six + 15 * MINUTE
    stage.truth.incident("recall", actor, issued, due=six if idle else two, ends=home,
                         expect="alert" if idle or home > deadline else "either",
                         floor="blue", object=ORDER)  # fmt: skip
    return None


# ── ports and feeds ──
def crowds(stage: Stage, role: Role) -> None:
    """`there` boats lie in the port, `coming` more arrive; its capacity is `capacity`."""
    port = role.word("port")
    there, coming = int(role.args["there"]), int(role.args.get("coming", 0))
    capacity = int(role.args["capacity"])
    stage.fact("ports", port=port, capacity=capacity)
    times: list[tuple[float, float]] = []  # inside the port, at the berth
    for n in range(there + coming):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, "gillnet", port=port)
        if n < there:
            pen = ways.moored(hull, stage.begin - HOUR, rng)
        else:
            gate = places.PORTS[port].gate
            pen = Pen(stage.begin - MINUTE, geo.move(gate, 200, rng.uniform(1, 4)))
            pen.stay((60 + 3.0 * (n - there)) * MINUTE)
            ways.into_port(pen, hull.boat, ways.berth(hull.boat, rng))
            times.append((_enters(pen.track(), port), pen.t))
        stage.sail(hull, pen.track(), role, trip=n >= there)
    share = (there + coming) / capacity
    full = int(np.ceil(numbers.CROWDED * capacity)) - there
    last = sorted(times)[min(full, len(times)) - 1] if times and full > 0 else (stage.begin,) * 2
    expect = "" if share < 0.86 else "either" if share < 0.93 else "alert"
    stage.truth.incident("port_crowding", {"zone": port}, last[0], due=last[1], expect=expect,
                         role=role.name)  # fmt: skip


def _enters(track: Track, port: str) -> float:
    """When it first is inside the port."""
    t = np.arange(track.start, track.end, 10.0)
    m = motion(track, t)
    return float(t[np.argmax(chart.inside(port, m.lon, m.lat))])


def receiver_outage(stage: Stage, role: Role) -> None:
    """The truth of the outages and skews that the scenario gives a station."""
    for station in stage.stations:
        who = {"station": station.name}
        for since, until in station.outages:
            expect = numbers.judge(until - since, 2 * numbers.FEED_USUAL * 60, 0.5)
            stage.truth.incident(
                "feed",
                who,
                since,
                due=since + numbers.FEED_USUAL * 60,
                ends=until,
                expect=expect,
                role=role.name,
            )
        if abs(station.skew_s) > 60:
            stage.truth.incident(
                "feed",
                who,
                max(stage.begin, station.skewed[0]),
                ends=min(stage.end, station.skewed[1]),
                role="a receiver whose clock is off",
            )


def broker_outage(stage: Stage, role: Role) -> None:
    """Nothing comes by MQTT for `minutes`; the terminals keep it and send it afterwards."""
    rng = stage.rng(role.name)
    t = ways.rounded(stage.begin + role.draw("at_min", rng) * MINUTE)
    until = t + role.draw("minutes", rng) * MINUTE
    stage.broker_outages.append((t, until))
    expect = numbers.judge(until - t, 2 * numbers.FEED_USUAL * 60, 0.5)
    stage.truth.incident(
        "feed",
        {"feed": "terminals"},
        t,
        due=t + 6 * MINUTE,
        ends=until,
        expect=expect,
        role=role.name,
    )


PLAYS = {
    "wind": wind,
    "in_wind": in_wind,
    "order": order,
    "recalled": recalled,
    "crowds": crowds,
    "receiver_outage": receiver_outage,
    "broker_outage": broker_outage,
}
