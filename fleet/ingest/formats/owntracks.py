"""OwnTracks: a phone as a boat's terminal 手机终端, JSON over MQTT on `owntracks/<user>/<device>`.

`location` and `transition` are fixes of the terminal `<user>/<device>`; other types are counted.
`tst` is in seconds, `vel` in km/h, `batt` in per cent, `acc` in metres. The apps leave zeros out:
without `vel` the phone is at rest; without `cog` the course is not known (0 looks like none).

The apps have no button for help, so a call is a word that a user, or the boat's button, sends:
SOS, MAYDAY, 求救, 遇险 for distress, MOB, 落水 for man overboard; with TEST, 测试, 演练 a trial. In
- `poi` or `tag` of a location (iOS: "publish" with a point of interest, or with a tag, which calls
  until it is cleared),
- the name of a region that is entered (iOS: a Bluetooth button as a region called SOS),
- the name of a region that is made (Android and iOS: "add region here", called SOS), unless it is
  one of a Bluetooth button.

Source: the OwnTracks booklet, tech/json.md ("The acc, alt, cog, vac, vel elements are only added if
they are not zero") and features/poi.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from fleet.ingest import clean
from fleet.ingest.decoded import NOWHERE, epoch, known
from fleet.ingest.format import Call, Format, Reports
from fleet.ingest.rows import Rows
from fleet.ingest.tally import Tally
from fleet.ingest.told import UNREADABLE, names, reason, told
from fleet.model import Flag, IdentityKind, SignalKind, Source

KNOTS_OF_KMH: Final = 1 / 1.852
"""The international nautical mile is 1852 m."""
FASTEST_KN: Final = 150.0
"""As the native terminal report; beyond it a phone is not on a boat."""
ROUGH_M: Final = 100.0
"""A fix less accurate is flagged as estimated: what the US rule for vessel monitoring units asks of
a position (50 CFR 600.1503). Phones place themselves by cells and Wi-Fi where GNSS is not heard."""
COUNTED = frozenset(
    {
        *("beacon", "card", "cmd", "configuration", "dump", "lwt", "request", "status", "steps"),
        *("waypoint", "waypoints"),
    }
)
NAME = re.compile(r"(?=.{1,64}$)[^\s/+#\x00-\x1f\x7f]+(/[^\s/+#\x00-\x1f\x7f]+)?")
"""No longer than what the register takes."""
SOS = re.compile(r"\b(SOS|MAYDAY)\b|求救|遇险", re.IGNORECASE)
MOB = re.compile(r"\b(MOB|MAN OVERBOARD)\b|落水", re.IGNORECASE)
TRIAL = re.compile(r"\bTEST\b|测试|演练", re.IGNORECASE)


class Words(msgspec.Struct, frozen=True, gc=False):
    """What is needed to hear a call, even where the rest cannot be read."""

    kind: str = msgspec.field(name="_type")
    poi: str | None = None
    tag: str | None = None
    desc: str | None = None
    event: str | None = None
    uuid: str | None = None  #: of a Bluetooth beacon


class Message(Words, frozen=True, gc=False):
    """A location, transition or waypoint; of the others nothing but the type is read."""

    tst: float | None = None  #: Unix seconds
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    vel: float | None = None  #: km/h
    cog: float | None = None  #: degrees
    batt: float | None = None  #: per cent
    acc: float | None = None  #: metres


WORDS, MESSAGE = msgspec.json.Decoder(Words), msgspec.json.Decoder(Message)
FIELDS = names(Message)


class Decoder:
    """Keeps nothing: a message is whole by itself."""

    __slots__ = ()

    def feed(self, chunk: bytes, station: str, received: int) -> Reports:
        payload = Payload(received)
        if chunk.strip():
            name, topic, body = told(chunk, station)
            payload.tally.sentences += 1
            payload.name = name or "/".join(topic.split("/")[1:3])
            payload.read(body)
        kind, source = IdentityKind.TERMINAL, Source.TERMINAL
        return payload.rows.reports(kind, source, payload.tally, payload.names)

    def residue(self) -> Mapping[str, bytes]:
        return {}

    def restore(self, rest: bytes, station: str) -> None:
        """There is nothing to wait with."""


class Payload:
    """One message being read."""

    __slots__ = ("name", "received", "rows", "tally")

    def __init__(self, received: int) -> None:
        self.received = received
        self.name = ""
        self.rows, self.tally = Rows(), Tally()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,) if self.rows.ints or self.rows.calls else ()

    def read(self, body: bytes) -> None:
        if not NAME.fullmatch(self.name):
            return self.tally.reject("user/device: not an identifier", self.name.encode())
        try:
            said = MESSAGE.decode(body)
        except UNREADABLE as wrong:
            return self._refuse(reason(wrong, FIELDS), body)
        if said.kind in COUNTED:
            self.tally.types[said.kind] += 1
            return self._call(said, self.received or epoch(said.tst), _place(said))
        if said.kind not in ("location", "transition"):
            why = "encrypted" if said.kind == "encrypted" else "_type: unknown"
            return self.tally.reject(why, body)
        return self._report(said, body)

    def _report(self, said: Message, body: bytes) -> None:
        t = epoch(said.tst)
        flags, why = clean.terminal_time(t, self.received)
        if said.tst is None or why:
            return self._refuse("tst: missing" if said.tst is None else f"tst: {why}", body)
        if (said.lat is None) != (said.lon is None):
            return self._refuse("lon, lat: both or none", body)
        self.tally.types[said.kind] += 1
        at, place = self.received or t, _place(said)
        flags |= Flag.ESTIMATED if (said.acc or 0) > ROUGH_M else 0
        motion = _motion(said) if said.kind == "location" else (clean.NAN, clean.NAN)
        battery = known(said.batt, 100.5)
        self.rows.add((0, t, at, -1, int(flags), at), (*place, *motion, clean.NAN, battery))
        # A call counts from now where the phone's clock runs ahead.
        return self._call(said, min(t, at), place)

    def _call(self, said: Words, t: int, place: tuple[float, float]) -> None:
        words = calling(said) if t else ""
        found = [kind for kind, of in WANTED if of.search(words)]
        if TRIAL.search(words):
            found = [SignalKind.TEST] if found else []
        for kind in found:
            call = Call(kind, 0, t, self.received or t, *place, words, "terminal")
            self.rows.calls.append(call)

    def _refuse(self, why: str, body: bytes) -> None:
        """Count the message as unreadable, but hear a call for help in it."""
        self.tally.reject(why, body)
        if not self.received:
            return
        try:
            self._call(WORDS.decode(body), self.received, NOWHERE)
        except UNREADABLE:
            return


WANTED = ((SignalKind.DISTRESS, SOS), (SignalKind.MOB, MOB))


def calling(said: Words) -> str:
    """The words of a message that may call for help."""
    if said.kind == "location":
        return " ".join(filter(None, (said.poi, said.tag)))
    entered = said.kind == "transition" and said.event == "enter"
    made = said.kind == "waypoint" and not said.uuid
    return (said.desc or "") if entered or made else ""


def _place(said: Message) -> tuple[float, float]:
    if said.lon is None or said.lat is None:
        return NOWHERE
    return clean.position(said.lon, said.lat) or NOWHERE


def _motion(said: Message) -> tuple[float, float]:
    """Knots, and the course where there is one; negative is the iOS system's "not known"."""
    speed = (said.vel or 0.0) * KNOTS_OF_KMH
    cog = said.cog or clean.NAN
    return known(speed, FASTEST_KN), cog % 360 if 0 < cog <= 360 else clean.NAN


FORMAT = Format(
    "owntracks",
    IdentityKind.TERMINAL,
    Source.TERMINAL,
    Decoder,
    datagram=True,
    topical=True,
)
