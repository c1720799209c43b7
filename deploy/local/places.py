"""Where things are: the checkout, its `.local`, and the folder the servers live in.

Invariant: everything is under `.local/`, unless root's checkout is out of reach of the account that
runs the servers; then they live in a folder of this checkout's own under /var/tmp, noted in
`.local/elsewhere`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.account import account
from deploy.local.say import Missing, say

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"


def local() -> Path:
    """Return `.local`, made if need be, and ours to write."""
    try:
        LOCAL.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise Missing(f"cannot make {LOCAL}: {error.strerror}") from None
    if not os.access(LOCAL, os.W_OK):
        raise Missing(f"{LOCAL} belongs to somebody else; remove it or run as its owner")
    return LOCAL


def home() -> Path:
    """Return the folder of the servers: programs, data, sockets, logs."""
    inside = local()
    if account().reaches(inside):
        return inside
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    outside = shared(Path("/var/tmp") / f"fleet-{mark}")
    (inside / "elsewhere").write_text(f"{outside}\n")
    return outside


def shared(folder: Path) -> Path:
    """Make a folder in a place open to all; refuse one that somebody else put there."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid():
        raise Missing(f"{folder} was made by somebody else; remove it")
    folder.chmod(0o755)
    return folder


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one run at a time do this; a run that was killed leaves no lock behind."""
    with (local() / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that holds {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
