"""VMS tables: what headers and cells may look like, and what is refused with which reason."""

from __future__ import annotations

from math import isnan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.feeds.common import whole
from fleet.ingest.format import Reports
from fleet.ingest.formats.vms import FORMAT, LONGEST, Decoder
from fleet.ingest.vms.columns import read
from fleet.ingest.vms.values import (
    SPEED_UNITS,
    WrongError,
    angle,
    course,
    mmsi,
    moment,
    name,
    speed,
)
from fleet.model import HOUR, MINUTE, SECOND, Flag, IdentityKind, Source
from tests.ingest.wire import NOW, merged, plain, statics

HEADER = "船名,MMSI,时间,经度,纬度,航速,航向"
ROW = "琼三亚渔12345,412345001,2023-11-15 06:10:00,109.1,18.2,8.5,270"
T = NOW - 200 * SECOND  #: 2023-11-15 06:10:00 +08:00


def heard(*lines: str, encoding: str = "utf-8", end: str = "\n", **options: Any) -> Reports:
    decoder = Decoder(read(options)) if options else Decoder()
    return decoder.feed((end.join(lines) + end).encode(encoding), "port.csv", NOW)


def test_a_table() -> None:
    r = heard(HEADER, ROW)
    (row,) = plain(r)["fixes"]
    assert (r.kind, r.source) == (IdentityKind.MMSI, Source.VMS)
    assert (row["key"], row["t"], row["lon"], row["lat"]) == (412345001, T, 109.1, 18.2)
    assert (row["sog"], row["cog"], row["heading"]) == (8.5, 270.0, None)
    assert [s.name for s in statics(r)] == ["琼三亚渔12345"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings(encoding: str, end: str) -> None:
    r = heard(HEADER, ROW, encoding=encoding, end=end)
    assert [s.name for s in statics(r)] == ["琼三亚渔12345"]


def test_a_name_that_could_be_either_is_in_the_encoding_of_its_header() -> None:
    """GBK of 汀骏 is valid UTF-8 of another word."""
    ambiguous = next(
        a for a in ("汀骏", "脴庐", "聲") if _is_utf8(a.encode("gbk")) and len(a.encode("gbk")) > 1
    )
    r = heard(HEADER, ROW.replace("琼三亚渔12345", ambiguous), encoding="gbk")
    assert [s.name for s in statics(r)] == [ambiguous]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_bytes_in_no_encoding() -> None:
    r = Decoder().feed(HEADER.encode() + b"\n" + b"\xff\xff,\n" + ROW.encode() + b"\n", "", NOW)
    assert (len(r.fixes), r.rejects) == (1, {"line: encoding": 1})
    assert r.samples["line: encoding"].startswith(b"line 2: ")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimiters_are_seen_in_the_header(mark: str) -> None:
    r = heard(HEADER.replace(",", mark), ROW.replace(",", mark))
    assert len(r.fixes) == 1


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("mmsi,time,lon,lat", IdentityKind.MMSI),
        ("MMSI号,定位时间,经度,纬度", IdentityKind.MMSI),
        ("北斗卡号,上报时间,经度(°),纬度(°)", IdentityKind.BEIDOU),
        ("终端号,时间（北京时间）,经度（度）,纬度（度）", IdentityKind.TERMINAL),
        ("Device ID,Date Time,Lng,Latitude", IdentityKind.TERMINAL),
        ("船舶呼号,GPS时间,经 度,纬 度", IdentityKind.CALLSIGN),
        ("ＭＭＳＩ,时间,经度,纬度", IdentityKind.MMSI),
    ],
)
def test_headers(header: str, kind: IdentityKind) -> None:
    r = heard(header, "412345001,2023-11-15 06:10:00,109.1,18.2")
    assert (len(r.fixes), r.rejects, r.kind) == (1, {}, kind)
    assert r.fixes.t.tolist() == [T]
    if kind != IdentityKind.MMSI:
        assert r.names == ("412345001",)


@pytest.mark.parametrize(
    ("column", "value", "knots"),
    [
        ("航速", "10", 10), ("航速(节)", "10", 10), ("航速（km/h）", "18.52", 10),
        ("速度(公里/小时)", "18.52", 10), ("speed_kmh", "18.52", 10), ("SOG (knots)", "10", 10),
        ("speed[m/s]", "5.144444", 10), ("航速(0.1节)", "100", 10), ("speed_kn", "10", 10),
    ],
)  # fmt: skip
def test_units_of_speed_in_the_header(column: str, value: str, knots: float) -> None:
    r = heard(f"mmsi,time,lon,lat,{column}", f"412345001,2023-11-15 06:10:00,109.1,18.2,{value}")
    assert r.fixes.sog.tolist() == [pytest.approx(knots, abs=1e-4)]


@pytest.mark.parametrize(
    ("column", "hours"),
    [
        ("时间", 8), ("time", 8), ("时间(UTC)", 0), ("time_utc", 0), ("UTC", 0),
        ("时间(北京时间)", 8), ("time (UTC+8)", 8), ("time(+07:30)", 7.5), ("时间【GMT】", 0),
    ],
)  # fmt: skip
def test_zones_in_the_header(column: str, hours: float) -> None:
    r = heard(f"mmsi,{column},lon,lat", "412345001,2023-11-15 06:10:00,109.1,18.2")
    late = heard(f"mmsi,{column},lon,lat", "412345001,2023-11-14 06:10:00,109.1,18.2")
    ahead = int((8 - hours) * HOUR)
    assert late.fixes.t.tolist() == [T - 24 * HOUR + ahead]
    assert r.fixes.flags.tolist() == [Flag.SKEWED if ahead else 0]


def test_a_zone_behind_us_in_the_header() -> None:
    r = heard("mmsi,time (UTC-5),lon,lat", "412345001,2023-11-14 17:10:00,109.1,18.2")
    assert r.fixes.t.tolist() == [T]


def test_date_and_time_in_two_columns_or_both_in_one() -> None:
    header = "mmsi,日期,时间,lon,lat"
    r = heard(
        header,
        "412345001,2023-11-15,06:10:00,109.1,18.2",
        "412345001,2023/11/15,6:10,109.1,18.2",
        "412345001,2023-11-15,2023-11-15 06:10:00,109.1,18.2",
    )
    assert r.fixes.t.tolist() == [T, T, T]


# Cells


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("109.5", 109.5), ("-109.5", -109.5), ("+109.5", 109.5), ("109.5E", 109.5),
        ("109.5W", -109.5), ("W109.5", -109.5), ("东经109.5", 109.5), ("西经109.5度", -109.5),
        ("109°30'", 109.5), ("109°30′00″E", 109.5), ("109°30'00\"W", -109.5),
        ("109度30分0秒", 109.5), ("E109度30.0分", 109.5), ("109 30 00", 109.5),
        ("109-30-00", 109.5), ("109:30:00.0", 109.5), ("109°30’00”", 109.5), ("109°", 109.0),
        ("109°30.5'", 109 + 30.5 / 60), ("109°30'15.5''E", 109 + 30 / 60 + 15.5 / 3600),
        ("１０９．５", 109.5), ("109.", 109.0), ("0", 0.0), ("'109.5", 109.5), ('="109.5"', 109.5),
    ],
)  # fmt: skip
def test_angles(text: str, degrees: float) -> None:
    assert angle(text, "deg", 180) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "missing"), ("  ", "missing"), ("x", "not an angle"), ("109,5", "not an angle"),
        ("109°60'", "not an angle"), ("109°30'60\"", "not an angle"), ("109.5°30'", "not an angle"),
        ("109°30.5'10\"", "not an angle"), ("-109.5W", "not an angle"), ("E109W", "not an angle"),
        ("181", "out of range"), ("1e3", "not an angle"), ("nan", "not an angle"),
        ("1093015", "not an angle"),
    ],
)  # fmt: skip
def test_what_is_no_angle(text: str, why: str) -> None:
    with pytest.raises(WrongError, match=f"^{why}$"):
        angle(text, "deg", 180)


@pytest.mark.parametrize(
    ("text", "unit", "degrees"),
    [
        ("10930.000", "ddmm", 109.5), ("-3315", "ddmm", -33.25), ("109500000", "1e-6deg", 109.5),
        ("65700000", "1/10000min", 109.5), ("1095000000", "1e-7deg", 109.5),
        ("6570000", "1/1000min", 109.5), ("1.095e8", "1e-6deg", 109.5),
    ],
)  # fmt: skip
def test_angles_in_other_units(text: str, unit: str, degrees: float) -> None:
    assert angle(text, unit, 180) == pytest.approx(degrees, abs=1e-12)


def test_minutes_beyond_an_hour() -> None:
    with pytest.raises(WrongError, match="not an angle"):
        angle("10960.0", "ddmm", 180)


@given(degrees=st.floats(-180, 180), places=st.integers(0, 9))
def test_decimal_degrees_are_read_as_they_are_written(degrees: float, places: int) -> None:
    text = f"{degrees:.{places}f}"
    assert angle(text, "deg", 180) == float(text)


@given(seconds=st.integers(0, 180 * 3600 * 10))
def test_degrees_minutes_and_seconds(seconds: int) -> None:
    whole, tenths = divmod(seconds, 10)
    text = f"{whole // 3600}°{whole // 60 % 60}'{whole % 60}.{tenths}\""
    assert angle(text, "deg", 180) == pytest.approx(seconds / 36_000, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "2023-11-15 06:10:00", "2023/11/15 6:10", "2023.11.15 06:10:00", "20231115061000",
        "20231115 061000", "2023-11-15T06:10:00", "2023年11月15日 6时10分0秒",
        "2023-11-15 06:10:00.0", "2023-11-14T22:10:00Z", "2023-11-14 22:10:00+00:00",
        "2023-11-15 06:10:00+0800",
        "2023-11-14 17:10:00 -05:00", "2023-11-14 22:10:00 UTC", "1699999800", "1699999800000",
        "2023年11月15日06时10分", "202311150610",
    ],
)  # fmt: skip
def test_times(text: str) -> None:
    assert moment(text, 8.0) == T


@pytest.mark.parametrize(
    "text", ["yesterday", "2023-02-30 06:10:00", "06:10:00", "2023-11-15", "2023-11-15 25:00:00",
             "1923-11-15 06:10:00", "169999980", "2023-11-15 06:10:00 CST"],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(WrongError, match="not a time"):
        moment(text, 8.0)


def test_identities() -> None:
    assert mmsi("412345001") == mmsi("412345001.0") == mmsi("'412345001") == 412345001
    assert name(" 281001 ") == "281001"
    for wrong in ("4.12345E+08", "41234500", "4123450011", "000000000", "船", ""):
        with pytest.raises(WrongError):
            mmsi(wrong)
    for wrong in ("", "a b", "x" * 65, "a/b"):
        with pytest.raises(WrongError):
            name(wrong)


def test_motion() -> None:
    assert isnan(speed("", "kn"))
    assert isnan(course(" "))
    assert (course("360"), course("271.5°")) == (0.0, 271.5)
    for unit in SPEED_UNITS:
        with pytest.raises(WrongError, match="out of range"):
            speed("-1", unit)


# Tables


def test_a_bad_row_is_named_by_line_and_column_and_costs_itself_alone() -> None:
    bad = ROW.replace("109.1", "109.1.1")
    r = heard(HEADER, ROW, "", bad, ROW)
    assert (len(r.fixes), r.rejects) == (2, {"lon: not an angle": 1})
    assert r.samples["lon: not an angle"].decode() == f"line 4: {bad}"


def test_lines_are_counted_over_pieces_and_restarts() -> None:
    decoder = Decoder()
    decoder.feed(f"{HEADER}\n{ROW}\n{ROW}".encode(), "a", NOW)
    rest, decoder = decoder.residue()["a"], Decoder()
    decoder.restore(rest, "a")
    r = decoder.feed(b"\nnonsense\n", "a", NOW)
    assert len(r.fixes) == 1
    assert r.samples["row: too few columns"] == b"line 4: nonsense"


def test_rows_before_any_header() -> None:
    assert heard(ROW).rejects == {"row: before a header": 1}


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("船名,经度,纬度,时间", "no column mmsi"),
        ("mmsi,经度,纬度", "no column time"),
        ("mmsi,时间,纬度", "no column lon"),
    ],
)
def test_a_header_that_cannot_be_used_says_what_is_missing(header: str, why: str) -> None:
    assert heard(header, ROW).rejects == {f"header: {why}": 1, "row: before a header": 1}


def test_quotes_and_commas_in_names() -> None:
    r = heard(HEADER, ROW.replace("琼三亚渔12345", '"琼,""三"""'))
    assert [s.name for s in statics(r)] == ['琼,"三"']


def test_times_that_cannot_be() -> None:
    r = heard(HEADER, ROW.replace("2023", "2021"), ROW.replace("2023", "2024"))
    assert r.rejects == {"time: older than 30 days": 1, "time: in the future": 1}
    recorded = Decoder().feed(f"{HEADER}\n{ROW}\n".replace("2023", "2021").encode(), "", 0)
    assert len(recorded.fixes) == 1


def test_a_line_too_long_is_counted_once_however_it_comes() -> None:
    stream = f"{HEADER}\n{'x' * 200_000}\n{ROW}\n".encode()
    for size in (1000, len(stream)):
        decoder = Decoder()
        chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
        r = merged([decoder.feed(chunk, "", NOW) for chunk in chunks])
        assert (len(r.fixes), r.rejects) == (1, {"line: too long": 1})
        assert len(decoder.residue()[""]) < LONGEST


def test_two_files_at_a_time_are_two_tables() -> None:
    decoder = Decoder()
    decoder.feed(b"mmsi,time,lon,lat\n", "a.csv", NOW)
    decoder.feed("北斗卡号,时间,纬度,经度\n".encode(), "b.csv", NOW)
    a = decoder.feed(b"412345001,2023-11-15 06:10:00,109.1,18.2\n", "a.csv", NOW)
    b = decoder.feed(b"281001,2023-11-15 06:10:00,18.2,109.1\n", "b.csv", NOW)
    assert (a.kind, b.kind) == (IdentityKind.MMSI, IdentityKind.BEIDOU)
    assert a.fixes.lon.tolist() == b.fixes.lon.tolist() == [109.1]


# Options


def test_columns_by_other_names() -> None:
    r = heard(
        "船舶标识,时刻,X坐标,Y坐标,SPD",
        "412345001,2023-11-15 06:10:00,109.1,18.2,18.52",
        columns={
            "mmsi": "船舶标识",
            "time": "时刻",
            "lon": "X坐标",
            "lat": "Y坐标",
            "speed": "spd",
        },
        speed="km/h",
    )
    assert (r.fixes.lon.tolist(), r.fixes.sog.tolist()) == ([109.1], [pytest.approx(10)])


def test_a_table_without_a_header() -> None:
    r = heard(
        "281001;20231114221000;10906.0;1812.0",
        columns={"beidou": 1, "time": 2, "lon": 3, "lat": 4},
        delimiter=";",
        position="ddmm",
        utc_offset_h=0,
    )
    (row,) = plain(r)["fixes"]
    assert (r.kind, r.names, row["t"]) == (IdentityKind.BEIDOU, ("281001",), T)
    assert (row["lon"], row["lat"]) == (pytest.approx(109.1), pytest.approx(18.2))


def test_the_identity_that_is_asked_for() -> None:
    lines = ("MMSI,北斗卡号,时间,经度,纬度", "412345001,281001,2023-11-15 06:10:00,109.1,18.2")
    assert heard(*lines).fixes.key.tolist() == [412345001]
    r = heard(*lines, identity="beidou")
    assert (r.kind, r.names) == (IdentityKind.BEIDOU, ("281001",))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"colums": {}}, "no such option: colums"),
        ({"columns": []}, "must be a table"),
        ({"columns": {"x": "y"}}, "no such column: x"),
        ({"columns": {"lon": True}}, "a name, or a number"),
        ({"columns": {"lon": 0}}, "a name, or a number"),
        ({"columns": {"lon": 201}}, "1 to 200"),
        ({"columns": {"lon": 1, "lat": "b"}}, "either names, or numbers"),
        ({"columns": {"mmsi": 1, "time": 2, "lon": 3}}, "needs lat"),
        ({"identity": "name"}, "identity 'name' must be one of"),
        ({"delimiter": " "}, "delimiter"),
        ({"encoding": "utf-16"}, "encoding"),
        ({"speed": "mph"}, "speed"),
        ({"position": "rad"}, "position"),
        ({"utc_offset_h": True}, "utc_offset_h"),
        ({"utc_offset_h": 15}, "utc_offset_h"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], why: str) -> None:
    assert FORMAT.configured
    with pytest.raises(ValueError, match=why):
        FORMAT.configured(options)


@given(cells=st.lists(st.text(max_size=12), min_size=7, max_size=7))
def test_any_cells_are_survived(cells: list[str]) -> None:
    r = heard(HEADER, ",".join(cells), ROW)
    assert 1 <= len(r.fixes) <= 3
    assert T - MINUTE < r.fixes.t[-1] <= T


@given(line=st.text(max_size=80), mark=st.sampled_from([",", "\t", ";"]))
def test_any_header_is_survived(line: str, mark: str) -> None:
    heard(line.replace(" ", mark), ROW)
    heard(f"mmsi{mark}时间{mark}经度{mark}纬度{mark}{line}", ROW.replace(",", mark))


def test_a_message_of_a_broker_is_a_table_of_its_own_and_leaves_nothing() -> None:
    decoder = Decoder()
    for kind, head in ((IdentityKind.MMSI, "mmsi"), (IdentityKind.BEIDOU, "北斗卡号")):
        table = f"{head},time,lon,lat\n412345001,2023-11-15 06:10:00,109.1,18.2"
        r = decoder.feed(whole(table.encode(), FORMAT), "office", NOW)
        assert (len(r.fixes), r.kind, r.rejects) == (1, kind, {})
        assert decoder.residue() == {}
    r = decoder.feed(whole(ROW.encode(), FORMAT), "office", NOW)
    assert r.rejects == {"row: before a header": 1}
