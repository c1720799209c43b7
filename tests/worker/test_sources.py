from collections.abc import Mapping
from pathlib import Path

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.udp import WAITING, Udp
from fleet.ingest.formats import FORMATS
from fleet.store.db import Connection, one
from fleet.store.feeds import Health
from fleet.worker.loop import Worker
from fleet.worker.sources import FORCED_OUT, Sources
from fleet.worker.spool import Spool


def test_what_was_forced_out_is_told_once_a_commit_holds_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 200_000)
    sources = Sources([], spool)
    spool.open()
    assert sources.extra().feeds == {}
    for n in range(300):
        spool.append(Delivery("udp", "s", "nmea", bytes(1000), n))
    first = sources.extra()
    lost = 300 - spool.waiting
    assert first.feeds["spool"].rejects == {FORCED_OUT: lost}
    assert sources.extra().feeds["spool"].rejects == {FORCED_OUT: lost}
    sources.told(first)
    shown = sources.extra().feeds["spool"]
    assert (shown.rejects, shown.detail) == ({}, f"{spool.waiting} deliveries wait on the disk")
    spool.close()


def full(lost: int) -> Udp:
    """A feed that nobody reads, and what it cannot keep any more."""
    feed = Udp("ais", ("127.0.0.1", 0), FORMATS["nmea"])
    for _ in range(WAITING + lost):
        feed.take(b"x", "127.0.0.1", 1)
    return feed


def test_what_a_feed_loses_is_told_once_a_commit_holds_it(tmp_path: Path) -> None:
    def rejects() -> Mapping[str, int]:
        return sources.extra().feeds["ais"].rejects

    feed = full(5)
    sources = Sources([(feed, Health("ais", "udp", "", "nmea", "up"))], Spool(tmp_path, 200_000))
    first = sources.extra()
    feed.take(b"x", "127.0.0.1", 1)
    assert (first.feeds["ais"].rejects, rejects()) == ({"datagrams lost": 5}, {"datagrams lost": 6})
    sources.told(first)
    assert rejects() == {"datagrams lost": 1}
    sources.failures["ais"] = "ended"
    assert rejects() == {"datagrams lost": 1}
    sources.told(sources.extra())
    assert rejects() == {}


async def test_a_loss_is_counted_once_however_many_ticks_follow(
    started: Worker, sql: Connection
) -> None:
    started.sources.feeds = [(full(5), Health("ais", "udp", "", "nmea", "up"))]
    for _ in range(3):
        await started.tick()
    found = await one(sql, "select rejects from feed where name = 'ais'")
    assert found["rejects"] == {"datagrams lost": 5}
