"""The roster: at the second, and against the slowest way of finding holes in it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fleet.columns import to_datetime
from fleet.grid.roster import Shift, holes
from fleet.model import HOUR, SECOND
from fleet.store import people
from fleet.store.db import Connection
from tests.grid.harbour import at, build
from tests.grid.port import GRID, T0

TIMES = st.tuples(st.integers(0, 20), st.integers(1, 10))


@given(st.lists(TIMES), st.integers(0, 20), st.integers(0, 20))
def test_holes_are_what_counting_hours_finds(
    spans: list[tuple[int, int]], begin: int, length: int
) -> None:
    shifts = [Shift(1, 3, a, a + n) for a, n in spans] + [Shift(1, 4, 0, 99), Shift(2, 3, 0, 99)]
    end = begin + length
    covered = {t for a, n in spans for t in range(a, a + n)}
    found = holes(shifts, 1, 3, begin, end)
    assert {t for h in found for t in range(h.starts, h.ends)} == set(range(begin, end)) - covered
    assert all(h.starts < h.ends for h in found)
    assert all(a.ends < b.starts for a, b in pairwise(found)), "merged"


async def test_a_shift_begins_and_ends_to_the_second(conn: Connection) -> None:
    await build(conn, "")
    for person, begin, end in ((1, 0, 8), (2, 8, 16)):
        await conn.execute(
            "insert into duty_shift (person, grid, level, starts, ends) values (%s, 3, 1, %s, %s)",
            (person, to_datetime(T0 + begin * HOUR), to_datetime(T0 + end * HOUR)),
        )

    async def on_duty(now: int) -> list[int]:
        return [d.person for d in (await people.roster(conn, now)).on(1, GRID["03"])]

    assert await on_duty(T0 - SECOND) == []
    assert await on_duty(T0) == [1]
    assert await on_duty(T0 + 8 * HOUR - 1) == [1]
    assert await on_duty(T0 + 8 * HOUR) == [2]
    await conn.execute("update person set active = false where id = 2")
    assert await on_duty(T0 + 8 * HOUR) == []


async def test_uncovered_names_grid_and_stretch(conn: Connection) -> None:
    await build(conn, "wang 03, zhao 04, qian chief")
    await conn.execute(
        "update duty_shift set ends = %s where person = 3", (to_datetime(T0) + timedelta(hours=6),)
    )
    found = await people.uncovered(conn, at(0), hours=23)
    hours = [(code, (h.starts - T0) // HOUR, (h.ends - T0) // HOUR) for code, h in found]
    assert hours == [("04", 6, 23), ("05", 0, 23)]


async def test_a_grid_that_was_redrawn_is_seen_at_once(conn: Connection) -> None:
    await build(conn, "wang 03")
    assert (await people.roster(conn, T0)).at(109.1, 18.3) == [3]
    far = '{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2],[1,1]]]}'
    await conn.execute("update sea_grid set geometry = %s where id = 3", (far,))
    assert (await people.roster(conn, T0)).at(109.1, 18.3) == []
