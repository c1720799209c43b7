"""Where the sentences of whole lines are, in columns: the forms that nearly all lines have.

Invariant: what is called plain here is what `framing.TOKEN` reads in that line, and nothing else
stands in it; a line that is anything else is odd, and left to the framer. Nothing is decided here
that depends on another line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais.text import Bytes, Text, table
from fleet.model import Ints, Mask

END, BANG, DOLLAR, SLASH, STAR, HASH = range(1, 7)
MARKS: Final = table(
    {10: END, 13: END}
    | {ord(c): k for c, k in zip("!$\\*#", (BANG, DOLLAR, SLASH, STAR, HASH), strict=True)}
).tobytes()
"""What gives a line its form; everything else is 0."""
ODD, AIS, TAGGED, TAG, OTHER, NOTHING, COMMENT = range(7)
"""One sentence, `!`; the same behind a tag block; a tag block alone; one sentence, `$`; none."""
FORMS: Final = np.zeros(512, np.uint8)
"""Class of a line by its first three marks; of a tag block the rest is looked at again."""
for _marks, _class in (
    ((BANG, STAR, END), AIS),
    ((SLASH, STAR, SLASH), TAG),
    ((DOLLAR, STAR, END), OTHER),
    *(((DOLLAR, END, any_mark), OTHER) for any_mark in range(8)),
    *(((END, a, b), NOTHING) for a in range(8) for b in range(8)),
    *(((HASH, a, b), COMMENT) for a in range(8) for b in range(8)),
):
    FORMS[_marks[0] << 6 | _marks[1] << 3 | _marks[2]] = _class
FOUR: Final = np.uint64((1 << 32) - 1)
SPREAD, DOWN = np.uint64((1 << 53) + (1 << 42) + (1 << 31)), np.uint64(55)
"""Multiplied and shifted, the marks behind the first become the nine bits of FORMS."""
REST: Final = np.uint64(32)
ALONE: Final = END
BEFORE_AIS: Final = BANG | STAR << 8 | END << 16

HEX: Final = np.full(65536, 256, np.int16)
"""Two hexadecimal digits, little-endian; 256 where they are none."""
for _high in b"0123456789abcdefABCDEF":
    for _low in b"0123456789abcdefABCDEF":
        HEX[_low << 8 | _high] = int(bytes((_high, _low)), 16)

LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TALKER: Final = np.zeros(65536, np.bool_)
"""Of two bytes, little-endian: a letter, and a letter or a digit."""
for _first in LETTERS:
    for _byte in LETTERS + b"0123456789":
        TALKER[_byte << 8 | _first] = True
ADDRESS: Final = int.from_bytes(b"!\0\0VDM,0", "little")
FIXED: Final = int.from_bytes(b"\xff\0\0\xff\xff\xfd\xff\xfc", "little", signed=True)
"""The bits of the first eight bytes that all sentences share: `!..VDM,1`, `O` for `M`, `2`."""
COMMAS, APART = ord(",") | ord(",") << 16, 0xFF00FF
ONE, TWO = ord("1"), ord("2")
TWO_BYTES: Final = 0xFFFF
FIRST, SECOND = np.zeros((2, 65536), np.uint8)
PAYLOAD: Final = np.zeros(16, np.int64)
"""Sequence id and channel, by two bytes and two more: 1 both empty, 2 a channel, 3 a sequence id;
then 4 a comma first, 8 a comma behind one letter. PAYLOAD: where it begins by both, or 0."""
NUMBERED: Final = 3
NAMES: Final = b"0123456789ABCD"
for _byte in NAMES:
    FIRST[ord(",") | _byte << 8] = 2
    SECOND[_byte | ord(",") << 8] = 8
for _byte in range(256):
    SECOND[ord(",") | _byte << 8] = 4
for _byte in b"0123456789":
    FIRST[_byte | ord(",") << 8] = 3
FIRST[ord(",") | ord(",") << 8] = 1
PAYLOAD[[1, 5, 9]], PAYLOAD[[6, 7]], PAYLOAD[11] = 13, 14, 15
FILL: Final = np.full(65536, 255, np.uint8)
"""By a comma and a digit."""
for _byte in b"012345":
    FILL[ord(",") | _byte << 8] = _byte - 48
DIGIT: Final[Mask] = table(dict.fromkeys(b"0123456789", 1), "?")


@dataclass(slots=True)
class Lines:
    """Whole lines, in order; beside them their events: every mark of MARKS."""

    text: Text
    at: Ints  #: place of every event
    kind: NDArray[np.uint8]  #: of every event
    sums: Bytes  #: of every event: XOR of what stands between it and the next
    begin: Ints  #: of every line, its first event: the end of the line before
    close: Ints  #: of every line, its own end
    cls: NDArray[np.uint8]  #: of every line

    def right(self, event: Ints) -> Mask:
        """Whether the next event of each is a star with the checksum of what is between."""
        found: Mask = HEX[self.text.u2[self.at[event + 1] + 1]] == self.sums[event]
        return found


def lines(text: Text) -> Lines:
    """The lines of a text that begins and ends with a line end."""
    kinds = np.frombuffer(text.data.translate(MARKS), np.uint8)
    at = (kinds != 0).nonzero()[0]
    kind = kinds[at]
    ends = (kind == END).nonzero()[0]
    begin = ends[:-1]
    sums = np.bitwise_xor.reduceat(text.u1, at) ^ text.u1[at]
    form = np.ndarray((len(kind),), "<u8", kind.tobytes() + bytes(8), strides=(1,))[begin]
    cls = FORMS[((form & FOUR) * SPREAD) >> DOWN]
    found = Lines(text, at, kind, sums, begin, ends[1:], cls)
    _look_again(found, form)
    return found


def _look_again(found: Lines, form: NDArray[Any]) -> None:
    """What three marks do not tell."""
    cls, at = found.cls, found.at
    tags = (cls == TAG).nonzero()[0]
    if len(tags):
        rest = form[tags] >> REST
        behind = (rest & np.uint64(0xFFFFFF)) == BEFORE_AIS
        alone = (rest & np.uint64(0xFF)) == ALONE
        cls[tags] = np.where(behind, TAGGED, np.where(alone, TAG, ODD))
    comments = (cls == COMMENT).nonzero()[0]
    if len(comments):
        event = found.begin[comments]
        inside = at[event + 1] != at[event] + 1
        alone = form[comments] >> np.uint64(16) & np.uint64(0xFF) == ALONE
        cls[comments[inside]] = np.where(alone, NOTHING, ODD)[inside]


@dataclass(slots=True)
class Plain:
    """Lines with one AIS sentence of the plain form; payloads are not looked at.

    It is whole by itself, or a part of two that has a sequence id.
    """

    line: Ints
    at: Ints  #: place of its `!`
    right: Mask
    check: NDArray[np.int16]
    payload: Ints  #: place and number of its characters
    size: Ints
    fill: NDArray[np.uint8]
    end: Ints  #: behind the checksum; there is more where it is not `stop`
    stop: Ints  #: end of the line
    part: Ints  #: its number as a character; 0 where it is whole by itself


def plain(found: Lines) -> tuple[Plain, Ints]:
    """The plain sentences, and the lines with any other."""
    text = found.text
    tagged = found.cls == TAGGED
    line = ((found.cls == AIS) | tagged).nonzero()[0]
    event = found.begin[line] + 1
    if tagged.any():
        event += 3 * tagged[line]
    at, star = found.at[event], found.at[event + 1]
    head = text.windows(at, 16).view("<i8")
    tail = text.windows(star - 4, 8).view("<i8")[:, 0]
    first, code = head[:, 0], head[:, 1]
    good = (first & FIXED == ADDRESS) & TALKER.take(first >> 8 & TWO_BYTES)
    sequence = FIRST.take(code >> 24 & TWO_BYTES)
    offset = PAYLOAD.take(sequence | SECOND.take(code >> 40 & TWO_BYTES))
    part, whole = code >> 8 & 0xFF, first >> 56 == ONE
    good &= (code & APART == COMMAS) & (part >= ONE) & (part <= first >> 56)
    good &= whole | ((first >> 56 == TWO) & (sequence == NUMBERED))
    payload = at + offset
    fill = FILL.take(tail >> 16 & TWO_BYTES)
    size = star - 2 - payload
    _longer_tail(text, star, size, fill, tail)
    check = HEX.take(tail >> 40 & TWO_BYTES)
    good &= (offset > 0) & (fill < 6) & (size >= 0) & (check < 256)
    if tagged.any():
        good &= ~tagged[line] | (at == found.at[event - 1] + 1)
    right = check == found.sums[event]
    part *= ~whole
    stop = found.at[event + 2]
    made = Plain(line, at, right, check, payload, size, fill, star + 3, stop, part)
    return (made, line[:0]) if good.all() else (pick(made, good.nonzero()[0]), line[~good])


def _longer_tail(text: Text, star: Ints, size: Ints, fill: NDArray[np.uint8], tail: Ints) -> None:
    """Some receivers write `,0,0*`: fill bits, and one digit more."""
    more = (tail & 0xFF == ord(",")) & (size >= 2)
    if more.any():
        rows = more.nonzero()[0]
        end = star[rows]
        fill[rows] = np.where(DIGIT[text.u1[end - 1]], FILL[text.u2[end - 4]], 255)
        fill[rows] |= np.where(text.u1[end - 2] == ord(","), 0, 255).astype(np.uint8)
        size[rows] -= 2


def pick(some: Plain, rows: Ints) -> Plain:
    return Plain(*(getattr(some, name)[rows] for name in Plain.__slots__))
