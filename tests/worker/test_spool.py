import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fleet.ingest.feed import Delivery
from fleet.worker.spool import DECODER, HEAD, Spool, encode

T = TypeVar("T")


def delivery(n: int, size: int = 10) -> Delivery:
    return Delivery("udp", f"10.0.0.{n % 9}", "nmea", f"{n:010}".encode() + b"x" * size, n)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.seg"))


def opened(folder: Path, most: int = 1 << 20) -> Spool:
    spool = Spool(folder, most)
    spool.open()
    return spool


async def taken(spool: Spool, n: int) -> list[Delivery]:
    """The next n deliveries, as numbers."""
    out: list[Delivery] = []
    if n:
        async for found in spool.deliveries():
            out.append(found)
            if len(out) == n:
                break
    return out


def numbers(deliveries: list[Delivery]) -> list[int]:
    return [d.received for d in deliveries]


async def test_what_goes_in_comes_out_in_order_with_everything(folder: Path) -> None:
    spool = opened(folder)
    for n in range(5):
        spool.append(delivery(n))
    (first, *_) = found = await taken(spool, 5)
    assert numbers(found) == [0, 1, 2, 3, 4]
    assert (first.feed, first.station, first.format) == ("udp", "10.0.0.0", "nmea")
    assert first.payload == delivery(0).payload
    assert spool.drained
    assert spool.waiting == 5
    spool.close()


async def test_only_what_is_acknowledged_does_not_come_again(folder: Path) -> None:
    spool = opened(folder)
    for n in range(5):
        spool.append(delivery(n))
    await spool.acknowledge((await taken(spool, 5))[:2])
    spool.close()
    again = opened(folder)
    assert numbers(await taken(again, 3)) == [2, 3, 4]
    again.close()


async def test_the_disk_is_empty_when_all_is_acknowledged(folder: Path) -> None:
    spool = opened(folder)
    for n in range(5):
        spool.append(delivery(n))
    await spool.acknowledge(await taken(spool, 5))
    assert segments(folder) == []
    assert (spool.waiting, spool.drained) == (0, True)
    spool.append(delivery(9))
    assert not spool.drained
    assert numbers(await taken(spool, 1)) == [9]
    spool.close()


async def test_the_oldest_is_forced_out_and_counted(folder: Path) -> None:
    lost: list[int] = []
    spool = Spool(folder, 400_000, lost=lost.append)
    spool.open()
    for n in range(1000):
        spool.append(delivery(n, 1000))
    assert spool.size <= 400_000
    assert sum(lost) + spool.waiting == 1000
    found = numbers(await taken(spool, spool.waiting))
    assert found == list(range(1000 - spool.waiting, 1000))
    spool.close()


@pytest.mark.parametrize("cut", [1, 5, 9, 20])
async def test_a_torn_tail_is_cut_off(folder: Path, cut: int) -> None:
    spool = opened(folder)
    for n in range(3):
        spool.append(delivery(n))
    spool.close()
    (segment,) = segments(folder)
    os.truncate(segment, segment.stat().st_size - cut)
    again = opened(folder)
    again.append(delivery(7))
    assert numbers(await taken(again, 3)) == [0, 1, 7]
    again.close()


async def test_damage_is_counted_and_what_follows_in_other_segments_survives(folder: Path) -> None:
    spool = opened(folder)
    for n in range(3):
        spool.append(delivery(n))
    spool.close()
    (segment,) = segments(folder)
    body = bytearray(segment.read_bytes())
    body[len(body) // 2] ^= 255
    segment.write_bytes(bytes(body))
    lost: list[int] = []
    again = Spool(folder, 1 << 20, lost=lost.append)
    again.open()
    again.append(delivery(7))
    assert numbers(await taken(again, 2)) == [0, 7]
    assert lost == [1]
    again.close()


class SpoolMachine(RuleBasedStateMachine):
    """Against a plain list: appends, reads, acknowledgements and restarts in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.spool = opened(self.folder, 4 << 20)
        self.next = 0
        self.model: list[int] = []  # not acknowledged
        self.read: list[Delivery] = []  # handed out, not acknowledged

    @rule(n=st.integers(1, 40))
    def append(self, n: int) -> None:
        for _ in range(n):
            self.spool.append(delivery(self.next, 4000))
            self.model.append(self.next)
            self.next += 1

    @precondition(lambda self: len(self.model) > len(self.read))
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        n = data.draw(st.integers(1, len(self.model) - len(self.read)))
        found = run(taken(self.spool, n))
        expected = self.model[len(self.read) : len(self.read) + n]
        assert numbers(found) == expected
        self.read += found

    @precondition(lambda self: self.read)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        n = data.draw(st.integers(1, len(self.read)))
        run(self.spool.acknowledge(self.read[:n]))
        self.read, self.model = self.read[n:], self.model[n:]

    @rule()
    def restart(self) -> None:
        self.spool.close()
        self.spool = opened(self.folder, 4 << 20)
        self.read = []

    @invariant()
    def counts(self) -> None:
        assert self.spool.waiting == len(self.model)
        assert self.spool.drained == (len(self.read) == len(self.model))

    def teardown(self) -> None:
        self.spool.close()
        shutil.rmtree(self.folder)


def run(waiting: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine that never really waits."""
    with asyncio.Runner() as runner:
        return runner.run(waiting)


TestSpool = SpoolMachine.TestCase
TestSpool.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_carried(payload: bytes) -> None:
    frame = encode(Delivery("f", "s", "nmea", payload, 1))
    assert DECODER.decode(frame[HEAD.size :]).payload == payload
