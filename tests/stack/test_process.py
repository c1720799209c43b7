"""Whose process is it, and which port is free."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from deploy.local import process


@pytest.fixture
def sleeper(tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], cwd=tmp_path)


def test_a_process_is_ours_by_program_and_folder(
    sleeper: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    try:
        assert process.until(lambda: process.serves(sleeper.pid, "sleep", tmp_path), 5)
        assert not process.serves(sleeper.pid, "sleep", tmp_path / "elsewhere")
        assert not process.serves(sleeper.pid, "postgres", tmp_path)  # a shell left in the folder
        assert list(process.serving("sleep", tmp_path)) == [sleeper.pid]
    finally:
        assert process.kill([sleeper.pid])
        sleeper.wait()


def test_the_dead_and_the_unburied_are_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    assert process.alive(os.getpid())
    process.kill([sleeper.pid])
    assert not process.alive(sleeper.pid)  # a zombie still
    sleeper.wait()
    assert not process.alive(sleeper.pid)


@pytest.mark.parametrize("said", ["", "0", "99999", "none\n"])
def test_chooses_a_port_whatever_was_remembered(tmp_path: Path, said: str) -> None:
    (tmp_path / "port").write_text(said)
    assert process.free(process.choose(tmp_path / "port"))


def test_keeps_the_port_of_last_time_only_while_free(tmp_path: Path) -> None:
    port = process.choose(tmp_path / "port")
    (tmp_path / "port").write_text(str(port))
    assert process.choose(tmp_path / "port") == port
    with socket.create_server((process.HOST, port)):
        assert process.choose(tmp_path / "port") != port
