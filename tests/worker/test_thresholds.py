"""Thresholds that a commander changes while the worker runs."""

from __future__ import annotations

from fleet.alerts.parameters import defaults
from fleet.alerts.rules import RULES
from fleet.store import rules as stored
from fleet.store.db import Connection, rows
from fleet.store.zone_edits import Author
from fleet.worker.loop import Worker
from tests.worker.scripted import Scripted, report

DISTRESS = next(rule for rule in RULES if rule.key == "distress")


async def test_an_alert_keeps_the_version_that_raised_it(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await started.batch([feed.item(report("T1", 0, 109.1, 18.3, sos=True))])
    await started.settle()
    params = {**defaults()["distress"].values, "session_gap_min": 45}
    assert await stored.put(sql, DISTRESS, Author(None, "notice 7"), params=params) == 2
    await started.configure()
    assert started.head.engine.params["distress"].session_gap_min == 45
    calls = [report("T1", 60, 109.1, 18.3, sos=True), report("T2", 60, 109.2, 18.3, sos=True)]
    await started.batch([feed.item(call) for call in calls])
    await started.settle()
    found = await rows(sql, "select rule_version, occurrences from alert order by opened, id")
    assert found == [
        {"rule_version": 1, "occurrences": 2},
        {"rule_version": 2, "occurrences": 1},
    ]
