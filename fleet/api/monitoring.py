"""Whether anybody is watching the sea: the worker's heartbeat as one answer for every screen.

A worker that died, fell behind, never started, or cannot be asked about is not monitoring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fleet.api.schemas.status import MonitoringOut
from fleet.store.reads import Row, Rows

NOW_OR_LATER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Monitoring:
    ok: bool
    since: datetime | None  #: not ok: nothing has been watched since then
    lag_s: float
    reason: str  #: "", never_started, no_heartbeat, behind, database

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
    return Monitoring(ok=True, since=None, lag_s=lag, reason="")
