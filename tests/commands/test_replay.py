import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulators.record import Recording, record

from .conftest import Cli

Sql = Callable[..., list[dict[str, Any]]]
REGISTER = Path(__file__).parents[2] / "fleet" / "demo" / "vessels.csv"
START = 1_792_008_000.0  # 2026-10-14T20:00:00Z: no moratorium
REAL = (
    Path(os.environ.get("FLEET_REAL_DATA", Path(__file__).parents[3] / "shared" / "data")) / "nmea"
)


@pytest.fixture(scope="session")
def sea(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half an hour of the simulated sea, as one receiver would have written it down."""
    path = tmp_path_factory.mktemp("sea") / "sea.nmea"
    record(Recording(path, 3, START, 0.5, REGISTER))
    return path


@pytest.fixture(scope="session")
def start(sea: Path) -> Path:
    """Its first minutes."""
    path = sea.with_name("start.nmea")
    path.write_bytes(b"".join(sea.read_bytes().splitlines(keepends=True)[:4000]))
    return path


def summary(cli: Cli, *arguments: object) -> dict[str, Any]:
    result = cli("replay", *arguments, "--json")
    assert result.status == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def alerts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_summary_and_alerts(cli: Cli, sea: Path, tmp_path: Path) -> None:
    found = summary(cli, sea, "--alerts", "alerts.jsonl")
    lines = len(re.findall(rb"![A-Z]{2}VDM,", sea.read_bytes()))
    assert found["sentences"] == lines
    assert sum(found["decoded"].values()) > 0.5 * lines
    assert found["rejected"] == {}
    assert found["from"].startswith("2026-10-14T20:")
    listed = alerts(tmp_path / "alerts.jsonl")
    assert len(listed) == sum(found["alerts"].values()) > 0
    assert {a["kind"] for a in listed} == set(found["alerts"])
    assert len(found["alerts"]) >= 3
    assert listed == sorted(listed, key=lambda a: a["opened"])


def test_the_table_says_the_same(cli: Cli, start: Path) -> None:
    found = summary(cli, start)
    out = cli("replay", start).out
    for part in ("decoded", "alerts"):
        for key, count in found[part].items():
            assert f"{count:,}" in out, key


@pytest.mark.slow
def test_however_it_is_cut_the_alerts_are_the_same(cli: Cli, sea: Path, tmp_path: Path) -> None:
    seen = []
    for chunk in (1 << 30, random.Random(1).randrange(20_000, 60_000), 9_001):  # noqa: S311
        found = summary(cli, sea, "--chunk", chunk, "--alerts", "a.jsonl")
        del found["seconds"]
        seen.append((found, alerts(tmp_path / "a.jsonl")))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1]


def test_line_by_line_is_like_whole(cli: Cli, sea: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.nmea"
    part.write_bytes(b"".join(sea.read_bytes().splitlines(keepends=True)[:800]))
    whole, lines = summary(cli, part), summary(cli, part, "--chunk", 0)
    assert {**whole, "seconds": 0} == {**lines, "seconds": 0}


def test_standard_input_and_several_files(sea: Path, cli: Cli, tmp_path: Path) -> None:
    lines = sea.read_bytes().splitlines(keepends=True)[:1000]
    (tmp_path / "a").write_bytes(b"".join(lines[:500]))
    (tmp_path / "b").write_bytes(b"".join(lines[500:]))
    both = summary(cli, "a", "b")
    command = [sys.executable, "-m", "fleet", "replay", "-", "--json"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLEET_")}
    done = subprocess.run(
        command, input=b"".join(lines), stdout=subprocess.PIPE, env=env, check=True
    )
    piped = json.loads(done.stdout)
    assert piped["sentences"] == both["sentences"] == 1000
    assert piped["positions"] == both["positions"]


def test_a_pipe_with_a_name(sea: Path, cli: Cli, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    lines = b"".join(sea.read_bytes().splitlines(keepends=True)[:100])
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(lines,))
    writer.start()
    assert summary(cli, "pipe")["sentences"] == 100
    writer.join()


def test_rejects_are_counted_by_reason(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad.nmea").write_bytes(
        b"!AIVDM,1,1,,A,13u08p0000QDeLNO=PvHU3M>0>`<,0*01\r\nhello\r\n!AIVDM,1,1,,A,,0*26\r\n"
    )
    assert summary(cli, "bad.nmea")["rejected"] == {
        "checksum": 1,
        "empty payload": 1,
        "not NMEA": 1,
    }


def test_zones_and_register_from_files(cli: Cli, start: Path, tmp_path: Path) -> None:
    square = [[[104, 14], [114, 14], [114, 24], [104, 24], [104, 14]]]
    feature = {
        "type": "Feature",
        "properties": {
            "code": "SEA",
            "kind": "restricted",
            "name": "sea",
            "rule": "keep_out",
            "classes": ["fishing"],
        },
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    body = {"type": "FeatureCollection", "features": [feature]}
    (tmp_path / "z.geojson").write_text(json.dumps(body))
    options = ("--zones", "z.geojson", "--vessels", REGISTER, "--alerts", "a.jsonl")
    assert summary(cli, start, *options)["alerts"]["zone_enter"] > 20
    entered = [a for a in alerts(tmp_path / "a.jsonl") if a["kind"] == "zone_enter"]
    assert {a["zone"] for a in entered} == {"SEA"}
    assert any(a["vessel"].startswith("琼") for a in entered), "boats have their register's name"


def test_speed_holds_it_back(cli: Cli, sea: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"".join(sea.read_bytes().splitlines(keepends=True)[:300]))
    span = summary(cli, "a")
    seconds = _seconds(span["to"]) - _seconds(span["from"])
    begun = time.monotonic()
    summary(cli, "a", "--speed", seconds / 2)
    assert time.monotonic() - begun >= 2


def _seconds(text: str) -> int:
    hours, minutes, seconds = text[11:19].split(":")
    return 3600 * int(hours) + 60 * int(minutes) + int(seconds)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "nmae"], "did you mean nmea?"),
        (["--store", "--alerts", "x"], "--store uses the database's"),
        (["--database"], "no database_url"),
        (["--chunk", "-1"], "--chunk"),
    ],
)
def test_what_cannot_be_is_said(cli: Cli, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "a").write_text("")
    result = cli("replay", "a", *arguments)
    assert result.status == 2
    assert said in result.err


def test_stored_once_and_nobody_is_called_out(
    port: Cli, sql: Sql, sea: Path, tmp_path: Path, password_file: Path
) -> None:
    assert port("seed", "--password-file", password_file).status == 0
    first = summary(port, sea, "--store")
    stored = sql("select count(*) as n from position")[0]["n"]
    assert first["stored"] == stored > 0.5 * first["positions"]
    kinds = {r["kind"]: r["n"] for r in sql("select kind, count(*) as n from alert group by 1")}
    assert first["alerts"] == kinds
    assert kinds == summary(port, sea, "--database")["alerts"], "as without storing"
    assert sql("select count(*) as n from work_order") == [{"n": 0}]
    assert sql("select count(*) as n from outbox") == [{"n": 0}]
    sql("update worker set beat = now() - interval '1 hour'")
    second = summary(port, sea, "--store")
    assert second["stored"] == 0
    assert second["alerts"] == {}


def test_a_running_worker_is_not_pushed_aside(port: Cli, sql: Sql, sea: Path) -> None:
    sql("insert into worker (part, started, beat, pid, host) values ('all', now(), now(), 1, 'h')")
    result = port("replay", sea, "--store")
    assert result.status == 3
    assert "a worker is running (process 1 on h)" in result.err


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason=f"no recordings in {REAL.name}")
def test_every_real_recording(cli: Cli) -> None:
    for path in sorted(REAL.iterdir()):
        found = summary(cli, path)
        assert found["sentences"] or found["decoded"] or found["rejected"], path.name


def test_terminals_together_are_like_terminals_line_by_line(cli: Cli, tmp_path: Path) -> None:
    """Two boats, one of them too fast for a while, among lines that cannot be read."""
    lines = ["no report"]
    for n in range(30):
        for boat, kn in (("YZ00001", 5), ("YZ00002", 25 if 5 < n < 20 else 5)):
            t = f"2026-10-14T00:{n:02}:00Z"
            place = {"lon": 109 + n * kn / 3600, "lat": 17.5, "sog_kn": kn, "cog_deg": 90}
            lines.append(json.dumps({"terminal": boat, "t": t, **place}))
    (tmp_path / "t.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    seen = []
    for chunk in ((), ("--chunk", 0)):
        options = ("t.jsonl", "--format", "terminal", *chunk, "--alerts", "a.jsonl")
        found = summary(cli, *options)
        del found["seconds"]
        seen.append((found, alerts(tmp_path / "a.jsonl")))
    assert seen[0] == seen[1]
    assert [a["kind"] for a in seen[0][1]] == ["speed"]
