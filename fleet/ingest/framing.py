r"""Sentences out of bytes 分帧: any chunks in, whole checked AIS messages out. No I/O, no clock.

What comes out depends on the bytes alone, never on how they were cut. Bounded, and what waits can
be written out as bytes that restore it: tag blocks of our own (`\fk:`, `\fg:`, `\fs:`), which mean
nothing where they are received.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from fleet.ingest.assembly import Assembly
from fleet.ingest.groups import Message, Part, pack, unpack
from fleet.ingest.sequence import Key
from fleet.ingest.stamps import pghp_time, stamp_after, stamp_before, unix_time
from fleet.ingest.tally import Tally
from fleet.model import NEVER

LINE = 2048
"""Longest line; endless bytes without an end are cut at a sentence's start within it."""

TOKEN = re.compile(
    rb"\\([^\\!$]*)\\"  # 1: a tag block
    rb"|!([A-Z][A-Z0-9]VD[MO]),([1-9]),([1-9]),([0-9]{0,2}),([A-D0-9]?),([0-W`-w]*),([0-5])"
    rb"(?:,[0-9]?)?\*([0-9A-Fa-f]{2})"  # 2-9: talker, count, number, sequence, ..., checksum
    rb"|([!$][^!$\\*]*)(?:\*([0-9A-Fa-f]{2}))?"  # 10, 11: whatever else begins like a sentence
)
TAG, AIS = 1, 9  #: `lastindex` of such a match
VDM = re.compile(rb"!..VD[MO]", re.DOTALL)
HEX = re.compile(rb"[0-9A-Fa-f]{1,2}")
GROUP = re.compile(rb"\d{1,3}-(\d{1,3})-(\d{1,9})")


def checksum(body: bytes) -> int:
    """XOR of all bytes, by folding one big integer: a fifth of the time of a loop."""
    half = 4 * len(body)
    value = int.from_bytes(body, "little")
    shift = 1 << max(half - 1, 7).bit_length()
    while shift >= 8:
        value ^= value >> shift
        shift >>= 1
    return value & 0xFF


@dataclass(slots=True)
class Context:
    """What stands before a sentence and speaks of it."""

    source: str = ""
    time: int = NEVER  #: `c:` of a tag block
    group: str = ""
    pghp: int = NEVER  #: time of a $PGHP line
    check: bytes = b""  #: checksum of the sentence that the $PGHP line is about


@dataclass(slots=True)
class Before:
    """The part in the line before: an untagged next part beside it has the same source."""

    key: Key
    number: int
    source: str
    time: int


@dataclass(slots=True)
class Waiting:
    """The state of a stream beside its partial line and its groups."""

    at: int = NEVER
    context: Context | None = None
    before: Before | None = None


class Pair(NamedTuple):
    """Both parts of a message, whose lines name no source; their checksums are right."""

    key: Key
    payloads: tuple[bytes, bytes]
    fill: int  #: of the second; the first has none
    times: tuple[int, int]


@dataclass(slots=True)
class Framer:
    """One stream: the bytes of one receiver or connection."""

    rest: bytes = b""
    waiting: Waiting = field(default_factory=Waiting)
    _assembly: Assembly = field(default_factory=Assembly)
    order: int = 0  #: sentences so far

    def feed(self, chunk: bytes, received: int, tally: Tally) -> list[Message]:
        out: list[Message] = []
        for line in self.lines(chunk, tally):
            if line:
                self.line(line, received, tally, out)
        return out

    def residue(self, clock: int) -> bytes:
        """Bytes that `restore` a fresh framer to this state; b"" where nothing waits."""
        lines = [mark(b"fk", str(clock).encode())] if clock else []
        groups = self._assembly.groups(self.waiting.at)
        lines += [mark(b"fg", b64encode(pack(group))) for group in groups]
        if self.waiting != Waiting():
            lines.append(mark(b"fs", b64encode(msgspec.msgpack.encode(self.waiting))))
        return b"".join(lines) + self.rest

    def restore(self, residue: bytes) -> int:
        """Be as the framer was that wrote this; answers the clock it was given."""
        clock, at = NEVER, 0
        while own := OWN.match(residue, at):
            at = own.end()
            # What another version wrote and this one cannot read is no reason not to start.
            with suppress(msgspec.MsgspecError, Base64Error, ValueError):
                clock = self._restore(own[1], own[2]) or clock
        self.rest = residue[at:]
        return clock

    def _restore(self, code: bytes, value: bytes) -> int:
        if code == b"fk":
            return unix_time(value)
        if code == b"fg":
            self._assembly.restore(unpack(b64decode(value)))
        else:
            self.waiting = msgspec.msgpack.decode(b64decode(value), type=Waiting)
        return NEVER

    def lines(self, chunk: bytes, tally: Tally) -> list[bytes]:
        data = self.rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        lines = data[:end].splitlines()
        self.rest = data[end:]
        if len(self.rest) > LINE:
            *cut, self.rest = chop(self.rest, tally)
            lines += cut
        if max(map(len, lines), default=0) > LINE:
            lines = [piece for line in lines for piece in chop(line, tally)]
        return lines

    def line(self, line: bytes, received: int, tally: Tally, out: list[Message]) -> None:
        first = TOKEN.match(line)
        if first and first.lastindex == AIS and first.end() == len(line):
            return self.sentence(first, NEVER, received, tally, out)  # nearly every line
        if line.startswith(b"#"):
            tally.types["comment"] += 1
            return None
        tokens = list(TOKEN.finditer(line))
        if not tokens:
            tally.reject("not NMEA", line)
        ends = [0, *(t.end() for t in tokens)]
        starts = [*(t.start() for t in tokens[1:]), len(line)]
        for token, end, until in zip(tokens, ends, starts, strict=False):
            prefix = line[end : token.start()]
            before = stamp_before(prefix) if prefix and prefix[:1] != b"," else NEVER
            if token.lastindex == TAG:
                self._note(before)
                self._tag(token[1], received, tally, out)
            elif token.lastindex == AIS:
                suffix = line[token.end() : until]
                own = suffix[:1] == b"," or until == len(line)
                near = (stamp_after(suffix) if suffix and own else NEVER) or before
                self.sentence(token, near, received, tally, out)
            else:
                self._other(token, tally)
        return None

    def _note(self, time: int) -> None:
        """A time in front of the tag blocks of a line counts unless they hold one."""
        if time:
            self._context().pghp = time

    def _context(self) -> Context:
        if self.waiting.context is None:
            self.waiting.context = Context()
        return self.waiting.context

    def sentence(
        self, token: re.Match[bytes], near: int, received: int, tally: Tally, out: list[Message]
    ) -> None:
        waiting = self.waiting
        context, waiting.context = waiting.context, None
        before, waiting.before = waiting.before, None
        order = self._sentence(tally)
        line = token[0]
        if checksum(line[1:-3]) != int(token[9], 16):
            return tally.reject("checksum", line)
        time = _time(context, token[9]) or near
        count, number = int(token[3]), int(token[4])
        if number > count:
            return tally.reject("part number", line)
        if count == 1:
            if not token[7]:
                return tally.reject("empty payload", line)
            address, channel = token[2].decode(), token[6].decode()
            source, group = (context.source, context.group) if context else ("", "")
            return out.append(
                Message(token[7], int(token[8]), time, order, address, channel, source, group)
            )
        source, group = (context.source, context.group) if context else ("", "")
        talker, sequence, channel = token[2].decode(), token[5].decode(), token[6].decode()
        key = key_of(source, group, talker, sequence, channel, count)
        own = key
        if before is not None:
            key, time = _inherit(key, number, time, before)
        waiting.before = Before(key, number, key.source, time)
        at = waiting.at = received or time or waiting.at
        part = Part(
            key, number, token[7], int(token[8]), time, at, source or key.source, order,
            key is not own,
        )  # fmt: skip
        message = self._assembly.add(part, tally)
        return None if message is None else out.append(message)

    def pair(self, pair: Pair, order: int, received: int, tally: Tally, out: list[Message]) -> None:
        """Two parts side by side that are counted already, the second with that number: as
        `sentence` of each.
        """
        key, payloads, fill, (first, second) = pair
        waiting = self.waiting
        second = second or first
        at = received or first or waiting.at
        then = received or second or at
        waiting.context, waiting.before, waiting.at = None, Before(key, 2, "", second), then
        parts = (
            Part(key, 1, payloads[0], 0, first, at, "", order - 1),
            Part(key, 2, payloads[1], fill, second, then, "", order),
        )
        out += self._assembly.pair(*parts, tally)

    def _sentence(self, tally: Tally) -> int:
        tally.sentences += 1
        self.order += 1
        return self.order - 1

    def _other(self, token: re.Match[bytes], tally: Tally) -> None:
        """Not an AIS sentence as it should be: say why, or remember what it tells of the next."""
        self.waiting.before = None
        body, check = token[10], token[11]
        if VDM.match(body):
            self.waiting.context = None
            self._sentence(tally)
            right = check is not None and checksum(body[1:]) == int(check, 16)
            tally.reject("malformed" if right else "checksum" if check else "no checksum", token[0])
        elif body.startswith(b"$PGHP") and check and checksum(body[1:]) == int(check, 16):
            context = self._context()
            context.pghp, context.check = pghp_time(body)
        else:
            self.waiting.context = None
            tally.types["other NMEA"] += 1

    def _tag(self, text: bytes, received: int, tally: Tally, out: list[Message]) -> None:
        body, star, check = text.rpartition(b"*")
        if not (star and HEX.fullmatch(check) and checksum(body) == int(check, 16)):
            return tally.reject("tag block checksum", text)
        for entry in body.split(b","):
            code, _, value = entry.partition(b":")
            if code == b"fk" and not received:
                out.append(
                    Message(b"", 0, unix_time(value), self.order)
                )  # File says when a recording begins
            else:
                _tell(self._context(), code, value)
        return None


OWN = re.compile(rb"\\(f[gks]):([^*\\]*)\*[0-9A-F]{2}\\\r\n")


def mark(code: bytes, value: bytes) -> bytes:
    r"""A tag block of our own, on its own line: `fk` tells a recording's time in microseconds."""
    body = code + b":" + value
    return b"\\%s*%02X\\\r\n" % (body, checksum(body))


def _tell(context: Context, code: bytes, value: bytes) -> None:
    if code == b"c":
        context.time = context.time or unix_time(value)
    elif code == b"s":
        context.source = value[:32].decode("latin-1")
    elif code == b"g" and (found := GROUP.fullmatch(value)) and int(found[1]) > 1:
        context.group = found[2].decode()


def _time(context: Context | None, check: bytes) -> int:
    if context is None:
        return NEVER
    if context.check not in (b"", check.upper()):
        return context.time
    return context.time or context.pghp


def key_of(source: str, group: str, talker: str, sequence: str, channel: str, count: int) -> Key:
    """A grouped part often names its source in the first line only, so the group stands for it."""
    return Key("" if group else source, talker, group, sequence, channel, count)


def _inherit(key: Key, number: int, time: int, before: Before) -> tuple[Key, int]:
    if number != before.number + 1 or key.source or key.group:
        return key, time
    if before.key.group or key[1:] != before.key[1:]:
        return key, time
    return before.key, time or before.time


def chop(data: bytes, tally: Tally) -> list[bytes]:
    """Pieces of at most LINE bytes, cut where a sentence begins; the last is what remains."""
    pieces, at = [], 0
    while len(data) - at > LINE:
        cut = max(data.rfind(start, at + 1, at + LINE) for start in (b"!", b"$"))
        if cut < 0:
            cut = at + LINE
            tally.reject("overlong line", data[at:cut])
        else:
            pieces.append(data[at:cut])
        at = cut
    return [*pieces, data[at:]]
