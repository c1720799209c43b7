"""Recordings from disk: their own times are the clock, at any pace."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from pathlib import Path

import pytest

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.common import END, FeedError
from fleet.ingest.feeds.file import File
from fleet.ingest.format import Reports
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND
from tests.ingest.wire import at, lines, merged, tag

NMEA, TERMINAL = FORMATS["nmea"], FORMATS["terminal"]
SAMPLES = Path(__file__).parents[1] / "formats"
THEN = 1_500_000_000  # 2017-07-14 02:40:00


def recording(tmp_path: Path, data: bytes, name: str = "log.nmea") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    os.utime(path, (THEN, THEN))
    return path


async def replay(made: File) -> tuple[list[Delivery], Reports]:
    decoder = made.form.decoder()
    deliveries = [d async for d in made.deliveries()]
    return deliveries, merged([decoder.feed(d.payload, d.station, d.received) for d in deliveries])


async def test_the_last_line_counts_without_its_end(tmp_path: Path) -> None:
    data = lines(tag(f"c:{THEN}", at(412000001, second=0))) + at(412000002, second=1)
    deliveries, r = await replay(File("f", recording(tmp_path, data), NMEA))
    assert r.fixes.key.tolist() == [412000001, 412000002]
    assert {(d.received, d.station) for d in deliveries} == {(0, "log.nmea")}


async def test_lines_before_the_first_time_get_that(tmp_path: Path) -> None:
    data = lines(at(412000001, second=59), tag(f"c:{THEN}", at(412000002, second=0)))
    _, r = await replay(File("f", recording(tmp_path, data), NMEA))
    assert r.fixes.t.tolist() == [(THEN - 1) * SECOND, THEN * SECOND]


async def test_a_recording_without_times_ends_when_it_was_written(tmp_path: Path) -> None:
    data = lines(*(at(412000001, second=s) for s in (0, 10, 20)))
    path = recording(tmp_path, data)
    _, r = await replay(File("f", path, NMEA))
    assert r.fixes.t.tolist() == [(THEN + s) * SECOND for s in (0, 10, 20)]
    _, r = await replay(File("f", path, NMEA, start=1_600_000_000 * SECOND))
    assert r.fixes.t.tolist() == [(1_600_000_000 + s) * SECOND for s in (20, 30, 40)]


async def test_a_packed_recording(tmp_path: Path) -> None:
    data = lines(*(tag(f"c:{THEN}", at(412000000 + i, second=0)) for i in range(5000)))
    _, r = await replay(File("f", recording(tmp_path, data, "log.gz"), NMEA))
    assert len(r.fixes) == 5000


async def test_reports_of_terminals_one_a_line(tmp_path: Path) -> None:
    objects = [{"t": THEN * 1000, "terminal": f"T-{i}", "lon": 109, "lat": 18} for i in range(3)]
    data = "\n".join(map(json.dumps, objects)).encode()
    made = File("f", recording(tmp_path, data, "log.json"), TERMINAL)
    deliveries = [d async for d in made.deliveries()]
    names = [TERMINAL.decoder().feed(d.payload, d.station, d.received).names for d in deliveries]
    assert names == [("T-0",), ("T-1",), ("T-2",)]


async def test_at_a_multiple_of_its_pace(tmp_path: Path) -> None:
    data = lines(*(tag(f"c:{THEN + 10 * i}", at(412000001, second=10 * i)) for i in range(4)))
    made = File("f", recording(tmp_path, data), NMEA, speed=100)
    loop = asyncio.get_running_loop()
    began = loop.time()
    times = [loop.time() - began async for d in made.deliveries() if b"c:" in d.payload]
    assert len(times) == 4
    assert 0.29 <= times[-1] - times[0] < 5


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="not a file"):
        File("f", tmp_path / "none", NMEA)


@pytest.mark.parametrize("key", ["jt808", "vms"])
async def test_a_recording_whose_reports_have_their_dates_needs_no_clock(
    key: str, tmp_path: Path
) -> None:
    form, data = FORMATS[key], (SAMPLES / key / "sample.in").read_bytes()
    _, r = await replay(File("f", recording(tmp_path, data, "recording"), form))
    whole = form.decoder().feed(data + END, "", 0)
    assert len(r.fixes) == len(whole.fixes) > 0
    assert r.rejects == whole.rejects
