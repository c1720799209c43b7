"""Native terminal report, JSON version 1: one object, or an array of objects for a stored burst.

The topic's terminal id wins: an object naming another terminal is refused. A call for help
(`sos`, `mob`) is heard even where the rest of its object cannot be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from fleet.ingest import clean
from fleet.ingest.format import Call, Fixes, Format, Joint, Piece, Reports
from fleet.ingest.joint import joined
from fleet.ingest.moments import FEW, moment, moments
from fleet.ingest.rows import Rows
from fleet.ingest.tally import Tally
from fleet.model import NEVER, Flag, IdentityKind, Ints, Mask, SignalKind, Source

Longitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-180, le=180, title="degrees, WGS-84")]
Latitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-90, le=90, title="degrees, WGS-84")]
Knots: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=150)]
Degrees: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=360)]
Percent: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=100)]
Identifier: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[^\s/+#\x00-\x1f\x7f]{1,64}$")]
Moment: TypeAlias = Annotated[
    str | int, msgspec.Meta(description="RFC 3339 with offset, or Unix milliseconds")
]

BURST: Final = 2000
"""Objects in one payload: twice the memory that rules ask of a terminal, and what a broker that
limits messages to 256 KiB lets through. Of more, the oldest are left out."""
IDENTIFIER = re.compile(r"[^\s/+#\x00-\x1f\x7f]{1,64}")
WHERE = re.compile(r"`\$\.(\w+)")
MISSING = re.compile(r"required field `(\w+)`")


class Report(msgspec.Struct, frozen=True, gc=False):
    """What a terminal says of one moment. Unknown keys are ignored."""

    t: Moment
    v: Literal[1] = 1
    terminal: Identifier | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    sog_kn: Knots | None = None
    cog_deg: Degrees | None = None
    heading_deg: Degrees | None = None
    battery_pct: Percent | None = None
    sos: bool | None = None
    mob: bool | None = None
    power: Literal["external", "battery"] | None = None


class Timed(msgspec.Struct, frozen=True, gc=False):
    """The time of a report, and nothing else of it."""

    t: Moment


FIELDS = frozenset(field.name for field in msgspec.structs.fields(Report))
ONE = msgspec.json.Decoder(Report)
TIMED = msgspec.json.Decoder(Timed)
MANY = msgspec.json.Decoder(list[msgspec.Raw])
CALLING = re.compile(rb'"(sos|mob)"\s*:\s*(?:true\b|1\b|"true"|"1")')
"""A call for help in an object that cannot be read otherwise: firmware writes 1, "true" and nan."""
NAMED = re.compile(rb'"terminal"\s*:\s*"([^"\\]{1,64})"')


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a payload."""
    (_, one), parts = msgspec.json.schema_components([Report, list[Report]])
    one = {"anyOf": [{"$ref": "#/$defs/Report"}, {**one, "maxItems": BURST}]}
    body = {**parts["Report"], "dependentRequired": {"lon": ["lat"], "lat": ["lon"]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Terminal report, version 1",
        **one,
        "$defs": {"Report": body},
    }


class Decoder:
    """Keeps nothing: a payload is whole by itself.

    `station` is the terminal's id, or "" where the way does not tell it (a file); then the
    object must.
    """

    __slots__ = ()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        payload = Payload(station, received)
        if station and not IDENTIFIER.fullmatch(station):
            payload.tally.reject("terminal: not an identifier", station.encode(errors="replace"))
        elif chunk.strip():
            payload.read(chunk)
        names = tuple(payload.names)
        kind, source = IdentityKind.TERMINAL, Source.TERMINAL
        return payload.rows.reports(kind, source, payload.tally, names)

    def residue(self) -> Mapping[str, bytes]:
        return {}

    def restore(self, rest: bytes, station: str) -> None:
        """There is nothing to wait with."""


class Payload:
    """One payload being read."""

    __slots__ = ("names", "received", "rows", "station", "tally")

    def __init__(self, station: str, received: int) -> None:
        self.station, self.received = station, received
        self.names: dict[str, int] = {}
        self.rows, self.tally = Rows(), Tally()

    def read(self, chunk: bytes) -> None:
        if not chunk.lstrip().startswith(b"["):
            return self._object(chunk)
        try:
            burst = MANY.decode(chunk)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return self._refuse("json", chunk)
        pieces = [bytes(piece) for piece in burst]
        for piece, kept in zip(pieces, self._kept(pieces), strict=True):
            if kept:
                self._object(piece)
            else:
                self.tally.sentences += 1
                self._refuse(f"burst: more than {BURST} objects", piece)
        return None

    def _kept(self, pieces: Sequence[bytes]) -> Iterator[bool]:
        """Of a burst that is too long: what calls for help, and the newest."""
        if len(pieces) <= BURST:
            return repeat(True, len(pieces))
        worth = [(bool(CALLING.search(p)), self._when(p), i) for i, p in enumerate(pieces)]
        least = sorted(worth)[-BURST]
        return (one >= least for one in worth)

    def _when(self, piece: bytes) -> int:
        """Its time; 0 where it would be refused for it."""
        try:
            time = moment(TIMED.decode(piece).t)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return 0
        return 0 if clean.terminal_time(time, self.received)[1] else time

    def _object(self, piece: bytes) -> None:
        self.tally.sentences += 1
        try:
            report = ONE.decode(piece)
        except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
            return self._refuse(reason(str(wrong)), piece)
        time = moment(report.t)
        flags, why = clean.terminal_time(time, self.received)
        if why:
            return self._refuse(f"t: {why}" if time else "t: not a time", piece)
        if (report.lon is None) != (report.lat is None):
            return self._refuse("lon, lat: both or none", piece)
        key = self._key(report.terminal)
        if key is None:
            return self.tally.reject("terminal: not the topic's", piece)
        self.tally.types["report"] += 1
        self._fix(report, key, time, flags)
        return None

    def _fix(self, report: Report, key: int, time: int, flags: int) -> None:
        place = clean.position(known(report.lon), known(report.lat)) or (clean.NAN, clean.NAN)
        at = self.received or time
        motion = (
            known(report.sog_kn),
            known(report.cog_deg) % 360,
            known(report.heading_deg) % 360,
        )
        floats = (*place, *motion, known(report.battery_pct))
        flags |= Flag.ON_BATTERY if report.power == "battery" else 0
        self.rows.add((key, time, at, -1, int(flags), at), floats)
        said = [word for word in ("sos", "mob") if getattr(report, word)]
        # A call counts from now where the terminal's clock runs ahead.
        self._calls(key, said, min(time, at), place)

    def _key(self, named: str | None) -> int | None:
        """The index of the terminal's id; None where it speaks for another, or names nobody."""
        if self.station and named not in (None, self.station):
            return None
        name = self.station or named
        return None if name is None else self.names.setdefault(name, len(self.names))

    def _calls(self, key: int, said: Collection[str], t: int, place: tuple[float, float]) -> None:
        for word, kind in (("sos", SignalKind.DISTRESS), ("mob", SignalKind.MOB)):
            if word in said:
                call = Call(kind, key, t, self.received or t, *place, "", "terminal")
                self.rows.calls.append(call)

    def _refuse(self, why: str, piece: bytes) -> None:
        """Count the object as unreadable, but hear a call for help in it."""
        self.tally.reject(why, piece)
        said = {word.decode() for word in CALLING.findall(piece)}
        named = NAMED.search(piece)
        name = named[1].decode(errors="replace") if named else None
        if not said or not self.received or not IDENTIFIER.fullmatch(name or "-"):
            return
        key = self._key(name)
        if key is not None:
            self._calls(key, said, self.received, (clean.NAN, clean.NAN))


def known(value: float | None) -> float:
    return clean.NAN if value is None else value


def reason(message: str) -> str:
    """One of a closed set of reasons, naming the field where there is one."""
    if found := MISSING.search(message):
        return f"{found[1]}: missing" if found[1] in FIELDS else "json"
    if (found := WHERE.search(message)) and found[1] in FIELDS:
        return f"{found[1]}: {'wrong type' if ', got `' in message else 'out of range'}"
    return "not an object" if message.startswith("Expected `object`") else "json"


def many(pieces: Sequence[Piece]) -> Joint:
    """Ordinary reports as columns, and everything else one by one, in the order in which it came:
    bursts, calls for help, what is refused.
    """
    plain = [_plain(piece) for piece in pieces] if len(pieces) >= FEW else []
    rows = [i for i, report in enumerate(plain) if report is not None]
    reports = [report for report in plain if report is not None]
    received = np.array([pieces[i].received for i in rows], np.int64)
    time = moments([report.t for report in reports])
    flags, refused = _judged(time, received)
    good = np.flatnonzero(~refused).tolist()
    if len(good) == len(pieces):
        return _columns(pieces, reports, time, flags)
    kept = [rows[i] for i in good]
    odd = sorted({*range(len(pieces))} - {*kept})
    decoder = Decoder()
    parts = [decoder.feed(p.payload, p.station, p.received) for p in (pieces[i] for i in odd)]
    if not kept:
        return joined(parts)
    among = [pieces[i] for i in kept]
    fast = _columns(among, [reports[i] for i in good], time[good], flags[good])
    return _in_order(fast, np.array(kept), joined(parts), np.array(odd))


def _plain(piece: Piece) -> Report | None:
    """The report of a payload that is one ordinary report of the topic's terminal."""
    try:
        report = ONE.decode(piece.payload)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if report.sos or report.mob or (report.lon is None) != (report.lat is None):
        return None
    station = piece.station
    mine = report.terminal is None or report.terminal == station
    return report if mine and station and IDENTIFIER.fullmatch(station) else None


def _judged(time: Ints, received: Ints) -> tuple[Ints, Mask]:
    """`clean.terminal_time` of a column: flags, and what is not plainly good."""
    live = received > 0
    old = live & (time < received - clean.KEPT)
    ahead = live & (time > received + clean.EARLY)
    return np.zeros(len(time), np.int64), (time == NEVER) | old | ahead


def _columns(pieces: Sequence[Piece], reports: Sequence[Report], time: Ints, flags: Ints) -> Joint:
    """Ordinary reports, one a piece."""
    names: dict[str, int] = {}
    key = np.array([names.setdefault(p.station, len(names)) for p in pieces], np.int64)
    received = np.array([p.received for p in pieces], np.int64)
    at = np.where(received == NEVER, time, received)
    lon, lat = _floats([r.lon for r in reports]), _floats([r.lat for r in reports])
    nobodys = (lon == 0) & (lat == 0)  # see clean.position; the rest of it the schema refuses
    lon[nobodys], lat[nobodys] = clean.NAN, clean.NAN
    cog = _floats([r.cog_deg for r in reports]) % 360
    heading = _floats([r.heading_deg for r in reports]) % 360
    sog = _floats([r.sog_kn for r in reports])
    battery = _floats([r.battery_pct for r in reports])
    status = np.full(len(key), -1)
    own = np.array([r.power == "battery" for r in reports], np.bool_)
    flags = flags | np.where(own, int(Flag.ON_BATTERY), 0)
    fixes = Fixes(key, time, at, lon, lat, sog, cog, heading, status, flags, battery, at)
    n = len(pieces)
    types = Counter(report=n)
    found = Reports(FORMAT.kind, FORMAT.source, fixes, tuple(names), sentences=n, types=types)
    return Joint(found, np.arange(n))


def _floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    """None as NaN."""
    return np.array(values, np.float64)


def _in_order(fast: Joint, fast_at: Ints, slow: Joint, slow_at: Ints) -> Joint:
    """Both as one, their fixes in the order of the pieces."""
    both = joined([fast.reports, slow.reports]).reports
    origin = np.concatenate([fast_at[fast.origin], slow_at[slow.origin]])
    order = np.argsort(origin, kind="stable")
    return Joint(replace(both, fixes=both.fixes.take(order)), origin[order])


FORMAT = Format(
    "terminal", IdentityKind.TERMINAL, Source.TERMINAL, Decoder, datagram=True, many=many
)
