"""The sender as a program: a loop a channel, a listener for hints, a watch for the undelivered.

A channel that hangs stops no other; a database that is away is waited for. On SIGTERM the message
under way is finished and the rest of the lease given back.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import structlog

from fleet.ingest.feeds.common import Backoff, FeedError
from fleet.ingest.feeds.mqtt import broker
from fleet.outbox import keeping, webhook
from fleet.outbox.channel import Deliver
from fleet.outbox.mqtt import Mqtt
from fleet.outbox.pump import Pump
from fleet.outbox.webhook import Webhook
from fleet.settings import Settings, SettingsError
from fleet.store import events, outbox
from fleet.store.db import Connection, connect

LOG = structlog.get_logger("fleet.outbox")
GRACE_S = 8.0
"""How long the message under way may take after SIGTERM."""
WATCH_S = 5.0


async def serve(settings: Settings) -> None:
    """Send until SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run(settings, stop)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Send until `stop` is set."""
    url = settings.database_url.get_secret_value()
    pumps = [Pump(deliver) for deliver in channels(settings)]
    if not pumps:
        LOG.warning("no channel is configured: messages stay queued")
    jobs = [_pumping(url, pump, stop) for pump in pumps]
    jobs += [_listening(url, pumps, stop), _watching(url, stop), _pruning(url, stop)]
    tasks = [asyncio.create_task(job) for job in jobs]
    ended = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, ended], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        _, hanging = await asyncio.wait(tasks, timeout=GRACE_S)
        for task in hanging:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
    finally:
        ended.cancel()
        for pump in pumps:
            await pump.deliver.close()


def channels(settings: Settings) -> list[Deliver]:
    """Those that are configured; SettingsError names what is wrong."""
    found: list[Deliver] = []
    try:
        if mqtt_url := settings.mqtt_url.get_secret_value():
            found.append(Mqtt(broker(mqtt_url)))
        if settings.webhook_url:
            secret = settings.webhook_secret.get_secret_value()
            found.append(Webhook(settings.webhook_url, secret, settings.webhook_allow))
    except (FeedError, ValueError) as error:
        raise SettingsError(str(error)) from None
    return found


async def tail(conn: Connection) -> None:
    """New events of the history become webhook messages."""
    await outbox.put(conn, [webhook.message(row) for row in await outbox.tail(conn)])


async def _pumping(url: str, pump: Pump, stop: asyncio.Event) -> None:
    before = tail if isinstance(pump.deliver, Webhook) else None

    async def work(conn: Connection) -> None:
        await pump.run(conn, stop, before)

    await _connected(url, work, stop)


async def _listening(url: str, pumps: list[Pump], stop: asyncio.Event) -> None:
    async def work(conn: Connection) -> None:
        await conn.set_autocommit(True)
        for channel in (outbox.CHANNEL, events.CHANNEL):
            await conn.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel)))
        while not stop.is_set():
            async for _ in conn.notifies(timeout=1.0, stop_after=1):
                for pump in pumps:
                    pump.wake.set()

    await _connected(url, work, stop)


async def _watching(url: str, stop: asyncio.Event) -> None:
    """What reaches nobody within a minute is an event: the command centre sees it."""

    async def work(conn: Connection) -> None:
        while not stop.is_set():
            await events.append(conn, await outbox.flag_undelivered(conn))
            await conn.commit()
            await _pause(stop, WATCH_S)

    await _connected(url, work, stop)


async def _pruning(url: str, stop: asyncio.Event) -> None:
    """What is done with goes after a while, a little at a time."""
    keep = keeping.default()

    async def work(conn: Connection) -> None:
        while not stop.is_set():
            try:
                gone = await outbox.prune(conn, keep.ages_s, keep.most)
                await conn.commit()
            except psycopg.OperationalError:
                raise
            except psycopg.Error:  # tidying up never stops what is sent
                LOG.exception("not pruned")
                await conn.rollback()
                gone = 0
            await _pause(stop, WATCH_S if gone >= keep.most else keep.every_s)

    await _connected(url, work, stop)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _connected(
    url: str, work: Callable[[Connection], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Do the work over a connection, and again over another while the database comes and goes."""
    backoff = Backoff(first=0.2, most=5.0)
    while not stop.is_set():
        try:
            async with await connect(url, "fleet-outbox", careful=True) as conn:
                backoff.reset()
                await work(conn)
        except psycopg.OperationalError as error:
            LOG.warning("database away", error=str(error).strip())
            await _pause(stop, backoff.pause())
