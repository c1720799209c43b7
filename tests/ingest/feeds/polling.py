"""Waiting for what another task does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - polled from outside
            await asyncio.sleep(0.005)


async def dropped(reading: asyncio.Future[Any]) -> None:
    """Cancels a task that waits for a delivery nobody needs any more."""
    reading.cancel()
    with suppress(asyncio.CancelledError, StopAsyncIteration):
        await reading
