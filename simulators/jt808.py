"""A JT/T 808 terminal 终端: registers, authenticates, reports, and keeps what was not answered.

Written from the standard alone, so that it is a witness of what the service reads and answers.
What it reports stays in its memory until a 0x8001 with result 0 names it; after every connect it
sends again all that is left, oldest first. `python -m simulators.jt808 HOST:PORT` runs one.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

SOS = 1
"""Alarm bit 0."""
POSITIONED = 1 << 1
BODY = 1023
GMT_8 = 8 * 3600


@dataclass(frozen=True)
class Fix:
    """A position as the terminal measures it; `t` in Unix seconds."""

    t: int
    lon: float
    lat: float
    speed_kmh: float = 0.0
    course_deg: int = 0
    alarm: int = 0
    positioned: bool = True
    battery_pct: int | None = None


def bcd(digits: str) -> bytes:
    return bytes(int(digits[i]) << 4 | int(digits[i + 1]) for i in range(0, len(digits), 2))


def location(fix: Fix) -> bytes:
    """The body of a 0x0200."""
    status = POSITIONED if fix.positioned else 0
    status |= (4 if fix.lat < 0 else 0) | (8 if fix.lon < 0 else 0)
    words = (fix.alarm, status, round(abs(fix.lat) * 1e6), round(abs(fix.lon) * 1e6))
    body = b"".join(word.to_bytes(4, "big") for word in words)
    for word in (0, round(fix.speed_kmh * 10), fix.course_deg):
        body += word.to_bytes(2, "big")
    body += bcd(time.strftime("%y%m%d%H%M%S", time.gmtime(fix.t + GMT_8)))
    body += b"\x01\x04" + (12345).to_bytes(4, "big") + b"\x30\x01\x1f\x31\x01\x0b"
    return body if fix.battery_pct is None else body + b"\xfe\x01" + bytes([fix.battery_pct])


def batch(fixes: Iterable[Fix]) -> bytes:
    """The body of a 0x0704 from the terminal's memory 盲区补报."""
    bodies = [location(fix) for fix in fixes]
    head = len(bodies).to_bytes(2, "big") + b"\x01"
    return head + b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def registration(plate: str, model: str, edition: int) -> bytes:
    """The body of a 0x0100: 2011, 2013 or 2019."""
    maker, size, terminal = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}[edition]
    fields = b"SIM".ljust(maker, b"\0") + model.encode().ljust(size, b"\0")
    ids = b"0000808".ljust(terminal, b"\0")
    return b"\x00\x2e\x00\x02" + fields + ids + b"\x00" + plate.encode("gb18030")


def framed(data: bytes) -> bytes:
    """Checksum, escapes and delimiters around header and body."""
    check = 0
    for byte in data:
        check ^= byte
    out = bytearray(b"\x7e")
    for byte in data + bytes([check]):
        out += {0x7E: b"\x7d\x02", 0x7D: b"\x7d\x01"}.get(byte, bytes([byte]))
    return bytes(out + b"\x7e")


def unframed(stream: bytes) -> Iterator[bytes]:
    """Header and body of every frame; raises AssertionError where the platform sent nonsense."""
    for piece in stream.split(b"\x7e"):
        if not piece:
            continue
        out, escaped = bytearray(), False
        for byte in piece:
            if escaped:
                out.append({0x02: 0x7E, 0x01: 0x7D}[byte])
            elif byte != 0x7D:
                out.append(byte)
            escaped = byte == 0x7D and not escaped
        check = 0
        for byte in out:
            check ^= byte
        assert check == 0, "checksum of an answer"
        yield bytes(out[:-1])


@dataclass
class Terminal:
    """One terminal; `edition` 2011, 2013 or 2019. `code` and memory outlive its connections."""

    phone: str
    plate: str = "琼三亚渔12345"
    model: str = "SIM-808"
    edition: int = 2013
    code: str = ""
    stored: dict[int, bytes] = field(default_factory=dict)  #: frames not answered, by serial
    answers: list[tuple[int, int, int]] = field(default_factory=list)  #: serial, id, result
    told: dict[int, bytes] = field(default_factory=dict)  #: body of the last answer, by its id
    refused: bool = False
    serial: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    # Frames

    def frame(self, kind: int, body: bytes, part: tuple[int, int] | None = None) -> bytes:
        """The next message; `part` is which packet of how many it is."""
        modern = self.edition == 2019
        properties = len(body) | (1 << 14 if modern else 0) | (1 << 13 if part else 0)
        number = self.phone.zfill(20 if modern else 12)
        data = kind.to_bytes(2, "big") + properties.to_bytes(2, "big")
        data += (b"\x01" if modern else b"") + bcd(number) + self.serial.to_bytes(2, "big")
        if part:
            data += part[1].to_bytes(2, "big") + part[0].to_bytes(2, "big")
        self.serial = (self.serial + 1) % 0x10000
        return framed(data + body)

    def keep(self, kind: int, body: bytes) -> list[bytes]:
        """The frames of a report, kept until they are answered."""
        pieces = [body[i : i + BODY] for i in range(0, len(body), BODY)]
        made = []
        for i, piece in enumerate(pieces, 1):
            serial = self.serial
            frame = self.frame(kind, piece, (i, len(pieces)) if len(pieces) > 1 else None)
            self.stored[serial] = frame
            made.append(frame)
        return made

    # Connection

    async def connect(self, host: str, port: int) -> None:
        """Register where it has no code, authenticate, and send again what is left."""
        reader, self._writer = await asyncio.open_connection(host, port)
        self._reading = asyncio.create_task(self._read(reader))
        if not self.code:
            self._send(self.frame(0x0100, registration(self.plate, self.model, self.edition)))
            await self.wait(lambda: bool(self.code) or self.refused)
        await self.authenticate()
        for frame in list(self.stored.values()):
            self._send(frame)

    async def authenticate(self) -> None:
        code, serial = self.code.encode(), self.serial
        modern = bytes([len(code)]) + code + b"8" * 15 + b"1.0".ljust(20, b"\0")
        self._send(self.frame(0x0102, modern if self.edition == 2019 else code))
        await self.wait(lambda: any(a[:2] == (serial, 0x0102) for a in self.answers))

    def report(self, fix: Fix) -> None:
        self._send_all(self.keep(0x0200, location(fix)))

    def burst(self, fixes: Iterable[Fix]) -> None:
        """A stretch from its memory, in packets where it is long."""
        self._send_all(self.keep(0x0704, batch(fixes)))

    def heartbeat(self) -> None:
        self._send(self.frame(0x0002, b""))

    def ask_time(self) -> None:
        self._send(self.frame(0x0004, b""))

    def send(self, frames: bytes) -> None:
        """Bytes as they are, for what no terminal should send."""
        self._send(frames)

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        if self._writer:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()

    async def wait(self, condition: object, seconds: float = 10.0) -> None:
        """Until an answer makes it true."""
        assert callable(condition)
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _send_all(self, frames: Iterable[bytes]) -> None:
        for frame in frames:
            self._send(frame)

    def _send(self, frame: bytes) -> None:
        """Into the air; lost where there is no connection."""
        if self._writer and not self._writer.is_closing():
            self._writer.write(frame)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        with suppress(OSError):
            while chunk := await reader.read(4096):
                whole, _, rest = (rest + chunk).rpartition(b"\x7e")
                for data in unframed(whole + b"\x7e"):
                    self._hear(data)
                self._news.set()
        self._news.set()

    def _hear(self, data: bytes) -> None:
        kind, head = int.from_bytes(data[:2], "big"), 17 if data[2] & 0x40 else 12
        body = data[head:]
        self.told[kind] = body
        serial = int.from_bytes(body[:2], "big")
        if kind == 0x8100:
            self.refused = body[2] != 0
            self.code = "" if self.refused else body[3:].decode("ascii")
        elif kind == 0x8001:
            self.answers.append((serial, int.from_bytes(body[2:4], "big"), body[4]))
            if body[4] == 0:
                self.stored.pop(serial, None)


async def run(address: str, phone: str, edition: int, every_s: float) -> None:
    """Steam east from Sanya, a report every so often."""
    host, _, port = address.rpartition(":")
    terminal, lon = Terminal(phone, edition=edition), 109.5
    await terminal.connect(host or "127.0.0.1", int(port))
    while True:
        terminal.report(Fix(int(time.time()), lon, 18.2, 14.8, 90, battery_pct=80))
        await asyncio.sleep(every_s)
        lon += every_s * 14.8 / 3600 / 105.8  # km to degrees at 18.2 N
        print(f"{terminal.serial} sent, {len(terminal.stored)} not acknowledged")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="host:port of a feed of kind jt808")
    parser.add_argument("--phone", default="13800000808")
    parser.add_argument("--edition", type=int, default=2013, choices=(2011, 2013, 2019))
    parser.add_argument("--every", type=float, default=10.0, help="seconds")
    given = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(run(given.address, given.phone, given.edition, given.every))
