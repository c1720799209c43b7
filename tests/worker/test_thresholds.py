"""Thresholds that a commander changes while the worker runs."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from fleet.alerts.parameters import defaults
from fleet.alerts.rules import RULES
from fleet.store import rules as stored
from fleet.store.db import Connection, rows
from fleet.store.zone_edits import Author
from fleet.worker.intake import Item
from fleet.worker.loop import Worker
from tests.worker.conftest import Another
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


async def test_numbers_stored_for_an_earlier_program_hold_beside_those_it_did_not_have(
    another: Another, sql: Connection
) -> None:
    """An update brings keys and drops others: what the port chose is not forgotten over it."""
    own = dict(defaults()["gap"].values)
    old = {name: own[name] for name in own if name not in ("grave_min", "grave_bf")}
    stored_row = {**old, "warning_min": 20, "dropped_since": 7}
    await sql.execute(
        "insert into rule_version (kind, version, params, source, enabled)"
        " values ('gap', 7, %(params)s, 'notice 3', true)",
        {"params": Jsonb(stored_row)},
    )
    head = (await another()).head
    gap = head.engine.params["gap"]
    assert (gap.warning_min, gap.grave_min) == (20, own["grave_min"])
    assert head.versions["gap"] == 7


SPEED = next(rule for rule in RULES if rule.key == "speed")


async def test_an_alert_says_by_which_override_it_was_raised_after_a_restart_too(
    started: Worker, another: Another, feed: Scripted, sql: Connection
) -> None:
    """Boats of 10 and 20 m side by side at 12 kn; 9 kn is allowed to the small ones."""
    await sql.execute(
        "insert into vessel (id, reg_no, class, registered, length_m) values"
        " (101, 'S', 1, true, 10), (102, 'L', 1, true, 20)"
    )
    await sql.execute(
        "insert into vessel_identity (kind, value, vessel) values"
        " ('terminal', 'T1', 101), ('terminal', 'T2', 102)"
    )
    over = [{"class": "fishing_small", "params": {"fishing_kn": 9}}]
    assert await stored.put(sql, SPEED, Author(None, "small boats"), scopes=over) == 2
    await started.configure()
    for minute in (0, 1):
        await started.batch([fast(feed, boat, minute) for boat in ("T1", "T2")])
        await started.settle()
    successor = await another()
    assert successor.head.engine.scoped.keys() == {"speed"}
    for minute in (2, 3):
        await successor.batch([fast(feed, boat, minute) for boat in ("T1", "T2")])
        await successor.settle()
    found = await rows(
        sql,
        "select vessel, rule_version, evidence -> 'scope' as scope from alert where kind = 'speed'",
    )
    assert found == [{"vessel": 101, "rule_version": 2, "scope": ["class=fishing_small"]}]


def fast(feed: Scripted, terminal: str, minute: int) -> Item:
    return feed.item(report(terminal, 60 * minute, 109.1, 17.3, sog_kn=12.0))
