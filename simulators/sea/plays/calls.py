"""Calls for help: the terminal's SOS, wearables, AIS-SART, EPIRB and MOB devices. All are red."""

from __future__ import annotations

from simulators.geo import MINUTE, Pen
from simulators.sea import ways
from simulators.sea.cast import Actor, Burst, Call
from simulators.sea.stage import Role, Stage

KINDS = {970: "distress", 972: "mob", 974: "distress"}
SESSION = 30 * MINUTE
"""A beacon silent for longer begins a new session (domain.md A.2 #1)."""


def call(stage: Stage, role: Role) -> None:
    """A working boat presses SOS, or a wearable reports a man overboard, then drifts."""
    word = role.word("word", "sos")
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.hull(rng, role.word("gear", "gillnet"))
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 30) * MINUTE)
        until = t + role.draw("for_min", rng, 4) * MINUTE
        pen = ways.at_work(hull, stage.cell(), stage.begin - 5 * MINUTE, t, rng)
        ways.drift(pen, 0.6, 240, stage.end, rng)
        actor = stage.sail(hull, pen.track(), role, calls=(Call(t, until, word),))
        kind = "distress" if word == "sos" else "mob"
        stage.truth.incident(kind, actor, t, floor="red")
        stage.truth.quiet(("*",), actor, "in distress: nothing lesser is raised", until)


def beacon(stage: Stage, role: Role) -> None:
    """A device in the water. Status 15 or TEST in its text is a test: logged only."""
    prefix, status = int(role.args["prefix"]), int(role.args.get("status", 14))
    text = role.word("text", "SART ACTIVE")
    for n in range(role.count):
        rng = stage.rng(role.name, n)
        hull = stage.device(prefix)
        t = ways.rounded(stage.begin + role.draw("at_min", rng, 30) * MINUTE)
        until = t + role.draw("for_min", rng, 8) * MINUTE
        pen = Pen(t, ways.centre(stage.cell()))
        again = role.draw("pause_min", rng, 0) * MINUTE
        last = until + (again + 6 * MINUTE if again else 0)
        ways.drift(pen, 0.8, 240, last, rng)
        mute = ((until, until + again),) if again else ()
        actor = stage.play(
            Actor(
                hull,
                pen.track(),
                role.name,
                ais_mute=mute,
                burst=Burst(status, text, role.flag("position", True)),
            )
        )
        _truth(stage, actor, prefix, t, until, again)


def _truth(stage: Stage, actor: Actor, prefix: int, t: float, until: float, again: float) -> None:
    assert actor.burst is not None
    test = actor.burst.status == 15 or "TEST" in actor.burst.text
    if test:
        stage.truth.quiet(("distress", "mob"), actor, "a test")
        return
    kind = KINDS[prefix]
    one = again < SESSION * 1.2
    stage.truth.incident(kind, actor, t, ends=actor.track.end if one else until, floor="red")
    if again and not one:
        stage.truth.incident(
            kind, actor, until + again, ends=actor.track.end, floor="red", why="a new session"
        )


PLAYS = {"call": call, "beacon": beacon}
