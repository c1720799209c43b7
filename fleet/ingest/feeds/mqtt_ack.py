"""The one place that reaches under aiomqtt: acknowledgement when we say so, not on arrival.

aiomqtt 2 has no public way to do it; its paho client has. tests/ingest/feeds/test_mqtt_ack.py
fails when a new version of either changes what is used here.
"""

from __future__ import annotations

import aiomqtt


def take_over(client: aiomqtt.Client) -> None:
    """Before connecting: what the broker sends from now on is acknowledged by us alone."""
    client._client.manual_ack_set(True)  # noqa: SLF001


def acknowledge(client: aiomqtt.Client, mid: int) -> None:
    """Tell the broker that a QoS-1 message is safe; lost with the connection, then sent again."""
    client._client.ack(mid, 1)  # noqa: SLF001
