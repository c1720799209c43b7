"""JT/T 808 terminals (2011, 2013, 2019): positions, calls for help and names, in frames.

Read here; answered by the feed of kind jt808, which hands on whole messages. A recording of the
bytes that terminals sent is read as well. A terminal's number is its identity.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fleet.ingest import clean
from fleet.ingest.format import Call, Format, Reports
from fleet.ingest.jt808.frames import Framer, Message
from fleet.ingest.jt808.location import BATCH, HELD, REPORT, Location, locations
from fleet.ingest.jt808.models import PLAIN, Alarm, Model
from fleet.ingest.jt808.models import read as read_models
from fleet.ingest.jt808.parts import Assembly
from fleet.ingest.jt808.registration import REGISTER, registration
from fleet.ingest.rows import Rows
from fleet.ingest.tally import Tally
from fleet.model import Flag, IdentityKind, SignalKind, Source

STREAMS = 1024
"""Connections and recordings remembered; the one silent for longest is forgotten first."""
NAMES = {0x0001: "answer", 0x0002: "heartbeat", 0x0003: "logout", 0x0102: "authentication"}
SIGNALS = {Alarm.SOS: SignalKind.DISTRESS, Alarm.MOB: SignalKind.MOB}
FAILING = {Alarm.LOW_POWER, Alarm.POWER_CUT}
NAN = clean.NAN


@dataclass(slots=True)
class Stream:
    framer: Framer = field(default_factory=Framer)
    assembly: Assembly = field(default_factory=Assembly)

    def residue(self) -> bytes:
        """The packets that wait, as they came, and behind them what is no frame yet."""
        waiting = b"".join(part.raw for part in self.assembly.waiting())
        rest = self.framer.residue()
        return b"%d\n%s%s" % (len(waiting), waiting, rest) if waiting or rest else b""

    def restore(self, residue: bytes) -> None:
        length, _, rest = residue.partition(b"\n")
        waiting, quiet = rest[: int(length)], Tally()
        for message in Framer().feed(waiting, quiet):
            self.assembly.add(message, 0, quiet)
        self.framer.restore(rest[int(length) :])


class Decoder:
    """One feed: a stream for each station."""

    __slots__ = ("_model", "_streams")

    def __init__(self, model: Model = PLAIN) -> None:
        self._model = model
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        piece = Piece(received, self._model)
        stream = self._stream(station)
        for message in stream.framer.feed(chunk, piece.tally):
            whole = stream.assembly.add(message, received, piece.tally)
            if whole:
                piece.read(whole.message)
        if not stream.residue():
            del self._streams[station]
        names = tuple(piece.names)
        return piece.rows.reports(FORMAT.kind, FORMAT.source, piece.tally, names)

    def residue(self) -> Mapping[str, bytes]:
        waiting = ((station, stream.residue()) for station, stream in self._streams.items())
        return {station: rest for station, rest in waiting if rest}

    def restore(self, rest: bytes, station: str) -> None:
        self._stream(station).restore(rest)

    def _stream(self, station: str) -> Stream:
        stream = self._streams.setdefault(station, Stream())
        self._streams.move_to_end(station)
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return stream


class Piece:
    """One piece of input being read."""

    __slots__ = ("model", "names", "received", "rows", "tally")

    def __init__(self, received: int, model: Model) -> None:
        self.received, self.model = received, model
        self.names: dict[str, int] = {}
        self.rows, self.tally = Rows(), Tally()

    def read(self, message: Message) -> None:
        if message.id in HELD or message.id == REGISTER:
            if not message.terminal:
                return self.tally.reject("terminal: no number", message.raw)
            return self._positions(message) if message.id in HELD else self._name(message)
        self.tally.types[NAMES.get(message.id, "other")] += 1
        return None

    def _positions(self, message: Message) -> None:
        for one in locations(message, self.model.zone):
            if isinstance(one, Location):
                self._position(one, message)
            else:
                self.tally.reject(one, message.raw)

    def _position(self, one: Location, message: Message) -> None:
        """A call for help is heard even where the rest cannot be believed."""
        key = self._key(message)
        alarms = self.model.meant(one.alarm)
        self.tally.types["location" if message.id == REPORT else "location, not live"] += 1
        self.tally.types.update(f"alarm {alarm}" for alarm in alarms)
        flags, why = clean.terminal_time(one.t, self.received)
        wrong = one.wrong or (why and (f"time: {why}" if one.t else "time: none"))
        at = self.received or one.t
        t = 0 if why else one.t
        if wrong:
            self.tally.reject(wrong, message.raw)
        else:
            motion = (one.sog, one.cog, NAN, one.battery_pct())
            flags |= Flag.LOW_POWER if FAILING & set(alarms) else 0
            self.rows.add((key, t, at, -1, int(flags), at), (one.lon, one.lat, *motion))
        if t or message.id != BATCH:
            # A call counts from now where the terminal's clock runs ahead, or is none; but what
            # its memory holds from nobody knows when is no call of now.
            self._calls(alarms, key, min(t or at, at), one)

    def _calls(self, alarms: list[Alarm], key: int, t: int, one: Location) -> None:
        for alarm in (alarm for alarm in alarms if alarm in SIGNALS and t):
            received = self.received or t
            call = Call(SIGNALS[alarm], key, t, received, one.lon, one.lat, "", "terminal")
            self.rows.calls.append(call)

    def _name(self, message: Message) -> None:
        """What a registration says, now."""
        said = registration(message)
        if said is None:
            return self.tally.reject("registration: too short", message.raw)
        self.tally.types["registration"] += 1
        if said.plate and self.received:
            row = (self._key(message), self.received, said.plate, "", 0, -1, NAN, NAN, NAN, "")
            self.rows.statics.append(row)
        return None

    def _key(self, message: Message) -> int:
        return self.names.setdefault(message.terminal, len(self.names))


def configured(options: Mapping[str, Any]) -> dict[str, Callable[[], Decoder]]:
    """A decoder for every model of the table, and "" for terminals of none."""
    models = (PLAIN, *read_models(options.get("models", ())))
    return {model.name: partial(Decoder, model) for model in models}


FORMAT = Format(
    "jt808", IdentityKind.TERMINAL, Source.TERMINAL, Decoder, dated=True, configured=configured
)
