"""Raw AIS as NMEA 0183 sentences, with or without tag blocks, prefixes and recorded times.

Positions 1-3, 18, 19, 27 and of objects 4, 9, 11, 21; names and sizes 5, 19, 21, 24; calls for
help by status, by number (970, 972, 974) and by safety text 12, 14. Each station is a stream.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from fleet.ingest.ais.reading import read
from fleet.ingest.clean import Clock
from fleet.ingest.format import Format, Reports
from fleet.ingest.framing import Framer
from fleet.ingest.rows import Rows
from fleet.ingest.tally import Tally
from fleet.model import IdentityKind, Source

STATIONS = 1024
"""Streams remembered; the one silent for longest is forgotten first."""


@dataclass(slots=True)
class Stream:
    framer: Framer = field(default_factory=Framer)
    clock: Clock = field(default_factory=Clock)


class Decoder:
    """One feed: a stream for each station."""

    __slots__ = ("_streams",)

    def __init__(self) -> None:
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        tally, rows = Tally(), Rows()
        stream = self._stream(station)
        for message in stream.framer.feed(chunk, received, tally):
            if message.payload:
                read(message, stream.clock, received, rows, tally)
            else:
                stream.clock.tell(message.time)
        return rows.reports(IdentityKind.MMSI, Source.AIS, tally)

    def residue(self) -> Mapping[str, bytes]:
        waiting = ((s, x.framer.residue(x.clock.last)) for s, x in self._streams.items())
        return {station: rest for station, rest in waiting if rest}

    def restore(self, rest: bytes, station: str) -> None:
        stream = self._stream(station)
        stream.clock.tell(stream.framer.restore(rest))

    def _stream(self, station: str) -> Stream:
        stream = self._streams.get(station)
        if stream is None:
            stream = self._streams[station] = Stream()
            if len(self._streams) > STATIONS:
                self._streams.popitem(last=False)
        else:
            self._streams.move_to_end(station)
        return stream


FORMAT = Format("nmea", IdentityKind.MMSI, Source.AIS, Decoder)
