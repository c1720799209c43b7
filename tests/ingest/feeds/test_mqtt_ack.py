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
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt._packet import decode_publish

from fleet.ingest.feeds import mqtt_ack
from fleet.ingest.feeds.mqtt_ack import Message


def test_the_versions_that_were_read() -> None:
    assert version("aiomqtt").split(".")[:1] == ["2"]
    assert version("paho-mqtt").split(".")[:1] == ["2"]


def test_aiomqtt_has_no_acknowledgement_of_its_own_yet() -> None:
    offered = set(inspect.signature(aiomqtt.Client).parameters) | set(dir(aiomqtt.Client))
    assert not [name for name in offered if "ack" in name and not name.startswith("_")]


def test_paho_acknowledges_as_it_did() -> None:
    assert list(inspect.signature(paho.Client.manual_ack_set).parameters) == ["self", "on"]
    assert list(inspect.signature(paho.Client.ack).parameters) == ["self", "mid", "qos"]


@pytest.mark.parametrize("manual", [True, False])
async def test_what_lies_under_the_client(manual: bool) -> None:
    client = aiomqtt.Client("localhost", protocol=aiomqtt.ProtocolVersion.V5)
    under = client._client
    assert isinstance(under, paho.Client)
    assert under._manual_ack is False
    got: list[mqtt_ack.Message] = []
    mqtt_ack.take_over(client, got.append, manual=manual)
    assert under._manual_ack is manual
    under._in_packet["command"] = 0x32
    under._in_packet["packet"] = bytearray(b"\0\3a/b\0\7\0hello")
    assert under._packet_handle() == paho.MQTT_ERR_SUCCESS
    assert got == [("a/b", b"hello", 1, 7)]
    assert not mqtt_ack.ended(client).done()


PROPERTIES = st.sampled_from([b"", b"\x01\x01", b"\x26\0\1k\0\1v", b"\x26\0\1k\0\x70" + b"v" * 112])


@given(
    st.text(max_size=20), st.binary(max_size=20), st.integers(0, 1), PROPERTIES, st.integers(0, 9)
)
def test_a_message_is_read_as_paho_reads_it(
    topic: str, payload: bytes, qos: int, properties: bytes, lost: int
) -> None:
    name = topic.encode()
    number = b"\1\2" if qos else b""
    length = bytes([len(properties)]) if len(properties) < 128 else None
    body = len(name).to_bytes(2) + name + number + (length or b"\xff\1") + properties + payload
    found = mqtt_ack.read(0x30 | qos << 1, body)
    assert found == (Message(topic, payload, qos, 0x102 * qos) if length else None)
    mqtt_ack.read(0x30 | qos << 1, body[:lost])  # whatever comes: no exception
    if length:
        theirs = decode_publish(0x30 | qos << 1, bytearray(body), paho.MQTTv5)
        assert (theirs.topic, theirs.payload, theirs.mid) == (name, payload, 0x102 * qos)


def test_what_is_left_to_paho() -> None:
    assert mqtt_ack.read(0x34, b"\0\1a\0\7\0x") is None  # QoS 2
    assert mqtt_ack.read(0x32, b"\0\1\xff\0\7\0x") is None  # no UTF-8
    assert mqtt_ack.read(0x32, b"\0\1a\0\7\x09x") is None  # properties that are not all there
    assert "return self._handle_publish()" in inspect.getsource(paho.Client._packet_handle)


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
