"""Pins the little that `mqtt_ack` uses below aiomqtt's public face.

When this fails after an update: read the new version. Where it has an acknowledgement of its own,
use that and delete `mqtt_ack`; else see that acknowledging late still works the way it did.
"""

from __future__ import annotations

import asyncio
import inspect
from importlib.metadata import version

import aiomqtt
import paho.mqtt.client as paho

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
    manual = [under._manual_ack]
    mqtt_ack.take_over(client)
    manual.append(under._manual_ack)
    assert manual == [False, True]
    mqtt_ack.acknowledge(client, 7)  # not connected: nothing happens, nothing is raised


class Ours(asyncio.Queue[aiomqtt.Message]):
    pass


async def test_the_queue_is_of_the_class_we_give_and_filled_by_put_nowait() -> None:
    client = aiomqtt.Client("localhost", queue_type=Ours)
    assert type(client._queue) is Ours
    assert "put_nowait" in inspect.getsource(aiomqtt.Client._on_message)
