"""Digitraffic marine: the AIS of Finland's coast as JSON over MQTT, whose topic holds the MMSI.

Topics `vessels-v2/<mmsi>/location` and `/metadata`; `vessels-v2/status` is counted. Positions are
in degrees and knots with a time in seconds; names have theirs in milliseconds and draughts in
tenths of a metre.

Source: "MQTT WebSocket APIs" of Digitraffic's marine documentation (data CC BY 4.0,
digitraffic.fi/en/marine-traffic), which writes `location` and `locations` for the same topic, so
both are taken.
Codes for "not available" are those of ITU-R M.1371-5, annex 8, messages 1 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import msgspec

from fleet.ingest import clean
from fleet.ingest.decoded import Moment, Reading, Who, epoch, known, where
from fleet.ingest.format import Format, Reports
from fleet.ingest.told import UNREADABLE, names, reason, told
from fleet.model import IdentityKind, Source

Code: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=255)]
Metres: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=511)]


class Location(msgspec.Struct, frozen=True, gc=False):
    time: float  #: seconds
    sog: float | None = None  #: knots; 102.3 is none
    cog: float | None = None  #: degrees; 360 is none
    heading: float | None = None  #: degrees; 511 is none
    nav_stat: Annotated[int, msgspec.Meta(ge=0, le=15)] | None = msgspec.field(
        name="navStat", default=None
    )
    lon: float | None = None
    lat: float | None = None


class Metadata(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    timestamp: float  #: milliseconds
    name: str | None = None
    call_sign: str | None = None
    imo: Annotated[int, msgspec.Meta(ge=0, lt=1 << 30)] | None = None
    type: Code | None = None
    draught: Code | None = None  #: tenths of a metre
    destination: str | None = None
    ref_a: Metres | None = None  #: to the bow, from where the antenna stands
    ref_b: Metres | None = None  #: to the stern
    ref_c: Metres | None = None  #: to port
    ref_d: Metres | None = None  #: to starboard


LOCATION, METADATA = msgspec.json.Decoder(Location), msgspec.json.Decoder(Metadata)
FIELDS = names(Location) | names(Metadata)


class Decoder:
    """Keeps nothing: a message is whole by itself."""

    __slots__ = ()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        now = Reading()
        if chunk.strip():
            _, topic, payload = told(chunk, station)
            now.tally.sentences += 1
            self._read(now, topic.split("/"), payload, received)
        return now.rows.reports(IdentityKind.MMSI, Source.AIS, now.tally)

    def residue(self) -> Mapping[str, bytes]:
        return {}

    def restore(self, rest: bytes, station: str) -> None:
        """There is nothing to wait with."""

    def _read(self, now: Reading, levels: list[str], payload: bytes, received: int) -> None:
        if levels[-1] == "status":
            now.tally.types["status"] += 1
            return None
        reader = READERS.get(levels[-1])
        if reader is None or len(levels) < 2:
            return now.tally.reject("topic", "/".join(levels).encode())
        number = levels[-2]
        mmsi = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else 0
        if not clean.valid_mmsi(mmsi):
            return now.tally.reject("mmsi", number.encode())
        try:
            return reader(now, mmsi, payload, received)
        except UNREADABLE as wrong:
            return now.tally.reject(reason(wrong, FIELDS), payload)


def _location(now: Reading, mmsi: int, payload: bytes, received: int) -> None:
    said = LOCATION.decode(payload)
    t = epoch(said.time)
    flags, why = clean.terminal_time(t, received)
    if why:
        return now.tally.reject(f"time: {why}", payload)
    now.tally.types["location"] += 1
    motion = (
        known(said.sog, clean.SOG),
        known(said.cog, clean.CIRCLE),
        known(said.heading, clean.CIRCLE),
    )
    status = -1 if said.nav_stat is None else said.nav_stat
    when = Moment(t, int(flags), received or t, t)
    return now.fix(mmsi, when, where(said.lon, said.lat), motion, status)


def _metadata(now: Reading, mmsi: int, payload: bytes, received: int) -> None:
    said = METADATA.decode(payload)
    t = epoch(said.timestamp / 1000)
    _, why = clean.terminal_time(t, received)
    if why:
        return now.tally.reject(f"timestamp: {why}", payload)
    now.tally.types["metadata"] += 1
    return now.static(mmsi, t, _who(said))


def _who(said: Metadata) -> Who:
    return Who(
        name=said.name or "",
        callsign=said.call_sign or "",
        imo=said.imo or 0,
        ship_type=-1 if said.type is None else said.type,
        length_m=float((said.ref_a or 0) + (said.ref_b or 0)),
        beam_m=float((said.ref_c or 0) + (said.ref_d or 0)),
        draught_m=(said.draught or 0) / 10,
        destination=said.destination or "",
    )


READERS = {"location": _location, "locations": _location, "metadata": _metadata}
FORMAT = Format("digitraffic", IdentityKind.MMSI, Source.AIS, Decoder, datagram=True, topical=True)
