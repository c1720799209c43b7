"""The service's metrics for Prometheus: what the database says, and this process's sockets."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.api.live.hub import Hub
from fleet.model import Severity
from fleet.store.reads import Row, Rows
from fleet.telemetry import Family


def families(found: dict[str, Rows], hub: Hub) -> Iterator[Family]:
    yield from _feeds(found["feeds"])
    yield from _desk(found)
    yield from _told(found["told"], found["rate"])
    yield from _workers(found["workers"])
    yield from _storage(found["storage"])
    yield from _sockets(hub, found["sessions"])


def _family(
    rows: Rows, kind: str, name: str, about: str, value: str, labels: tuple[str, ...]
) -> Family:
    """A family with one sample a row; rows without a value have none."""
    samples = [
        ([_label(r, n) for n in labels], float(r[value])) for r in rows if r[value] is not None
    ]
    return Family(name, about, "counter" if kind == "counter" else "gauge", labels, samples)


def _label(row: Row, name: str) -> str:
    return Severity(row[name]).name.lower() if name == "severity" else str(row[name])


def _feeds(rows: Rows) -> Iterator[Family]:
    yield _family(rows, "counter", "fleet_feed_messages", "Messages read", "messages", ("name",))
    yield _family(rows, "counter", "fleet_feed_fixes", "Positions decoded", "fixes", ("name",))
    again = "Positions that another station had told before"
    yield _family(rows, "counter", "fleet_feed_duplicates", again, "duplicates", ("name",))
    silent = "Seconds since the last message"
    yield _family(rows, "gauge", "fleet_feed_silent_seconds", silent, "silent_s", ("name",))
    up = [{"name": r["name"], "up": r["state"] == "up"} for r in rows]
    yield _family(up, "gauge", "fleet_feed_up", "1: connected", "up", ("name",))
    rejects = [
        {"name": r["name"], "reason": reason, "n": n}
        for r in rows
        for reason, n in r["rejects"].items()
    ]
    about = "Input that was not accepted"
    yield _family(rejects, "counter", "fleet_rejects", about, "n", ("name", "reason"))


def _desk(found: dict[str, Rows]) -> Iterator[Family]:
    labels = ("kind", "severity", "status")
    about = "Open alerts and those of the last day"
    yield _family(found["alerts"], "gauge", "fleet_alerts", about, "n", labels)
    about = "Open work orders and those of the last day"
    yield _family(found["orders"], "gauge", "fleet_orders", about, "n", ("status", "severity"))
    outbox, of = found["outbox"], ("channel", "state")
    about = "Queued messages and those of the last day"
    yield _family(outbox, "gauge", "fleet_outbox", about, "n", of)
    queued = [r for r in outbox if r["state"] == "queued"]
    about = "Seconds the longest waiting message is due"
    yield _family(queued, "gauge", "fleet_outbox_waiting_seconds", about, "waiting_s", ("channel",))


def _told(kinds: Rows, rate: Rows) -> Iterator[Family]:
    """The rate budget: EEMUA 191 / ISA-18.2 ask for 6 an operator and hour, 10 in ten minutes."""
    about = "Alerts told within the last day"
    yield _family(kinds, "gauge", "fleet_alerts_told", about, "day", ("kind",))
    said = [
        {"kind": r["kind"], "verdict": name, "n": r[name]}
        for r in kinds
        for name in ("true", "false_alarm", "test")
    ]
    about = "What people made of the alerts of 90 days"
    yield _family(said, "gauge", "fleet_alert_verdicts", about, "n", ("kind", "verdict"))
    about = "True alarms of those that people judged, 90 days"
    yield _family(kinds, "gauge", "fleet_alert_precision", about, "precision", ("kind",))
    for name, about, value in (
        ("fleet_alerts_told_per_hour", "Alerts told an hour, mean of the last day", "hour"),
        ("fleet_alerts_told_10m", "Alerts told in the last ten minutes", "ten"),
        ("fleet_alerts_told_10m_worst", "The most within ten minutes of the last day", "worst"),
    ):
        yield _family(rate, "gauge", name, about, value, ())


def _workers(rows: Rows) -> Iterator[Family]:
    for name, about, value in (
        ("fleet_worker_lag_seconds", "How far evaluation is behind", "lag_s"),
        ("fleet_worker_beat_age_seconds", "Seconds since the heartbeat", "beat_age_s"),
        ("fleet_worker_watermark_age_seconds", "Age of the newest fix seen", "watermark_age_s"),
    ):
        yield _family(rows, "gauge", name, about, value, ("part",))


def _storage(rows: Rows) -> Iterator[Family]:
    for name, about, value in (
        ("fleet_ballast_bytes", "Room given up when the disk is full; 0: it was", "ballast"),
        ("fleet_database_bytes", "What the database takes", "database"),
        ("fleet_rollup_hours_due", "Hours that wait to be rolled up", "due"),
    ):
        yield _family(rows, "gauge", name, about, value, ())


def _sockets(hub: Hub, sessions: Rows) -> Iterator[Family]:
    own = [
        ("gauge", "fleet_live_clients", "Live sockets of this process", len(hub.clients)),
        ("counter", "fleet_live_dropped", "Sockets let go because they did not read", hub.dropped),
        ("gauge", "fleet_live_event_seq", "Newest event read", hub.event_seq),
        ("gauge", "fleet_monitoring_ok", "1: somebody is watching", hub.watched().ok),
    ]
    for kind, name, about, value in own:
        yield _family([{"n": value}], kind, name, about, "n", ())
    yield _family(sessions, "gauge", "fleet_sessions", "Sessions and tokens", "n", ("kind",))
