import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from fleet.commands.importing import nouns
from fleet.commands.importing.geojson import read_features
from fleet.commands.importing.problem import DataError
from fleet.commands.importing.records import read_tables
from fleet.commands.importing.roster import read_pattern

CHINESE = "工号,姓名,电话,党员\nP1,王国雄,13800000001,是\n"


def people(path: Path) -> list[dict[str, object]]:
    return [dict(r.values) for r in read_tables([path], nouns.PERSON)]


def wrong(path: Path, noun: nouns.Noun = nouns.PERSON) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_tables([path], noun)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_usual_encoding_and_separator(
    encoding: str, separator: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(CHINESE.replace(",", separator).replace("\n", end).encode(encoding))
    expected = {"code": "P1", "name": "王国雄", "phone": "13800000001", "party_member": True}
    assert people(path) == [expected]


def test_xlsx_cells_are_what_their_owner_typed(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["# demonstration"])
    sheet.append([])
    sheet.append(["工号", "姓名", "电话", "党员", "备注"])
    sheet.append([101, "张", 13800000001.0, True, datetime(2026, 5, 1, 12)])  # noqa: DTZ001
    book.save(tmp_path / "p.xlsx")
    expected = {"code": "101", "name": "张", "phone": "13800000001", "party_member": True}
    assert people(tmp_path / "p.xlsx") == [expected]


def test_an_xlsx_row_is_named_by_its_own_number(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["code", "name"], ["A", "x"], [], ["B", None]):
        sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    assert wrong(tmp_path / "p.xlsx") == ["p.xlsx, row 4, name: is missing"]


def test_a_csv_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('# source: x\n\ncode,name,phone\nA,"two\nlines",1\nB,b,12ab\n,c,\n')
    assert wrong(path) == [
        "p.csv, row 4, name 'two\\nlines': holds line ends or control characters",
        "p.csv, row 4, phone '1': is no telephone number",
        "p.csv, row 6, phone '12ab': is no telephone number",
        "p.csv, row 7, code: is missing",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("code,name,phne\n", "is no column of persons (did you mean phone?)"),
        ("code,工号,name\n", "is there twice"),
        ("code\n", "the column name or 姓名 is missing"),
        ("code,name\nA,a,zzz\n", "more cells than there are headings"),
        ("code,name\nA,a\nA,b\n", "is there already in row 2"),
        ('code,name\nA,"a\n', "is no CSV"),
        ("code,name\nA,\0\n", "zero bytes"),
        ("code,name,party_member\nA,a,perhaps\n", "must be yes or no"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    assert said in "\n".join(wrong(path))


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    rows = "".join(f"V{i},boat,{i - 5}\n" for i in range(20))
    path.write_text(f"reg_no,name,length_m\n{rows}")
    assert [line.split(",")[1] for line in wrong(path, nouns.VESSEL)] == [
        f" row {i + 2}" for i in range(6)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx", "x.geojson", "x.toml"]))
def test_no_file_crashes_the_reader(tmp_path: Path, raw: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    with suppress(DataError):
        if name.endswith("geojson"):
            read_features([path], nouns.ZONE)
        elif name.endswith("toml"):
            read_pattern(path)
        else:
            read_tables([path], nouns.PERSON)


def zone(**properties: object) -> dict[str, object]:
    square = [[[109, 18], [109.1, 18], [109.1, 18.1], [109, 18.1], [109, 18]]]
    given = {"code": "Z", "kind": "reserve", "name": "区", "rule": "keep_out", **properties}
    return {
        "type": "Feature",
        "properties": {k: v for k, v in given.items() if k != "geometry"},
        "geometry": properties.get("geometry", {"type": "Polygon", "coordinates": square}),
    }


def collection(path: Path, *features: object, **more: object) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


LINE = {"type": "LineString", "coordinates": [[107, 18], [108, 17]]}
LONG = {"type": "LineString", "coordinates": [[107 + i / 1000, 18] for i in range(501)]}
BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"code": None}, "code: is missing"),
        ({"rule": "keepout"}, "(did you mean keep_out?)"),
        ({"severity": 5}, "must be between 1 and 4"),
        ({"limit": 5}, "is no property of zones (did you mean limit_kn?)"),
        ({"classes": ["fishng"]}, "(did you mean fishing?)"),
        ({"season": [{"from": "05-01T12:00"}]}, "needs `from` and `to`"),
        ({"season": [{"from": "13-01T12:00", "to": "14-01T12:00"}]}, "season"),
        ({"season": "summer"}, "must be a list"),
        ({"geometry": LINE}, "must be a Polygon or MultiPolygon, not LineString"),
        ({"geometry": None}, "not nothing"),
        ({"rule": "line"}, "must be a LineString, not Polygon"),
        ({"rule": "line", "geometry": LONG}, "has 501 positions, at most 500"),
        ({"geometry": BOW}, "Self-intersection"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "no lists of numbers"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[18.2, 109.5]] * 4]}}, "109.5"),
        ({"geometry": {"type": "Polygon", "coordinates": [[["a", 1]] * 4]}}, "no lists of numbers"),
    ],
)
def test_a_bad_zone_is_named(properties: dict[str, object], said: str, tmp_path: Path) -> None:
    path = collection(tmp_path / "z.geojson", zone(code="A"), zone(**properties))
    with pytest.raises(DataError) as caught:
        read_features([path], nouns.ZONE)
    assert all(p.row == 2 for p in caught.value.problems)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["EPSG:3857", "urn:ogc:def:crs:EPSG::4479", "GCJ-02"])
def test_another_crs_is_refused(name: str, tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    with pytest.raises(DataError, match="must be WGS-84"):
        read_features([collection(tmp_path / "z.geojson", zone(), crs=crs)], nouns.ZONE)


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"]
)
def test_wgs84_by_any_of_its_names(name: str, tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    path = collection(tmp_path / "z.geojson", zone(season=None, classes=["渔船"]), crs=crs)
    assert read_features([path], nouns.ZONE)[0].values["classes"] == ["fishing"]
