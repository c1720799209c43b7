"""What the air says of ships that are in no register, and of those that are."""

from dataclasses import replace
from typing import Any

import pytest
from pyais import encode_dict

from fleet.ingest.feed import Delivery
from fleet.model import VesselClass
from fleet.store.db import Connection, one, rows
from fleet.worker import register
from fleet.worker.commit import STRANGERS
from fleet.worker.loop import Worker
from tests.worker.conftest import Another
from tests.worker.scripted import NOW, SECOND, Scripted

MMSI = 412000123


def said(seconds: int, **fields: Any) -> Delivery:
    """What a transponder sends, as lines of NMEA."""
    lines = encode_dict({"mmsi": MMSI, **fields}, radio_channel="A", talker_id="AI")
    payload = "".join(f"{line}\r\n" for line in lines).encode()
    return Delivery("ais", "receiver", "nmea", payload, NOW + seconds * SECOND)


def static(seconds: int, name: str = "HAI FENG", ship_type: int = 30, bow: int = 30) -> Delivery:
    size = {"to_bow": bow, "to_stern": 15, "to_port": 4, "to_starboard": 4}
    return said(seconds, type=5, shipname=name, callsign="BABC", ship_type=ship_type, **size)


def fix(seconds: int, mmsi: int = MMSI) -> Delivery:
    at = {"lon": 109.1, "lat": 18.3, "speed": 5, "course": 90, "second": 60}
    return said(seconds, type=1, **{**at, "mmsi": mmsi})


async def hear(worker: Worker, feed: Scripted, *deliveries: Delivery) -> None:
    await worker.batch([feed.item(d) for d in deliveries])
    await worker.settle()


async def vessel(sql: Connection, mmsi: int = MMSI) -> dict[str, Any]:
    return await one(
        sql,
        "select v.id, name, class, length_m, registered from vessel v"
        " join vessel_identity i on i.vessel = v.id where value = %(mmsi)s",
        mmsi=str(mmsi),
    )


async def test_a_ship_is_named_and_classed_by_what_it_says(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(started, feed, fix(0))
    before = await vessel(sql)
    await hear(started, feed, static(1))
    after = await vessel(sql)
    assert (before["name"], after["name"]) == ("", "HAI FENG")
    assert (after["class"], after["length_m"]) == (VesselClass.FISHING, 45)
    assert started.head.engine.vessels.class_of(after["id"]) == VesselClass.FISHING


async def test_only_what_changed_is_kept(started: Worker, feed: Scripted, sql: Connection) -> None:
    for seconds, name in ((0, "HAI FENG"), (1, "HAI FENG"), (2, "HAI XING"), (3, "HAI XING")):
        await hear(started, feed, static(seconds, name))
    found = await rows(sql, "select body ->> 'name' as name from vessel_static order by t")
    assert [row["name"] for row in found] == ["HAI FENG", "HAI XING"]


async def test_the_register_is_believed_before_the_air(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(started, feed, fix(0))
    await sql.execute(
        "update vessel set registered = true, name = '琼渔1', class = 1, length_m = 20"
    )
    await started.configure()
    await hear(started, feed, static(1, ship_type=70))
    found = await vessel(sql)
    assert (found["name"], found["class"], found["length_m"]) == ("琼渔1", VesselClass.FISHING, 20)
    assert started.head.engine.vessels.class_of(found["id"]) == VesselClass.FISHING


@pytest.mark.parametrize(
    ("mmsi", "cls"), [(970123456, VesselClass.SART), (974123456, VesselClass.EPIRB)]
)
async def test_a_beacon_is_what_its_number_says(
    started: Worker, feed: Scripted, sql: Connection, mmsi: int, cls: VesselClass
) -> None:
    await hear(started, feed, fix(0, mmsi))
    assert (await vessel(sql, mmsi))["class"] == cls


async def test_a_beacon_stays_one_whatever_its_other_half_sends(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(started, feed, said(0, type=24, partno=0, shipname="GY-0731-85%"))
    await hear(started, feed, said(1, type=24, partno=1, ship_type=30))
    assert (await vessel(sql))["class"] == VesselClass.BEACON


async def test_made_up_addresses_share_one_station(
    started: Worker, feed: Scripted, sql: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "MOST_STATIONS", 3)
    await hear(started, feed, *[replace(fix(n), station=f"10.0.0.{n}") for n in range(3)])
    await hear(started, feed, *[replace(fix(n), station=f"10.0.1.{n}") for n in range(10, 30)])
    found = await rows(sql, "select name from station order by name")
    assert [row["name"] for row in found] == ["(others)", "10.0.0.0", "10.0.0.1", "10.0.0.2"]


async def test_a_restart_between_two_parts_of_a_message(
    started: Worker, feed: Scripted, another: Another, sql: Connection
) -> None:
    whole = static(0)
    first, second = whole.payload.splitlines(keepends=True)
    await hear(started, feed, replace(whole, payload=first))
    assert await rows(sql, "select 1 from vessel_static") == []
    await hear(await another(), feed, replace(whole, payload=second))
    assert (await vessel(sql))["name"] == "HAI FENG"


async def test_a_feed_that_makes_up_identities_fills_the_register_only_so_fast(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    now = [0.0]
    started.register.allowance = register.Allowance(per_minute=6 / register.BURST_MINUTES)
    started.register.allowance.clock = lambda: now[0]
    await hear(started, feed, *[fix(n, MMSI + n) for n in range(10)])
    assert len(await rows(sql, "select 1 from vessel")) == 6
    assert len(await rows(sql, "select 1 from position")) == 6
    (told,) = await rows(sql, "select rejects, messages from feed where name = 'ais'")
    assert told == {"rejects": {STRANGERS: 4}, "messages": 10}
    beacon = said(20, type=14, mmsi=970123456, text="SART ACTIVE")
    await hear(started, feed, beacon)  # who calls for help is never turned away
    assert len(await rows(sql, "select 1 from vessel")) == 7
    assert len(await rows(sql, "select 1 from alert")) == 1
    now[0] = 3600.0
    await hear(started, feed, *[fix(30 + n, MMSI + n) for n in range(10)])
    assert len(await rows(sql, "select 1 from vessel")) == 11


async def test_what_is_no_position_is_kept_with_its_sender(
    started: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(started, feed, said(0, type=14, text="GALE WARNING"))
    (found,) = await rows(sql, "select vessel, text from safety_message")
    assert found == {"vessel": (await vessel(sql))["id"], "text": "GALE WARNING"}


async def test_the_window_is_a_setting_that_a_restart_keeps(
    started: Worker, feed: Scripted, another: Another
) -> None:
    assert started.head.recent.window == 30 * SECOND
    started.head = replace(started.head, recent=replace(started.head.recent, window=5 * SECOND))
    await started._snapshot(started.head)
    assert (await another()).head.recent.window == 30 * SECOND


async def test_two_stations_that_hear_one_report_without_a_second_store_one_row(
    started: Worker, feed: Scripted, another: Another, sql: Connection
) -> None:
    await hear(started, feed, fix(0))
    second = await another()  # which must remember what the first heard
    await hear(second, feed, replace(fix(7), station="other"))
    (row,) = await rows(sql, "select cardinality(stations) as heard from position")
    assert row == {"heard": 2}
    (told,) = await rows(sql, "select fixes, duplicates from feed where name = 'ais'")
    assert told == {"fixes": 2, "duplicates": 1}
