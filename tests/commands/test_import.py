import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import psycopg
import pytest

from .conftest import Cli

Sql = Callable[..., list[dict[str, object]]]


@pytest.fixture
def basics(port: Cli, tmp_path: Path) -> Cli:
    """Two bodies, two people, a grid."""
    write(tmp_path, "orgs.csv", "code,tier,kind,name,parent\nS,N,x,sub,T\nT,1,x,top,\n")
    write(tmp_path, "people.csv", "code,name,org,phone\nP1,甲,S,13800000001\nP2,乙,T,\n")
    square = [[[109, 18], [110, 18], [110, 19], [109, 19], [109, 18]]]
    feature = {
        "type": "Feature",
        "properties": {"code": "G1", "name": "网格", "org": "S"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    body = json.dumps({"type": "FeatureCollection", "features": [feature]})
    write(tmp_path, "grids.geojson", body)
    for kind in ("orgs.csv", "people.csv", "grids.geojson"):
        result = port("import", kind.partition(".")[0], kind)
        assert result.status == 0, result.err
    return port


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def counts(cli: Cli, kind: str, path: Path, *more: str) -> list[tuple[int, int, int]]:
    result = cli("import", kind, path, "--json", *more)
    assert result.status == 0, result.err
    return [(s["new"], s["changed"], s["same"]) for s in json.loads(result.out)["imported"]]


def test_new_changed_and_same_are_counted(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(
        tmp_path, "v.csv", "船号,船名,船长,网格,作业方式\nV1,一号,12.5,G1,刺网;钓具\nV2,二号,,,\n"
    )
    assert counts(basics, "vessels", path)[0] == (2, 0, 0)
    assert counts(basics, "vessels", path)[0] == (0, 0, 2)
    write(tmp_path, "v.csv", "reg_no,name\nV1,一号\nV2,新名\nV3,三号\n")
    assert counts(basics, "vessels", path)[0] == (1, 1, 1)
    rows = sql("select reg_no, name, length_m, gear, registered, class from vessel order by 1")
    assert rows[0] == {
        "reg_no": "V1",
        "name": "一号",
        "length_m": 12.5,
        "gear": ["刺网", "钓具"],
        "registered": True,
        "class": 1,
    }, "a column that the file does not have is left as it is"
    assert rows[1]["name"] == "新名"


def test_a_parent_may_come_later_in_the_file(basics: Cli, sql: Sql) -> None:
    rows = sql(
        "select o.code, p.code as parent from party_org o left join party_org p on p.id = o.parent"
        " order by 1"
    )
    assert rows == [{"code": "S", "parent": "T"}, {"code": "T", "parent": None}]


def test_one_bad_row_and_nothing_is_imported(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(
        tmp_path,
        "v.csv",
        "reg_no,name,home_grid,association,mmsi\nV1,a,G1,S,412000001\nV2,b,G9,S,1\nV3,c,,X,412000001\n",
    )
    result = basics("import", "vessels", path)
    assert result.status == 3
    assert "v.csv, row 3, home_grid 'G9': there is no grid with this code" in result.err
    assert "v.csv, row 4, association 'X': there is no org with this code" in result.err
    assert sql("select count(*) as n from vessel") == [{"n": 0}]


def test_bad_identities_undo_the_vessels_as_well(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(
        tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000001\nV2,b,41200\nV3,c,412000001\n"
    )
    result = basics("import", "vessels", path)
    assert result.status == 3
    assert "row 3, value '41200': an MMSI has nine digits" in result.err
    assert "row 4, value '412000001': is the mmsi of V1 at that time" in result.err
    assert sql("select count(*) as n from vessel") == [{"n": 0}]


def test_every_kind_of_mistake_is_named_at_once(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    good = write(tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000001\nV2,b,\n")
    assert basics("import", "vessels", good).status == 0
    path = write(
        tmp_path,
        "w.csv",
        "reg_no,name,mmsi,home_grid,crew\nV4,d,41299,,many\nV5,e,412000001,G9,1\nV5,f,,,\n,g,1,,\n",
    )
    said = basics("import", "vessels", path).err
    for why in (
        "row 2, crew 'many': must be a whole number",
        "row 2, value '41299': an MMSI has nine digits",
        "row 3, home_grid 'G9': there is no grid",
        "row 3, value '412000001': is the mmsi of V1",
        "row 4, reg_no 'V5': is there already in row 3",
        "row 5, reg_no: is missing",
    ):
        assert why in said
    path = write(tmp_path, "i.csv", "reg_no,kind,value\nV9,mmsi,12\nV2,mmsi,412000001\nV2,foo,1\n")
    said = basics("import", "identities", path).err
    assert "3 bad rows" in said
    assert "row 2, reg_no 'V9': there is no vessel" in said
    assert "row 2, value '12': an MMSI has nine digits" in said
    assert "row 3, value '412000001': is the mmsi of V1" in said
    assert "row 4, kind 'foo'" in said
    assert sql("select count(*) as n from vessel") == [{"n": 2}]


def test_dry_run_counts_and_changes_nothing(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000001\n")
    result = basics("import", "vessels", path, "--dry-run")
    assert "vessel: 1 new" in result.out
    assert "nothing was changed" in result.out
    assert sql("select count(*) as n from vessel") == [{"n": 0}]


def test_json_names_the_problems(basics: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "p.csv", "code,name\n,x\n")
    result = basics("import", "people", path, "--json")
    assert result.status == 3
    assert json.loads(result.out)["problems"] == [
        {"file": "p.csv", "row": 2, "column": "code", "value": "", "why": "is missing"}
    ]


def test_several_files_are_one_import(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    good = write(tmp_path, "a.csv", "code,name\nP8,x\n")
    bad = write(tmp_path, "b.csv", "code,name\nP9,\n")
    assert basics("import", "people", good, bad).status == 3
    assert sql("select count(*) as n from person") == [{"n": 2}]


def test_a_boat_heard_before_keeps_its_track(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    sql("insert into vessel (class) values (0)")
    sql(
        "insert into vessel_identity (kind, value, vessel)"
        " select 'mmsi', '412000001', id from vessel"
    )
    heard = sql("select id from vessel")[0]["id"]
    path = write(tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000001\n")
    assert counts(basics, "vessels", path) == [(0, 1, 0), (0, 0, 1)]
    assert sql("select id, reg_no, registered, name from vessel") == [
        {"id": heard, "reg_no": "V1", "registered": True, "name": "a"}
    ]
    assert sql("select count(*) as n from vessel_identity") == [{"n": 1}]


def test_an_identity_from_the_air_passes_to_a_registered_boat(
    basics: Cli, tmp_path: Path, sql: Sql
) -> None:
    basics("import", "vessels", write(tmp_path, "v.csv", "reg_no,name\nV1,a\n"))
    sql("insert into vessel (class) values (0)")
    sql(
        "insert into vessel_identity (kind, value, vessel)"
        " select 'mmsi', '412000001', max(id) from vessel"
    )
    path = write(tmp_path, "i.csv", "reg_no,kind,value\nV1,mmsi,412000001\nV1,beidou,123\n")
    assert counts(basics, "identities", path) == [(2, 0, 0)]
    assert counts(basics, "identities", path) == [(0, 0, 2)]
    owners = sql("select distinct v.reg_no from vessel_identity i join vessel v on v.id = i.vessel")
    assert owners == [{"reg_no": "V1"}]


def test_a_new_number_of_a_boat_ends_the_old(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000001\n")
    basics("import", "vessels", path)
    write(tmp_path, "v.csv", "reg_no,name,mmsi\nV1,a,412000002\n")
    assert counts(basics, "vessels", path) == [(0, 0, 1), (1, 1, 0)]
    valid = sql("select value from vessel_identity where valid_from <= now() and now() < valid_to")
    assert valid == [{"value": "412000002"}]
    assert counts(basics, "vessels", path) == [(0, 0, 1), (0, 0, 1)]


def test_identities_have_their_time(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    basics("import", "vessels", write(tmp_path, "v.csv", "reg_no,name\nV1,a\nV2,b\n"))
    path = write(
        tmp_path,
        "i.csv",
        "reg_no,kind,value,valid_from,valid_to\n"
        "V1,terminal,T1,,2026-05-01 12:00\nV2,terminal,T1,2026-05-01T12:00:00+08:00,\n",
    )
    assert counts(basics, "identities", path) == [(2, 0, 0)]
    write(tmp_path, "i.csv", "reg_no,kind,value,valid_from\nV1,terminal,T1,2026-06-01\n")
    result = basics("import", "identities", path)
    assert "is the terminal of V2 at that time" in result.err


def test_terminals_set_the_interval(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    basics("import", "vessels", write(tmp_path, "v.csv", "reg_no,name,crew\nV1,a,5\n"))
    path = write(tmp_path, "t.csv", "船号,终端号,报位间隔\nV1,T1,180\n")
    assert counts(basics, "terminals", path) == [(0, 1, 0), (1, 0, 0)]
    assert sql("select interval_s, crew from vessel") == [{"interval_s": 180, "crew": 5}]
    write(tmp_path, "t.csv", "reg_no,terminal\nV9,T1\n")
    assert "there is no vessel with this code" in basics("import", "terminals", path).err


def test_members_and_their_leader(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(tmp_path, "m.csv", "grid,role,person\nG1,leader,P1\nG1,member,P2\n")
    assert counts(basics, "members", path) == [(2, 0, 0)]
    assert counts(basics, "members", path) == [(0, 0, 2)]
    write(tmp_path, "m.csv", "网格,岗位,工号\nG1,网格长,P2\nG1,备岗,P1\n")
    assert counts(basics, "members", path) == [(0, 2, 0)]
    leader = sql("select p.code from sea_grid g join person p on p.id = g.leader")
    assert leader == [{"code": "P2"}]
    others = sql("select p.code, rank from grid_member m join person p on p.id = m.person")
    assert others == [{"code": "P1", "rank": 2}]
    assert counts(basics, "members", path) == [(0, 0, 2)]


def zones(tmp_path: Path, *features: tuple[str, str]) -> Path:
    square = [[[109, 18], [109.1, 18], [109.1, 18.1], [109, 18.1], [109, 18]]]
    body = [
        {
            "type": "Feature",
            "properties": {"code": code, "kind": "reserve", "name": name, "rule": "keep_out"},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for code, name in features
    ]
    text = json.dumps({"type": "FeatureCollection", "features": body})
    return write(tmp_path, "z.geojson", text)


def test_every_change_of_a_zone_is_a_version(
    port: Cli, tmp_path: Path, sql: Sql, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("listen fleet_config")
        path = zones(tmp_path, ("Z1", "一"), ("Z2", "二"))
        assert counts(port, "zones", path) == [(2, 0, 0)]
        assert counts(port, "zones", zones(tmp_path, ("Z1", "新"), ("Z2", "二"))) == [(0, 1, 1)]
        heard = [n.payload for n in listener.notifies(timeout=2, stop_after=2)]
    versions = sql(
        "select z.code, v.version, v.revision, v.body ->> 'name' as name"
        " from zone_version v join zone z on z.id = v.zone order by 1, 2"
    )
    assert [(v["code"], v["version"], v["name"]) for v in versions] == [
        ("Z1", 1, "一"),
        ("Z1", 2, "新"),
        ("Z2", 1, "二"),
    ]
    revisions = [v["revision"] for v in versions]
    assert revisions[0] == revisions[2] != revisions[1]
    assert heard == [str(revisions[0]), str(revisions[1])]
    newest = sql("select version, revision from zone where code = 'Z1'")
    assert newest == [{"version": 2, "revision": revisions[1]}]


def test_an_ended_zone_comes_back_by_its_code(port: Cli, tmp_path: Path, sql: Sql) -> None:
    path = zones(tmp_path, ("Z1", "一"))
    counts(port, "zones", path)
    sql("update zone set ended = now()")
    counts(port, "zones", path)
    assert sql("select version, ended from zone") == [{"version": 2, "ended": None}]


def test_a_changed_boat_tells_the_worker(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(tmp_path, "v.csv", "reg_no,name\nV1,a\nV2,b\n")
    basics("import", "vessels", path)
    before = sql("select revision from vessel order by reg_no")
    write(tmp_path, "v.csv", "reg_no,name\nV1,a\nV2,c\n")
    basics("import", "vessels", path)
    after = sql("select revision from vessel order by reg_no")
    assert after[0] == before[0]
    assert after[1]["revision"] > before[1]["revision"]  # type: ignore[operator]


def test_a_roster_of_absolute_shifts(basics: Cli, tmp_path: Path, sql: Sql) -> None:
    path = write(
        tmp_path,
        "r.csv",
        "工号,网格,级别,开始,结束\nP1,G1,1,2036-05-01 08:00,2036-05-01 20:00\n"
        "P2,,4,2036-05-01 08:00,2036-05-01 20:00\n",
    )
    assert counts(basics, "roster", path) == [(2, 0, 0)]
    assert counts(basics, "roster", path) == [(0, 0, 2)]
    starts = sql("select distinct starts at time zone 'UTC' as at from duty_shift")
    assert str(starts[0]["at"]) == "2036-05-01 00:00:00", "times are of the port's own zone"


def test_the_demonstration_is_written_in_these_formats(port: Cli) -> None:
    order = ("orgs.csv", "people.csv", "grids.geojson", "members.csv", "roster.toml")
    with as_file(files("fleet.demo")) as folder:
        for name in (*order, "vessels.csv", "zones.geojson"):
            kind = name.partition(".")[0]
            assert counts(port, kind, folder / name)[0][0] > 0
            assert all(s[:2] == (0, 0) for s in counts(port, kind, folder / name)), name


def test_two_imports_at_once_do_not_collide(basics: Cli, tmp_path: Path, database_url: str) -> None:
    rows = "".join(f"V{i},boat {i},{412000000 + i}\n" for i in range(300))
    path = write(tmp_path, "v.csv", f"reg_no,name,mmsi\n{rows}")
    command = [sys.executable, "-m", "fleet", "import", "vessels", str(path), "--json"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    found = [json.loads(p.communicate(timeout=60)[0])["imported"][0] for p in started]
    assert sorted(s["new"] for s in found) == [0, 0, 300]
    assert sorted(s["same"] for s in found) == [0, 300, 300]
