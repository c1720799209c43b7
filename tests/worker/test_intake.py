import asyncio
from pathlib import Path

import pytest

from fleet.ingest.feed import Delivery
from fleet.worker import intake as intake_module
from fleet.worker.intake import Intake, Item, Reader
from fleet.worker.spool import Spool
from tests.worker.scripted import Scripted


def delivery(n: int, size: int = 10) -> Delivery:
    return Delivery("f", "s", "nmea", bytes(size), n)


def numbers(items: list[Item]) -> list[int]:
    return [item.delivery.received for item in items]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool", 1 << 20)
    made.open()
    return made


async def test_bounded_in_number_and_bytes() -> None:
    feed = Scripted()
    few, small = Intake(most=3), Intake(most_bytes=100)
    assert [few.offer(feed.item(delivery(n))) for n in range(5)] == [True] * 3 + [False] * 2
    assert [small.offer(feed.item(delivery(n, 60))) for n in range(4)] == [True] * 2 + [False] * 2


async def test_a_feed_waits_until_there_is_room() -> None:
    feed, intake = Scripted(), Intake(most=2)
    for n in range(2):
        intake.offer(feed.item(delivery(n)))
    third = asyncio.create_task(intake.put(feed.item(delivery(2))))
    await asyncio.sleep(0.01)
    assert not third.done()
    assert numbers(await intake.gather(1, 0)) == [0, 1]
    await third
    assert numbers(await intake.gather(1, 0)) == [2]
    assert await intake.gather(0.01, 0) == []


async def test_a_batch_does_not_wait_for_followers_when_it_is_full() -> None:
    feed, intake = Scripted(), Intake(most=2)
    writer = asyncio.create_task(_fill(intake, feed, 4))
    async with asyncio.timeout(1):
        assert numbers(await intake.gather(5, window=60)) == [0, 1]
        assert numbers(await intake.gather(5, window=0)) == [2, 3]
    await writer


async def _fill(intake: Intake, feed: Scripted, n: int) -> None:
    for i in range(n):
        await intake.put(feed.item(delivery(i)))


@pytest.mark.parametrize("acks", [True, False])
async def test_only_what_nobody_would_send_again_goes_to_the_disk(
    spool: Spool, acks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "PATIENCE_S", 0.01)
    feed, intake = Scripted(acks=acks), Intake(most=2)
    for n in range(6):
        feed.waiting.put_nowait(delivery(n))
    reader = asyncio.create_task(Reader(feed, intake, spool, lambda: False).run())
    await asyncio.sleep(0.2)
    assert spool.waiting == (0 if acks else 4)
    reader.cancel()
    spool.close()


async def test_live_input_queues_up_behind_what_waits_on_the_disk(spool: Spool) -> None:
    away = True
    feed, intake = Scripted(acks=False), Intake()
    reader = asyncio.create_task(Reader(feed, intake, spool, lambda: away).run())
    for n in range(3):
        feed.waiting.put_nowait(delivery(n))
    await asyncio.sleep(0.05)
    away = False
    feed.waiting.put_nowait(delivery(3))
    await asyncio.sleep(0.05)
    assert len(intake) == 0
    replay = asyncio.create_task(Reader(spool, intake, spool, lambda: away).run())
    await asyncio.sleep(0.05)
    feed.waiting.put_nowait(delivery(4))
    await asyncio.sleep(0.05)
    assert numbers(intake.drain()) == [0, 1, 2, 3, 4]
    reader.cancel()
    replay.cancel()
    spool.close()
