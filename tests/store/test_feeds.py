from fleet.store import feeds
from fleet.store.db import Connection, rows


async def samples(conn: Connection) -> list[tuple[str, str, bytes]]:
    found = await rows(conn, "select feed, reason, sample from reject_sample order by id")
    return [(row["feed"], row["reason"], row["sample"]) for row in found]


async def older(conn: Connection, interval: str) -> None:
    """Let time pass."""
    await conn.execute("update reject_sample set at = at - %s::interval", [interval])


async def test_a_flood_of_noise_leaves_one_sample_in_ten_seconds(conn: Connection) -> None:
    for n in range(5):
        await feeds.sample(conn, "ais", "checksum", b"%d" % n)
    await feeds.sample(conn, "ais", "length", b"x")
    await feeds.sample(conn, "vms", "checksum", b"y")
    first = [("ais", "checksum", b"0"), ("ais", "length", b"x"), ("vms", "checksum", b"y")]
    assert await samples(conn) == first
    await older(conn, "11 s")
    await feeds.sample(conn, "ais", "checksum", b"later")
    assert (await samples(conn))[3:] == [("ais", "checksum", b"later")]


async def test_the_newest_few_are_kept_and_nothing_for_ever(conn: Connection) -> None:
    for n in range(feeds.KEPT + 3):
        await feeds.sample(conn, "ais", "checksum", b"%d" % n)
        await older(conn, "1 min")
    assert [body for _, _, body in await samples(conn)] == [b"%d" % n for n in range(3, 8)]
    await older(conn, "31 days")
    await feeds.sample(conn, "ais", "checksum", b"new\0")
    assert await samples(conn) == [("ais", "checksum", b"new\0")]


async def test_a_sample_is_bounded_and_may_hold_anything(conn: Connection) -> None:
    await feeds.sample(conn, "ais", "odd\0reason" * 100, bytes(range(256)) * 100)
    ((_, reason, body),) = await samples(conn)
    assert len(reason) == 200
    assert body == (bytes(range(256)) * 16)[: feeds.LONGEST_SAMPLE]
