"""JT/T 808 frames: any chunks in, whole messages out; and messages to bytes again.

Invariant: what is cut anywhere gives the same messages; a piece that is no frame is counted once
and disturbs neither the one before nor the one after it. At most one frame waits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from struct import Struct
from typing import Final, TypeAlias

from fleet.ingest.tally import Tally

DELIMITER: Final = b"\x7e"
STRAY = re.compile(rb"\x7d(?![\x01\x02])")
"""An escape that escapes nothing (2013, 4.4.2; 2019, 4.4.2)."""

MOST_BODY = 0x3FF
"""Bytes of a body: its length has ten bits (table 3)."""
LONGEST = 2 * (21 + MOST_BODY + 1)
"""Bytes between two delimiters: 2019 header with packet item, body, checksum, all escaped."""

ENCRYPTED, PARTED, V2019 = 0b111 << 10, 1 << 13, 1 << 14
"""Bits of the body's properties 消息体属性 (figure 2): encryption, sub-packages, 2019 header."""
PHONE, PHONE_2019 = 6, 10
"""Bytes of the terminal's number 终端手机号, BCD with zeros before it."""

HEAD = Struct(">HH")
"""Message id and properties; then, in 2019 only, the edition's byte; then the number."""
TAIL = Struct(">HH")
"""Number of packets and which one this is, where the message is in packets."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or one packet of a long one; `raw` as it came, with its delimiters."""

    id: int
    phone: bytes  #: as sent: its length tells the header's edition
    serial: int  #: 消息流水号
    body: bytes
    part: int = 1  #: counted from 1
    parts: int = 1
    encrypted: bool = False
    edition: int = 0  #: protocol version of a 2019 header, as sent; 0 before
    raw: bytes = b""

    @property
    def terminal(self) -> str:
        """The number without the zeros before it, so that a terminal keeps its identity when its
        firmware goes from 2013 (12 digits) to 2019 (20); "" where there is none.
        """
        return self.phone.hex().upper().lstrip("0")

    @property
    def is_2019(self) -> bool:
        return len(self.phone) == PHONE_2019


class Framer:
    """The stream of one connection or recording."""

    __slots__ = ("_rest", "_skipping")

    def __init__(self) -> None:
        self._rest = b""  #: what came since the last delimiter
        self._skipping = False  #: what waits was too long, and is counted already

    def feed(self, chunk: bytes, tally: Tally) -> list[Message]:
        """Whole messages; everything else between two delimiters is counted."""
        *pieces, self._rest = (self._rest + chunk).split(DELIMITER)
        found = [self._message(piece, tally) for piece in pieces]
        self._bound(tally)
        return [message for message in found if message]

    def _message(self, piece: bytes, tally: Tally) -> Message | None:
        skipped, self._skipping = self._skipping, False
        short = len(piece) <= LONGEST
        if skipped or (short and not piece.strip()):
            return None
        tally.sentences += 1
        message = parse(piece) if short else "frame: too long"
        if isinstance(message, Message):
            return message
        tally.reject(message, piece)
        return None

    def _bound(self, tally: Tally) -> None:
        """Keep no more than a frame; of what is longer only that it is."""
        if self._skipping:
            self._rest = b""
        elif len(self._rest) > LONGEST:
            tally.sentences += 1
            tally.reject("frame: too long", self._rest)
            self._skipping, self._rest = True, b""

    def residue(self) -> bytes:
        return bytes([self._skipping]) + self._rest if self._skipping or self._rest else b""

    def restore(self, rest: bytes) -> None:
        self._skipping, self._rest = rest[:1] == b"\x01", rest[1 : LONGEST + 1]


Refusal: TypeAlias = str


def parse(piece: bytes) -> Message | Refusal:
    """What stands between two delimiters; or why it is no message."""
    if STRAY.search(piece):
        return "frame: escape"
    data = piece.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    if len(data) < HEAD.size + PHONE + 3:
        return "frame: too short"
    if checksum(data):
        return "frame: checksum"
    return _message(data[:-1], DELIMITER + piece + DELIMITER)


def _message(data: bytes, raw: bytes) -> Message | Refusal:
    kind, properties = HEAD.unpack_from(data)
    at = HEAD.size + bool(properties & V2019)
    end = at + (PHONE_2019 if properties & V2019 else PHONE)
    body = end + 2 + (TAIL.size if properties & PARTED else 0)
    if len(data) != body + (properties & MOST_BODY):
        return "frame: length"
    parts, part = TAIL.unpack_from(data, end + 2) if properties & PARTED else (1, 1)
    if not 1 <= part <= parts:
        return "frame: packet number"
    return Message(
        kind,
        data[at:end],
        int.from_bytes(data[end : end + 2], "big"),
        data[body:],
        part,
        parts,
        bool(properties & ENCRYPTED),
        data[HEAD.size] if properties & V2019 else 0,
        raw,
    )


def checksum(data: bytes) -> int:
    """Exclusive or of all bytes; 0 over a message with its checksum.

    Folded in halves, since Python has no such sum: a word as wide as the data is halved until one
    byte is left.
    """
    width = 1 << max(len(data) - 1, 0).bit_length()
    value = int.from_bytes(data, "big")
    while width > 1:
        width //= 2
        value = (value >> (8 * width)) ^ (value & ((1 << (8 * width)) - 1))
    return value


def encode(message: Message) -> bytes:
    """The frame of a message, one packet at most: bodies are below `MOST_BODY` bytes."""
    properties = len(message.body) | (V2019 if message.is_2019 else 0)
    edition = bytes([message.edition]) if message.is_2019 else b""
    serial = message.serial.to_bytes(2, "big")
    data = HEAD.pack(message.id, properties) + edition + message.phone + serial + message.body
    data += bytes([checksum(data)])
    return DELIMITER + data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + DELIMITER


def reply(to: Message, kind: int, serial: int, body: bytes) -> bytes:
    """The frame of an answer, in the edition that it was asked in."""
    return encode(replace(to, id=kind, serial=serial, body=body))
