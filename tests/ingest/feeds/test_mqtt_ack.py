"""Pins the little that `mqtt_ack` uses below aiomqtt's public face.

When this fails after an update: read the new version. Where it has an acknowledgement of its own,
use that and delete `mqtt_ack`; else see that acknowledging late still works the way it did.
"""

from __future__ import annotations

import inspect
import socket
from importlib.metadata import version

import aiomqtt
import paho.mqtt.client as paho
import pytest

from fleet.ingest.feeds import mqtt_ack


def test_the_versions_that_were_read() -> None:
    assert version("aiomqtt").split(".")[:1] == ["2"]
    assert version("paho-mqtt").split(".")[:1] == ["2"]


def test_aiomqtt_has_no_acknowledgement_of_its_own_yet() -> None:
    offered = set(inspect.signature(aiomqtt.Client).parameters) | set(dir(aiomqtt.Client))
    assert not [name for name in offered if "ack" in name and not name.startswith("_")]


def test_paho_acknowledges_as_it_did() -> None:
    assert list(inspect.signature(paho.Client.manual_ack_set).parameters) == ["self", "on"]
    assert list(inspect.signature(paho.Client.ack).parameters) == ["self", "mid", "qos"]


async def test_what_lies_under_the_client() -> None:
    client = aiomqtt.Client("localhost")
    under = client._client
    assert isinstance(under, paho.Client)
    got: list[paho.MQTTMessage] = []
    manual = [under._manual_ack]
    mqtt_ack.take_over(client, got.append)
    manual.append(under._manual_ack)
    assert manual == [False, True]
    message = paho.MQTTMessage(7, b"topic")
    under._handle_on_message(message)
    assert got == [message]
    assert not mqtt_ack.ended(client).done()


async def test_acknowledgements_are_one_run_of_bytes_in_their_order() -> None:
    client = aiomqtt.Client("localhost")
    mqtt_ack.acknowledge(client, [7, 300])  # not connected: it waits
    mqtt_ack.acknowledge(client, [])
    (packet,) = client._client._out_packet
    assert packet["packet"] == b"\x40\x02\x00\x07\x40\x02\x01\x2c"
    sent = inspect.getsource(paho.Client._packet_write)
    assert "packet['packet'][packet['pos']:]" in sent  # whole, and on from where it was cut


def test_paho_reads_by_recv_and_aiomqtt_for_as_long_as_something_is_pending() -> None:
    assert "self._sock.recv(bufsize)" in inspect.getsource(paho.Client._sock_recv)
    opened = inspect.getsource(aiomqtt.Client._on_socket_open)
    assert "client._sock.pending() > 0" in opened
    assert "_call_socket_open(self._sock)" in inspect.getsource(paho.Client.reconnect)


def test_a_buffered_socket_gives_every_byte_once_whatever_is_asked_for() -> None:
    ours, theirs = socket.socketpair()
    sent, got = bytes(range(256)) * 40, b""
    with ours, theirs:
        ours.setblocking(False)
        made = mqtt_ack.Buffered(ours)
        for start in range(0, len(sent), 1000):
            theirs.sendall(sent[start : start + 1000])
            size = 1
            while made.pending() or len(got) < min(start + 1000, len(sent)):
                got, size = got + made.recv(size), size % 7 + 1
        assert got == sent
        with pytest.raises(BlockingIOError):
            made.recv(1)
        theirs.close()
        assert made.recv(1) == b""
        assert made.fileno() == ours.fileno()
