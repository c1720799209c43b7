"""Processes and ports, as the kernel sees them.

Invariant: nothing is signalled by number alone; a process is ours when it is the program that we
started and its arguments or its working folder name a folder of ours.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

HOST = "127.0.0.1"
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def serves(pid: int, program: str, folder: Path) -> bool:
    """Whether this process is that program, at work for this folder."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    if name != program or not alive(pid):
        return False
    named = any(word.startswith("/") and Path(word).is_relative_to(folder) for word in words)
    return named or _stands_in(pid, folder)


def _stands_in(pid: int, folder: Path) -> bool:
    """Whether it works in the folder; unreadable for root in some containers, hence not enough."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder.resolve())
    except OSError:
        return False


def serving(program: str, folder: Path) -> Iterator[int]:
    """Find every live process of that program that is at work for this folder."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and serves(int(entry.name), program, folder):
            yield int(entry.name)


def children(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in told.split()]


def kill(pids: Iterable[int], how: signal.Signals = signal.SIGKILL, wait: float = 10) -> bool:
    """Signal processes that were found to be ours, and wait until none is left."""
    pids = list(pids)
    for pid in pids:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
    return until(lambda: not any(map(alive, pids)), wait)


def tied() -> None:
    """End this child when its parent is killed: a half-done download must not go on unseen."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def until(holds: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Wait for a condition; tell whether it came about in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def choose(remembered: Path) -> int:
    """Take the port of last time when it is still free, else one that the kernel gives."""
    try:
        last = int(remembered.read_text())
    except (OSError, ValueError):
        last = 0
    if 0 < last < 65536 and free(last):
        return last
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
