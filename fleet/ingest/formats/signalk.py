"""Signal K: deltas of a boat's own server, or its gateway's topics, each holding one value.

A delta is `{context, updates: [{timestamp, values: [{path, value}]}]}`; a gateway publishes on
`.../vessels/<context>/<path with />` or `.../signalk/key/<path with />` a bare value. Units are SI:
m/s, radians, metres. `vessels.self` is the station; a context with an MMSI is that number: heard on
AIS by the boat, or the boat itself where the station is called by it; one with a UUID is called so.

Paths arrive apart: a position gets the speed, course, heading and state said of its vessel within
`JOIN` of it. What bears no time (topics) is dated by `navigation.datetime` where that came shortly
before, else by its receipt. A notification of `CALLS` is a call for help.

Source: Signal K specification 1.7 (data model, delta format, notifications: "emergency" is life
threatening), its schemas/groups and samples/delta; the topics are those of signalk-mqtt-gw
(src/plugin.ts) and signalk-to-mqtt (README).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import isnan
from typing import Any, Final, NamedTuple

import msgspec

from fleet.ingest import clean
from fleet.ingest.decoded import Moment, Reading, Who
from fleet.ingest.format import Call, Format, Reports
from fleet.ingest.signalk import MOTION, UNITS, WHO, identified, moment, position
from fleet.ingest.told import UNREADABLE, names, reason, told
from fleet.model import MINUTE, NEVER, SECOND, Flag, IdentityKind, SignalKind, Source

JOIN: Final = 30 * SECOND
"""Ours: gateways are set up to send a path every 1 to 20 s; what is older may not hold any more."""
PLACED: Final = 10 * MINUTE
"""A call without a place gets the vessel's last one, unless it is older than this (ours)."""
VESSELS: Final = 4096
"""Remembered at once; the one silent for longest is forgotten first."""
CALLS: Final = {
    "mob": (SignalKind.MOB, frozenset({"alarm", "emergency"})),
    "distress": (SignalKind.DISTRESS, frozenset({"alarm", "emergency"})),
    "sos": (SignalKind.DISTRESS, frozenset({"alarm", "emergency"})),
    **{
        kind: (SignalKind.DISTRESS, frozenset({"emergency"}))
        for kind in ("abandon", "fire", "flooding", "piracy", "sinking")
    },
}
"""`notifications.<kind>`, or `.<kind>.<id>`: which call it is, and in which states."""
POSITION, DATETIME = "navigation.position", "navigation.datetime"
MMSI = re.compile(r"(?:[\w.]+\.)?urn:mrn:imo:mmsi:([0-9]{9})")
UUID = re.compile(r"(?:vessels\.)?(urn:mrn:signalk:uuid:[0-9A-Fa-f-]{36})")
NUMBER = re.compile(r"[0-9]{9}")
NAME = re.compile(r"[^\s/+#\x00-\x1f\x7f]{1,64}")


class Value(msgspec.Struct, frozen=True, gc=False):
    path: str
    value: Any = None


class Update(msgspec.Struct, frozen=True, gc=False):
    values: tuple[Value, ...] = ()  #: none in an update of descriptions ("meta")
    timestamp: str | None = None


class Delta(msgspec.Struct, frozen=True, gc=False):
    updates: tuple[Update, ...] | None = None
    context: str | None = None
    version: str | None = None  #: in the greeting of a server, which has no updates


class Vessel(msgspec.Struct, array_like=True):
    """What was said of one vessel: value and time of each."""

    told: dict[str, tuple[float, int]]
    clock: tuple[int, int] = (NEVER, NEVER)  #: navigation.datetime, and when it was received
    seen: int = NEVER  #: when something was received, or recorded, of it


DELTA, ANY = msgspec.json.Decoder(Delta), msgspec.json.Decoder()
FIELDS = names(Delta) | names(Update) | names(Value)
MEMORY = msgspec.msgpack.Decoder(dict[str, Vessel])


class Owner(NamedTuple):
    """Whom a context means."""

    kind: IdentityKind
    source: Source
    key: int
    names: tuple[str, ...] = ()


class Decoder:
    """Remembers the last values of each vessel, by station and context."""

    __slots__ = ("_vessels",)

    def __init__(self) -> None:
        self._vessels: OrderedDict[tuple[str, str], Vessel] = OrderedDict()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        now, owner = Reading(), Owner(IdentityKind.TERMINAL, Source.TERMINAL, 0)
        if chunk.strip():
            now.tally.sentences += 1
            name, topic, payload = told(chunk, station)
            try:
                delta = read(topic, payload)
            except UNREADABLE as wrong:
                now.tally.reject(reason(wrong, FIELDS), payload)
            else:
                owner = self._delta(now, delta, name or boat(topic), payload, received) or owner
        used = owner.names if now.rows.ints or now.rows.calls or now.rows.statics else ()
        return now.rows.reports(owner.kind, owner.source, now.tally, used)

    def residue(self) -> Mapping[str, bytes]:
        """What the next values may be joined with."""
        kept: dict[str, dict[str, Vessel]] = {}
        newest = max((v.seen for v in self._vessels.values()), default=NEVER)
        for (station, context), vessel in self._vessels.items():
            if vessel.seen >= newest - PLACED:
                kept.setdefault(station, {})[context] = vessel
        return {s: msgspec.msgpack.encode(v) for s, v in kept.items()}

    def restore(self, rest: bytes, station: str) -> None:
        with suppress(*UNREADABLE):  # what another version left is no reason not to start
            for context, vessel in MEMORY.decode(rest).items():
                self._vessels[station, context] = vessel

    def _delta(
        self, now: Reading, delta: Delta, name: str, payload: bytes, received: int
    ) -> Owner | None:
        if delta.updates is None:
            if delta.version is None:
                now.tally.reject("updates: missing", payload)
            else:
                now.tally.types["hello"] += 1
            return None
        owner = whose(delta.context or "vessels.self", name)
        if owner is None:
            now.tally.reject("context: nobody's", payload)
            return None
        vessel = self._vessel(name, delta.context or "vessels.self")
        for update in delta.updates:
            Saying(now, owner, vessel, received, payload).update(update)
        return owner

    def _vessel(self, station: str, context: str) -> Vessel:
        vessel = self._vessels.get((station, context))
        if vessel is None:
            vessel = self._vessels[station, context] = Vessel({})
            if len(self._vessels) > VESSELS:
                self._vessels.popitem(last=False)
        else:
            self._vessels.move_to_end((station, context))
        return vessel


@dataclass(frozen=True, slots=True)
class Saying:
    """One update of one vessel being read."""

    now: Reading
    owner: Owner
    vessel: Vessel
    received: int
    payload: bytes

    def update(self, update: Update) -> None:
        """The clock comes first and the place last, which finds what is said beside it."""
        for value in update.values:
            if value.path == DATETIME:
                self.vessel.clock = (moment(value.value), self.received)
        t, flags, why = self._time(update)
        calls = [v for v in update.values if v.path.startswith("notifications.")]
        for value in calls:
            self._notification(value, min(t or self.received, self.received or t))
        if why:
            return self._reject(f"timestamp: {why}")
        self.vessel.seen = self.received or t
        for value in sorted(update.values, key=lambda v: v.path == POSITION):
            self._value(value, t, flags)
        return self._who([v for v in update.values if v.path in WHO], t)

    def _time(self, update: Update) -> tuple[int, int, str]:
        """When it was so, its flags, and why it cannot be."""
        if update.timestamp is not None:
            t = moment(update.timestamp)
            flags, why = clean.terminal_time(t, self.received)
            return t, int(flags), ("not a time" if not t else why)
        clock, came = self.vessel.clock
        if clock and not self.received:
            return clock, 0, ""
        if clock and came <= self.received <= came + JOIN:
            t = clock + self.received - came
            flags, why = clean.terminal_time(t, self.received)
            if not why:
                return t, int(flags), ""
        return self.received, int(Flag.NO_CLOCK), "" if self.received else "missing"

    def _value(self, said: Value, t: int, flags: int) -> None:
        types, path = self.now.tally.types, said.path
        if path == POSITION:
            types[path] += 1
            self._position(said.value, t, flags)
        elif path in MOTION:
            types[path] += 1
            self.vessel.told[MOTION[path]] = (UNITS[path](said.value), t)
        elif path == DATETIME:
            types[path] += 1
        elif path in WHO:
            types["name and size"] += 1
        elif path.startswith("notifications."):
            types["notification"] += 1
        else:
            types["other path"] += 1

    def _position(self, value: object, t: int, flags: int) -> None:
        place = position(value)
        if isinstance(place, str):
            return self._reject(place)
        sog, cog, heading = (self._near(key, t) for key in ("sog", "cog", "heading"))
        status = self._near("status", t)
        code = -1 if isnan(status) else int(status)
        self.vessel.told["lon"], self.vessel.told["lat"] = (place[0], t), (place[1], t)
        when = Moment(t, flags, self.received or t, self.received or t)
        if self.owner.kind == IdentityKind.MMSI:
            return self.now.fix(self.owner.key, when, place, (sog, cog, heading), code)
        row = (self.owner.key, when.t, when.received, code, flags, when.heard)
        return self.now.rows.add(row, (*place, sog, cog, heading, clean.NAN))

    def _near(self, key: str, t: int, bound: int = JOIN) -> float:
        """The last value, if it was said about then."""
        value, at = self.vessel.told.get(key, (clean.NAN, NEVER))
        return value if abs(t - at) <= bound else clean.NAN

    def _notification(self, said: Value, t: int) -> None:
        kind, states = CALLS.get(said.path.split(".")[1], (SignalKind.TEST, frozenset()))
        value = said.value if isinstance(said.value, dict) else {}
        if not t or str(value.get("state")) not in states:
            return
        place = position(value.get("position"))
        if isinstance(place, str) or isnan(place[0]):
            place = self._near("lon", t, PLACED), self._near("lat", t, PLACED)
        words = value.get("message")
        text = words[:200] if isinstance(words, str) else ""
        call = Call(kind, self.owner.key, t, self.received or t, *place, text, "terminal")
        self.now.rows.calls.append(call)

    def _who(self, values: list[Value], t: int) -> None:
        said = dict(entry for value in values for entry in identified(value.path, value.value))
        if not said:
            return
        who = Who(**said)
        if self.owner.kind == IdentityKind.MMSI:
            self.now.static(self.owner.key, t, who)
        else:
            self.now.named(self.owner.key, t, who)

    def _reject(self, why: str) -> None:
        self.now.tally.reject(why, self.payload)


def read(topic: str, payload: bytes) -> Delta:
    """A delta, or one made of the path in the topic and the bare value that is the payload."""
    levels = topic.split("/")
    if "vessels" in levels:
        at = levels.index("vessels")
        context, path = ".".join(levels[at : at + 2]), levels[at + 2 :]
    elif "key" in levels[:-1]:
        context, path = "vessels.self", levels[levels.index("key") + 1 :]
    else:
        return DELTA.decode(payload)
    if path in (["delta"], ["deltas"]):
        return DELTA.decode(payload)
    return Delta((Update((Value(".".join(path), bare(payload)),)),), context)


def bare(payload: bytes) -> object:
    """A value as a gateway writes it: JSON, or text without its quotes."""
    try:
        return ANY.decode(payload)
    except UNREADABLE:
        return payload.decode(errors="replace")


def boat(topic: str) -> str:
    """The station where the way does not tell it: the level before the Signal K tree."""
    levels = topic.split("/")
    at = next((i for i, word in enumerate(levels) if word in ("vessels", "signalk")), 0)
    return levels[at - 1] if at else ""


def whose(context: str, station: str) -> Owner | None:
    """A station called by its MMSI speaks for that boat, whichever way it names it."""
    number, own = MMSI.fullmatch(context), NUMBER.fullmatch(station) is not None
    if number or (own and context == "vessels.self"):
        mmsi = int(number[1] if number else station)
        source = Source.TERMINAL if own and mmsi == int(station) else Source.AIS
        return Owner(IdentityKind.MMSI, source, mmsi) if clean.valid_mmsi(mmsi) else None
    uuid = UUID.fullmatch(context)
    name = uuid[1] if uuid else station if context == "vessels.self" else ""
    if not NAME.fullmatch(name):
        return None
    return Owner(IdentityKind.TERMINAL, Source.TERMINAL, 0, (name,))


FORMAT = Format(
    "signalk", IdentityKind.TERMINAL, Source.TERMINAL, Decoder, datagram=True, topical=True
)
