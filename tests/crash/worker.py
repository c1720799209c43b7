"""A worker process for the fault runs: the real service, with settings from one variable."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from fleet import telemetry
from fleet.settings import Settings
from fleet.store.engine import Fenced
from fleet.worker import service

FENCED = 3


def main() -> int:
    telemetry.configure("info")
    try:
        asyncio.run(service.serve(Settings(**json.loads(os.environ["CRASH_SETTINGS"]))))
    except Fenced as fenced:
        sys.stderr.write(f"{fenced}\n")
        return FENCED
    return 0


if __name__ == "__main__":
    sys.exit(main())
