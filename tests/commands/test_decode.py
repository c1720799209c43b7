"""`fleet decode`: what it writes is what the decoder says, in every form, however it comes in."""

import csv
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyais
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.commands.decoding import columns, inputs
from fleet.commands.decoding.columns import TABLES, planned
from fleet.commands.decoding.rows import moments, plain
from fleet.ingest.ais import LAYOUTS

from .conftest import Cli

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("FLEET_REAL_DATA", ROOT.parent / "shared" / "data")) / "nmea"

POSITION = "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
UNKNOWN = "!AIVDM,1,1,,A,133REv0P00P=K?TMDH6P0?vN289>,0*46"
VOYAGE = (
    "!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
    "!AIVDM,2,2,1,A,88888888880,2*25",
)
TEXT = "!AIVDM,1,1,,A,>5?Per18=HB1U:1@E=B0m<L,2*51"
BINARY = "!AIVDM,1,1,,A,85Mwp`1Kf3aCnsNvBWLi=wQuNhA5t43N`5nCuI=p<IBfVqnMgPGs,0*47"
TAGGED = r"\s:shore,c:1384257600*59\!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
BAD = POSITION[:-2] + "00"


def tag(body: str) -> str:
    check = 0
    for byte in body.encode():
        check ^= byte
    return f"\\{body}*{check:02X}\\"


@pytest.fixture
def sea(tmp_path: Path) -> Path:
    """A position, a voyage in two parts, a text, application data, a tag block."""
    path = tmp_path / "sea.nmea"
    tagged = tag("s:shore,c:1384257600") + POSITION
    path.write_text("\r\n".join([POSITION, *VOYAGE, TEXT, BINARY, "noise", BAD, tagged]) + "\r\n")
    return path


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def decoded(cli: Cli, *words: object) -> list[dict[str, Any]]:
    result = cli("decode", *words)
    assert result.status == 0, result.err
    return objects(result.out)


def test_a_json_object_a_message_in_the_order_of_arrival(cli: Cli, sea: Path) -> None:
    found = decoded(cli, sea)
    assert [m["type"] for m in found] == [1, 5, 14, 8, 1]
    peer = pyais.decode(POSITION).asdict()
    ours = found[0]
    assert ours["mmsi"] == peer["mmsi"] == 477553000
    assert (ours["lon"], ours["lat"]) == (peer["lon"], peer["lat"])
    assert (ours["sog"], ours["cog"]) == (peer["speed"], peer["course"])
    assert (ours["heading"], ours["second"], ours["status"]) == (181, 15, 5)
    assert found[1]["name"] == "EVER DIADEM"
    assert found[1]["draught"] == 12.2
    assert found[2]["text"] == "RCVD YR TEST MSG"
    assert (found[3]["dac"], found[3]["fi"]) == (366, 56)
    assert found[3]["payload"].startswith("3a53dbb7be4a773137f87d7b0445f040dea05d93f593783194")


def test_times_and_station_of_a_tag_block(cli: Cli, sea: Path) -> None:
    first, *_, last = decoded(cli, sea)
    assert (first["heard"], first["t"], first["station"]) == (None, None, "")
    assert last["station"] == "shore"
    assert last["heard"] == "2013-11-12T12:00:00.000Z"
    assert last["t"] == "2013-11-12T12:00:15.000Z"


def test_what_is_not_available_is_null(cli: Cli, tmp_path: Path) -> None:
    made = pyais.encode_dict({"type": 18, "mmsi": 412000001, "lon": 181, "lat": 91, "speed": 102.3,
                              "course": 360, "heading": 511}, talker_id="AI")  # fmt: skip
    (tmp_path / "x").write_text(made[0] + "\n")
    (found,) = decoded(cli, tmp_path / "x")
    assert [found[k] for k in ("lon", "lat", "sog", "cog", "heading")] == [None] * 5


def test_rejects_are_counted_by_reason_on_stderr(cli: Cli, sea: Path) -> None:
    result = cli("decode", sea)
    lines = result.err.splitlines()
    assert lines[0] == "fleet: 7 sentences, 5 messages"
    assert any(line.startswith("fleet: rejected 1: checksum, as in '!AIVDM") for line in lines)
    assert any("not NMEA, as in 'noise'" in line for line in lines)
    assert cli("decode", "--quiet", sea).err == ""


def test_only_some_types_and_columns(cli: Cli, sea: Path) -> None:
    assert [m["type"] for m in decoded(cli, sea, "--types", "5, 14")] == [5, 14]
    assert "5 messages, 1 of them asked for" in cli("decode", sea, "--types", "5").err
    found = decoded(cli, sea, "--fields", "name,mmsi,sog", "--types", "1,5")
    assert found == [
        {"mmsi": 477553000, "sog": 0.0},
        {"mmsi": 351759000, "name": "EVER DIADEM"},
        {"mmsi": 477553000, "sog": 0.0},
    ]
    assert decoded(cli, sea, "--fields", "draught") == [{"draught": 12.2}]
    assert [m["order"] for m in decoded(cli, sea, "--fields", "order")] == sorted(
        m["order"] for m in decoded(cli, sea, "--fields", "order")
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--types", "29"], "--types: 29 is no type from 1 to 28"),
        (["--types", "24A"], "--types: 24A is no type"),
        (["--fields", "lon,latt"], "--fields: no field latt (did you mean lat?)"),
        (["--format", "parquet"], "--format parquet needs --out FILE"),
        (["--format", "xml"], "'xml'"),
    ],
)
def test_a_wrong_word_is_one_line_and_status_2(
    cli: Cli, sea: Path, words: list[str], said: str
) -> None:
    result = cli("decode", *words, sea)
    assert result.status == 2
    assert said in result.err
    assert len(result.err.splitlines()) == 1
    assert not result.out


def test_csv_has_the_columns_of_every_type_asked_for(cli: Cli, sea: Path) -> None:
    result = cli("decode", sea, "--format", "csv")
    rows = list(csv.DictReader(result.out.splitlines()))
    assert [row["type"] for row in rows] == ["1", "5", "14", "8", "1"]
    same = objects(cli("decode", sea).out)
    for row, told in zip(rows, same, strict=True):
        assert {k: v for k, v in row.items() if k in told} == {k: shown(v) for k, v in told.items()}
        assert all(value == "" for key, value in row.items() if key not in told)
    some = cli("decode", sea, "--format", "csv", "--fields", "lat,lon", "--types", "1").out
    assert some.splitlines() == ["lon,lat", "-122.345833,47.582833", "-122.345833,47.582833"]


def shown(value: object) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def test_parquet_is_the_same_with_types_and_units(cli: Cli, sea: Path, tmp_path: Path) -> None:
    out = tmp_path / "sea.parquet"
    result = cli("decode", sea, "--format", "parquet", "--out", out)
    assert result.status == 0, result.err
    assert not result.out
    table = pq.read_table(out)
    told = table.schema.field("sog").metadata
    assert told == {b"unit": b"kn", b"doc": b"102.2: 102.2 kn or more"}
    assert str(table.schema.field("t").type) == "timestamp[us, tz=UTC]"
    rows = table.to_pylist()
    for row, told in zip(rows, objects(cli("decode", sea).out), strict=True):
        for name, value in told.items():
            assert alike(row[name], value), name
        assert all(value is None for name, value in row.items() if name not in told)
    assert rows[0]["lon"] == -122 - 20.75 / 60  # not rounded
    assert {path.name for path in tmp_path.iterdir()} == {"sea.nmea", "sea.parquet"}


def alike(stored: Any, told: Any) -> bool:
    if isinstance(stored, datetime):
        return stored == datetime.fromisoformat(told).astimezone(UTC)
    if isinstance(told, dict):
        return bool(json.loads(stored) == told)
    return bool(stored == (pytest.approx(told, abs=1e-6) if isinstance(told, float) else told))


def test_without_pyarrow_it_is_one_line(
    cli: Cli, sea: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    result = cli("decode", sea, "--format", "parquet", "--out", tmp_path / "x.parquet")
    assert result.status == 1
    assert "Parquet needs the package pyarrow: pip install 'fleet[parquet]'" in result.err
    assert not (tmp_path / "x.parquet").exists()
    assert decoded(cli, sea)


def test_a_parquet_file_that_fails_leaves_the_old_one(cli: Cli, sea: Path, tmp_path: Path) -> None:
    out = tmp_path / "sea.parquet"
    out.write_text("old")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(sea.read_bytes() * 1000)[:-9])
    assert cli("decode", sea, cut, "--format", "parquet", "--out", out).status == 1
    assert out.read_text() == "old"
    assert not list(tmp_path.glob("*.part"))


def test_gzip_by_its_first_bytes_and_standard_input(cli: Cli, sea: Path, tmp_path: Path) -> None:
    wanted = cli("decode", sea).out
    packed = tmp_path / "named-as-it-likes"
    packed.write_bytes(gzip.compress(sea.read_bytes()))
    assert cli("decode", packed).out == wanted
    for path in (sea, packed):
        with path.open("rb") as file:
            done = subprocess.run(
                [sys.executable, "-m", "fleet", "decode", "-"], stdin=file, capture_output=True,
                text=True, check=True, cwd=ROOT,
            )  # fmt: skip
        assert done.stdout == wanted


def test_every_file_is_a_receiver_of_its_own(cli: Cli, tmp_path: Path) -> None:
    """The first part at the end of one file and the second in the next are no message."""
    (tmp_path / "a").write_text(VOYAGE[0] + "\n")
    (tmp_path / "b").write_text(VOYAGE[1] + "\n" + POSITION)  # no line end
    assert [m["type"] for m in decoded(cli, tmp_path / "a", tmp_path / "b")] == [1]


def test_out_is_the_same_as_standard_output(cli: Cli, sea: Path, tmp_path: Path) -> None:
    assert cli("decode", sea, "--out", tmp_path / "x").out == ""
    assert (tmp_path / "x").read_text() == cli("decode", sea).out


@pytest.mark.parametrize("piece", [1, 7, 64, 1 << 20])
def test_however_it_is_read_the_output_is_the_same(
    cli: Cli, sea: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    wanted = cli("decode", sea).out
    monkeypatch.setattr(inputs, "PIECE", piece)
    assert cli("decode", sea).out == wanted


def test_exit_status(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert cli("decode", tmp_path / "empty").status == 0
    (tmp_path / "noise").write_text("no sentence in here\n")
    assert cli("decode", tmp_path / "noise").status == 3
    away = cli("decode", tmp_path / "empty", tmp_path / "away")
    assert away.status == 1
    assert away.err.endswith("away: No such file or directory\n")


def test_a_cut_gzip_file_says_so_after_what_was_whole(cli: Cli, sea: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(sea.read_bytes() * 1000)[:-9])
    result = cli("decode", cut)
    assert result.status == 1
    assert f"{cut}: not whole" in result.err
    assert len(objects(result.out)) > 1000


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "fleet", "decode", *words], cwd=ROOT, text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_live_input_is_written_as_it_comes() -> None:
    with started("-") as running:
        assert running.stdin
        assert running.stdout
        for _ in range(3):
            running.stdin.write(POSITION + "\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["mmsi"] == 477553000
        out, err = running.communicate()
    assert (running.returncode, out) == (0, "")
    assert "3 sentences, 3 messages" in err


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    big = tmp_path / "big.nmea"
    big.write_text((POSITION + "\n") * 50_000)
    with started(str(big)) as running:
        assert running.stdout
        assert running.stderr
        json.loads(running.stdout.readline())
        running.stdout.close()
        err = running.stderr.read()
    assert running.returncode == 0
    assert "rror" not in err
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv", "parquet"])
def test_memory_does_not_grow_with_the_input(tmp_path: Path, form: str) -> None:
    """Peak memory of ten times as much input."""
    code = (
        "import re, sys; from fleet.main import run; run(sys.argv[1:]); "
        "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    peaks = []
    for size in (1, 10):
        path = tmp_path / f"{size}.nmea"
        path.write_text("".join(sentences(size * 20_000)))
        words = ["decode", str(path), "-q", "--format", form, "--out", str(tmp_path / "out")]
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < peaks[0] + 40


def sentences(number: int) -> Iterator[str]:
    for at in range(number):
        yield (POSITION, TEXT, BINARY, "\n".join(VOYAGE))[at % 10 % 4] + "\n"


def test_the_page_of_the_columns_is_the_one_in_docs(cli: Cli) -> None:
    result = cli("decode", "--describe")
    assert result.status == 0
    assert result.out == (ROOT / "docs/decode.md").read_text()
    for layout in LAYOUTS.values():
        assert layout.title in result.out
        assert all(f"`{f.name}`" in result.out for f in layout.fields)


def test_columns_of_one_name_are_of_one_kind() -> None:
    """CSV and Parquet put them in one column."""
    kinds: dict[str, set[str]] = {}
    for table in TABLES.values():
        for column in table:
            kinds.setdefault(column.name, set()).add(column.kind)
    assert all(len(found) == 1 for found in kinds.values()), kinds
    names = [c.name for c in planned("", "").union()]
    assert len(names) == len(set(names))
    assert names[:3] == ["type", "mmsi", "repeat"]


@given(st.integers(-(2**27), 2**27))
def test_what_is_written_gives_the_raw_code_back(raw: int) -> None:
    lon = next(c for c in TABLES[1] if c.name == "lon")
    (written,) = plain(lon, np.array([raw / 600_000]))
    assert round(written * 600_000) == raw
    assert len(json.dumps(written)) <= len("-223.696213")


def test_every_rate_of_turn_is_told_from_the_next() -> None:
    rot = next(c for c in columns.TABLES[1] if c.name == "rot")
    from fleet.ingest.ais.rates import RATES  # noqa: PLC0415

    known = RATES[~np.isnan(RATES)]
    assert len(set(plain(rot, known))) == len(set(known.tolist())) == 253


def test_times_of_nobodys_clock_are_none() -> None:
    second = 1_384_257_600_000_000
    assert moments(np.array([0, second, 946_684_800_000_000, second + 1999])) == [
        None, "2013-11-12T12:00:00.000Z", None, "2013-11-12T12:00:00.001Z",
    ]  # fmt: skip


@pytest.mark.skipif(not REAL.is_dir(), reason="no real recordings beside the checkout")
@pytest.mark.parametrize("path", sorted(REAL.glob("*")), ids=lambda path: path.name)
def test_real_recordings(cli: Cli, path: Path) -> None:
    """Nothing that the decoder reads is missing, and nothing is written that JSON has not."""
    result = cli("decode", path)
    assert result.status == 0
    total = result.err.splitlines()[0]
    assert f", {len(result.out.splitlines()):,} messages" in total
    for message in objects(result.out):
        name = next(n for n, t in TABLES.items() if message.keys() <= {c.name for c in t})
        wanted = [c.name for c in planned("", "").tables[name]]
        assert list(message) == wanted
