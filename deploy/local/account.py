"""Who runs the servers: the caller; for root the checkout's owner, or a user without rights.

Invariant: no server of the local stack ever runs as root (PostgreSQL refuses it, rightly).
"""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from deploy.local.say import Missing

#: Tried in this order when root starts the stack.
CANDIDATES = ("postgres", "nobody")


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that start a program as somebody else."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, *paths: Path) -> None:
        """Hand what we made to the account that will use it."""
        if os.geteuid() != self.uid:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def folder(self, path: Path) -> Path:
        """Make a folder that only the account can read."""
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path

    def write(self, path: Path, text: str) -> None:
        """Put text in place whole, readable to the account alone."""
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        self.own(draft)
        draft.replace(path)

    def reaches(self, path: Path) -> bool:
        """Whether every folder down to here lets the account through."""
        return all(self._passes(folder) for folder in (path, *path.parents))

    def _passes(self, folder: Path) -> bool:
        if not folder.exists():
            return True
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        return bool(found.st_mode & (0o010 if found.st_gid == self.gid else 0o001))


@cache
def account() -> Account:
    """Choose the account: ours; for root the checkout's owner or the first candidate there is."""
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid())
    owner = Path(__file__).stat().st_uid
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    owners = [entry for entry in known.values() if entry.pw_uid == owner != 0]
    for entry in (*owners, *(known[name] for name in CANDIDATES if name in known)):
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Missing("PostgreSQL does not run as root, and there is no user `nobody` to run it as")


def account_of(data: Path) -> Account:
    """Choose the account of a server that may exist already: whoever its data belong to.

    The choice of `account()` changes when a package brings a user `postgres`.
    """
    owner = data.stat().st_uid if data.exists() else 0
    if os.geteuid() != 0 or owner == 0:
        return account()
    try:
        entry = pwd.getpwuid(owner)
    except KeyError:
        raise Missing(f"{data} belongs to nobody that this machine knows; remove it") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def remove(path: Path) -> None:
    """Delete a tree, or nothing when it is gone already."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)
