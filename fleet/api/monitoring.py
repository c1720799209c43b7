"""Whether anybody is watching the sea: the worker's heartbeat as one answer for every screen.

A worker that died, fell behind, never started, hears nothing at all, or cannot be asked about is
not monitoring; nor is one whose clock has been ahead, for then every true fix is old news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fleet.api.schemas.status import MonitoringOut
from fleet.store.reads import Row, Rows

NO_INPUT = timedelta(minutes=10)
"""All feeds together bring something every few seconds; this is the engine's own BREAK."""
AHEAD = timedelta(minutes=5)
"""Fixes are believed up to two minutes ahead: a watermark beyond this comes from a wrong clock."""
NOW_OR_LATER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Monitoring:
    ok: bool
    since: datetime | None  #: not ok: nothing has been watched since then
    lag_s: float
    reason: str  #: "", never_started, no_heartbeat, behind, no_input, clock, database

    def out(self) -> MonitoringOut:
        return MonitoringOut.model_validate(
            {"ok": self.ok, "since": self.since, "lag_s": self.lag_s, "reason": self.reason}
        )


def monitoring(workers: Rows, stale_after_s: float) -> Monitoring:
    """The worst of all parts: a sea watched by half is not watched."""
    if not workers:
        return Monitoring(ok=False, since=None, lag_s=0.0, reason="never_started")
    parts = [_part(w, stale_after_s) for w in workers]
    bad = [p for p in parts if not p.ok]
    lag = max(p.lag_s for p in parts)
    if not bad:
        return Monitoring(ok=True, since=None, lag_s=lag, reason="")
    worst = min(bad, key=lambda p: p.since or NOW_OR_LATER)
    return Monitoring(ok=False, since=worst.since, lag_s=lag, reason=worst.reason)


def _part(worker: Row, stale_after_s: float) -> Monitoring:
    silent = (worker["now"] - worker["beat"]).total_seconds()
    if silent > stale_after_s:
        return Monitoring(ok=False, since=worker["beat"], lag_s=silent, reason="no_heartbeat")
    lag = max(0.0, float(worker["lag_s"]))
    if lag > stale_after_s:
        since = worker["now"] - timedelta(seconds=lag)
        return Monitoring(ok=False, since=since, lag_s=lag, reason="behind")
    return _input(worker, lag)


def _input(worker: Row, lag: float) -> Monitoring:
    """A worker that is well watches nothing when nothing reaches it, or all of it seems old."""
    if worker["watermark"] and worker["watermark"] - worker["now"] > AHEAD:
        return Monitoring(ok=False, since=worker["now"], lag_s=lag, reason="clock")
    heard = worker["batch_at"] or worker["started"]
    if worker["now"] - heard > NO_INPUT:
        return Monitoring(ok=False, since=heard, lag_s=lag, reason="no_input")
    return Monitoring(ok=True, since=None, lag_s=lag, reason="")
