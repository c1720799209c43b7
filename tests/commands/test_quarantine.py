import io
import json
from pathlib import Path

import pytest

from fleet.ingest.feed import Delivery
from fleet.worker.service import Folder
from fleet.worker.spool import Spool

from .conftest import Cli

PAYLOADS = [b"!AIVDM,1,1,,A,\x00\xff", b"second", b"third"]


def delivery(payload: bytes) -> Delivery:
    return Delivery(
        feed="ais", station="s", format="nmea", payload=payload, received=1_790_000_000_000_000
    )


def fill(folder: Path, name: str, payloads: list[bytes]) -> None:
    spool = Spool(folder / name, 1 << 20)
    spool.open()
    for payload in payloads:
        spool.append(delivery(payload))
    spool.close()


def spooled(folder: Path) -> list[bytes]:
    spool = Spool(folder / "spool", 1 << 20)
    spool.open()
    found: list[bytes] = []
    while not spool.drained:
        found += [d.payload for d in spool._next()]
    spool.close()
    return found


@pytest.fixture
def data(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("FLEET_DATA_DIR", str(folder))
    fill(folder, "quarantine", PAYLOADS)
    return folder


def test_what_is_kept_is_listed_oldest_first(cli: Cli, data: Path) -> None:
    with Folder(data):  # beside a running worker
        lines = cli("quarantine", "list").out.splitlines()
    assert lines[-1] == "3 kept"
    assert lines[0].endswith(r"ais (nmea) 16 bytes: !AIVDM,1,1,,A,\x00\xff")
    found = json.loads(cli("quarantine", "list", "--json").out)["deliveries"]
    assert [d["number"] for d in found] == [1, 2, 3]
    assert found[0]["received"] == "2026-09-21T14:13:20Z"


def test_replay_hands_everything_to_the_worker_in_order(cli: Cli, data: Path) -> None:
    fill(data, "spool", [b"waits already"])
    result = cli("quarantine", "replay")
    assert (result.status, result.out) == (0, "3 will be taken in when the worker starts\n")
    assert spooled(data) == [b"waits already", *PAYLOADS]
    assert cli("quarantine", "list").out == "0 kept\n"
    assert cli("quarantine", "replay").out == "0 will be taken in when the worker starts\n"


def test_replay_forces_nothing_out_of_the_spool(cli: Cli, data: Path) -> None:
    fill(data, "spool", [bytes(1 << 20)])
    result = cli("quarantine", "replay", "--spool-mb", "1")
    assert (result.status, result.out) == (3, "")
    assert cli("quarantine", "list").out.endswith("3 kept\n")


def test_drop_asks_first(cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli("quarantine", "drop").status == 130
    assert cli("quarantine", "list").out.endswith("3 kept\n")
    assert cli("quarantine", "drop", "--yes").out == "3 deleted\n"
    assert cli("quarantine", "list").out == "0 kept\n"


@pytest.mark.parametrize("act", [("replay",), ("drop", "--yes")])
def test_not_beside_a_running_worker(cli: Cli, data: Path, act: tuple[str, ...]) -> None:
    with Folder(data):
        result = cli("quarantine", *act)
    assert result.status == 3
    assert result.err.endswith("stop it first\n")
    assert cli("quarantine", "list").out.endswith("3 kept\n")


def test_a_folder_that_is_not_there(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_DATA_DIR", "nowhere")
    assert cli("quarantine", "replay").status == 2
    assert cli("quarantine", "list").out == "0 kept\n"
