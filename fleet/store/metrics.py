"""The numbers behind /metrics: counts over everybody's data, nobody's data itself."""

from __future__ import annotations

from fleet.store.db import Connection, rows
from fleet.store.reads import Rows
from fleet.store.scope import scoped


async def read(conn: Connection) -> dict[str, Rows]:
    """Every query of metrics.sql by name."""
    return {name: await rows(conn, text) for name, text in scoped("metrics").items()}
