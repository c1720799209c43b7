"""Whole lines to messages, in columns; what is not plain goes through the framer in its turn.

Invariant: the messages, counts and state of the framer are as if it had read every line itself.
Sentences of another form, and parts of messages, are given to it with what was told before them;
odd lines with all the lines that belong to the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais import before
from fleet.ingest.ais.found import (
    AT,
    CHANNEL,
    COLUMNS,
    FILL,
    GROUP,
    GROUP_SIZE,
    ORDER,
    PARTS,
    PAYLOAD,
    SIZE,
    SOURCE,
    SOURCE_SIZE,
    TIME,
    Found,
    joined,
)
from fleet.ingest.ais.pairs import doubtful, paired
from fleet.ingest.ais.scan import (
    AIS,
    BANG,
    COMMENT,
    NOTHING,
    ODD,
    OTHER,
    STAR,
    TAGGED,
    lines,
    pick,
    plain,
)
from fleet.ingest.ais.stamped import ANY_CHECK, plain_times
from fleet.ingest.ais.text import Text
from fleet.ingest.framing import AIS as SENTENCE
from fleet.ingest.framing import LINE, TOKEN, Context, Framer, Pair, chop
from fleet.ingest.groups import Message
from fleet.ingest.stamps import stamp_after, stamp_before
from fleet.ingest.tally import Tally
from fleet.model import NEVER, Ints, Mask

COMMA, BLANK, SEMICOLON = b", ;"
LEAST_PREFIX: Final = 9
"""Fewer bytes hold no time."""


def frame(framer: Framer, piece: bytes, received: int, tally: Tally) -> Found:
    """The messages of whole lines, after all that the framer has read before."""
    return Block(framer, Text(b"\n", piece), received, tally).read()


class Turn(NamedTuple):
    """A line that the framer reads itself."""

    takes: bool  #: takes what stands before it
    context: Context | None
    start: int
    stop: int


class Block:
    """Whole lines while they are being read."""

    def __init__(self, framer: Framer, text: Text, received: int, tally: Tally) -> None:
        self.framer, self.text, self.received, self.tally = framer, text, received, tally
        self.found = found = lines(text)
        self._overlong()
        self.tags = before.tags(found)
        if self.tags is not None and self.tags.strange:
            found.cls[self.tags.strange] = ODD
        self.some, others = plain(found)
        doubted = doubtful(self.text, self.some)
        if len(doubted):
            others = np.union1d(others, self._without(doubted))
        self.tokens = self._tokens(others)
        self.pghp = before.pghp_lines(found)
        cls = found.cls
        takes = (cls <= TAGGED) | (cls == OTHER)
        takes[self.pghp] = False
        taken = np.cumsum(takes)
        self.takers = int(taken[-1]) if len(taken) else 0
        self.takes: Mask = takes
        self.taker: Ints = taken - takes

    def read(self) -> Found:
        self._leave()
        self._count()
        self.told = before.told(self.found, self.tags, self.pghp, self.taker, self.takers + 2)
        self._pair()
        some, time = self.some, self._times()
        self.tally.sentences += len(some.line)
        order = np.arange(self.framer.order, self.framer.order + len(some.line))
        messages = self._in_turn(order, time)
        whole = some.right & (some.size > 0)
        columns = self._columns(time, order)
        if not whole.all():
            self._refuse()
        whole &= some.part == 0
        if not whole.all():
            columns = columns[:, whole.nonzero()[0]]
        return joined(Found(self.text, columns), messages)

    def _without(self, rows: Ints) -> Ints:
        """The lines of these sentences, which are no longer among the plain ones."""
        lines: Ints = self.some.line[rows]
        kept = np.ones(len(self.some.line), np.bool_)
        kept[rows] = False
        self.some = pick(self.some, kept.nonzero()[0])
        return lines

    def _pair(self) -> None:
        """Parts side by side are pairs; the framer reads the others."""
        self.pairs, alone = paired(self.text, self.some, self.taker, self.told)
        if len(alone):
            self.tokens |= self._tokens(self._without(alone))

    def _overlong(self) -> None:
        """Lines longer than any should be are cut by the framer."""
        found = self.found
        overlong = found.at[found.close] - found.at[found.begin] > LINE + 1
        if overlong.any():
            found.cls[overlong] = ODD

    def _tokens(self, lines: Ints) -> dict[int, re.Match[bytes]]:
        """Lines whose one sentence the framer can read by itself; others become odd."""
        found = self.found
        out: dict[int, re.Match[bytes]] = {}
        event = found.begin[lines] + 1
        event += 3 * (found.cls[lines] == TAGGED)
        behind = found.at[event - 1] + 1
        starts, ends = found.at[event].tolist(), (found.at[event + 1] + 3).tolist()
        for line, at, end, start in zip(lines.tolist(), starts, ends, behind.tolist(), strict=True):
            token = TOKEN.fullmatch(self.text.data, at, end)
            beside = found.cls[line] != TAGGED or at == start
            if token and token.lastindex == SENTENCE and beside:
                out[line] = token
            else:
                found.cls[line] = ODD
        return out

    def _leave(self) -> None:
        """What belongs to the same sentence as an odd line is left to the framer with it."""
        found, taker = self.found, self.taker
        odd = found.cls == ODD
        last = bool(len(taker)) and int(taker[-1]) == self.takers
        waiting = self.framer.waiting.context is not None
        if not (waiting or last or odd.any()):
            self.odd: list[int] = []
            return
        spoiled = np.zeros(self.takers + 2, np.bool_)
        spoiled[0], spoiled[self.takers] = waiting, last
        line = odd.nonzero()[0]
        spoiled[taker[line]] = True
        event = found.close[line] - 1
        event -= found.kind[event] == STAR
        spoiled[taker[line] + (found.kind[event] != BANG)] = True
        odd |= spoiled[taker] & (found.cls != NOTHING) & (found.cls != COMMENT)
        self.odd = odd.nonzero()[0].tolist()
        found.cls[odd] = ODD
        for row in self.odd:
            self.tokens.pop(row, None)
        keep = ~odd[self.some.line]
        if not keep.all():
            self.some = pick(self.some, keep)

    def _count(self) -> None:
        """What is no sentence, and tag blocks that are wrong."""
        found, tally = self.found, self.tally
        counts = np.bincount(found.cls, minlength=COMMENT + 1).tolist()
        if counts[COMMENT]:
            tally.types["comment"] += counts[COMMENT]
        others = counts[OTHER] - int((found.cls[self.pghp] == OTHER).sum()) if counts[OTHER] else 0
        if others:
            tally.types["other NMEA"] += others
        if counts[NOTHING]:
            lines = (found.cls == NOTHING).nonzero()[0]
            start, stop = found.at[found.begin[lines]] + 1, found.at[found.close[lines]]
            self._reject("not NMEA", start, stop, stop > start)
        if self.tags is not None and len(self.tags.wrong):
            wrong = self.tags.wrong[found.cls[self.tags.wrong] != ODD]
            event = found.begin[wrong] + 1
            all_of_them = event > 0
            start, stop = found.at[event] + 1, found.at[event + 2]
            self._reject("tag block checksum", start, stop, all_of_them)

    def _refuse(self) -> None:
        some = self.some
        self._reject("checksum", some.at, some.end, ~some.right)
        self._reject("empty payload", some.at, some.end, some.right & (some.size == 0))

    def _reject(self, why: str, start: Ints, stop: Ints, which: Mask) -> None:
        rows = which.nonzero()[0]
        if len(rows):
            self.tally.reject(why, self.text.data[start[rows[0]] : stop[rows[0]]])
            self.tally.rejects[why] += len(rows) - 1

    def _times(self) -> Ints:
        """Source time of every sentence: what was told before it, else what stands beside it."""
        some, told = self.some, self.told
        if told is None:
            time = np.zeros(len(some.line), np.int64)
        else:
            mine = self.taker[some.line]
            check = told.check[mine]
            near = told.pghp[mine] * ((check == ANY_CHECK) | (check == some.check))
            time = told.time[mine]
            time += near * (time == 0)
        tagged = self.found.cls[some.line] == TAGGED
        first = np.where(tagged, some.at, self.found.at[self.found.begin[some.line]] + 1)
        beside = (some.stop != some.end) | (some.at - first >= LEAST_PREFIX)
        beside &= time == 0
        if beside.any():
            self._beside(beside.nonzero()[0], first, time)
        return time

    def _beside(self, rows: Ints, first: Ints, time: Ints) -> None:
        """Times behind and before these sentences; `first` is where what is before begins."""
        some, text = self.some, self.text
        start, stop, at = some.end[rows], some.stop[rows], some.at[rows]
        before = first[rows]
        told, plain = plain_times(text, start + 1, stop)
        plain &= text.u1[start] == COMMA
        led, leads = plain_times(text, before, at - 1)
        leads &= (start == stop) & ((text.u1[at - 1] == BLANK) | (text.u1[at - 1] == SEMICOLON))
        plain, leads = plain & (told != 0), leads & (led != 0)
        time[rows] = told * plain + led * leads
        for row in rows[~(plain | leads)].tolist():
            place = int(first[row]), int(some.at[row]), int(some.end[row]), int(some.stop[row])
            time[row] = self._near(*place)

    def _near(self, first: int, at: int, end: int, stop: int) -> int:
        """As the framer finds a time behind a sentence, or before it unless `first` is 0."""
        data = self.text.data
        time = stamp_after(data[end:stop]) if stop > end else NEVER
        if time or first in (0, at) or data[first] == COMMA:
            return time
        return stamp_before(data[first:at])

    def _in_turn(self, order: Ints, time: Ints) -> list[Message]:
        """Odd lines, other sentences and pairs in their order; `order` is made what it is then."""
        framer, line = self.framer, self.some.line
        out: list[Message] = []
        slow = sorted([*self.tokens, *self.odd])
        counted = np.searchsorted(line, slow).tolist()
        turns: list[tuple[int, int, int, Turn | Pair]] = [*self._turns(slow, counted)]
        if len(self.pairs.first):
            turns += self.pairs.listed(self.text, self.some, time, self.taker)
            turns.sort(key=itemgetter(0))
        start, last_taker, more = framer.order, -1, 0
        grown = []
        for item, mine, rows, turn in turns:
            if isinstance(turn, Pair):
                framer.pair(turn, start + rows + more, self.received, self.tally, out)
                last_taker = mine + 1
                continue
            if last_taker != mine - 1:
                framer.waiting.before = None
            now = framer.order = start + rows + more
            self._through(item, turn, out)
            more += framer.order - now
            grown.append(framer.order - now)
            last_taker = mine if turn.takes else last_taker
        if grown:
            shift = np.bincount(counted, grown, len(order) + 1)[:-1]
            order += np.cumsum(shift).astype(np.int64)
        framer.order = start + len(order) + more
        if last_taker != self.takers - 1:
            framer.waiting.before = None
        return out

    def _turns(self, lines: list[int], counted: list[int]) -> Iterator[tuple[int, int, int, Turn]]:
        """What the framer reads itself: the line, the takers and the sentences before it."""
        if not lines:
            return
        at, found = self.found.at, self.found
        starts, stops = (at[found.begin[lines]] + 1).tolist(), at[found.close[lines]].tolist()
        takers, takes = self.taker[lines].tolist(), self.takes[lines].tolist()
        told = repeat(None) if self.told is None else self.told.contexts(takers, self.text.data)
        turns = map(Turn, takes, told, starts, stops)
        yield from zip(lines, takers, counted, turns, strict=True)

    def _through(self, line: int, turn: Turn, out: list[Message]) -> None:
        """One line, or the one sentence of it, read by the framer."""
        data, framer, start, stop = self.text.data, self.framer, turn.start, turn.stop
        token = self.tokens.get(line)
        if token is None:
            piece = data[start:stop]
            for cut in [piece] if len(piece) <= LINE else chop(piece, self.tally):
                if cut:
                    framer.line(cut, self.received, self.tally, out)
            return
        framer.waiting.context = turn.context
        near, at, end = NEVER, token.start(), token.end()
        if end != stop or at != start:
            near = self._near(start if self.found.cls[line] == AIS else 0, at, end, stop)
        framer.sentence(token, near, self.received, self.tally, out)

    def _columns(self, time: Ints, order: Ints) -> NDArray[np.int64]:
        """Of the single sentences."""
        some, told = self.some, self.told
        out = np.zeros((COLUMNS, len(some.line)), np.int64)
        out[ORDER], out[AT], out[CHANNEL], out[TIME] = order, some.at, some.payload - 2, time
        out[PAYLOAD], out[SIZE], out[FILL], out[PARTS] = some.payload, some.size, some.fill, 1
        if told is not None and self.tags is not None:
            mine = self.taker[some.line]
            out[SOURCE], out[SOURCE_SIZE] = told.source[mine], told.source_size[mine]
            out[GROUP], out[GROUP_SIZE] = told.group[mine], told.group_size[mine]
        return out
