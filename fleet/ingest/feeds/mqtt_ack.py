"""The one place that reaches under aiomqtt: acknowledgement when we say so, and messages unwrapped.

aiomqtt 2 has no public way to do either; its paho client has. Measured on messages of 200 bytes, of
processor time each: aiomqtt's own way 76 µs, this way 15 µs. One system call brings all that has
arrived and one takes all that is acknowledged, where paho makes four and one a message; and of a
message only topic and payload are read, where paho makes two objects and forty properties.
tests/ingest/feeds/test_mqtt_ack.py fails when a new version of either changes what is used here.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

PUBACK = 0x40
ACKNOWLEDGEMENT = struct.Struct("!BBH")
SHORT = 127
"""Bytes of properties whose length is one byte."""
READ = 1 << 16
"""Bytes asked of the socket at once."""


class Message(NamedTuple):
    """What the broker sent."""

    topic: str
    payload: bytes
    qos: int
    mid: int  #: 0 at QoS 0


Receive: TypeAlias = Callable[[Message], None]


def take_over(client: aiomqtt.Client, receive: Receive, *, manual: bool = True) -> None:
    """Before connecting: every message goes to `receive` as it arrives; with `manual`, what the
    broker sends from now on is acknowledged by us alone.
    """
    under = client._client  # noqa: SLF001
    under.manual_ack_set(manual)
    under.disable_logger()  # it makes a line of text of every packet
    under.on_message = lambda _client, _data, m: receive(
        Message(m.topic, bytes(m.payload), m.qos, m.mid)
    )
    if manual:
        under._handle_publish = _publishes(under, receive)  # type: ignore[method-assign]  # noqa: SLF001
    opened: Any = under.on_socket_open

    def buffered(again: paho.Client, data: Any, sock: Any) -> None:
        again._sock = Buffered(sock)  # noqa: SLF001
        opened(again, data, again._sock)  # noqa: SLF001

    under.on_socket_open = buffered


def _publishes(under: paho.Client, receive: Receive) -> Callable[[], MQTTErrorCode]:
    """In place of paho's own: what it cannot read is left to paho."""
    theirs = under._handle_publish  # noqa: SLF001

    def handle() -> MQTTErrorCode:
        packet = under._in_packet  # noqa: SLF001
        message = read(packet["command"], bytes(packet["packet"]))
        if message is None:
            return theirs()
        receive(message)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    return handle


def read(command: int, body: bytes) -> Message | None:
    """A PUBLISH of MQTT 5 (3.3): topic, number, properties, payload. None where it is no whole
    one, or of QoS 2.
    """
    qos = command >> 1 & 3
    at = 2 + int.from_bytes(body[:2])
    try:
        topic = body[2:at].decode()
        mid, at = (int.from_bytes(body[at : at + 2]), at + 2) if qos else (0, at)
        length = body[at]
    except (UnicodeDecodeError, IndexError):
        return None
    at += 1 + length
    if qos > 1 or length > SHORT or at > len(body):
        return None
    return Message(topic, body[at:], qos, mid)


def acknowledge(client: aiomqtt.Client, mids: Sequence[int]) -> None:
    """Tell the broker that QoS-1 messages are safe, in the order in which they came (MQTT 5, 4.6);
    lost with the connection, then sent again.
    """
    if mids:
        packets = b"".join([ACKNOWLEDGEMENT.pack(PUBACK, 2, mid) for mid in mids])
        client._client._packet_queue(PUBACK, packets, mids[-1], 1)  # noqa: SLF001


def ended(client: aiomqtt.Client) -> asyncio.Future[None]:
    """Done when the connection is: with the reason, where it was not we who ended it."""
    return client._disconnected  # noqa: SLF001


class Buffered:
    """A socket whose bytes are fetched many at a time. paho asks for one byte, one byte, the rest;
    aiomqtt reads on for as long as `pending` says that there is more.
    """

    def __init__(self, sock: Any) -> None:
        self._sock, self._data, self._at = sock, b"", 0
        self._tls = isinstance(sock, ssl.SSLSocket)

    def recv(self, most: int) -> bytes:
        at = self._at
        if at >= len(self._data):
            self._data, at = self._sock.recv(READ), 0
        piece: bytes = self._data[at : at + most]
        self._at = at + len(piece)
        return piece

    def pending(self) -> int:
        rest = len(self._data) - self._at
        return rest + self._sock.pending() if self._tls else rest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)
