"""Who sails with whom: pair trawlers 对拖 two by two, light-net boats in sailing groups 编组.

A group sails from one port, on the lead's trips; each member keeps its distance beside the lead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from simulators.register import Boat

SIZE: Mapping[str, int] = {"pair_trawl": 2, "falling_net": 5}
"""Boats of a group, by gear: a pair tows one net; five is a choice for the demonstration."""
BESIDE_NM: Mapping[str, float] = {"pair_trawl": 0.2, "falling_net": 0.6}
"""From one member to the next: a pair's warps; boats with lamps keep clear of each other."""
KINDS: Mapping[str, str] = {"pair_trawl": "pair_trawl", "falling_net": "sailing"}


@dataclass(frozen=True, slots=True)
class Group:
    """Boats that belong together; the first leads."""

    code: str
    kind: str  #: as in groups.csv
    members: tuple[Boat, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A boat's place: whom it follows, and how far east of it it keeps (itself: 0)."""

    lead: Boat
    beside_nm: float = 0.0


def groups(boats: Sequence[Boat]) -> tuple[Group, ...]:
    """Those of a register, in its order; a boat that is left over sails alone."""
    found = [
        (kind, members)
        for gear, kind in KINDS.items()
        for members in _mustered([b for b in boats if b.gear == gear], SIZE[gear])
    ]
    return tuple(Group(f"DEMO-{n:02d}", kind, who) for n, (kind, who) in enumerate(found, 1))


def _mustered(boats: Sequence[Boat], size: int) -> Iterator[tuple[Boat, ...]]:
    """Pairs are made across ports (and then lie in one), groups within one."""
    ports = [list(boats)] if size == 2 else _by_port(boats)
    for port in ports:
        mustering = iter(port)
        while len(members := tuple(islice(mustering, size))) > 1:
            yield members


def _by_port(boats: Sequence[Boat]) -> list[list[Boat]]:
    ordered = sorted(boats, key=lambda b: (b.port, b.number))
    return [list(there) for _, there in groupby(ordered, key=lambda b: b.port)]


def gathered(boats: Sequence[Boat], groups: Sequence[Group]) -> tuple[Boat, ...]:
    """The boats, with every member in the lead's port."""
    port = {m.number: g.members[0].port for g in groups for m in g.members}
    return tuple(replace(b, port=port.get(b.number, b.port)) for b in boats)


def places(boats: Sequence[Boat], groups: Sequence[Group]) -> tuple[Place, ...]:
    """The place of each boat: members stand east and west of the lead by turns."""
    out = [Place(boat) for boat in boats]
    row = {boat.number: i for i, boat in enumerate(boats)}
    for group in groups:
        lead = boats[row[group.members[0].number]]
        for n, member in enumerate(group.members[1:], 1):
            side = (n + 1) // 2 * (1 if n % 2 else -1)
            out[row[member.number]] = Place(lead, side * BESIDE_NM[lead.gear])
    return tuple(out)
