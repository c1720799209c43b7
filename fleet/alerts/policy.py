"""Who need not hear 不必单独提醒: what one cause explains is told once, as its children.

A root is an alert that explains others: a call for help of the same boat, a position of it that
cannot be, the outage of the receiver that it was last heard by, the mass movement that it is part
of. What opens under a root is suppressed with the root as its parent, stored and shown beneath it,
and offered to nobody. Invariant: a call for help is never anybody's child; a child whose root is
over and that still holds is released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from fleet.alerts.state import CLOCK, SOURCE, VISIT, WORK, Active, Children, State
from fleet.model import HOUR, MINUTE, Act, Change, Ints, Key, Severity, Source

CALLS = ("distress", "mob")
MASS = "mass_movement"
CALLING = 6 * HOUR
"""A boat that called for help is taken to be in distress for so long after its last call."""
NEVER_CHILDREN = frozenset({*CALLS, "feed", "port_crowding", "identity", "spoof", VISIT, WORK})
OUTAGE = ("gap", "terminal_off")
"""What the outage of a receiver explains of the boats that it heard."""
MOVEMENT = ("undeclared_departure", "speed", "zone_exit", "zone_approach", "group_sep")
"""What a mass movement explains of the boats in it."""
PATIENCE = 15 * MINUTE
"""A child that still holds so long after its root ended is somebody's business again."""
REASONS = {
    "feed": "receiver_outage",
    MASS: "mass_movement",
    "spoof": "position_in_doubt",
}


def judged(state: State, changes: Sequence[Change]) -> tuple[State, list[Change]]:
    """The changes with what becomes of them under a root, and the children so remembered."""
    out: list[Change] = []
    born: list[tuple[Key, Key]] = []
    over: set[Key] = set()
    roots: Roots | None = None
    for change in changes:
        out.append(change)
        if change.act == Act.OPEN and change.kind not in NEVER_CHILDREN:
            roots = roots or Roots(state)
            if root := roots.of(change):
                born.append((change.key, root))
                out.append(_suppressed(change, root))
        elif change.act in (Act.CLEAR, Act.RETRACT):
            over.add(change.key)
    if not born and not (over and len(state.children)):
        return state, out
    return replace(state, children=_after(state.children, born, over)), out


class Roots:
    """What explains other alerts now, by what it explains."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.boats = {k[1]: k for k in (*_open(state.active, "spoof"), *calling(state))}
        feeds = {k[2]: k for k in _open(state.active, "feed")}
        self.stations = {other: k for other, k in feeds.items() if other < CLOCK}
        self.terminals = feeds.get(SOURCE | Source.TERMINAL)
        self.ports = movements(state)

    def of(self, change: Change) -> Key | None:
        """What explains this alert, the most serious first."""
        if change.kind == MASS:
            return next((k for k in self.ports.values() if k != change.key), None)
        root = self.boats.get(change.vessel)
        if root is None and change.kind in OUTAGE and self.stations:
            root = self.stations.get(int(self.state.last.station[change.vessel]))
            root = root or self._deaf(change)
        if root is None and change.kind in OUTAGE and self.terminals:
            root = self._no_terminals(change, self.terminals)
        if root is None and change.kind in MOVEMENT and self.ports:
            root = self.ports.get(_last_port(self.state, change.vessel))
        return root

    def _deaf(self, change: Change) -> Key | None:
        """The outage that explains a boat of which only the terminal is heard. Which receiver
        would have heard its AIS nobody knows; if it was another, the child is soon released.
        """
        by_terminal = self.state.last.source[change.vessel] == Source.TERMINAL
        alone = change.kind == "terminal_off" and by_terminal
        return min(self.stations.values()) if alone else None

    def _no_terminals(self, change: Change, terminals: Key) -> Key | None:
        """Terminals are silent together: that this one is, is explained, and so is a boat last
        heard by it before that was told; that its AIS is silent is not, nor who falls silent later.
        """
        last = self.state.last
        if last.source[change.vessel] == Source.AIS:
            return terminals if change.kind == "terminal_off" else None
        before = change.kind == "gap" and last.received[change.vessel] <= terminals[3]
        return terminals if before else None


def movements(state: State) -> dict[int, Key]:
    """By port, the movement that its boats are part of: of several ports that empty at one time
    (a season opens for all of them) that of the first.
    """
    going = sorted(_open(state.active, MASS), key=lambda k: (k[3], k[2]))
    part_of = _parts(state.children)
    return {k[2]: part_of.get(going[0], going[0]) for k in going}


def _parts(children: Children) -> dict[Key, Key]:
    """The movements that are part of another, and which."""
    mine = children.take(children.kind == MASS)
    return dict(zip(mine.episodes(), mine.roots(), strict=True))


def calling(state: State) -> Iterator[Key]:
    """The calls for help that are going on."""
    for kind in CALLS:
        s = state.sessions.get(kind)
        if s is not None:
            for i in np.flatnonzero(s.last_seen >= state.clock - CALLING):
                yield kind, int(s.vessel[i]), 0, int(s.opened[i])


def _open(active: Mapping[str, Active], kind: str) -> Iterator[Key]:
    mine = active.get(kind)
    if mine is not None and len(mine):
        for i in np.flatnonzero(mine.fired):
            yield kind, int(mine.vessel()[i]), int(mine.other()[i]), int(mine.opened[i])


def _last_port(state: State, vessel: int) -> int:
    """The port that the boat was last seen in, while it counts as part of a movement."""
    port = state.memory.get("mass_movement.port")
    last = np.nan if port is None else port[vessel]
    return 0 if np.isnan(last) else int(last)


def _suppressed(change: Change, root: Key) -> Change:
    reason = REASONS.get(root[0], "boat_in_distress")
    return replace(change, act=Act.SUPPRESS, reason=reason, parent=root, evidence={})


def _after(old: Children, born: Sequence[tuple[Key, Key]], over: set[Key]) -> Children:
    kept = np.array([k not in over for k in old.episodes()], np.bool_)
    alive = [child for child in born if child[0] not in over]  # not over in the same breath
    new = [Children.of(alive)] if alive else []
    return Children.concat([old.take(kept), *new])


def released(state: State, at: int) -> tuple[State, list[Change]]:
    """At a look: the children whose root ended a while ago, and that still hold."""
    children = state.children
    if not len(children):
        return state, []
    roots = {*calling(state), *(k for kind in REASONS for k in _open(state.active, kind))}
    roots |= {*movements(state).values()}  # one of several ports goes on while any of them does
    alive = np.array([root in roots for root in children.roots()], np.bool_)
    ended: Ints = np.where(alive, 0, np.where(children.ended == 0, at, children.ended))
    due = (ended > 0) & (at - ended >= PATIENCE)
    changes = [_release(state, k, at) for k in children.take(due).episodes()]
    rest = replace(children, ended=ended).take(~due)
    return replace(state, children=rest), changes


def _release(state: State, child: Key, at: int) -> Change:
    kind, vessel, other, episode = child
    return Change(
        kind, vessel, other, episode, Act.RELEASE, at, _severity(state, child), "root_ended"
    )


def _severity(state: State, child: Key) -> Severity:
    """How bad it is now."""
    kind, vessel, other, _ = child
    if kind in state.active:
        mine = state.active[kind]
        its = mine.severity[(mine.vessel() == vessel) & (mine.other() == other)]
        return Severity(int(its.max(initial=Severity.INFO)))
    open_gap = (state.silences.vessel == vessel) & (state.silences.ended == 0)
    return Severity(max(int(state.silences.severity[open_gap].max(initial=0)), Severity.INFO))
