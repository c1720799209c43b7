"""A pip to begin with, on machines whose Python came without one.

Invariant: this pip only installs the pinned pip and its like, from hashed locks; it is never kept.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from deploy.local.account import remove
from deploy.local.archive import Archive
from deploy.local.places import local
from deploy.local.prefix import unpack
from deploy.local.say import Missing, say

SHARED = "usr/share/python-wheels"
WHEELS = Path("/") / SHARED
PACKAGE = "python3-pip-whl"


def pip(python: Path) -> list[str]:
    """Return a command that runs some pip for that Python."""
    wheel = bundled() or newest(WHEELS)
    if wheel:
        return [str(python), str(wheel / "pip")]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python)]
    return [str(python), str(fetched() / "pip")]


def bundled() -> Path | None:
    """Find the wheel that ensurepip carries, where Python has not been cut in pieces."""
    spec = importlib.util.find_spec("ensurepip")
    origin = spec.origin if spec else None
    return newest(Path(origin).parent / "_bundled") if origin else None


def newest(folder: Path) -> Path | None:
    return max(folder.glob("pip-*.whl"), default=None)


def fetched() -> Path:
    """Take the wheel out of Debian's package."""
    folder = local() / "pip"
    wheels = folder / SHARED
    if not newest(wheels):
        say("this Python came without pip: taking one from Debian")
        archive = Archive(local() / "archive-pip")
        archive.open()
        remove(folder)
        unpack(archive.download(archive.find(PACKAGE), "pip"), folder, "pip")
        archive.close()
    found = newest(wheels)
    if not found:
        raise Missing("Debian's python3-pip-whl holds no pip; install python3-venv")
    return found
