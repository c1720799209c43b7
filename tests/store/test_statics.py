from dataclasses import fields, replace
from math import isnan
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.format import Statics
from fleet.model import IdentityKind, VesselClass
from fleet.store import statics, vessels
from fleet.store.db import Connection, one, rows
from fleet.store.statics import SAID, Told, unsaid

NOON = 1_790_000_000_000_000
EMPTY = {f.name: getattr(unsaid(1), f.name)[0].item() for f in fields(Statics)}


def said(*reports: dict[str, Any]) -> Statics:
    """One report a row; what it does not name was not sent."""
    columns: dict[str, Any] = {}
    for name, empty in EMPTY.items():
        values = [report.get(name, empty) for report in reports]
        columns[name] = np.array(values) if reports else getattr(unsaid(0), name)
    return Statics(**columns)


def told(row: Statics, i: int) -> dict[str, Any]:
    """What one row says, without what it leaves open."""
    found = {name: getattr(row, name)[i].item() for name in SAID}
    open_ = {n: v for n, v in found.items() if v in ("", -1) or (n, v) == ("imo", 0)}
    return {
        n: v for n, v in found.items() if n not in open_ and not (type(v) is float and isnan(v))
    }


REPORT = st.fixed_dictionaries(
    {"t": st.integers(NOON, NOON + 2)},
    optional={
        "name": st.sampled_from(["", "A", "LONG" * 20]),
        "imo": st.sampled_from([0, 9_000_001]),
        "ship_type": st.sampled_from([-1, 0, 30]),
        "draught_m": st.sampled_from([float("nan"), 2.5, 3.0]),
    },
)
BATCHES = st.lists(st.lists(st.tuples(st.integers(0, 3), REPORT)), max_size=4)


@given(BATCHES)
def test_any_cut_finds_the_changes_that_one_report_after_the_other_makes(
    batches: list[list[tuple[int, dict[str, Any]]]],
) -> None:
    cache = Told()
    oracle: dict[int, dict[str, Any]] = {}
    for batch in batches:
        expected: dict[int, list[dict[str, Any]]] = {}
        for vessel, report in batch:
            before = oracle.get(vessel, {})
            now = {**before, **told(statics.cut(said(report)), 0)}
            if now != before:
                expected.setdefault(vessel, []).append(now)
            oracle[vessel] = now
        ids = np.array([vessel for vessel, _ in batch], np.int64)
        changed, news = cache.news(ids, said(*(report for _, report in batch)))
        found: dict[int, list[dict[str, Any]]] = {}
        for i, vessel in enumerate(changed.tolist()):
            found.setdefault(vessel, []).append(told(news, i))
        assert found == expected
        cache.put(changed, news)


async def test_a_change_is_a_row_and_the_same_again_is_none(conn: Connection) -> None:
    (boat,) = (
        await vessels.ensure(conn, IdentityKind.MMSI, {"412000001": VesselClass(0)})
    ).values()
    cache, ids = Told(), np.array([boat, boat, boat])
    heard = said(
        {"t": NOON, "name": "FIRST", "ship_type": 30},
        {"t": NOON + 1, "destination": "SANYA", "draught_m": 2.5},
        {"t": NOON + 2, "name": "FIRST"},
    )
    assert cache.missing(ids).tolist() == [boat]
    cache.put(np.array([boat]), await statics.load(conn, np.array([boat])))
    changed, news = cache.news(ids, heard)
    assert await statics.add(conn, changed, news) == 2
    cache.put(changed, news)
    assert not len(cache.missing(ids))
    assert not len(cache.news(ids, heard)[0])
    kept = [row["body"] for row in await rows(conn, "select body from vessel_static order by t")]
    first = {"name": "FIRST", "ship_type": 30}
    assert kept == [first, {**first, "destination": "SANYA", "draught_m": 2.5}]
    assert (await one(conn, "select name from vessel where id = %(id)s", id=boat))[
        "name"
    ] == "FIRST"


async def test_after_a_restart_nothing_is_new_that_was_stored(conn: Connection) -> None:
    ids = await vessels.ensure(
        conn, IdentityKind.MMSI, {"412000001": VesselClass(0), "412000002": VesselClass(0)}
    )
    both = np.array(sorted(ids.values()))
    heard = said({"t": NOON, "name": "A", "imo": 9_000_001, "length_m": 24.5}, {"t": NOON})
    changed, news = Told().news(both, heard)
    await statics.add(conn, changed, news)
    fresh = Told()
    fresh.put(both, await statics.load(conn, both))
    assert not len(fresh.news(both, heard)[0])


async def test_two_words_at_one_moment_are_one_row_with_the_last(conn: Connection) -> None:
    (boat,) = (
        await vessels.ensure(conn, IdentityKind.MMSI, {"412000001": VesselClass(0)})
    ).values()
    ids = np.array([boat, boat])
    changed, news = Told().news(ids, said({"t": NOON, "name": "A"}, {"t": NOON, "name": "B"}))
    assert changed.tolist() == [boat, boat]
    await statics.add(conn, changed, news)
    await statics.add(conn, changed, news)  # a commit whose answer was lost
    (row,) = await rows(conn, "select body from vessel_static")
    assert row["body"] == {"name": "B"}


async def test_the_air_never_renames_a_registered_vessel(conn: Connection) -> None:
    boat = (await one(conn, "insert into vessel (registered, name) values (true, '琼渔1')"
                            " returning id"))["id"]  # fmt: skip
    news = replace(said({"t": NOON, "name": "NEW\0NAME"}))
    await statics.add(conn, np.array([boat]), news)
    assert (await one(conn, "select name from vessel where id = %(id)s", id=boat))[
        "name"
    ] == "琼渔1"
    (row,) = await rows(conn, "select body from vessel_static")
    assert row["body"] == {"name": "NEWNAME"}
