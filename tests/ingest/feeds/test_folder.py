"""A folder of tables: each file once, whole, put aside after its commit."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds.folder import DONE, Folder
from fleet.ingest.formats import FORMATS
from tests.ingest.feeds.polling import dropped, until

VMS = FORMATS["vms"]
HEADER = "MMSI,时间,经度,纬度\n"


class Store:
    def __init__(self, feed: Folder) -> None:
        self.feed, self.decoder = feed, VMS.decoder()
        self.waiting, self.open = list[Delivery](), True
        self.found: list[tuple[int, float]] = []  #: MMSI and longitude of what is committed
        self.rejects = 0

    async def take(self) -> None:
        async with aclosing(self.feed.deliveries()) as deliveries:
            async for delivery in deliveries:
                self.waiting.append(delivery)
                if self.open:
                    await self.commit()

    async def commit(self) -> None:
        done, self.waiting = self.waiting, []
        for d in done:
            r = self.decoder.feed(d.payload, d.station, d.received)
            self.found += zip(r.fixes.key.tolist(), r.fixes.lon.tolist(), strict=True)
            self.rejects += sum(r.rejects.values())
        await self.feed.acknowledge(done)


@asynccontextmanager
async def watching(path: Path) -> AsyncIterator[Store]:
    store = Store(Folder("port", path, VMS, every_s=0.02))
    taking = asyncio.ensure_future(store.take())
    yield store
    await dropped(taking)


def row(lon: float, mmsi: int = 412345001) -> str:
    return f"{mmsi},{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ},{lon},18.2\n"


def put(path: Path, *lines: str) -> None:
    path.write_text("".join(lines), encoding="utf-8")


async def test_a_file_is_read_once_and_put_aside(tmp_path: Path) -> None:
    put(tmp_path / "a.csv", HEADER, row(109.1), row(109.2).rstrip())
    async with watching(tmp_path) as store:
        await until((tmp_path / DONE / "a.csv").exists)
        assert store.found == [(412345001, 109.1), (412345001, 109.2)]
        put(tmp_path / "a.csv", HEADER, row(109.3))
        await until((tmp_path / DONE / "a.2.csv").exists)
        assert [lon for _, lon in store.found] == [109.1, 109.2, 109.3]
        await until(lambda: store.feed.detail == "")
    assert (store.rejects, store.feed.counts) == (0, {})


async def test_what_is_not_committed_stays_and_is_read_again(tmp_path: Path) -> None:
    put(tmp_path / "a.csv", HEADER, row(109.1))
    async with watching(tmp_path) as store:
        store.open = False
        await until(lambda: len(store.waiting) == 3)
        await asyncio.sleep(0.1)
        assert len(store.waiting) == 3  # taken once, though it is still there
    assert (tmp_path / "a.csv").exists()
    async with watching(tmp_path) as again:
        await until((tmp_path / DONE / "a.csv").exists)
        assert [lon for _, lon in again.found] == [109.1]


async def test_half_an_upload_is_none(tmp_path: Path) -> None:
    growing = tmp_path / "a.csv"
    async with watching(tmp_path) as store:
        with growing.open("w", encoding="utf-8") as file:
            file.write(HEADER)
            for i in range(20):
                file.write(row(109 + i / 100))
                file.flush()
                await asyncio.sleep(0.01)
        put(tmp_path / "b.csv.part", HEADER, row(1))
        put(tmp_path / ".hidden", HEADER, row(1))
        await until((tmp_path / DONE / "a.csv").exists)
        assert len(store.found) == 20
    assert not (tmp_path / DONE / "b.csv.part").exists()


async def test_a_file_continues_none_before_it(tmp_path: Path) -> None:
    """Not its header, not its last line, not its way of naming boats."""
    put(tmp_path / "a.csv", HEADER, row(109.1), "412345001,2023-11-15 06:1")
    put(tmp_path / "b.csv", "北斗卡号,时间,纬度,经度\n", "281001,x,18,109\n")
    os.utime(tmp_path / "a.csv", (1, 1))
    async with watching(tmp_path) as store:
        await until((tmp_path / DONE / "b.csv").exists)
        assert len(store.found) == 1
        assert store.rejects == 2  # the line that was cut off, and the time x
        put(tmp_path / "c.csv", row(109.4))  # without a header
        await until((tmp_path / DONE / "c.csv").exists)
        assert (len(store.found), store.rejects) == (1, 3)


async def test_oldest_first_packed_or_not(tmp_path: Path) -> None:
    for i, name in enumerate(("c.csv", "b.csv.gz", "a.csv")):
        text = HEADER + row(109.0 + i)
        made = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
        (tmp_path / name).write_bytes(made)
        os.utime(tmp_path / name, (1000 + i, 1000 + i))
    async with watching(tmp_path) as store:
        await until(lambda: len(store.found) == 3)
    assert [lon for _, lon in store.found] == [109.0, 110.0, 111.0]


async def test_what_cannot_be_read_is_counted_once_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.csv.gz").write_bytes(gzip.compress(HEADER.encode())[:-9])
    (tmp_path / "no.csv.gz").write_bytes(b"no gzip at all")
    put(tmp_path / "good.csv", HEADER, row(109.1))
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    async with watching(tmp_path) as store:
        await until((tmp_path / DONE / "good.csv").exists)
        await asyncio.sleep(0.2)
        assert store.feed.counts == {"files that cannot be read": 2}
    assert (tmp_path / "broken.csv.gz").exists()
    assert (tmp_path / "link.csv").is_symlink()


async def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    async with watching(tmp_path / "later") as store:
        await until(lambda: store.feed.state == "down")
        (tmp_path / "later").mkdir()
        put(tmp_path / "later" / "a.csv", HEADER, row(109.1))
        await until(lambda: len(store.found) == 1)
        assert store.feed.state == "up"


async def test_a_file_that_cannot_be_moved_is_not_read_for_ever(tmp_path: Path) -> None:
    put(tmp_path / "a.csv", HEADER, row(109.1))
    (tmp_path / DONE).write_text("in the way")
    async with watching(tmp_path) as store:
        await until(lambda: store.feed.counts["files that cannot be moved"] == 1)
        await asyncio.sleep(0.2)
        assert len(store.found) == 1
