"""MQTT to phones and terminals: QoS 1, done when the broker has answered that it took it.

A broker that denies a topic tells only an MQTT 5 client, in that answer; aiomqtt drops it, so it
is read one layer below. Messages go one after the other.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import aiomqtt
import orjson

from fleet.ingest.feeds.mqtt import Broker
from fleet.outbox.channel import TIMEOUT_S, Undelivered
from fleet.store.outbox import Channel, Due


class Mqtt:
    channel = Channel.MQTT
    most = 32

    def __init__(self, at: Broker) -> None:
        self.at = at
        self._stack = AsyncExitStack()
        self._client: aiomqtt.Client | None = None
        self._refusal = ""

    async def send(self, due: Due) -> None:
        self._refusal = ""
        body = orjson.dumps({**due.body, "key": due.key})
        try:
            client = self._client or await self._connect()
            await client.publish(due.recipient, body, qos=1, timeout=TIMEOUT_S)
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            await self.close()
            raise Undelivered(f"{type(error).__name__}: {error}") from None
        if self._refusal:
            raise Undelivered(f"the broker refused it: {self._refusal}")

    async def close(self) -> None:
        self._client = None
        stack, self._stack = self._stack, AsyncExitStack()
        try:
            await stack.aclose()
        except (aiomqtt.MqttError, OSError):
            return  # it was gone already

    async def _connect(self) -> aiomqtt.Client:
        client = aiomqtt.Client(
            self.at.host,
            self.at.port,
            username=self.at.user,
            password=self.at.password,
            protocol=aiomqtt.ProtocolVersion.V5,
            tls_context=self.at.tls,
            timeout=TIMEOUT_S,
        )
        self._watch(client)
        self._client = await self._stack.enter_async_context(client)
        return self._client

    def _watch(self, client: aiomqtt.Client) -> None:
        """Read the reason code of every answer before aiomqtt lets it go."""
        paho = client._client  # noqa: SLF001 - no public way; pinned by a test
        inner: Any = paho.on_publish

        def answered(c: Any, userdata: Any, mid: int, reason: Any, properties: Any) -> None:
            if reason.is_failure:
                self._refusal = str(reason)
            if inner is not None:
                inner(c, userdata, mid, reason, properties)

        paho.on_publish = answered
