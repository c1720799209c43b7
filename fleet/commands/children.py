"""Child processes: started in groups of their own, written down, restarted, ended.

Invariant: nothing is signalled by its number alone; a process is ours while the time it started is
the one that was written down with its number.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fleet.commands.app import CommandError

GRACE_S = 10.0  #: between SIGTERM and SIGKILL
RESTARTS, WITHIN_S = 5, 60.0  #: more often than this and something is wrong with it


@dataclass(frozen=True, slots=True)
class Process:
    """One process for certain: a number may be used again, a number with its start may not."""

    name: str
    pid: int
    start: int  #: clock ticks since the machine started

    def alive(self) -> bool:
        return started(self.pid) == self.start

    def signal(self, how: signal.Signals) -> None:
        """Signal the whole group that it leads, if it is still ours."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, how)


def started(pid: int) -> int | None:
    """When the process started; None when it is gone or only waits to be buried."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    words = stat.rpartition(")")[2].split()
    return None if words[0] in {"Z", "X"} else int(words[19])


@dataclass
class Record:
    """What a run started, on disk, so that the next one can clear up after a kill -9."""

    path: Path
    processes: list[Process] = field(default_factory=list)
    stack: bool = False  #: the servers were started by the demonstration

    @classmethod
    def read(cls, path: Path) -> Record:
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, [Process(**p) for p in body["processes"]], body["stack"])
        except (OSError, ValueError, TypeError, KeyError):
            return cls(path)

    def write(self) -> None:
        """Replace the file at once: half a record would hide an orphan."""
        body = {"processes": [asdict(p) for p in self.processes], "stack": self.stack}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(body), encoding="utf-8")
        fresh.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def end(processes: Sequence[Process], grace: float = GRACE_S) -> list[str]:
    """End what is still ours, gently first; name what there was to end."""
    there = [p for p in processes if p.alive()]
    for how, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        for process in there:
            process.signal(how)
        until = time.monotonic() + patience
        while any(p.alive() for p in there) and time.monotonic() < until:
            time.sleep(0.05)
    return [p.name for p in there]


@dataclass(frozen=True, slots=True)
class Command:
    """How a child is started."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path = field(default_factory=Path.cwd)


@dataclass
class Children:
    """The children of one run, watched until the run ends."""

    record: Record
    logs: Path
    say: Callable[[str], None]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, command: Command) -> None:
        """Start a child and keep it running."""
        process = await self._spawn(command)
        self.tasks.append(asyncio.create_task(self._watch(command, process), name=command.name))

    async def failed(self) -> None:
        """Wait until a child cannot be kept running; raises CommandError naming it."""
        done, _ = await asyncio.wait(self.tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End every child, newest first, and be done with the record."""
        self.stopping.set()
        there = list(reversed(self.record.processes))
        await asyncio.to_thread(end, there)
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _spawn(self, command: Command) -> asyncio.subprocess.Process:
        with self.log(command.name).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                env=command.env,
                cwd=command.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._note(command.name, process.pid)
        return process

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _note(self, name: str, pid: int) -> None:
        rest = [p for p in self.record.processes if p.name != name]
        start = started(pid)
        self.record.processes = [*rest, Process(name, pid, start)] if start else rest
        self.record.write()

    async def _watch(self, command: Command, process: asyncio.subprocess.Process) -> None:
        ends: list[float] = []
        while True:
            status = await process.wait()
            if self.stopping.is_set():
                return
            ends = [t for t in ends if t > time.monotonic() - WITHIN_S] + [time.monotonic()]
            if len(ends) > RESTARTS:
                raise CommandError(f"{self._epitaph(command.name, status)}: it does not stay up")
            self.say(f"{self._epitaph(command.name, status)}; starting it again")
            await asyncio.sleep(min(0.2 * 2 ** len(ends), 5))
            if self.stopping.is_set():
                return
            process = await self._spawn(command)

    def _epitaph(self, name: str, status: int) -> str:
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return f"{name} ended with {how}{_last_words(self.log(name))}"


def _last_words(log: Path) -> str:
    """The last line of a log, or the event in it where it is JSON."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if not lines:
        return ""
    try:
        said = json.loads(lines[-1])
        words = f"{said['event']} {said.get('error', '')}".strip()
    except (ValueError, TypeError, KeyError):
        words = lines[-1]
    return f" ({words[:160]})"
