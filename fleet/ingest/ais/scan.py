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

from fleet.ingest.ais.text import Text, table
from fleet.model import Ints, Mask

END, BANG, DOLLAR, SLASH, STAR = 1, 2, 3, 4, 5
MARKS: Final = table(
    {10: END, 13: END, ord("!"): BANG, ord("$"): DOLLAR, ord("\\"): SLASH, ord("*"): STAR}
).tobytes()
"""What gives a line its form; everything else is 0."""


def _form(*marks: int) -> tuple[int, int]:
    """The marks of a line from the end before it to its own, as a number; and a mask for it."""
    code = sum(mark << 8 * i for i, mark in enumerate((END, *marks, END)))
    return code, (1 << 8 * (len(marks) + 2)) - 1


AIS, TAGGED = _form(BANG, STAR), _form(SLASH, STAR, SLASH, BANG, STAR)
TAG, OTHER, BARE, NOTHING = _form(SLASH, STAR, SLASH), _form(DOLLAR, STAR), _form(DOLLAR), _form()

HEX: Final = np.full(65536, 256, np.int16)
"""Two hexadecimal digits, little-endian; 256 where they are none."""
for _high in b"0123456789abcdefABCDEF":
    for _low in b"0123456789abcdefABCDEF":
        HEX[_low << 8 | _high] = int(bytes((_high, _low)), 16)

UPPER, TALKER, V, D, OWNER, COMMA, COUNT = (1 << i for i in range(7))
KINDS: Final = table(
    {
        **dict.fromkeys(range(65, 91), UPPER | TALKER),
        **dict.fromkeys(range(48, 58), TALKER),
        **dict.fromkeys(range(49, 58), TALKER | COUNT),
        ord("V"): UPPER | TALKER | V,
        ord("D"): UPPER | TALKER | D,
        ord("M"): UPPER | TALKER | OWNER,
        ord("O"): UPPER | TALKER | OWNER,
        ord(","): COMMA,
    }
).tobytes()
HEADER: Final = np.frombuffer(
    bytes((0, UPPER, TALKER, V, D, OWNER, COMMA, COUNT, COMMA, COUNT, COMMA, 0, 0, 0, 0, 0)), "<u8"
)
"""What the first bytes of `!AIVDM,1,1,` must be."""
COMMAS: Final = (29, 0x0101_0101, 0x0102_0408, 24, 15)
"""How the commas among bytes 11 to 14 become four bits: shift, mask, multiply, shift, mask."""
PAYLOAD: Final = np.array([0, 0, 0, 13, 0, 14, 14, 13, 0, 0, 15, 13, 0, 14, 14, 13])
"""Where the payload begins by those bits (a sequence id of two digits is odd); 0: not plain."""
CHANNEL: Final[Mask] = table(dict.fromkeys(b"0123456789ABCD,", 1), "?")
SEQUENCE: Final[Mask] = table(dict.fromkeys(b"0123456789,", 1), "?")
LINE: Final = 2048


@dataclass(slots=True)
class Lines:
    """Whole lines, in order; a column of events lies beside them: every mark of MARKS."""

    text: Text
    at: Ints  #: place of every event
    right: Mask  #: of every event: a sentence or tag block begins there, and its checksum is right
    check: NDArray[np.int16]  #: the two hexadecimal digits behind it, 256 where there are none
    kind: NDArray[np.uint8]  #: of every event
    begin: Ints  #: of every line, its first event: the end of the line before
    close: Ints  #: of every line, its own end
    form: NDArray[Any]  #: of every line, its marks
    comment: Mask
    ais: Mask  #: lines with one sentence, AIS by its form (see `sentences`), perhaps tagged
    tagged: Mask  #: lines that begin with a tag block
    other: Mask  #: lines with one sentence that begins with `$`
    nothing: Mask  #: lines without a sentence or tag block

    def __len__(self) -> int:
        return len(self.begin)


def lines(text: Text, start: int) -> Lines:
    """The lines from `start` to the end of the text; there must be a line end in front of it."""
    marks = text.data.translate(MARKS)
    kinds = np.frombuffer(marks, np.uint8)
    at = (kinds[start - 1 :] != 0).nonzero()[0] + (start - 1)
    kind = kinds[at]
    right, check = _checked(text, at, kind)
    ends = (kind == END).nonzero()[0]
    begin = ends[:-1]
    form = np.ndarray((len(kind),), "<u8", kind.tobytes() + bytes(8), strides=(1,))[begin]
    comment = text.u1[at[begin] + 1] == ord("#")
    tag, tagged, ais = _is(form, TAG), _is(form, TAGGED), _is(form, AIS)
    other, nothing = _is(form, OTHER) | _is(form, BARE), _is(form, NOTHING)
    ais |= tagged
    tagged |= tag
    if comment.any():
        tagged, ais, other, nothing = (m & ~comment for m in (tagged, ais, other, nothing))
    return Lines(
        text, at, right, check, kind, begin, ends[1:], form, comment, ais, tagged, other, nothing
    )


def _is(form: NDArray[Any], wanted: tuple[int, int]) -> Mask:
    code, mask = wanted
    found: Mask = (form & np.uint64(mask)) == np.uint64(code)
    return found


def _checked(text: Text, at: Ints, kind: NDArray[np.uint8]) -> tuple[Mask, NDArray[np.int16]]:
    """Of every event, whether a right checksum follows it, and which."""
    right, check = np.zeros(len(at), np.bool_), np.full(len(at), 256, np.int16)
    star = (kind == STAR).nonzero()[0]
    told = HEX[text.u2[at[star] + 1]]
    before = star - 1
    sums = np.bitwise_xor.reduceat(text.u1, at)[before] ^ text.u1[at[before]]
    right[before] = told == sums
    check[before] = told
    return right, check


@dataclass(slots=True)
class Sentences:
    """Lines with one AIS sentence of the plain form, whose payload is yet to be looked at."""

    line: Ints
    at: Ints  #: place of its `!`
    right: Mask
    check: Ints
    count: NDArray[np.uint8]  #: how many parts, and which: digits as they are written
    number: NDArray[np.uint8]
    channel: Ints  #: place of the channel's letter, a comma where there is none
    payload: Ints  #: place and number of its characters
    size: Ints
    fill: Ints
    end: Ints  #: behind the checksum; there is more where it is not `stop`
    stop: Ints  #: end of the line


def sentences(found: Lines) -> tuple[Sentences, Mask]:
    """The sentences of plain lines, and the lines that are odd."""
    text = found.text
    line = found.ais.nonzero()[0]
    event = found.begin[line] + 1
    event += 3 * found.tagged[line]
    at, star, stop = found.at[event], found.at[event + 1], found.at[event + 2]
    head = text.windows(at, 16)
    kinds = np.frombuffer(head.tobytes().translate(KINDS), "<u8").reshape(-1, 2)
    good = ((kinds & HEADER) == HEADER).all(1)
    shift, mask, times, down, four = COMMAS
    commas = ((kinds[:, 1] >> np.uint64(shift)) & np.uint64(mask)) * np.uint64(times)
    offset = PAYLOAD[((commas >> np.uint64(down)) & np.uint64(four)).view(np.int64)]
    payload = at + offset
    channel = payload - 2
    good &= (offset > 0) & SEQUENCE[head[:, 11]] & CHANNEL[text.u1[channel]]
    fill, last, plain = _tail(text, payload, star)
    check = found.check[event]
    good &= plain & (check < 256)
    made = Sentences(
        line, at, found.right[event], check.astype(np.int64), head[:, 7], head[:, 9], channel,
        payload, last - payload, fill, star + 3, stop,
    )  # fmt: skip
    if found.tagged.any():
        good &= _adjacent(found, line, event)
    odd = ~(found.ais | found.tagged | found.other | found.nothing | found.comment)
    if not good.all():
        odd[line[~good]] = True
        made = pick(made, good)
    return made, odd


def _tail(text: Text, payload: Ints, star: Ints) -> tuple[Ints, Ints, Mask]:
    """Fill bits, end of the payload, and whether `,0*` or `,0,0*` stands there."""
    tail = text.u4[star - 4].view(np.uint8).reshape(-1, 4).astype(np.int64).T
    more = (tail[0] == ord(",")) & (star - 4 >= payload)
    fill = np.where(more, tail[1], tail[3]) - 48
    last = star - 2 - 2 * more
    good = (tail[2] == ord(",")) & (fill >= 0) & (fill <= 5) & (last >= payload)
    good &= ~more | ((tail[3] >= 48) & (tail[3] <= 57))
    return fill, last, good


def _adjacent(found: Lines, line: Ints, event: Ints) -> Mask:
    """Untagged, or right behind the tag block."""
    beside: Mask = found.at[event] == found.at[event - 1] + 1
    return ~found.tagged[line] | beside


def pick(some: Sentences, rows: Ints | Mask) -> Sentences:
    return Sentences(*(getattr(some, name)[rows] for name in Sentences.__slots__))
