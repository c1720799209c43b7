"""What gives no cause for any alert: boats at work, at their berths, nets."""

from __future__ import annotations

from simulators import geo
from simulators.geo import HOUR, MINUTE
from simulators.sea import ways
from simulators.sea.stage import GROUND, Role, Stage


def working(stage: Stage, role: Role) -> None:
    """Boats fishing by their gear, each in waters of its own."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear"))
        pen = ways.at_work(hull, stage.cell(), stage.begin - 10 * MINUTE, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role)
        stage.truth.quiet(("*",), actor, "at work as every day")


def moored(stage: Stage, role: Role) -> None:
    """Boats at their berths."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, port=role.word("port", "YAZHOU"))
        track = ways.moored(hull, stage.begin - HOUR, rng).track()
        actor = stage.sail(hull, track, role, trip=False)
        stage.truth.quiet(("*",), actor, "moored")


def nets(stage: Stage, role: Role) -> None:
    """Net beacons 网位仪."""
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        actor = stage.net(rng, geo.somewhere(GROUND, rng), role.name)
        stage.truth.quiet(("*",), actor, "a net, not a vessel")


PLAYS = {"working": working, "moored": moored, "nets": nets}
