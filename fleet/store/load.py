"""The rate budget, measured: how many alerts the command centre was told, and how many were true.

Invariant: one query an answer, over the index of `alert.shown`; what stood under a root or was
born shelved was told to nobody and does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fleet.store.db import Connection, one, rows
from fleet.store.reads import Row, Rows
from fleet.store.scope import Scope, scoped

JUDGED = timedelta(days=90)
"""How far back precision is taken from: one fishing season's verdicts."""
MOST_HOURLY = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time to be measured, and the length of one step of its course."""

    since: datetime
    until: datetime

    @property
    def step(self) -> timedelta:
        hourly = self.until - self.since <= MOST_HOURLY
        return timedelta(hours=1) if hourly else timedelta(days=1)

    @property
    def hours(self) -> float:
        return (self.until - self.since) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Load:
    """What was told in a stretch: in all, by kind, and step by step."""

    total: Row
    kinds: Rows
    steps: Rows
    unheard: Row


async def load(conn: Connection, scope: Scope, of: Stretch, window: timedelta) -> Load:
    """The load that the caller's scope saw; `window` is what a flood is measured in."""
    span = {"since": of.since, "until": of.until}
    found = await rows(
        conn, scoped("alert_load")["load"], **scope.params(**span, step=of.step, window=window)
    )
    kinds = [r for r in found if r["kind"] is not None]
    steps = [r for r in found if r["at"] is not None]
    (total,) = [r for r in found if r["kind"] is None and r["at"] is None]
    unheard = await one(conn, scoped("alert_load")["unheard"], **scope.params(**span))
    return Load(total, kinds, steps, unheard)


async def verdicts(conn: Connection, scope: Scope, now: datetime) -> dict[str, Row]:
    """What people made of the alerts of the last `JUDGED`, by kind."""
    span = {"since": now - JUDGED, "until": now}
    found = await rows(conn, scoped("alert_load")["verdicts"], **scope.params(**span))
    return {row["kind"]: row for row in found}


def precision(row: Mapping[str, Any]) -> float | None:
    """True alarms of those that people judged; tests are neither. None where none was judged."""
    judged = row.get("true", 0) + row.get("false_alarm", 0)
    return row["true"] / judged if judged else None
