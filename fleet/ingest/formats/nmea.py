"""Raw AIS as NMEA 0183 sentences, with or without tag blocks, prefixes and recorded times.

Positions 1-3, 18, 19, 27 and of objects 4, 9, 11, 21; names and sizes 5, 19, 21, 24; calls for
help by status, by number (970, 972, 974) and by safety text 12, 14; the other types as records.
Each station is a stream.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from fleet.ingest.ais.reports import reports
from fleet.ingest.ais.stream import Stream
from fleet.ingest.format import Format, Reports
from fleet.model import IdentityKind, Source

STATIONS = 1024
"""Streams remembered; the one silent for longest is forgotten first."""


class Decoder:
    """One feed: a stream for each station."""

    __slots__ = ("_streams",)

    def __init__(self) -> None:
        self._streams: OrderedDict[str, Stream] = OrderedDict()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        return reports(self._stream(station).feed(chunk, received), received)

    def residue(self) -> Mapping[str, bytes]:
        waiting = ((station, stream.residue()) for station, stream in self._streams.items())
        return {station: rest for station, rest in waiting if rest}

    def restore(self, rest: bytes, station: str) -> None:
        self._stream(station).restore(rest)

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
