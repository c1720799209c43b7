"""AIS messages that are neither position nor static data: safety texts, and everything else.

Invariant: what one transmitter says again within half a minute, or several stations heard, is one
row; a text can be found by its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from fleet.columns import to_datetime
from fleet.ingest.format import Record
from fleet.model import SECOND
from fleet.store.db import Connection, plain, queries, rows
from fleet.store.reads import Rows
from fleet.store.scope import Scope, scoped

SQL = queries("records")
WINDOW_S = 30.0
"""As the decoder's own window for the same message by several stations (ingest)."""
TEXTS = frozenset({12, 14})
"""AIS types that are safety-related text: ITU-R M.1371-5, Annex 8, tables 54 and 57."""
MOST_WORDS = 8
WORD = re.compile(r"\w+")


async def insert(conn: Connection, said: Iterable[tuple[int, Record]]) -> int:
    """Store (vessel id of the sender, message) pairs; return how many were new."""
    told = _once(said)
    texts = [pair for pair in told if pair[1].type in TEXTS]
    others = [pair for pair in told if pair[1].type not in TEXTS]
    stored = 0
    if texts:
        more = {"text": [plain(r.text) for _, r in texts]}
        stored += (await conn.execute(SQL["add_texts"], {**_columns(texts), **more})).rowcount
    if others:
        application = {n: [getattr(r, n) for _, r in others] for n in ("dac", "fi", "payload")}
        fields = [Jsonb(plain(r.fields)) for _, r in others]
        given = {**_columns(others), **application, "fields": fields}
        stored += (await conn.execute(SQL["add_others"], given)).rowcount
    return stored


def _once(said: Iterable[tuple[int, Record]]) -> list[tuple[int, Record]]:
    """By sender and time, without what was said a moment before."""
    kept: list[tuple[int, Record]] = []
    last: dict[Any, int] = {}
    for vessel, r in sorted(said, key=lambda pair: (pair[0], pair[1].t)):
        what = (vessel, r.type, r.to, r.text, r.dac, r.fi, r.payload, repr(plain(r.fields)))
        if what not in last or r.t - last[what] > WINDOW_S * SECOND:
            kept.append((vessel, r))
            last[what] = r.t
    return kept


def _columns(said: Sequence[tuple[int, Record]]) -> dict[str, Any]:
    return {
        "vessel": [vessel for vessel, _ in said],
        "t": [to_datetime(r.t) for _, r in said],
        "received": [to_datetime(r.received) for _, r in said],
        "type": [r.type for _, r in said],
        "addressee": [r.to for _, r in said],
        "window": WINDOW_S,
    }


async def texts(
    conn: Connection,
    scope: Scope,
    *,
    words: str = "",
    vessel: int | None = None,
    since: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Rows:
    """Safety messages with all these words (each may be the beginning of one), newest first.

    `before` is the id of the last row of the page before.
    """
    asked = {"words": search(words), "vessel": vessel, "since": since, "before": before}
    return await rows(conn, scoped("records")["texts"], **scope.params(**asked, limit=limit))


def search(words: str) -> str | None:
    """A tsquery of the words, each as a prefix; None where there is no word."""
    found = WORD.findall(words.lower())[:MOST_WORDS]
    return " & ".join(f"{word}:*" for word in found) or None
