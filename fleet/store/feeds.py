"""How the feeds are, what they brought, and a few examples of what could not be read.

Invariant: counts are added in the transaction of the batch they count, so a redelivered batch is
not counted twice; samples are bounded in number, age and size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from psycopg.types.json import Jsonb

from fleet.columns import to_datetime
from fleet.store.db import Connection, plain, queries

SQL = queries("feeds")
KEPT = 5
"""Samples a feed and reason."""
LONGEST_SAMPLE = 4096
SAMPLE_S = 10.0
"""No second sample of a feed and reason so soon: under a flood of noise commits stay cheap."""
MOST_REASONS = 100


@dataclass(frozen=True, slots=True)
class Health:
    """One feed: how it is now, and what it brought since it was last told."""

    name: str
    kind: str
    address: str  #: without secrets
    format: str
    state: str  #: connecting, up, down
    detail: str = ""
    last_message: int = 0  #: 0: nothing since
    last_fix: int = 0
    messages: int = 0
    fixes: int = 0
    duplicates: int = 0  #: of the fixes: those that another station had brought before
    rejects: Counter[str] = field(default_factory=Counter)


async def tell(conn: Connection, feeds: Iterable[Health]) -> None:
    """Add to the counts and show the state."""
    told = [_row(feed) for feed in sorted(feeds, key=lambda f: f.name)]
    if told:
        async with conn.cursor() as cursor:
            await cursor.executemany(SQL["health"], told)


def _row(feed: Health) -> dict[str, object]:
    rejects = Counter({str(plain(k))[:200]: n for k, n in feed.rejects.most_common(MOST_REASONS)})
    return {
        "name": feed.name, "kind": feed.kind, "address": feed.address, "format": feed.format,
        "state": feed.state, "detail": str(plain(feed.detail))[:500],
        "last_message": to_datetime(feed.last_message) if feed.last_message else None,
        "last_fix": to_datetime(feed.last_fix) if feed.last_fix else None,
        "messages": feed.messages, "fixes": feed.fixes, "duplicates": feed.duplicates,
        "rejects": Jsonb(dict(rejects)),
    }  # fmt: skip


async def sample(conn: Connection, feed: str, reason: str, body: bytes) -> None:
    """Keep an example of what could not be read, now and then, and only so many of them."""
    key = {"feed": feed, "reason": str(plain(reason))[:200]}
    given = {**key, "sample": body[:LONGEST_SAMPLE], "pause": SAMPLE_S}
    if (await conn.execute(SQL["sample"], given)).rowcount:
        await conn.execute(SQL["prune"], {**key, "kept": KEPT})
