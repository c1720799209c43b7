"""Whole lines to messages, in columns; odd lines and parts of messages go through the framer.

Invariant: the messages, counts and state of the framer are as if it had read every line itself.
Lines that the columns cannot read are given to it in their turn, with all that belongs to the same
sentence; so are parts of messages, of which there are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais import before
from fleet.ingest.ais.bits import ALPHABET
from fleet.ingest.ais.scan import BANG, LINE, STAR, lines, pick, sentences
from fleet.ingest.ais.stamped import ANY_CHECK, SCALE, numbers, sane
from fleet.ingest.ais.text import PAD, Text
from fleet.ingest.assembly import Message, Part
from fleet.ingest.framing import Framer, chop, key_of
from fleet.ingest.stamps import stamp_after, stamp_before
from fleet.ingest.tally import Tally
from fleet.model import Ints, Mask

ORDER, AT, CHANNEL, PAYLOAD, SIZE, FILL, TIME, SOURCE, SOURCE_SIZE, GROUP, GROUP_SIZE, PARTS = (
    range(12)
)
"""Rows of `Found.columns`."""
COLUMNS: Final = 12
ONE: Final = ord("1")
COMMA: Final = ord(",")
LEAST_PREFIX: Final = 9
"""Fewer bytes hold no time."""


@dataclass(slots=True)
class Found:
    """Messages in the order of arrival, a column each; places are in `text`.

    AT is where `!` and the five letters of the address stand; an empty payload is a mark that only
    sets the clock.
    """

    text: Text
    columns: NDArray[np.int64]  #: (COLUMNS, messages)


def frame(framer: Framer, piece: bytes, received: int, tally: Tally) -> Found:
    """The messages of whole lines, after all that the framer has read before."""
    return Block(framer, Text(b"\n", piece), received, tally).read()


class Block:
    """Whole lines while they are being read."""

    def __init__(self, framer: Framer, text: Text, received: int, tally: Tally) -> None:
        self.framer, self.text, self.received, self.tally = framer, text, received, tally
        self.found = found = lines(text, PAD + 1)
        self.some, self.odd = sentences(found)
        self.tags: before.Entries | None = None
        self.wrong = self.pghp = found.begin[:0]
        if found.tagged.any():
            self.tags, self.wrong, strange = before.entries(found)
            self.odd[strange] = True
        self._overlong()
        if found.other.any():
            self.pghp = before.pghp_lines(found)
        takes = found.ais | found.other
        takes[self.pghp] = False
        takes |= self.odd
        taken = np.cumsum(takes)
        self.takers = int(taken[-1]) if len(taken) else 0
        self.takes: Mask = takes
        self.taker: Ints = taken - takes
        self.told: before.Told | None = None

    def read(self) -> Found:
        self._leave()
        self._count()
        some, time = self.some, self._times()
        order = np.arange(len(some.line)) + self.framer.order
        self.tally.sentences += len(order)
        single = some.count == ONE
        whole = some.right & (some.number <= some.count) & (~single | (some.size > 0))
        parts = (whole & ~single).nonzero()[0]
        messages = self._serial(parts, time, order)
        if not whole.all():
            self._refuse(whole)
        rows = (whole & single).nonzero()[0]
        return self._joined(self._columns(rows, time, order), messages)

    def _overlong(self) -> None:
        """Lines longer than any should be are cut by the framer."""
        found = self.found
        overlong = (found.at[found.close] - found.at[found.begin] - 1 > LINE).nonzero()[0]
        if len(overlong):
            self.odd[overlong] = True
            for mask in (found.comment, found.nothing, found.tagged, found.other):
                mask[overlong] = False

    def _leave(self) -> None:
        """What belongs to the same sentence as an odd line is left to the framer with it."""
        found, taker = self.found, self.taker
        spoiled = np.zeros(self.takers + 2, np.bool_)
        spoiled[0] = self.framer.waiting.context is not None
        spoiled[self.takers] |= bool(len(taker)) and int(taker[-1]) == self.takers
        if self.odd.any():
            line = self.odd.nonzero()[0]
            spoiled[taker[line]] = True
            last = found.close[line] - 1
            last -= found.kind[last] == STAR
            spoiled[taker[line] + (found.kind[last] != BANG)] = True
        if spoiled.any():
            mine = spoiled[taker] & (found.tagged | found.other | found.ais)
            self.odd |= mine
            keep = ~self.odd[self.some.line]
            if not keep.all():
                self.some = pick(self.some, keep)

    def _count(self) -> None:
        """What is no sentence, and tag blocks that are wrong."""
        found, tally, odd = self.found, self.tally, self.odd
        if found.comment.any():
            tally.types["comment"] += int(found.comment.sum())
        if found.other.any():
            others = int((found.other & ~odd).sum()) - int((~odd[self.pghp]).sum())
            if others:
                tally.types["other NMEA"] += others
        nothing = found.nothing.nonzero()[0]
        start = found.at[found.begin[nothing]] + 1
        junk = found.at[found.close[nothing]] - start
        if junk.any():
            first = int((junk > 0).argmax())
            tally.reject("not NMEA", self.text.data[start[first] :][: junk[first]])
            tally.rejects["not NMEA"] += int((junk > 0).sum()) - 1
        wrong = self.wrong[~odd[self.wrong]]
        if len(wrong):
            start = found.at[found.begin[wrong[0]] + 1]
            stop = found.at[found.begin[wrong[0]] + 3]
            tally.reject("tag block checksum", self.text.data[start + 1 : stop])
            tally.rejects["tag block checksum"] += len(wrong) - 1

    def _refuse(self, whole: Mask) -> None:
        some = self.some
        self._reject("checksum", ~some.right)
        self._reject("part number", some.right & (some.number > some.count))
        self._reject("empty payload", ~whole & some.right & (some.number <= some.count))

    def _reject(self, why: str, which: Mask) -> None:
        rows = which.nonzero()[0]
        if len(rows):
            start, end = self.some.at[rows[0]], self.some.end[rows[0]]
            self.tally.reject(why, self.text.data[start:end])
            self.tally.rejects[why] += len(rows) - 1

    def _times(self) -> Ints:
        """Source time of every sentence: what was told before it, else what stands beside it."""
        some, taker = self.some, self.taker
        time = np.zeros(len(some.line), np.int64)
        if self.tags is not None or len(self.pghp):
            told = self.told = before.told(self.found, self.tags, self.pghp, taker, self.takers + 2)
            mine = taker[some.line]
            check, pghp = told.check[mine], told.pghp[mine]
            near = pghp * ((check == ANY_CHECK) | (check == some.check))
            time = told.time[mine]
            time += near * (time == 0)
        self._beside(time)
        return time

    def _beside(self, time: Ints) -> None:
        """Times behind and before the sentence, where nothing was told."""
        some, data = self.some, self.text.data
        behind = ((some.stop > some.end) & (time == 0)).nonzero()[0]
        if len(behind):
            start, stop = some.end[behind], some.stop[behind]
            value, plain = numbers(self.text, start + 1, stop)
            plain &= self.text.u1[start] == COMMA
            time[behind] = sane(value * SCALE[np.clip(stop - start - 1, 0, len(SCALE) - 1)]) * plain
            for row in behind[~plain].tolist():
                time[row] = stamp_after(data[some.end[row] : some.stop[row]])
        first = self.found.at[self.found.begin[some.line]] + 1
        ahead = (some.at - first >= LEAST_PREFIX) & (time == 0)
        if ahead.any():
            for row in (ahead & ~self.found.tagged[some.line]).nonzero()[0].tolist():
                prefix = data[first[row] : some.at[row]]
                if prefix[:1] != b",":
                    time[row] = stamp_before(prefix)

    def _serial(self, parts: Ints, time: Ints, order: Ints) -> list[Message]:
        """Odd lines and parts in their order; `order` becomes what it is with the odd ones."""
        framer, some = self.framer, self.some
        out: list[Message] = []
        start, before_taker = framer.order, -1
        part_of = dict(zip(some.line[parts].tolist(), parts.tolist(), strict=True))
        items = sorted([*part_of, *self.odd.nonzero()[0].tolist()])
        counted = np.searchsorted(some.line, items).tolist()
        taker, takes = self.taker[items].tolist(), self.takes[items].tolist()
        more, shift = 0, np.zeros(len(order) + 1, np.int64)
        for line, rows, mine, took in zip(items, counted, taker, takes, strict=True):
            if before_taker != mine - 1:
                framer.waiting.before = None
            framer.order = start + rows + more
            if line in part_of:
                message = self._part(part_of[line], time, framer.order)
                if message is not None:
                    out.append(message)
            else:
                self._odd(line, out)
                grown = framer.order - start - rows - more
                more += grown
                shift[rows] += grown
            before_taker = mine if took else before_taker
        framer.order = start + len(order) + more
        self._forget(before_taker)
        if more:
            order += np.cumsum(shift[:-1])
        return out

    def _forget(self, last: int) -> None:
        """The part before counts only where nothing stands between."""
        if last != self.takers - 1:
            self.framer.waiting.before = None

    def _odd(self, line: int, out: list[Message]) -> None:
        found = self.found
        start, stop = found.at[found.begin[line]] + 1, found.at[found.close[line]]
        piece = self.text.data[start:stop]
        for cut in [piece] if len(piece) <= LINE else chop(piece, self.tally):
            if cut:
                self.framer.line(cut, self.received, self.tally, out)

    def _part(self, row: int, time: Ints, order: int) -> Message | None:
        some, data = self.some, self.text.data
        at, end, payload = int(some.at[row]), int(some.end[row]), int(some.payload[row])
        size = int(some.size[row])
        piece = data[payload : payload + size]
        if piece.translate(None, ALPHABET):
            self.framer.waiting.before = None
            self.tally.reject("malformed", data[at:end])
            return None
        source, group = self._named(row)
        _, count, number, sequence, channel, *_ = data[at:end].decode().split(",")
        key = key_of(source, group, data[at + 1 : at + 6].decode(), sequence, channel, int(count))
        fill, when = int(some.fill[row]), int(time[row])
        part = Part(key, int(number), piece, fill, when, self.received, source, order)
        return self.framer.part(part, self.tally)

    def _named(self, row: int) -> tuple[str, str]:
        """Source and group of a sentence."""
        told, data = self.told, self.text.data
        if told is None:
            return "", ""
        mine = self.taker[self.some.line[row]]
        start, group = told.source[mine], told.group[mine]
        source = data[start : start + told.source_size[mine]].decode("latin-1")
        return source, data[group : group + told.group_size[mine]].decode()

    def _columns(self, rows: Ints, time: Ints, order: Ints) -> NDArray[np.int64]:
        """Of the whole messages among the sentences."""
        some, told = self.some, self.told
        out = np.zeros((COLUMNS, len(some.line)), np.int64)
        out[ORDER], out[AT], out[CHANNEL], out[TIME] = order, some.at, some.channel, time
        out[PAYLOAD], out[SIZE], out[FILL], out[PARTS] = some.payload, some.size, some.fill, 1
        if told is not None:
            mine = self.taker[some.line]
            out[SOURCE], out[SOURCE_SIZE] = told.source[mine], told.source_size[mine]
            out[GROUP], out[GROUP_SIZE] = told.group[mine], told.group_size[mine]
        return out if len(rows) == len(some.line) else out[:, rows]

    def _joined(self, columns: NDArray[np.int64], messages: list[Message]) -> Found:
        """Both kinds of messages in the order of arrival."""
        if not messages:
            return Found(self.text, columns)
        pieces, rows = _written(messages, len(self.text.data) - PAD)
        both = np.concatenate((columns, np.array(rows, np.int64).T), axis=1)
        text = Text(self.text.data[PAD:-PAD], *pieces)
        first = 2 * both[ORDER] + (both[SIZE] > 0)  # a mark has the number of what follows it
        return Found(text, both[:, first.argsort(kind="stable")])


def _written(messages: list[Message], at: int) -> tuple[list[bytes], list[tuple[int, ...]]]:
    """Messages as bytes to stand from `at` on, and as columns that speak of these."""
    pieces: list[bytes] = []
    rows: list[tuple[int, ...]] = []
    for m in messages:
        source, group = m.source.encode("latin-1"), m.group.encode()
        channel = m.channel.encode() or b","
        head = b"!" + m.address.encode().ljust(5)
        payload = at + len(head) + 1
        name = payload + len(m.payload)
        rows.append((
            m.order, at, at + len(head), payload, len(m.payload), m.fill, m.time,
            name, len(source), name + len(source), len(group), m.parts,
        ))  # fmt: skip
        pieces.append(b"".join((head, channel, m.payload, source, group)))
        at += len(pieces[-1])
    return pieces, rows
