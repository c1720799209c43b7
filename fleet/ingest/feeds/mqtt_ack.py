"""The one place that reaches under aiomqtt: acknowledgement when we say so, and messages unwrapped.

aiomqtt 2 has no public way to do either; its paho client has. Measured on one message of 200 bytes:
aiomqtt's own way 76 µs, this way 34 µs: no second message object, no queue, one system call for
all that has arrived and one for all that is acknowledged, where paho makes four and one a message.
tests/ingest/feeds/test_mqtt_ack.py fails when a new version of either changes what is used here.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import aiomqtt
import paho.mqtt.client as paho

PUBACK = 0x40
ACKNOWLEDGEMENT = struct.Struct("!BBH")
READ = 1 << 16
"""Bytes asked of the socket at once."""
Receive: TypeAlias = Callable[[paho.MQTTMessage], None]


def take_over(client: aiomqtt.Client, receive: Receive, *, manual: bool = True) -> None:
    """Before connecting: every message goes to `receive` as it arrives; with `manual`, what the
    broker sends from now on is acknowledged by us alone.
    """
    under = client._client  # noqa: SLF001
    under.manual_ack_set(manual)
    under.disable_logger()  # it makes a line of text of every packet
    under.on_message = lambda _client, _data, message: receive(message)
    opened: Any = under.on_socket_open

    def buffered(again: paho.Client, data: Any, sock: Any) -> None:
        again._sock = Buffered(sock)  # noqa: SLF001
        opened(again, data, again._sock)  # noqa: SLF001

    under.on_socket_open = buffered


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
