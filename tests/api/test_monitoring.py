"""When the screens say that nobody is watching."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.api.monitoring import monitoring

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def worker(**ago: float) -> dict[str, Any]:
    """A worker that is well; each keyword is how many seconds ago, or the lag."""
    times = {"started": 9_000.0, "beat": 1.0, "batch_at": 2.0, "watermark": 3.0} | ago
    row: dict[str, Any] = {k: NOW - timedelta(seconds=s) for k, s in times.items()}
    return row | {"now": NOW, "lag_s": ago.get("lag_s", 0.0), "part": "all"}


def test_all_is_well() -> None:
    assert monitoring([worker()], 30).ok


def test_nobody_ever_started() -> None:
    assert monitoring([], 30).reason == "never_started"


@pytest.mark.parametrize(
    ("ago", "reason", "since"),
    [
        ({"beat": 31}, "no_heartbeat", 31),
        ({"lag_s": 45}, "behind", 45),
        ({"batch_at": 700}, "no_input", 700),
        ({"watermark": -3_600}, "clock", 0),
    ],
)
def test_why_not_and_since_when(ago: dict[str, float], reason: str, since: float) -> None:
    said = monitoring([worker(), worker(**ago)], 30)
    assert (said.ok, said.reason) == (False, reason)
    assert said.since == NOW - timedelta(seconds=since)


def test_a_worker_that_just_started_may_wait_for_its_first_message() -> None:
    row = worker(started=20) | {"batch_at": None, "watermark": None}
    assert monitoring([row], 30).ok
    assert not monitoring([row | {"started": NOW - timedelta(hours=1)}], 30).ok
