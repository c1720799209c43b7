"""The parts of one message 一条报文的各段: waiting for the rest, whole, or mixed up.

Invariant: a group holds parts of one key only, and bounded; what it gives up is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple
from zlib import crc32

import msgspec

from fleet.ingest.sequence import Key, Sequence
from fleet.ingest.tally import Tally
from fleet.model import NEVER, SECOND

PATIENCE = 3 * SECOND
"""Parts of one message leave a receiver within milliseconds; later is another message."""
WINDOW = 6
"""Parts of one source after which an unfinished message is given up: a receiver sends its parts
one after the other, and its sequence ids come round again after ten messages."""
EARLY_WINDOW = 2
"""The same while the first part is missing: one lost and one out of turn look alike, and the
first part of the next message must not meet the rest of this one."""
NAMED_WINDOW = 10
"""The same, first part or not, where each line names its source: jitter turns its parts about."""
GROUPED_WINDOW = 64
"""The same where a tag-block group id tells messages apart: many sources share it."""
LONGEST = 200
"""Armoured characters in a message; the longest in use, of five slots, has 168."""


class Message(NamedTuple):
    payload: bytes  #: six-bit armoured; empty: a mark that only sets the stream's clock
    fill: int  #: bits to drop from the end
    time: int  #: source time, NEVER where the line named none
    order: int = 0  #: number of the sentence that completed it, from 0, in its stream
    address: str = ""  #: talker and sentence, as in "AIVDM"
    channel: str = ""
    source: str = ""  #: `s:` of its tag block
    group: str = ""  #: `g:` of its tag block
    parts: int = 1


class Stage(IntEnum):
    WAITING = 0
    DONE = 1  #: complete; remembered so that a repeated part is known as one
    MIXED = 2  #: two messages under one key: neither can be told from the other


class Part(NamedTuple):
    key: Key
    number: int
    payload: bytes
    fill: int
    time: int  #: source time
    at: int  #: when it came: received, or source time in a recording; NEVER if neither is known
    source: str = ""  #: as in Message; a grouped part is not told apart by it
    order: int = 0  #: of its sentence
    inherited: bool = False  #: its line names no source; that of the line before is taken


def near(one: int, other: int) -> bool:
    """Two moments that parts of one message can be of, as far as they are known."""
    return one == other or NEVER in (one, other) or abs(one - other) <= PATIENCE


@dataclass(slots=True)
class Group:
    key: Key
    at: int
    time: int
    age: int = 0  #: parts of the same source since its last part
    ordered: bool = False  #: the key was used a moment ago: parts count only in sequence
    stage: int = Stage.WAITING
    source: str = ""  #: as in Message
    parts: dict[int, tuple[bytes, int]] = field(default_factory=dict)  #: number -> payload, fill

    @property
    def window(self) -> int:
        if self.key.group:
            return GROUPED_WINDOW
        if self.key.source:
            return NAMED_WINDOW
        return WINDOW if self.stage != Stage.WAITING or 1 in self.parts else EARLY_WINDOW

    def near(self, at: int) -> bool:
        return near(self.at, at)

    def has(self, part: Part) -> bool:
        """Whether it repeats what this group holds or held."""
        mine = self.parts.get(part.number)
        if self.stage == Stage.DONE:
            return mine is not None and mine[0] == mark(part.payload)
        return mine is not None and mine[0] == part.payload

    def is_for(self, part: Part) -> bool:
        """The group's id alone is no source: receivers may number theirs alike."""
        return self.key == part.key and (
            not self.key.group or "" in (self.source, part.source) or self.source == part.source
        )


Bench = list[Group]
"""The latest messages of one source."""


def sound(group: Group) -> bool:
    count, held = group.key.total, group.parts
    limit = count - 1 if group.stage == Stage.WAITING else count
    return (
        2 <= count <= 9
        and 0 <= group.age <= group.window
        and len(held) <= limit
        and all(1 <= n <= count and 0 <= fill <= 5 for n, (_, fill) in held.items())
        and sum(len(payload) for payload, _ in held.values()) <= 9 * LONGEST
    )


def join(group: Group, part: Part, tally: Tally) -> Message | None:
    if group.stage == Stage.MIXED:
        tally.reject("ambiguous parts", part.payload)
        return None
    out_of_turn = group.ordered and part.number != len(group.parts) + 1
    if group.stage == Stage.DONE or (out_of_turn and part.number not in group.parts):
        tally.reject("part without its first", part.payload)
        return None
    group.age = 0
    if part.number in group.parts:
        tally.reject("ambiguous parts", part.payload)
        group.stage, group.parts = Stage.MIXED, {}
        return None
    group.parts[part.number] = (part.payload, part.fill)
    group.time = group.time or part.time
    group.source = group.source or part.source
    return _finish(group, part.order, tally) if len(group.parts) == group.key.total else None


def _finish(group: Group, order: int, tally: Tally) -> Message | None:
    pieces = [group.parts[n] for n in range(1, group.key.total + 1)]
    payload = b"".join(p for p, _ in pieces)
    group.stage = Stage.DONE
    group.parts = {n: (mark(p), 0) for n, (p, _) in group.parts.items()}
    if any(fill for _, fill in pieces[:-1]):
        tally.reject("fill bits", payload)
    elif not 0 < len(payload) <= LONGEST:
        tally.reject("message length", payload)
    else:
        key = group.key
        return Message(
            payload, pieces[-1][1], group.time, order, key.talker, key.channel, group.source,
            key.group, key.total,
        )  # fmt: skip
    return None


def aged(bench: Bench, part: Part, tally: Tally) -> int:
    """One more part has come: give up what waits too long in time or in parts; how many."""
    lost = 0
    for group in bench[:]:
        group.age += 1
        if group.age > group.window or not group.near(part.at):
            lost += group.stage == Stage.WAITING
            give_up(group, tally)
            bench.remove(group)
    return lost


def give_up(group: Group, tally: Tally) -> None:
    if group.stage == Stage.WAITING:
        tally.reject("incomplete", b"".join(p for p, _ in group.parts.values()))


def mark(payload: bytes) -> bytes:
    return crc32(payload).to_bytes(4, "big")


def pack(group: Group | Sequence) -> bytes:
    return (b"s" if isinstance(group, Sequence) else b"g") + msgspec.msgpack.encode(group)


def unpack(body: bytes) -> Group | Sequence:
    """Raises msgspec.MsgspecError on anything that `pack` did not make."""
    kind: type[Group | Sequence] = Sequence if body[:1] == b"s" else Group
    return msgspec.msgpack.decode(body[1:], type=kind)
