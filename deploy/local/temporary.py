"""Folders for servers that live only as long as one process: tests, benchmarks.

Invariant: a folder bears the number of the process that asked for it; when that process is gone,
the next call ends what still runs there and removes it.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from deploy.local import process
from deploy.local.account import account, remove
from deploy.local.places import home


def scratch(name: str) -> Path:
    """Make a folder that the servers' account reaches; for root, pytest's `tmp_path` is not."""
    base = home() / "scratch"
    base.mkdir(mode=0o755, exist_ok=True)
    base.chmod(0o755)
    sweep(base)
    made = Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=base))
    account().own(made)
    return made


def sweep(base: Path) -> None:
    """Remove the folders of processes that are gone, and end their servers."""
    for folder in base.iterdir():
        owner = re.fullmatch(r".*-(\d+)-[^-]*", folder.name)
        if owner and not process.alive(int(owner[1])):
            discard(folder)


def discard(folder: Path) -> None:
    """End every server in the folder, at once, and remove it."""
    for program in ("postgres", "mosquitto"):
        process.kill(process.serving(program, folder))
    remove(folder)
