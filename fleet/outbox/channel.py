"""What a notification channel is, for the two there are: MQTT and the webhook."""

from __future__ import annotations

from typing import Protocol

from fleet.store.outbox import Channel, Due

TIMEOUT_S = 3.0


class Undelivered(Exception):
    """The message did not get through; the text says why, without secrets."""


class Deliver(Protocol):
    channel: Channel
    most: int
    """Messages under one lease."""

    async def send(self, due: Due) -> None:
        """Return when the receiver has it; raise Undelivered otherwise."""

    async def close(self) -> None: ...
