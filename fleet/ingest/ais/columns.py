"""Assembled messages to tables, all at once: by layout, fields, doubts and times in columns.

Invariant: what `Reader` makes of the same messages one by one, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fleet.ingest.ais import moments, rest, unpack
from fleet.ingest.ais.bits import ALPHABET, Bits
from fleet.ingest.ais.envelope import Common
from fleet.ingest.ais.few import FEW, Few
from fleet.ingest.ais.fields import LAYOUTS, Layout, Name
from fleet.ingest.ais.found import (
    AT,
    CHANNEL,
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
)
from fleet.ingest.ais.messages import Doubt, Messages, Row, Table
from fleet.ingest.ais.moments import TIMELESS, Heard, Moments
from fleet.ingest.ais.reader import KINDS
from fleet.ingest.ais.stamped import moments as dates
from fleet.ingest.ais.text import Bytes, Text, table
from fleet.ingest.clean import NO_SECOND, Clock
from fleet.ingest.format import Record
from fleet.ingest.tally import Tally
from fleet.model import Floats, Ints

Column = NDArray[Any]
NAMES: Final = tuple(LAYOUTS)
TABLES: Final = len(NAMES)
LONGER: Final = next(i for i, name in enumerate(NAMES) if unpack.is_long(LAYOUTS[name]))
"""Layouts from here on have more characters."""
REST, STATIC_PART, TOO_SHORT, UNKNOWN, MARK = range(TABLES, TABLES + 5)
RANK: Final = table(
    {
        kind: NAMES.index("24A" if kind == 24 else kind)
        for kind in {x.type for x in LAYOUTS.values()}
    }
    | dict.fromkeys(rest.TYPES, REST),
    other=UNKNOWN,
)
"""Which table a message type goes to."""
NAME_ONLY: Final = NAMES.index("24A")
LEAST: Final = np.array([x.bits[0] for x in LAYOUTS.values()] + [0] * 5)
SHORTEST_REST: Final = table(rest.LEAST, "i8")
"""Of the types without a table, by type."""
MOST: Final = np.array([x.bits[1] for x in LAYOUTS.values()] + [1 << 30] * 5)
NONE: Final = np.zeros(0, np.int64)
MOST_MMSI: Final = 999_999_999


def messages(found: Found, clock: Clock, received: int, tally: Tally) -> Messages:
    """All that was found, in tables; `clock` goes on to the last of it."""
    if not found.columns.shape[1]:
        return Messages(tally=tally)
    work = Work(found)
    if len(work.illegal):
        return messages(_refused(found, work.illegal, tally), clock, received, tally)
    work.count(tally)
    tables, heard = work.tables()
    when = moments.live(heard, received) if received else moments.recorded(heard, clock)
    if when.ignored.any():
        tally.types["source time ignored"] += int(when.ignored.sum())
    work.envelope(when, received)
    return Messages(tables, tally, work.rest(when, received))


def _refused(found: Found, rows: Ints, tally: Tally) -> Found:
    """Without the payloads that hold characters which none may have."""
    for at, payload, size in found.columns[[AT, PAYLOAD, SIZE]].T[rows].tolist():
        tally.reject("malformed", found.text.data[at : payload + size])
    return Found(found.text, np.delete(found.columns, rows, axis=1))


class Work:
    """Messages while they are being read; `rows` are theirs in the order of the tables."""

    def __init__(self, found: Found) -> None:
        self.text, self.all = found.text, found.columns
        self.kind = unpack.ILLEGAL[self.text.u1[self.all[PAYLOAD]]]
        self.length = 6 * self.all[SIZE] - self.all[FILL]
        self.rank = self._ranked()
        self.order = self.rank.argsort(kind="stable")
        counts = np.bincount(self.rank, minlength=MARK + 1)
        self.ends = np.cumsum(counts).tolist()
        self.rows = self.order[: self.ends[TABLES - 1]]
        self.some = self.all[:, self.rows]
        self.doubt = np.zeros(len(self.rows), np.int64)
        self.common = Common()
        self.few = len(self.rows) <= FEW
        short = 0 if self.few else self.ends[LONGER - 1]
        self.short, bad_short = self._packed(slice(0, short), unpack.SHORT)
        self.long, bad_long = self._packed(slice(short, len(self.rows)), unpack.LONG)
        self.illegal = self._illegal([bad_short, bad_long])

    def _ranked(self) -> NDArray[np.uint8]:
        """Which table, or which lot, each message goes to."""
        rank: NDArray[np.uint8] = RANK[self.kind]
        halves = (rank == NAME_ONLY).nonzero()[0]
        if len(halves):
            part = unpack.ILLEGAL[self.text.u1[self.all[PAYLOAD, halves] + 6]] >> 2 & 3
            part[self.length[halves] < 40] = 0
            rank[halves] = np.where(part > 1, STATIC_PART, NAME_ONLY + part)
        rank[self.length < LEAST[rank]] = TOO_SHORT
        rank[self.length < SHORTEST_REST[self.kind]] = TOO_SHORT
        rank[self.all[SIZE] == 0] = MARK
        return rank

    def _packed(self, rows: slice, width: int) -> tuple[tuple[Ints, Bytes], Ints]:
        """Words and six-bit codes of these payloads; the rows that hold what no payload may."""
        at, size = self.some[PAYLOAD, rows], self.some[SIZE, rows]
        if not len(at):
            return (self.all[:0], self.text.u1[:0]), NONE
        codes, illegal = unpack.sixes(self.text, at, size, width)
        bad = NONE if illegal is None else illegal.nonzero()[0]
        if int(size.max()) > width:
            longer = (size > width).nonzero()[0]
            wrong = [i for i in longer.tolist() if self._wrong(self.some[:, rows.start + i])]
            bad = np.concatenate((bad, np.array(wrong, np.int64)))
        return (unpack.words(codes), codes), bad + rows.start if len(bad) else NONE

    def _wrong(self, message: Ints) -> bool:
        payload = self.text.data[message[PAYLOAD] : message[PAYLOAD] + message[SIZE]]
        return bool(payload.translate(None, ALPHABET))

    def _illegal(self, bad: list[Ints]) -> Ints:
        """The messages, in the order of arrival, whose payload is none."""
        others = self.order[len(self.rows) :]
        wrong = self._illegal_others(others) if len(others) else []
        if not wrong and not any(map(len, bad)):
            return NONE
        return np.unique(np.concatenate((*(self.rows[b] for b in bad), wrong)).astype(np.int64))

    def _illegal_others(self, others: Ints) -> list[int]:
        """Those without a table; the few that are longer one by one."""
        at, size = self.all[PAYLOAD, others], self.all[SIZE, others]
        illegal = unpack.sixes(self.text, at, size, unpack.LONG)[1]
        found = [] if illegal is None else others[illegal].tolist()
        longer = others[size > unpack.LONG].tolist()
        return found + [i for i in longer if self._wrong(self.all[:, i])]

    def count(self, tally: Tally) -> None:
        """Types, and what is no message of a known one."""
        known = np.bincount(self.kind[self.rank < UNKNOWN], minlength=64)
        for kind in known.nonzero()[0].tolist():
            tally.types[KINDS[kind]] += int(known[kind])
        for lot, why in LOTS.items():
            rows = self.order[self.ends[lot - 1] : self.ends[lot]]
            if len(rows):
                payload, size = self.all[PAYLOAD, rows[0]], self.all[SIZE, rows[0]]
                tally.reject(why, self.text.data[payload : payload + size])
                tally.rejects[why] += len(rows) - 1

    def tables(self) -> tuple[dict[Name, Table], Heard]:
        """The fields of every table, and what the times are made of; the envelope comes later."""
        if self.few:
            return self._few_tables()
        n = len(self.rows)
        places = np.full((2, n), np.nan)
        seconds = np.zeros((2, n), np.int64)
        seconds[0] = TIMELESS
        tables, mmsi = {}, self._identity()
        for rank, layout in enumerate(LAYOUTS.values()):
            start, stop = self.ends[rank - 1] if rank else 0, self.ends[rank]
            if start == stop:
                continue
            rows = slice(start, stop)
            columns = self._fields(layout, rows, mmsi)
            tables[layout.name] = Table(layout, columns, self.common, rows)
            if "lon" in columns:
                places[0, rows], places[1, rows] = columns["lon"], columns["lat"]
            _seconds(layout, columns, seconds[:, rows])
        return tables, self._heard(seconds, places)

    def _few_tables(self) -> tuple[dict[Name, Table], Heard]:
        """The same for few messages."""
        tables: dict[Name, Table] = {}
        words, codes = self.long
        seconds = np.zeros((2, len(self.rows)), np.int64)
        if not len(self.rows):
            return tables, self._heard(seconds, np.zeros((2, 0)))
        self._identity()
        few = Few(words, codes, self.rank[self.rows], self.length[self.rows])
        seconds[0] = few.second
        for rank, layout in enumerate(LAYOUTS.values()):
            start, stop = self.ends[rank - 1] if rank else 0, self.ends[rank]
            if start != stop:
                rows = slice(start, stop)
                columns = few.columns(rank, rows)
                tables[layout.name] = Table(layout, columns, self.common, rows)
                if "year" in columns:
                    _utc(columns, seconds[1, rows])
        return tables, self._heard(seconds, few.places)

    def _fields(self, layout: Layout, rows: slice, mmsi: Ints) -> dict[str, Column]:
        begin = self.ends[LONGER - 1] if unpack.is_long(layout) else 0
        words, codes = self.long if begin or unpack.is_long(layout) else self.short
        own = slice(rows.start - begin, rows.stop - begin)
        length = self.length[self.rows[rows]]
        return unpack.fields(layout, words[:, own], codes[own], length, mmsi[rows])

    def _identity(self) -> Ints:
        """MMSI and repeat, which all layouts have in the same place."""
        first = [words[0] for words, _ in (self.short, self.long) if len(words)]
        word = first[0] if len(first) == 1 else np.concatenate(first) if first else self.rows
        self.common["mmsi"] = mmsi = word >> 10 & (1 << 30) - 1
        self.common["repeat"] = word >> 40 & 3
        self.doubt |= int(Doubt.MMSI) * ((mmsi == 0) | (mmsi > MOST_MMSI))
        return mmsi

    def _heard(self, seconds: Ints, places: Floats) -> Heard:
        lon, lat = np.abs(places)
        self.doubt |= int(Doubt.POSITION) * ((lon > 180) | (lat > 90))
        longer = self.length[self.rows] > MOST[self.rank[self.rows]]
        self.doubt |= int(Doubt.LENGTH) * longer
        n = self.all.shape[1]
        second, utc = np.full(n, TIMELESS), np.zeros(n, np.int64)
        second[self.rows], utc[self.rows] = seconds
        certain = np.zeros(n, np.bool_)
        certain[self.rows] = self.doubt & int(Doubt.MMSI | Doubt.LENGTH) == 0
        source = self.all[TIME] * (self.rank != UNKNOWN)
        return Heard(source, second, utc, certain)

    def envelope(self, when: Moments, received: int) -> None:
        """The columns that all tables share."""
        some, rows, common = self.some, self.rows, self.common
        common["order"], common["heard"], common["parts"] = some[ORDER], some[TIME], some[PARTS]
        common["sent"], common["t"] = when.sent[rows], when.t[rows]
        doubt = self.doubt | int(Doubt.SOURCE) * when.ignored[rows]
        common["flags"] = when.flags[rows] | doubt
        common.later(self.text, some, received)

    def rest(self, when: Moments, received: int) -> Rest:
        """The messages that have no table."""
        rows = self.order[self.ends[REST - 1] : self.ends[REST]]
        about = (self.kind[rows], when.sent[rows], when.ignored[rows])
        return Rest(self.text, self.all[:, rows], about, received)


class Rest:
    """Messages without a table, made records when somebody looks; right in kind and length."""

    def __init__(
        self, text: Text, columns: NDArray[np.int64], about: tuple[Column, ...], received: int
    ) -> None:
        self.text, self.columns, self.about, self.received = text, columns, about, received

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def read(self) -> tuple[tuple[Record, ...], tuple[Row, ...]]:
        """The records, and the values of their envelopes."""
        out: list[Record] = []
        envelopes: list[Row] = []
        about = (column.tolist() for column in self.about)
        for m, kind, base, ignored in zip(self.columns.T.tolist(), *about, strict=True):
            piece = self.text.data[m[PAYLOAD] : m[PAYLOAD] + m[SIZE]]
            bits = Bits.of(piece, m[FILL])
            out.append(rest.record(kind, bits, base, self.received or base))
            doubt = int(Doubt.SOURCE) * ignored
            envelopes.append(self._envelope(m, bits, (self.received, base, base, doubt)))
        return tuple(out), tuple(envelopes)

    def _envelope(self, m: list[int], bits: Bits, when: tuple[int, int, int, int]) -> Row:
        """The envelope of one record, as `Reader` has it."""
        data = self.text.data
        mmsi, channel = bits.get(8, 30), data[m[CHANNEL] : m[CHANNEL] + 1]
        station = data[m[SOURCE] : m[SOURCE] + m[SOURCE_SIZE]].decode("latin-1")
        group = data[m[GROUP] : m[GROUP] + m[GROUP_SIZE]].decode("latin-1")
        doubt = 0 if 0 < mmsi <= MOST_MMSI else int(Doubt.MMSI)
        return (
            m[ORDER], mmsi, bits.get(6, 2), channel.decode("latin-1").strip(","),
            data[m[AT] + 1 : m[AT] + 3].decode("latin-1"), data[m[AT] + 5] == ord("O"),
            station, group, m[TIME], *when[:3], when[3] | doubt, m[PARTS],
        )  # fmt: skip


LOTS: Final = {
    STATIC_PART: "static part",
    TOO_SHORT: "message length",
    UNKNOWN: "message type",
}


def _seconds(layout: Layout, columns: Mapping[str, Column], out: Ints) -> None:
    """UTC second and full UTC time of the messages of one layout."""
    if "second" in columns:
        out[0] = columns["second"]
    elif layout.type == 27:
        out[0] = NO_SECOND
    if "year" in columns:
        _utc(columns, out[1])


def _utc(columns: Mapping[str, Column], out: Ints) -> None:
    names = ("year", "month", "day", "hour", "minute", "second")
    out[:] = dates(np.array([columns[name] for name in names]), np.zeros(1, np.int64))
