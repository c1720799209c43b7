"""The other processes of the MQTT benchmark: a publisher that costs little, and the bare receiver.

python -m benchmarks._mqtt publish URL MESSAGES TERMINALS
python -m benchmarks._mqtt receive URL MESSAGES
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
from datetime import UTC, datetime
from urllib.parse import SplitResult, unquote, urlsplit

import aiomqtt

WINDOW = 20_000
"""Messages on the way to the broker; fewer than there are packet numbers."""
TOPIC = "fleet/v1/terminals/{}/report"
SPACING_S = 10
CONNACK, PUBACK_BYTES = 4, 4


def terminal(number: int) -> str:
    return f"T{number:05}"


def payload(number: int, at: float) -> bytes:
    """A native report of every field, as a terminal sends it: about 180 bytes."""
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    lon, lat = 108 + number % 300 / 100, 17 + number % 200 / 100 + at % 600 / 1e5
    return (
        f'{{"v":1,"t":"{when}","lon":{lon:.6f},"lat":{lat:.6f},"sog_kn":{number % 90 / 10},'
        f'"cog_deg":{number % 360}.5,"heading_deg":{number % 360},"battery_pct":{40 + number % 60},'
        f'"power":"battery"}}'
    ).encode()


def packets(messages: int, terminals: int) -> list[bytes]:
    """PUBLISH at QoS 1, one after the other of all terminals, in their own order of time."""
    start = int(time.time()) - messages // terminals * SPACING_S
    made = []
    for n in range(messages):
        who = n % terminals
        topic = TOPIC.format(terminal(who)).encode()
        at = start + n // terminals * SPACING_S + who / terminals
        body = struct.pack("!H", len(topic)) + topic + struct.pack("!H", n % 65_535 + 1)
        body += payload(who, at)
        made.append(b"\x32" + _length(len(body)) + body)
    return made


def _length(n: int) -> bytes:
    return bytes([n]) if n < 128 else bytes([n % 128 | 128, n // 128])


def publish(at: SplitResult, messages: int, terminals: int) -> None:
    made = packets(messages, terminals)
    blocks = [b"".join(made[i : i + 500]) for i in range(0, messages, 500)]
    with _connected(at) as wire:
        print("ready", flush=True)
        sys.stdin.readline()
        sent = acked = 0
        for block in blocks:
            wire.sendall(block)
            sent += 500
            while sent - acked // PUBACK_BYTES > WINDOW:
                acked += len(wire.recv(1 << 16))
        while acked < messages * PUBACK_BYTES:
            acked += len(wire.recv(1 << 16))
    print("done", flush=True)


def _connected(at: SplitResult) -> socket.socket:
    user, password = (unquote(t or "").encode() for t in (at.username, at.password))
    texts = (b"publisher", user, password)
    body = b"\x00\x04MQTT\x04\xc2\x00\x00" + b"".join(struct.pack("!H", len(t)) + t for t in texts)
    wire = socket.create_connection((at.hostname, at.port))
    wire.sendall(b"\x10" + _length(len(body)) + body)
    if wire.recv(CONNACK)[3]:
        raise RuntimeError("the broker refuses the publisher")
    return wire


async def receive(at: SplitResult, messages: int) -> None:
    """Aiomqtt as its documentation shows it, doing nothing with what it gets."""
    user, password = unquote(at.username or ""), unquote(at.password or "")
    async with aiomqtt.Client(
        str(at.hostname), int(at.port or 0), username=user, password=password
    ) as client:
        await client.subscribe(TOPIC.format("+"), qos=1)
        print("ready", flush=True)
        got, begun = 0, 0.0
        async for _ in client.messages:
            got += 1
            begun = begun or time.process_time()
            if got == messages:
                break
    print(time.process_time() - begun, flush=True)


def main(way: str, url: str, messages: str, terminals: str = "1") -> None:
    if way == "publish":
        publish(urlsplit(url), int(messages), int(terminals))
    else:
        asyncio.run(receive(urlsplit(url), int(messages)))


if __name__ == "__main__":
    main(*sys.argv[1:])
