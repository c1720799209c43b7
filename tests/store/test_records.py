from typing import Any

import pytest

from fleet.columns import to_datetime
from fleet.ingest.format import Record
from fleet.model import SECOND
from fleet.store import records
from fleet.store.db import Connection, one, rows
from fleet.store.scope import Scope, scoped

NOON = 1_790_000_000 * SECOND
CENTRE = Scope.of("commander", None, None)


def text(said: str, seconds: float = 0, **more: Any) -> Record:
    t = NOON + int(seconds * SECOND)
    return Record(key=412000001, t=t, received=t + SECOND, type=14, text=said, **more)


@pytest.fixture
async def boat(conn: Connection) -> int:
    return int((await one(conn, "insert into vessel (name) values ('A') returning id"))["id"])


async def found(conn: Connection, words: str, scope: Scope = CENTRE, **more: Any) -> list[str]:
    return [row["text"] for row in await records.texts(conn, scope, words=words, **more)]


async def test_what_several_stations_heard_is_one_message(conn: Connection, boat: int) -> None:
    heard = [(boat, text("MAYDAY FIRE", s)) for s in (0, 0.4, 2)]
    assert await records.insert(conn, heard) == 1
    assert await records.insert(conn, heard) == 0
    assert await records.insert(conn, [(boat, text("MAYDAY FIRE", 29))]) == 0
    assert await records.insert(conn, [(boat, text("MAYDAY FIRE", 60))]) == 1
    assert await records.insert(conn, [(boat, text("MAYDAY FIRE", 60, to=2))]) == 1
    assert await records.insert(conn, [(boat + 1, text("MAYDAY FIRE", 60))]) == 1


async def test_a_message_is_found_by_its_words_and_their_beginnings(
    conn: Connection, boat: int
) -> None:
    said = ["SART ACTIVE", "MOB TEST", "TEST' & | ! ( :* SART"]
    await records.insert(conn, [(boat, text(t, 60 * i)) for i, t in enumerate(said)])
    assert await found(conn, "sart") == [said[2], said[0]]
    assert await found(conn, "act sart") == [said[0]]
    assert await found(conn, "SART' | !") == [said[2], said[0]]
    assert await found(conn, "nothing") == []
    assert await found(conn, "") == said[::-1]
    assert await found(conn, "", since=to_datetime(NOON + 100 * SECOND)) == [said[2]]
    assert await found(conn, "", vessel=boat + 1) == []
    newest = (await records.texts(conn, CENTRE, limit=1))[0]
    assert await found(conn, "", before=newest["id"]) == [said[1], said[0]]


async def test_who_may_not_see_the_vessel_does_not_read_it(conn: Connection, boat: int) -> None:
    await records.insert(conn, [(boat, text("SART ACTIVE"))])
    assert await found(conn, "sart", Scope.of("member", 1, None)) == []
    assert await found(conn, "sart", Scope()) == []


async def test_application_data_stays_as_it_was_sent(conn: Connection, boat: int) -> None:
    weather = Record(
        key=1, t=NOON, received=NOON, type=8, dac=1, fi=31, payload=b"\x00\xff\0", fields={"a": 1}
    )
    assert await records.insert(conn, [(boat, weather), (boat, weather)]) == 1
    assert await records.insert(conn, [(boat, weather)]) == 0
    (row,) = await rows(conn, "select type, dac, fi, payload, fields from ais_record")
    assert row == {"type": 8, "dac": 1, "fi": 31, "payload": b"\x00\xff\0", "fields": {"a": 1}}


async def test_anything_that_was_sent_can_be_stored(conn: Connection, boat: int) -> None:
    odd = {"x": float("nan"), "y": b"\0", "z": "\0\ud800", "w": [object(), 2**70]}
    strange = Record(key=1, t=NOON, received=NOON, type=26, fields=odd)
    assert await records.insert(conn, [(boat, strange), (boat, text("A\0B"))]) == 2


async def test_searching_many_messages_reads_an_index(conn: Connection, boat: int) -> None:
    await conn.execute(
        "insert into safety_message (vessel, t, received, type, addressee, text)"
        " select %(id)s, now(), now(), 14, 0, 'WORD' || n from generate_series(1, 20000) n",
        {"id": boat},
    )
    await conn.execute("analyze safety_message")
    asked = CENTRE.params(words="word777:*", vessel=None, since=None, before=None, limit=1000)
    query = f"explain {scoped('records')['texts']}".encode()
    plan = await (await conn.execute(query, asked)).fetchall()
    assert "safety_message_words" in str(plan)
