import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.commands.app import CommandError
from fleet.commands.children import Children, Command, Process, Record, end, started

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path('{mark}').touch(); " + SLEEP
)


def sleeper(code: str = SLEEP) -> tuple[subprocess.Popen[bytes], Process]:
    child = subprocess.Popen([sys.executable, "-uc", code], start_new_session=True)
    start = started(child.pid)
    assert start is not None
    return child, Process("sleeper", child.pid, start)


def test_end_is_gentle_first() -> None:
    child, process = sleeper()
    assert end([process]) == ["sleeper"]
    assert child.wait(5) == -signal.SIGTERM
    assert end([process]) == []


def test_end_does_not_ask_for_ever(tmp_path: Path) -> None:
    mark = tmp_path / "up"
    child, process = sleeper(STUBBORN.format(mark=mark))
    until = time.monotonic() + 10
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.01)
    end([process], grace=0.3)
    assert child.wait(5) == -signal.SIGKILL


def test_a_number_used_again_is_not_ours() -> None:
    child, process = sleeper()
    other = Process("sleeper", process.pid, process.start + 1)
    assert end([other]) == []
    assert child.poll() is None
    end([process])
    child.wait(5)


def test_a_dead_child_that_nobody_buried_is_not_alive() -> None:
    child, process = sleeper("")
    until = time.monotonic() + 5
    while process.alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert not process.alive()
    child.wait()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"processes": [{"x": 1}], "stack": true}'])
def test_a_broken_record_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "demo.json"
    path.write_text(text)
    assert Record.read(path) == Record(path)


def test_a_record_survives(tmp_path: Path) -> None:
    record = Record(tmp_path / "demo.json", [Process("a", 1, 2)], stack=True)
    record.write()
    assert Record.read(record.path) == record
    record.forget()
    record.forget()
    assert Record.read(record.path) == Record(record.path)


async def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    children = Children(Record(tmp_path / "r.json"), tmp_path, said.append)
    await children.start(Command("boat", [sys.executable, "-c", SLEEP], dict(os.environ)))
    first = children.record.processes[0]
    os.kill(first.pid, signal.SIGKILL)
    await until(lambda: children.record.processes != [first])
    assert said == ["boat ended with SIGKILL; starting it again"]
    second = Record.read(children.record.path).processes[0]
    assert second.pid != first.pid
    await children.stop()
    assert not second.alive()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 -- another process's doing
            await asyncio.sleep(0.02)


async def test_a_child_that_does_not_stay_up_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.commands.children.RESTARTS", 2)
    said: list[str] = []
    children = Children(Record(tmp_path / "r.json"), tmp_path, said.append)
    code = "import sys; sys.exit('fleet: no database')"
    await children.start(Command("run", [sys.executable, "-c", code], dict(os.environ)))
    with pytest.raises(CommandError, match=r"run ended with status 1 \(fleet: no database\)"):
        async with asyncio.timeout(60):
            await children.failed()
    assert len(said) == 2
    await children.stop()
