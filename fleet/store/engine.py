"""What the worker needs to go on where it stopped: progress, journal, snapshot, heartbeat.

Invariant: `count` is in the transaction of what it counts, so a batch is counted exactly when it
is stored; a worker that was overtaken is told so by Fenced and must end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fleet.store.db import Connection, one, queries, rows

SQL = queries("engine")
FROZEN_S = 9.0
"""A worker that has held the row for so long in the middle of a COPY is stopped or cut off: no
commit takes a second. Less than the time that the next waits for the row."""


class Fenced(Exception):
    """Another worker has taken over; this one must not write any more."""

    def __init__(self, part: str, seq: int) -> None:
        super().__init__(
            f"another worker has taken over part {part!r} after batch {seq}; this one ends"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was fed, with the time it was told."""

    seq: int
    now: int
    kind: str  #: feed, tick, config
    body: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    seq: int
    revision: int  #: of zones and register
    layout: str
    body: bytes


async def begin(conn: Connection, part: str) -> int:
    """The last batch committed; 0 for a part that has never run. Nobody frozen holds its row."""
    name = conn.info.parameter_status("application_name")
    await conn.execute(SQL["free"], {"of": name, "frozen": FROZEN_S})
    await conn.execute(SQL["begin"], {"part": part})
    return int((await one(conn, SQL["progress"], part=part))["seq"])


async def lock(conn: Connection, part: str) -> int:
    """Stop everybody else from counting until this transaction ends; the last batch committed."""
    await begin(conn, part)
    await conn.execute(SQL["lock"])
    return int((await one(conn, SQL["lock_row"], part=part))["seq"])


async def count(conn: Connection, part: str, entry: Entry) -> bool:
    """Count and journal one more batch, the first thing in the transaction that holds it.

    False where exactly this is stored already: a commit whose answer was lost. Fenced where
    somebody else has gone on.
    """
    values = {
        "part": part, "old": entry.seq - 1, "new": entry.seq, "seq": entry.seq, "now": entry.now,
        "kind": entry.kind, "body": entry.body,
    }  # fmt: skip
    if (await conn.execute(SQL["advance"], values)).rowcount == 1:
        await conn.execute(SQL["write"], values)
        return True
    if await rows(conn, SQL["entry"], **values):
        return False
    raise Fenced(part, entry.seq - 1)


async def hold(conn: Connection, part: str, seq: int) -> None:
    """Make sure that nobody has taken over, until the transaction ends."""
    if (await one(conn, SQL["hold"], part=part))["seq"] != seq:
        raise Fenced(part, seq)


async def entries(conn: Connection, part: str, after: int) -> list[Entry]:
    """What was fed since, in order."""
    return [Entry(**row) for row in await rows(conn, SQL["entries"], part=part, seq=after)]


async def snapshot(conn: Connection, part: str) -> Snapshot | None:
    found = await rows(conn, SQL["snapshot"], part=part)
    return Snapshot(**found[0]) if found else None


async def keep(conn: Connection, part: str, taken: Snapshot) -> None:
    """Store a newer snapshot and drop the journal that it holds."""
    values = {
        "part": part, "seq": taken.seq, "revision": taken.revision, "layout": taken.layout,
        "body": taken.body,
    }  # fmt: skip
    if (await conn.execute(SQL["keep"], values)).rowcount:
        await conn.execute(SQL["forget"], {"part": part, "seq": taken.seq})


@dataclass(frozen=True, slots=True)
class Beat:
    """What the worker tells of itself."""

    part: str
    started: datetime
    batch_at: datetime | None
    watermark: datetime | None
    lag_s: float
    pid: int
    host: str


async def beat(conn: Connection, told: Beat) -> None:
    await conn.execute(SQL["beat"], {name: getattr(told, name) for name in Beat.__slots__})


async def parameters(
    conn: Connection, versions: Mapping[str, int] | None = None
) -> dict[str, dict[str, Any]]:
    """The thresholds by kind: {version, params, source, enabled}; the newest, or as of then."""
    wanted = sorted((versions or {}).items())
    found = await rows(
        conn,
        SQL["parameters"],
        exact=versions is not None,
        kinds=[kind for kind, _ in wanted],
        versions=[version for _, version in wanted],
    )
    return {row["kind"]: row for row in found}
