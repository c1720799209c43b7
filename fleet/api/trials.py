"""Dry runs in processes of their own: `fleet dry-run --job`, watched and ended from here.

Invariant: the API's event loop judges nothing, and no child outlives its run: not a cancelled one,
not one that takes too long, not a stop of the API.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from fleet.settings import PREFIX, Settings
from fleet.store import dry_runs
from fleet.store.db import Pool

LOG = structlog.get_logger("fleet.api")
BEAT_S = 2.0
MOST_S = 1800.0
"""Thirty million fixes, judged twice on a busy machine, take less."""
MOST_BYTES = 32 * 1024 * 1024
"""Of one line: a result holds 50 examples of each difference and is far smaller."""


class Trials:
    """The runs that this process has begun."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self.settings, self.pool = settings, pool
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._shares: dict[int, float] = {}

    async def begin(self, asked: Mapping[str, Any], actor: int | None) -> int:
        """Write it down and start it; UniqueViolation while another one is going on."""
        async with self.pool.connection() as conn:
            run = await dry_runs.begin(conn, asked, actor)
        task = asyncio.create_task(self._run(run, asked), name=f"dry-run-{run}")
        self._tasks[run] = task
        task.add_done_callback(lambda _: self._tasks.pop(run, None))
        return run

    def stop(self, run: int) -> None:
        """End its process at once, if it is ours; another API's notices by itself."""
        if task := self._tasks.get(run):
            task.cancel()

    def going_on(self) -> list[asyncio.Task[None]]:
        return list(self._tasks.values())

    async def close(self) -> None:
        """End all of them: the API stops."""
        tasks = self.going_on()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, run: int, asked: Mapping[str, Any]) -> None:
        status, message, result = "failed", "the service was stopped", None
        try:
            process = await self._started()
        except OSError:
            LOG.exception("a dry run cannot be started", run=run)
            await self._write(run, status, "its process could not be started", None)
            return
        beats = asyncio.create_task(self._beats(run, process))
        try:
            async with asyncio.timeout(MOST_S):
                status, message, result = await self._told(run, process, asked)
        except TimeoutError:
            message = f"took longer than {MOST_S / 60:.0f} minutes"
        except ValueError:
            LOG.exception("what a dry run says is not understood", run=run)
            message = "its process said something else"
        finally:
            beats.cancel()
            await _ended(process)
            self._shares.pop(run, None)
            await asyncio.shield(self._write(run, status, message, result))

    async def _started(self) -> Process:
        """The command, with the settings that it needs and no others."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
        url = self.settings.database_url.get_secret_value()
        own = {"FLEET_DATABASE_URL": url, "FLEET_TIMEZONE": self.settings.timezone}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "fleet", "dry-run", "--job",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={**plain, **own},
            start_new_session=True, limit=MOST_BYTES,
        )  # fmt: skip

    async def _told(
        self, run: int, process: Process, asked: Mapping[str, Any]
    ) -> tuple[str, str, Any]:
        """What the child says, to its end: (status, message, result)."""
        assert process.stdin
        assert process.stdout
        with suppress(ConnectionError):
            process.stdin.write(json.dumps(asked).encode())
            await process.stdin.drain()
        process.stdin.close()
        async for line in process.stdout:
            told = json.loads(line)
            if "result" in told:
                return "done", "", told["result"]
            if "error" in told:
                return "failed", told["error"], None
            self._shares[run] = float(told["share"])
        LOG.error("dry run ended without a result", run=run, status=await process.wait())
        return "failed", "its process ended without a result", None

    async def _beats(self, run: int, process: Process) -> None:
        """Say that it goes on, and end it where somebody cancelled it."""
        while True:
            await asyncio.sleep(BEAT_S)
            with suppress(psycopg.OperationalError, PoolTimeout):
                async with self.pool.connection() as conn:
                    if not await dry_runs.beat(conn, run, self._shares.get(run, 0.0)):
                        _kill(process)

    async def _write(self, run: int, status: str, message: str, result: Any) -> None:
        try:
            async with self.pool.connection() as conn:
                await dry_runs.end(conn, run, status, message, result)
        except (psycopg.Error, PoolTimeout):
            LOG.exception("the end of a dry run is not stored", run=run)


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _ended(process: Process) -> None:
    """Make sure that it is gone, and bury it. It writes nothing, so nothing is cut short."""
    if process.returncode is None:
        _kill(process)
    await asyncio.shield(process.wait())
