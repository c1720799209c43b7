"""Who transmitters say they are, against the register, through the worker and its database."""

from __future__ import annotations

from typing import Any

import pytest
from pyais import encode_dict

from fleet.ingest.feed import Delivery
from fleet.store import facts
from fleet.store.db import Connection, rows
from fleet.worker.loop import Worker
from tests.worker.conftest import Another
from tests.worker.scripted import NOW, SECOND, Scripted

BOAT, STRANGER = 412_800_006, 412_900_001
RIGHT = {"shipname": "QIONGSANYU80006", "callsign": "BS0006", "ship_type": 30, "to_bow": 20,
         "to_stern": 12, "to_port": 3, "to_starboard": 3}  # fmt: skip
HOUR = 3600


def said(seconds: int, mmsi: int = BOAT, **otherwise: Any) -> Delivery:
    fields = {"type": 5, "mmsi": mmsi, **RIGHT, **otherwise}
    return _sent(seconds, fields)


def fix(seconds: int, mmsi: int = BOAT) -> Delivery:
    return _sent(seconds, {"type": 1, "mmsi": mmsi, "lon": 109.1, "lat": 17.9, "speed": 5,
                           "course": 90, "second": 60})  # fmt: skip


def _sent(seconds: int, fields: dict[str, Any]) -> Delivery:
    lines = encode_dict(fields, radio_channel="A", talker_id="AI")
    payload = "".join(f"{line}\r\n" for line in lines).encode()
    return Delivery("ais", "receiver", "nmea", payload, NOW + seconds * SECOND)


async def hear(worker: Worker, feed: Scripted, *deliveries: Delivery) -> None:
    await worker.batch([feed.item(d) for d in deliveries])
    await worker.settle()


@pytest.fixture
async def known(started: Worker, sql: Connection) -> Worker:
    """A worker with one registered boat."""
    await sql.execute(
        "insert into vessel (id, reg_no, name, class, registered, length_m) values"
        " (101, '琼三渔80006', '琼三渔80006', 1, true, 30.5)"
    )
    await sql.execute(
        "insert into vessel_identity (kind, value, vessel) values"
        " ('mmsi', '412800006', 101), ('callsign', 'BS 0006', 101)"
    )
    await started.configure()
    return started


async def told(sql: Connection) -> list[tuple[str, str]]:
    found = await rows(
        sql,
        "select evidence ->> 'how' as how, status, cleared is not null as cleared from alert"
        " where kind = 'identity' order by id",
    )
    return [(r["how"], "cleared" if r["cleared"] else r["status"]) for r in found]


async def test_who_is_as_registered_is_told_nothing(
    known: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(known, feed, fix(0), said(1), said(400))
    assert await told(sql) == []


@pytest.mark.parametrize(
    ("how", "otherwise"),
    [
        ("name", {"shipname": "YUEDIANYU 44188"}),
        ("callsign", {"callsign": "XX7788"}),
        ("type", {"ship_type": 70}),
        ("size", {"to_bow": 61, "to_stern": 24}),
    ],
)
async def test_a_difference_is_told_once_whoever_works(
    known: Worker,
    feed: Scripted,
    another: Another,
    sql: Connection,
    how: str,
    otherwise: dict[str, Any],
) -> None:
    await hear(known, feed, fix(0), said(1), said(300, **otherwise))
    await hear(known, feed, said(600, **otherwise))
    second = await another()
    await hear(second, feed, said(900, **otherwise), said(15 * HOUR, **otherwise))
    await second._snapshot(second.head)
    await hear(await another(), feed, said(16 * HOUR, **otherwise))
    assert await told(sql) == [(how, "active")]
    (one,) = await rows(sql, "select vessel, severity from alert")
    assert one == {"vessel": 101, "severity": 2}


async def test_a_crash_after_the_statics_were_stored_loses_no_signal(
    known: Worker, feed: Scripted, another: Another, sql: Connection
) -> None:
    """Statics are committed first, on their own; a signal comes of the report, not of the news."""
    change = said(300, callsign="XX7788")
    work = known.decoders.decode([feed.item(change)])
    await known._judged(known.tip, work, {})  # and dies before the commit
    assert await rows(sql, "select 1 from vessel_static")
    await hear(await another(), feed, change)
    assert await told(sql) == [("callsign", "active")]


async def test_the_register_updated_ends_it_and_the_next_change_is_told(
    known: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(known, feed, said(1, shipname="YUEDIANYU 44188", callsign="XX7788"))
    await sql.execute(
        "update vessel set name = '粤电渔44188', revision = nextval('config_revision')"
        " where id = 101"
    )
    await known.configure()
    assert await told(sql) == [("name", "cleared"), ("callsign", "active")]
    await hear(known, feed, said(300))  # back to its old name, which reg_no still has
    assert await told(sql) == [("name", "cleared"), ("callsign", "active")]
    await hear(known, feed, said(600, shipname="YUEDIANYU 44199"))
    assert await told(sql) == [("name", "cleared"), ("callsign", "active"), ("name", "active")]


async def test_a_fishing_boat_in_no_register_but_no_merchant_ship(
    known: Worker, feed: Scripted, sql: Connection
) -> None:
    await hear(
        known, feed, fix(0, STRANGER), said(1, STRANGER), said(2, STRANGER + 1, ship_type=70)
    )
    assert await told(sql) == [("unknown", "active")]
    assert await rows(sql, "select 1 from work_order") == []


async def test_a_certificate_that_ran_out_is_told_when_its_boat_is_heard(
    known: Worker, feed: Scripted, sql: Connection
) -> None:
    await sql.execute(
        "insert into certificate (vessel, kind, expires) values (101, 'survey', '2020-01-01Z'),"
        " (101, 'fishing', '2100-01-01Z')"
    )
    await facts.changed(sql, "certificates")
    await known.configure()
    await hear(known, feed, fix(0), fix(60))
    await hear(known, feed, fix(120))
    assert await told(sql) == [("expired", "active")]
    await sql.execute("update certificate set expires = '2100-01-01Z'")
    await facts.changed(sql, "certificates")
    await known.configure()
    assert await told(sql) == [("expired", "cleared")]
