"""Datagrams of one moment are one piece to a decoder of streams; nothing else is put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fleet.ingest.feed import Delivery
from fleet.ingest.formats import FORMATS
from fleet.model import SECOND
from fleet.worker.decode import TOGETHER, Decoders
from fleet.worker.intake import Item
from tests.ingest.wire import NOW, at, lines


@dataclass(eq=False)
class Source:
    """A feed of which only its name and manners matter."""

    acks: bool = False
    name: str = "quay"

    def deliveries(self) -> AsyncIterator[Delivery]:
        raise NotImplementedError

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        raise NotImplementedError


QUAY = Source()


def datagram(
    mmsi: int, *, ms: int = 0, station: str = "roof", feed: Source = QUAY, form: str = "nmea"
) -> Item:
    payload = lines(at(mmsi))
    return Item(feed, Delivery(feed.name, station, form, payload, NOW + ms * 1000))


def keys(items: Sequence[Item]) -> list[int]:
    found = [d.reports.fixes.key for d in Decoders(FORMATS).decode(items) if d.reports]
    return [int(key) for key in np.concatenate(found)]


def test_a_moments_datagrams_are_one_piece_and_say_the_same() -> None:
    items = [datagram(412000000 + i, ms=i) for i in range(90)]
    joined = Decoders(FORMATS).in_a_row(items)
    assert [item.delivery.received for item in joined] == [NOW]
    assert keys(joined) == keys(items) == [412000000 + i for i in range(90)]


def test_a_later_moment_is_another_piece() -> None:
    items = [datagram(412000001, ms=ms) for ms in (0, 60, 120, 180, 5000)]
    joined = Decoders(FORMATS).in_a_row(items)
    assert [item.delivery.received - NOW for item in joined] == [0, 120_000, 5 * SECOND]
    assert keys(joined) == keys(items)


def test_a_clock_that_was_set_back_ends_the_moment_too() -> None:
    joined = Decoders(FORMATS).in_a_row([datagram(412000001, ms=ms) for ms in (0, -5000, -4990)])
    assert [item.delivery.received - NOW for item in joined] == [0, -5 * SECOND]


def test_stations_feeds_and_formats_stay_apart() -> None:
    for other in (
        datagram(412000002, station="hill"),
        datagram(412000002, feed=Source(name="pier")),
        datagram(412000002, form="terminal"),
    ):
        items = [datagram(412000001), other, datagram(412000003)]
        assert Decoders(FORMATS).in_a_row(items) == items


def test_what_somebody_waits_for_stays_by_itself() -> None:
    polite = Source(acks=True)
    items = [datagram(412000001 + i, feed=polite) for i in range(3)]
    assert Decoders(FORMATS).in_a_row(items) == items
    whole = [datagram(412000001, form="aiscatcher")] * 2  # a message each, not a stream
    assert Decoders(FORMATS).in_a_row(whole) == whole


def test_a_topic_or_an_unknown_format_stays_by_itself() -> None:
    one = datagram(412000001)
    for delivery in (replace(one.delivery, topic="a/b"), replace(one.delivery, format="none")):
        items = [replace(one, delivery=delivery)] * 2
        assert Decoders(FORMATS).in_a_row(items) == items


def test_a_piece_is_bounded() -> None:
    many = [datagram(412000001) for _ in range(3 * TOGETHER // len(lines(at(412000001))))]
    joined = Decoders(FORMATS).in_a_row(many)
    assert len(joined) in {3, 4}
    assert max(len(item.delivery.payload) for item in joined) <= TOGETHER
    assert b"".join(i.delivery.payload for i in joined) == b"".join(
        i.delivery.payload for i in many
    )
