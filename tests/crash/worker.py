"""A worker process for the fault runs: the real service, with settings from one variable."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

from fleet import telemetry
from fleet.settings import Settings
from fleet.store.engine import Fenced
from fleet.worker import service

FENCED = 3


async def work() -> None:
    """Serve; SIGUSR1 shows what every task waits for."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, show)
    await service.serve(Settings(**json.loads(os.environ["CRASH_SETTINGS"])))


def show() -> None:
    for task in asyncio.all_tasks():
        task.print_stack()


def main() -> int:
    telemetry.configure("info")
    try:
        asyncio.run(work())
    except Fenced as fenced:
        sys.stderr.write(f"{fenced}\n")
        return FENCED
    return 0


if __name__ == "__main__":
    sys.exit(main())
