from pathlib import Path

from fleet.ingest.feed import Delivery
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
