"""Whether lines that name no source come from one receiver 来源判断: told by how parts follow.

A receiver sends the parts of a message one after the other, and its ids go round in tens. Merged
receivers interleave: then the same id on the same channel is of two vessels a moment apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

TRUSTED, DOUBTED, DISTRUSTED = 16, -16, -32
"""Trust of a stream whose parts come in turn, that loses most, and that is merged by its order."""
WHOLE = 2
"""What a message whose parts came in turn adds to the trust that a stray part takes one from: a
receiver that loses a fifth of its lines is believed, one merged with others is not."""
START, KNOWN, LOSS = 10, 30, 3
"""Of a known source: its parts may be apart only while fewer than a quarter of its messages are
cut by losses; with more, the rest of one could meet the next of its id, ten messages later."""
STRAYS = 5
"""Parts during which a stray one is remembered: a receiver's own ids come round after twenty."""


class Key(NamedTuple):
    source: str  #: `s:` of the tag block, "" for the stream itself
    talker: str
    group: str  #: id of the tag-block group, "" where there is none
    sequence: str
    channel: str
    total: int


class Stray(NamedTuple):
    """A part that came where none of its message was expected."""

    key: Key
    at: int  #: number of parts of its stream before it


@dataclass(slots=True)
class Sequence:
    """How the parts of lines without a source follow each other: one talker's, in one stream.

    A receiver sends the parts of a message one after the other. A loss leaves a stray part and
    costs some trust; parts of one message that stray apart prove that receivers are merged.
    """

    name: str  #: talker and source
    trust: int = 0  #: DISTRUSTED to TRUSTED; below 0 nothing may be joined
    count: int = 0  #: parts seen
    fresh: bool = True  #: of one message at most; its parts may come in any order
    strays: list[Stray] = field(default_factory=list)

    def next(self) -> None:
        self.count += 1
        self.strays = [s for s in self.strays if self.count - s.at <= STRAYS]

    def stray(self, key: Key) -> None:
        """A part is alone. The first message of a stream may have begun before it: no loss."""
        merged = any(s.key == key for s in self.strays)
        self.trust = (
            DISTRUSTED if merged else max(self.trust - (not self.fresh), min(self.trust, DOUBTED))
        )
        self.strays.append(Stray(key, self.count))
        self.fresh = False

    def begins(self, key: Key) -> None:
        """A first part after its second is as good a proof."""
        if any(s.key == key for s in self.strays):
            self.trust = DISTRUSTED

    def interleaved(self) -> None:
        self.trust = DISTRUSTED

    def whole(self) -> bool:
        """One more message in turn; whether it may be believed."""
        believed, self.fresh = self.trust >= 0, False
        self.trust = min(self.trust + WHOLE, TRUSTED)
        return believed

    def kept(self) -> bool:
        """A known source: whether it loses so little that its parts may be apart."""
        believed = self.trust >= 0
        self.trust = min(self.trust + 1, KNOWN)
        return believed

    def lost(self, messages: int) -> None:
        self.trust = max(self.trust - LOSS * messages, -KNOWN)

    def sound(self) -> bool:
        return len(self.strays) <= 2 * STRAYS and DISTRUSTED <= self.trust <= KNOWN
