"""One meaning of "may see", however it is asked: of a row, of a list, of the live stream."""

from __future__ import annotations

import random

import pytest

from fleet.store import live, reads
from fleet.store.db import Connection
from fleet.store.scope import Scope
from tests.api.conftest import WORLD

SCOPES = {
    "nobody": Scope(),
    "signed only": Scope(signed=True),
    "all": Scope.of("commander", None, None),
    "admin": Scope.of("admin", None, None),
    **{f"member {p}": Scope.of("member", p, None) for p in (1, 2, 3, 9)},
    "member without a person": Scope.of("member", None, None),
    "association 2": Scope.of("association", None, 2),
    "association with a person": Scope.of("association", 1, 2),
    "association without an org": Scope.of("association", None, None),
    "guest": Scope.of("guest", 1, 2),
}


@pytest.fixture
async def shuffled(conn: Connection) -> Connection:
    """A port where chance has decided whose everything is; printed by pytest's -v on failure."""
    await conn.execute(WORLD.encode())
    rng = random.Random(7)  # noqa: S311 -- a shuffle, not a secret
    await conn.execute(
        "insert into vessel (id, class) overriding system value"
        " select i, 1 from generate_series(200, 239) i"
    )
    for boat in range(200, 240):
        values = {
            "id": boat,
            "grid": rng.choice([1, 2, None]),
            "org": rng.choice([1, 2, None, None]),
            "status": rng.choice(["active", "cleared", "closed", "retracted", "shelved"]),
            "at": rng.choice([1, 2, None]),
            "lead": rng.choice([1, 2, 3, None]),
        }
        await conn.execute(
            "update vessel set home_grid = %(grid)s, association = %(org)s where id = %(id)s",
            values,
        )
        if rng.random() < 0.7:
            await conn.execute(
                "insert into alert (id, kind, vessel, episode, severity, status, last_seen, lon,"
                " lat, grid) overriding system value values"
                " (%(id)s, 'gap', %(id)s, now(), 2, %(status)s, now(), 109, 18, %(at)s)",
                values,
            )
            await conn.execute(
                "insert into work_order (id, alert, status, severity, lead) overriding system"
                " value values (%(id)s, %(id)s, 'offered', 2, %(lead)s)",
                values,
            )
    return conn


@pytest.mark.parametrize("name", sorted(SCOPES))
async def test_every_way_of_asking_agrees(shuffled: Connection, name: str) -> None:
    scope, conn = SCOPES[name], shuffled
    boats = {r["id"] for r in await reads.vessels(conn, scope)}
    streamed, own = await live.vessels(conn, scope)
    assert set(streamed) == boats
    assert set(own) <= boats
    every = [r["id"] for r in await conn_rows(conn, "select id from vessel")]
    assert {i for i in every if await reads.sees_vessel(conn, scope, i)} == boats
    alerts = [r["id"] for r in await conn_rows(conn, "select id from alert")]
    listed = await reads.alerts(conn, scope, everything=True, **UNFILTERED)
    found = {r["id"] for r in listed}
    assert found == await live.visible(conn, scope, alerts)
    assert found == {i for i in alerts if await reads.alert(conn, scope, i)}
    happened = await live.events(conn, scope, 0, 10**9, 10**6)
    assert {e["alert"] for e in happened} <= found


UNFILTERED = dict.fromkeys(
    (
        "kind",
        "severity",
        "vessel",
        "under",
        "since",
        "until",
        "after_severity",
        "after_opened",
        "after_id",
    )
) | {"limit": 10_000}


async def conn_rows(conn: Connection, statement: str) -> list[dict[str, int]]:
    return await (await conn.execute(statement.encode())).fetchall()


async def test_who_has_nothing_sees_nothing(shuffled: Connection) -> None:
    for name in ("nobody", "signed only", "guest", "member without a person"):
        assert not await reads.vessels(shuffled, SCOPES[name]), name
        assert not await reads.members(shuffled, SCOPES[name]), name
    assert not await reads.zones(shuffled, Scope(), ended=True)
    assert not await reads.feeds(shuffled, Scope())
    assert not await reads.rules(shuffled, Scope())
    assert not await reads.grids(shuffled, Scope())
