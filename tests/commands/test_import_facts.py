"""What rules need from outside, from the files of whoever keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from .conftest import Cli

Sql = Callable[..., list[dict[str, object]]]
SQUARE = '{"type":"Polygon","coordinates":[[[109,18],[109.1,18],[109.1,18.1],[109,18]]]}'


@pytest.fixture
def sea(port: Cli, sql: Sql) -> Cli:
    """Three boats, a port, an area."""
    sql(
        "insert into vessel (id, reg_no, name, class, registered, length_m) values"
        " (1, 'V1', 'a', 1, true, 12), (2, 'V2', 'b', 1, true, 24), (3, 'V3', 'c', 1, true, 30)"
    )
    sql(
        "insert into zone (id, code, kind, name, rule, geometry) values"
        " (1, 'YAZHOU', 'port', 'p', 'area', %s), (2, 'EAST', 'restricted', 'e', 'area', %s)",
        SQUARE,
        SQUARE,
    )
    return port


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def counts(cli: Cli, kind: str, path: Path) -> tuple[int, int, int]:
    result = cli("import", kind, path, "--json")
    assert result.status == 0, result.err
    (found,) = json.loads(result.out)["imported"]
    return found["new"], found["changed"], found["same"]


GOOD = {
    "groups": "group,kind,reg_no,role,valid_from,valid_to\n"
    "A,sailing,V1,lead,2036-05-01 08:00,2036-06-01 08:00\nA,sailing,V2,member,,\n",
    "trips": "trip,reg_no,port,departs,returns,crew_out,crew_back,reported_at\n"
    "T1,V1,YAZHOU,2036-05-01T08:00:00+08:00,2036-05-03T08:00:00+08:00,5,,\n"
    "T2,V2,,2036-05-01 08:00,,,,2036-04-30 12:00\n",
    "permits": "permit,reg_no,activity,zone,valid_from,valid_to\n"
    "P1,V1,enter,EAST,2036-05-01,2036-06-01\nP2,V2,leave_port,,,\n",
    "certificates": "reg_no,kind,value,issued,expires\nV1,nav_area,12,2020-01-01,\n"
    "V1,nav_area,40,2024-01-01,\nV2,wind,7,,2036-01-01\n",
    "ports": "port,capacity\nYAZHOU,250\n",
    "orders": "order,kind,action,areas,classes,length_min_m,length_max_m,issued,deadline,shelters,"
    "title\nO1,recall,return,EAST,fishing,,24,2036-07-01 08:00,2036-07-02 08:00,,t\n",
}


@pytest.mark.parametrize(
    ("kind", "first", "again"),
    [
        ("groups", (2, 0, 0), (0, 0, 2)),
        ("trips", (2, 0, 0), (0, 0, 2)),
        ("permits", (2, 0, 0), (0, 0, 2)),
        ("certificates", (2, 0, 0), (0, 0, 2)),
        ("ports", (1, 0, 0), (0, 0, 1)),
        ("orders", (1, 0, 0), (0, 0, 1)),
    ],
)
def test_every_kind_goes_in_once(
    sea: Cli,
    tmp_path: Path,
    sql: Sql,
    kind: str,
    first: tuple[int, int, int],
    again: tuple[int, int, int],
) -> None:
    path = write(tmp_path, f"{kind}.csv", GOOD[kind])
    assert counts(sea, kind, path) == first
    (told,) = sql("select kind, revision from fact_change")
    assert told["kind"] == kind
    assert counts(sea, kind, path) == again
    assert sql("select kind, revision from fact_change") == [told], "nothing new, nobody told"


def test_a_changed_row_is_changed_and_the_workers_are_told(
    sea: Cli, tmp_path: Path, sql: Sql, database_url: str
) -> None:
    path = write(tmp_path, "ports.csv", GOOD["ports"])
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("listen fleet_config")
        assert counts(sea, "ports", path) == (1, 0, 0)
        write(tmp_path, "ports.csv", "port,capacity\nYAZHOU,300\n")
        assert counts(sea, "ports", path) == (0, 1, 0)
        heard = [n.payload for n in listener.notifies(timeout=2, stop_after=2)]
    assert sql("select places from zone where code = 'YAZHOU'") == [{"places": 300}]
    (last,) = sql("select revision::text as r from fact_change")
    assert heard[-1] == last["r"]


def test_the_newest_certificate_counts(sea: Cli, tmp_path: Path, sql: Sql) -> None:
    counts(sea, "certificates", write(tmp_path, "c.csv", GOOD["certificates"]))
    assert sql("select value from certificate where kind = 'nav_area'") == [{"value": 40.0}]


def test_an_order_spares_boats_of_another_length(sea: Cli, tmp_path: Path, sql: Sql) -> None:
    counts(sea, "orders", write(tmp_path, "o.csv", GOOD["orders"]))
    spared = sql("select vessel, answer from recall_answer")
    assert spared == [{"vessel": 3, "answer": "exempt"}]
    path = write(
        tmp_path,
        "s.csv",
        "order,reg_no,status,at,note\nO1,V1,acknowledged,2036-07-01 09:00,\n"
        "O1,V1,ashore,2036-07-01 12:00,\n",
    )
    assert counts(sea, "order_status", path) == (1, 0, 0)
    assert sql("select answer from recall_answer where vessel = 1") == [{"answer": "ashore"}]


def test_wind_is_kept_as_beaufort_and_depth_as_a_grid(sea: Cli, tmp_path: Path, sql: Sql) -> None:
    head = "issued,kind,valid,lon,lat,wind_ms\n"
    at = "2036-07-01T00:00:00Z"
    rows = [
        f"{at},forecast,{at},{lon},{lat},{speed}"
        for lon, lat, speed in [(109, 18, 5.4), (110, 18, 5.5), (109, 19, 17.2), (110, 19, 0)]
    ]
    counts(sea, "wind", write(tmp_path, "wind.csv", head + "\n".join(rows)))
    assert sql("select lats, lons, force_bf, observed from wind") == [
        {"lats": [18, 19], "lons": [109, 110], "force_bf": [3, 4, 8, 0], "observed": False}
    ]
    path = write(tmp_path, "d.csv", "lon,lat,depth_m\n109,18,20\n110,18,-3\n")
    counts(sea, "depth", path)
    assert sql("select lats, lons, metres from depth") == [
        {"lats": [18], "lons": [109, 110], "metres": [20, -3]}
    ]


BAD = {
    "groups": ("A,sailing,V9,lead,,\nA,flock,V1,,,\n", ["row 2, reg_no 'V9': there is no vessel",
                                                        "row 3, kind 'flock': must be one of"]),
    "trips": ("T,V1,NOWHERE,2036-05-01,2036-04-01,,,\n", ["port 'NOWHERE': there is no zone",
                                                          "returns '2036-03-31", "not after depa"]),
    "permits": ("P,V1,enter,EAST,2036-05-01,2036-04-01\nP,V1,fish,,,\n",
                ["row 2, valid_to", "row 3, permit 'P': is there already in row 2"]),
    "certificates": ("V1,nav_area,far,,\n", ["row 2, value 'far': must be a number"]),
    "ports": ("YAZHOU,many\n", ["row 2, capacity 'many': must be a whole number"]),
    "orders": (("O,recall,return,EAST;YAZHOU,,,,2036-07-01,2036-07-02,,\nQ,recall,return,WEST,,,,"
                "2036-07-01,2036-07-02,,\n"),
               ["row 2, areas", "one order for each", "row 3, areas", "there is no zone"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(BAD))
def test_bad_rows_are_named_and_nothing_is_imported(
    sea: Cli, tmp_path: Path, sql: Sql, kind: str
) -> None:
    rows, said = BAD[kind]
    path = write(tmp_path, "f.csv", GOOD[kind].splitlines()[0] + "\n" + rows)
    result = sea("import", kind, path)
    assert result.status == 3
    for words in said:
        assert words in result.err
    assert sql("select count(*) as n from fact_change") == [{"n": 0}]


def test_an_answer_to_no_order_is_named(sea: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", "order,reg_no,status,at\nO9,V1,ashore,2036-07-01\n")
    assert "order 'O9': there is no order with this code" in sea("import", "order_status", path).err
