from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pyais.stream import FileReaderStream

from simulators.__main__ import main
from simulators.record import Recording, record
from tests.simulators.conftest import AUTUMN
from tests.simulators.desk import DEMO


def made(folder: Path, name: str, seed: int = 4) -> tuple[bytes, dict[str, object], int]:
    out = folder / name
    register = DEMO / "vessels.csv"
    sentences = record(
        Recording(out, seed, AUTUMN, 0.05, register, folder / f"{name}.reports.jsonl")
    )
    return out.read_bytes(), json.loads(out.with_name(f"{name}.truth.json").read_text()), sentences


def test_a_recording_decodes_and_tells_its_truth(tmp_path: Path) -> None:
    lines, truth, sentences = made(tmp_path, "a.nmea")
    assert lines.count(b"\r\n") == sentences > 500
    with FileReaderStream(tmp_path / "a.nmea") as stream:
        messages = sum(message.decode() is not None for message in stream)
    two_parts = lines.count(b"!AIVDM,2,2,")
    assert messages == sentences - two_parts
    assert two_parts
    incidents = truth["incidents"]
    assert isinstance(incidents, list)
    assert {"kind", "t", "reg_no", "mmsi", "terminal", "place", "by"} <= incidents[0].keys()
    assert all(AUTUMN <= i["t"] < AUTUMN + 180 for i in incidents)
    report = json.loads((tmp_path / "a.nmea.reports.jsonl").read_text().splitlines()[0])
    assert report["topic"] == f"fleet/v1/terminals/{report['body']['terminal']}/report"


def test_a_recording_can_be_made_again(tmp_path: Path) -> None:
    assert made(tmp_path, "a.nmea") == made(tmp_path, "b.nmea")
    assert made(tmp_path, "a.nmea")[0] != made(tmp_path, "c.nmea", seed=5)[0]


def test_the_command_writes_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "x.nmea"
    args = ["nmea", "--hours", "0.01", "--out", str(out), "--start", "2026-11-23T14:40:00"]
    monkeypatch.setattr(sys, "argv", ["simulators", *args])
    assert main() == 0
    assert out.stat().st_size
    assert json.loads(out.with_name("x.nmea.truth.json").read_text())["start"] == AUTUMN
