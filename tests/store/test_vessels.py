import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fleet.model import IdentityKind, VesselClass
from fleet.store import vessels
from fleet.store.db import Connection, one
from fleet.vessels import Registry, Vessels

MMSI, TERMINAL = IdentityKind.MMSI, IdentityKind.TERMINAL


async def test_an_unknown_identity_becomes_a_vessel_once(conn: Connection) -> None:
    wanted = {"412000002": VesselClass.FISHING, "412000001": VesselClass.UNKNOWN}
    first = await vessels.ensure(conn, MMSI, wanted)
    assert await vessels.ensure(conn, MMSI, wanted) == first
    known, registry = await vessels.load(conn)
    keys = np.array([412000001, 412000002, 412000003])
    assert registry.find(MMSI, keys).tolist() == [first["412000001"], first["412000002"], 0]
    assert known.class_of(first["412000002"]) == VesselClass.FISHING
    assert not known.registered[first["412000002"]]


async def test_an_identity_that_ended_leads_to_a_new_vessel(conn: Connection) -> None:
    first = await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.FISHING})
    await conn.execute("update vessel_identity set valid_to = now() - interval '1 day'")
    second = await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.FISHING})
    assert second != first
    _, registry = await vessels.load(conn)
    assert registry.find(TERMINAL, np.array([0]), ("T1",)).tolist() == [second["T1"]]


async def test_an_identity_that_begins_next_month_is_somebody_elses_until_then(
    conn: Connection,
) -> None:
    boat = await one(conn, "insert into vessel (registered) values (true) returning id")
    await conn.execute(
        "insert into vessel_identity (kind, value, vessel, valid_from)"
        " values ('terminal', 'T1', %(id)s, now() + interval '30 days')",
        boat,
    )
    ids = await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.UNKNOWN})
    assert ids["T1"] != boat["id"]
    assert await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.UNKNOWN}) == ids


async def test_the_air_never_overwrites_the_register(conn: Connection) -> None:
    ids = await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.FISHING})
    boat = ids["T1"]
    heard = Vessels(
        np.array([2]), np.array([False]), np.array([0]), np.array([88.0])
    )  # a merchant ship
    await vessels.classify(conn, np.array([boat]), heard)
    row = await one(conn, "select class, length_m from vessel where id = %(id)s", id=boat)
    assert row == {"class": 2, "length_m": 88}
    await conn.execute("update vessel set registered = true, name = '琼渔1', class = 1")
    await vessels.classify(conn, np.array([boat]), heard)
    row = await one(conn, "select name, class from vessel where id = %(id)s", id=boat)
    assert row == {"name": "琼渔1", "class": 1}


async def test_the_fingerprint_sees_people_and_not_the_air(conn: Connection) -> None:
    ids = await vessels.ensure(conn, TERMINAL, {"T1": VesselClass.FISHING})
    before = await vessels.fingerprint(conn)
    await vessels.ensure(conn, TERMINAL, {"T2": VesselClass.FISHING})
    assert await vessels.fingerprint(conn) == before
    await conn.execute(
        "update vessel set registered = true, revision = nextval('config_revision')"
        " where id = %(id)s",
        {"id": ids["T1"]},
    )
    assert await vessels.fingerprint(conn) != before


mmsis = st.dictionaries(st.integers(1, 50), st.integers(1, 99))


@given(st.lists(mmsis, max_size=4), st.lists(st.integers(0, 60)))
def test_the_registry_is_a_dictionary(parts: list[dict[int, int]], asked: list[int]) -> None:
    registry, oracle = Registry(), dict[int, int]()
    for part in parts:
        registry = registry.known(MMSI, {str(k): v for k, v in part.items()})
        oracle |= part
    found = registry.find(MMSI, np.array(asked, np.int64))
    assert found.tolist() == [oracle.get(key, 0) for key in asked]
