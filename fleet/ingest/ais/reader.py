"""Assembled messages, one at a time, into rows and records: times, doubts, rejects.

The columnar reader does the same for many at once; this one says what "the same" is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from fleet.ingest import clean
from fleet.ingest.ais import rest
from fleet.ingest.ais.bits import Bits
from fleet.ingest.ais.fields import Layout, Name
from fleet.ingest.ais.messages import Doubt, Messages, Records, Row, tabled
from fleet.ingest.ais.scalar import layout_of, values
from fleet.ingest.format import Record
from fleet.ingest.groups import Message
from fleet.ingest.stamps import micros, sane
from fleet.ingest.tally import Tally
from fleet.model import DAY, NEVER

KINDS = tuple(str(kind) for kind in range(64))
SECONDS = {1: 137, 2: 137, 3: 137, 9: 128, 18: 133, 19: 133, 21: 253}
"""Where the UTC second of a fix begins."""
PLACES = {**dict.fromkeys((1, 2, 3, 9), (61, 89)), **dict.fromkeys((4, 11), (79, 107)),
          **dict.fromkeys((18, 19), (57, 85)), 21: (164, 192)}  # fmt: skip


@dataclass(slots=True)
class Reader:
    """What one piece of input holds, as far as it has been read."""

    clock: clean.Clock
    received: int
    tally: Tally
    rows: dict[Name, list[Row]] = field(default_factory=dict)
    others: list[Record] = field(default_factory=list)
    envelopes: list[Row] = field(default_factory=list)

    def read(self, message: Message) -> None:
        """Add the message, or count why nothing can be made of it."""
        if not message.payload:
            return self.clock.tell(message.time)
        bits = Bits.of(message.payload, message.fill)
        kind = bits.get(0, 6)
        layout = layout_of(bits)
        if layout is None and kind not in rest.TYPES and kind != 24:
            return self.tally.reject("message type", message.payload)
        self.tally.types[KINDS[kind]] += 1
        base, ignored = clean.base_time(self.clock, message.time, self.received)
        if ignored:
            self.tally.types["source time ignored"] += 1
        if layout is None:
            return self._other(kind, bits, base, message, Doubt.SOURCE if ignored else Doubt(0))
        if bits.length < layout.bits[0]:
            return self.tally.reject("message length", message.payload)
        return self._row(layout, bits, base, message, Doubt.SOURCE if ignored else Doubt(0))

    def messages(self) -> Messages:
        rest = Records(tuple(self.others), tuple(self.envelopes))
        return Messages(tabled(self.rows), self.tally, rest)

    def _other(self, kind: int, bits: Bits, base: int, message: Message, doubt: Doubt) -> None:
        if kind == 24:
            why = "message length" if bits.length < 40 else "static part"
            return self.tally.reject(why, message.payload)
        if bits.length < rest.LEAST[kind]:
            return self.tally.reject("message length", message.payload)
        made = rest.record(kind, bits, base, self.received or base)
        if not clean.valid_mmsi(made.key):
            doubt |= Doubt.MMSI
        self.others.append(made)
        self.envelopes.append(self._envelope(bits, message, (base, base, int(doubt))))
        return None

    def _row(self, layout: Layout, bits: Bits, base: int, m: Message, doubt: Doubt) -> None:
        mmsi = bits.get(8, 30)
        if not clean.valid_mmsi(mmsi):
            doubt |= Doubt.MMSI
        if bits.length > layout.bits[1]:
            doubt |= Doubt.LENGTH
        if _impossible(layout.type, bits):
            doubt |= Doubt.POSITION
        certain = not doubt & (Doubt.MMSI | Doubt.LENGTH)
        base, t, flags = self._when(layout.type, bits, base, certain=certain)
        envelope = self._envelope(bits, m, (base, t, flags | int(doubt)))
        row = (*envelope, *values(layout, bits, mmsi))
        self.rows.setdefault(layout.name, []).append(row)

    def _envelope(self, bits: Bits, m: Message, when: tuple[int, int, int]) -> Row:
        """`when`: about when it was sent, when what it says was so, flags."""
        return (
            m.order, bits.get(8, 30), bits.get(6, 2), m.channel, m.address[:2],
            m.address[-1:] == "O", m.source, m.group, m.time, self.received, *when, m.parts,
        )  # fmt: skip

    def _when(self, kind: int, bits: Bits, base: int, *, certain: bool) -> tuple[int, int, int]:
        """About when it was sent, when what it says was so, and the flags of that."""
        if kind in (5, 24):
            return base, base, 0
        if kind in (4, 11):
            base, t, flags = self._utc(bits, base, certain=certain)
        else:
            place = SECONDS.get(kind)
            second = bits.get(place, 6) if place else clean.NO_SECOND
            t, flags = clean.fix_time(base, second)
        if not self.received and certain:
            flags |= self.clock.follow(t, flags)
        return base, t, flags

    def _utc(self, bits: Bits, base: int, *, certain: bool) -> tuple[int, int, int]:
        """4 by a base station, 11 by a ship that was asked: the full date, a clock by itself."""
        utc = date(*(bits.get(at, width) for at, width in DATE))
        if utc and not self.received and certain and may_set(self.clock.last, utc):
            self.clock.tell(utc)
            base = utc
        if utc and abs(utc - base) <= clean.EARLY:
            return base, utc, 0
        return base, *clean.fix_time(base, bits.get(72, 6))


DATE = ((38, 14), (52, 4), (56, 5), (61, 5), (66, 6), (72, 6))


def date(*fields: int) -> int:
    """Year to second as UTC microseconds; NEVER where they are no time of this century."""
    try:
        year, month, day, hour, minute, second = fields
        return sane(micros(datetime(year, month, day, hour, minute, second, tzinfo=UTC)))
    except ValueError:
        return NEVER


def may_set(clock: int, utc: int) -> bool:
    """A base station sets a recording's clock that nothing else has set, or moves it on."""
    return clock < clean.NOBODYS or clock < utc <= clock + DAY


def _impossible(kind: int, bits: Bits) -> bool:
    """A coordinate that is none on Earth, and does not say "not available" either."""
    if kind == 27:
        lon, lat, steps = bits.signed(44, 18), bits.signed(62, 17), 600
    elif kind in PLACES:
        east, north = PLACES[kind]
        lon, lat, steps = bits.signed(east, 28), bits.signed(north, 27), 600_000
    else:
        return False
    return _beyond(lon, 180 * steps, 181 * steps) or _beyond(lat, 90 * steps, 91 * steps)


def _beyond(code: int, limit: int, missing: int) -> bool:
    return abs(code) > limit and code != missing
