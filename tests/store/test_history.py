"""The stored past comes back as it was: every column, in order of receipt; none can be written."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest

from fleet.model import HOUR, MINUTE, SECOND, Batch
from fleet.store import history, positions
from fleet.store.db import connect

T0 = 1_760_000_000 * SECOND


def stretch(n: int, rng: np.random.Generator) -> Batch:
    batch = Batch.empty(n)
    batch.vessel[:] = np.arange(n) % 7 + 1
    batch.t[:] = T0 + np.arange(n) * SECOND
    batch.received[:] = batch.t + rng.integers(0, 5 * MINUTE, n)
    batch.heard[:] = batch.received - 3
    batch.source[:] = rng.integers(1, 4, n)
    batch.lon[:], batch.lat[:] = 109 + rng.random(n), 18 + rng.random(n)
    batch.sog[:] = np.float32(rng.random(n) * 12)
    batch.cog[::3] = 90.5
    batch.status[:], batch.station[:] = -1, 5
    batch.flags[:] = rng.integers(0, 128, n)
    return batch


async def test_fixes_come_back_in_order_of_receipt(database_url: str) -> None:
    given = stretch(2 * history.PIECE + 500, np.random.default_rng(1))
    async with await connect(database_url, "test") as conn:
        await positions.insert(conn, given)
    async with await history.reader(database_url) as conn:
        end = int(given.t[-1])
        told = await history.stored(conn, T0, end)
        pieces = [piece async for piece in history.fixes(conn, T0, end)]
    assert (told.fixes, told.first, told.last) == (len(given) - 1, T0, end - SECOND)
    assert len(pieces) == 3
    assert max(map(len, pieces)) <= history.PIECE
    found = Batch.concat(pieces)
    assert (np.diff(found.received) >= 0).all()
    order = np.lexsort((given.source, given.t, given.vessel, given.received))
    expected = given.take(order[given.t[order] < end])
    for name in Batch.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)


async def test_nothing_stored_is_nothing(database_url: str) -> None:
    async with await history.reader(database_url) as conn:
        assert await history.stored(conn, T0, T0 + HOUR) == history.Stored(0, 0, 0)
        assert [len(p) async for p in history.fixes(conn, T0, T0 + HOUR)] == [0]
        assert await history.raised(conn, T0, T0 + HOUR) == []


async def test_the_reader_cannot_write(database_url: str) -> None:
    async with await history.reader(database_url) as conn:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await conn.execute("delete from alert")
