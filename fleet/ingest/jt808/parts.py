"""Long messages in packets 分包 joined again, whichever order the packets come in.

Invariant: only packets of one terminal, one message and one numbering are joined; bounded in sets
and packets, and what waits too long is forgotten. A forgotten one was never acknowledged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from fleet.ingest.jt808.frames import Message
from fleet.ingest.tally import Tally
from fleet.model import MINUTE

SETS: Final = 16
"""Long messages of one stream that may be incomplete at a time: a forwarder's terminals mix."""
MOST: Final = 64
"""Packets of one: 64 KB, or 2,000 bare positions, which is a week at one every five minutes."""
PATIENCE: Final = 2 * MINUTE
"""A terminal repeats what is not answered after a time and a number of times that are parameters
of it (0x0002, 0x0003), and gives up: what comes after this silence is another attempt."""

Key: TypeAlias = tuple[bytes, int, int]  #: number, message id, packets


@dataclass(frozen=True, slots=True)
class Whole:
    """A message with all that it was made of; its body joined."""

    message: Message
    parts: tuple[Message, ...]

    @property
    def raw(self) -> bytes:
        return b"".join(part.raw for part in self.parts)


@dataclass(slots=True)
class Set:
    last: int  #: when a packet of it came last
    again: bool = False  #: a packet was sent again
    parts: dict[int, Message] = field(default_factory=dict)  #: by packet number

    def fits(self, part: Message) -> bool:
        """Whether it is of the same numbering: serials run on (the standard), or are all one."""
        known = self.parts.get(part.part)
        if known:
            return known.body == part.body and known.serial == part.serial
        return all(
            (part.serial - other.serial) % 0x10000 in (0, (part.part - other.part) % 0x10000)
            for other in self.parts.values()
        )


class Assembly:
    """The incomplete messages of one stream."""

    __slots__ = ("_sets",)

    def __init__(self) -> None:
        self._sets: OrderedDict[Key, Set] = OrderedDict()

    def add(self, message: Message, now: int, tally: Tally) -> Whole | None:
        """The whole message, if this is all of it or completes it. `now` 0: no clock is known."""
        if message.parts == 1:
            return Whole(message, (message,))
        if message.parts > MOST:
            tally.reject("packets: too many", message.raw)
            return None
        self._expire(now, tally)
        made = self._set(message, now, tally)
        made.again |= message.part in made.parts
        made.parts[message.part] = message
        if len(made.parts) < message.parts:
            return None
        del self._sets[_key(message)]
        parts = tuple(made.parts[i] for i in range(1, message.parts + 1))
        body = b"".join(part.body for part in parts)
        return Whole(replace(parts[0], body=body, part=1, parts=1), parts)

    def repeated(self, message: Message) -> bool:
        """Whether a packet of the message that this is one of was sent again."""
        waiting = self._sets.get(_key(message))
        return waiting is not None and waiting.again

    def missing(self, message: Message) -> tuple[int, list[int]]:
        """Of the message that this is a packet of: the serial of its first packet, and the numbers
        of those that have not come.
        """
        waiting = self._sets.get(_key(message))
        if waiting is None:
            return 0, []
        runs_on = len({part.serial for part in waiting.parts.values()}) > 1 or message.part == 1
        first = (message.serial - (message.part - 1 if runs_on else 0)) % 0x10000
        return first, [i for i in range(1, message.parts + 1) if i not in waiting.parts]

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return sum(len(part.raw) for part in self.waiting())

    def waiting(self) -> Iterator[Message]:
        """Every packet that waits, oldest message first."""
        for made in self._sets.values():
            yield from made.parts.values()

    def _set(self, message: Message, now: int, tally: Tally) -> Set:
        key = _key(message)
        made = self._sets.get(key)
        if made and not made.fits(message):
            self._drop(key, "packets: of another message", tally)
            made = None
        if made is None:
            made = self._sets[key] = Set(now)
            if len(self._sets) > SETS:
                self._drop(next(iter(self._sets)), "packets: too many messages", tally)
        made.last = now
        return made

    def _expire(self, now: int, tally: Tally) -> None:
        for key, made in list(self._sets.items()):
            if now and made.last and now - made.last > PATIENCE:
                self._drop(key, "packets: incomplete", tally)

    def _drop(self, key: Key, why: str, tally: Tally) -> None:
        tally.reject(why, next(iter(self._sets.pop(key).parts.values())).raw)


def _key(message: Message) -> Key:
    return message.phone, message.id, message.parts
