"""The peers: each in an environment of its own under `.local/peers`, made when first asked for.

Invariant: an environment is filled from its hashed lock (`requirements/peers`) alone and has a
stamp of it; what this machine cannot have raises Missing with the reason, which the table shows.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import remove
from deploy.local.places import ROOT, local, locked
from deploy.local.prefix import Prefix, Recipe
from deploy.local.say import Missing, Progress, say
from deploy.local.venv import digest, run_pip

LOCKS = ROOT / "requirements/peers"
GPSD = Recipe(
    what="gpsdecode",
    packages=("libusb-1.0-0", "libbluetooth3", "libdbus-1-3"),
    alone=("gpsd-clients",),
    programs=("usr/bin/gpsdecode",),
    proof=("usr/bin/gpsdecode", "-V"),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A package of PyPI."""

    name: str
    builder: str = ""  #: the lock of what builds it, where there is its source only

    @property
    def locks(self) -> list[Path]:
        return [LOCKS / f"{name}.txt" for name in (self.builder, self.name) if name]

    @property
    def home(self) -> Path:
        return local() / "peers" / self.name

    def python(self) -> Path:
        """Return the Python of its environment, made anew where the lock says something else."""
        stamp, wanted = self.home / "lock.sha256", digest(*self.locks)
        with locked(f"peer-{self.name}"):
            if not stamp.is_file() or stamp.read_text() != wanted:
                self._make()
                stamp.write_text(wanted)
        return self.home / "bin/python"

    def _make(self) -> None:
        if self.builder:
            needs_compiler(self.name)
        say(f"making the environment of {self.name}")
        remove(self.home)
        self.home.parent.mkdir(exist_ok=True)
        venv.EnvBuilder(symlinks=True, with_pip=False).create(self.home)
        pip = [sys.executable, "-m", "pip", "--python", str(self.home / "bin/python"), "install"]
        for lock in self.locks:
            words = ["--require-hashes", "--no-deps", "--no-build-isolation", "-r", str(lock)]
            run_pip([*pip, *words], Progress(f"installing {self.name}", 1))


def needs_compiler(name: str) -> None:
    """Say in one line what is missing to build a package from its source."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    if not (shutil.which("c++") or shutil.which("g++")) or not headers.is_file():
        raise Missing(f"PyPI has the source of {name} only: install g++ and python3-dev")


PYAIS, PYAIS2 = Peer("pyais"), Peer("pyais2")
AISCAT, AIOMQTT = Peer("aiscat"), Peer("aiomqtt")
LIBAIS = Peer("libais", "libais-build")


def gpsdecode() -> Path:
    """Return Debian's gpsdecode: installed, or unpacked beside the local stack without root."""
    installed = shutil.which("gpsdecode")
    if installed:
        return Path(installed)
    with locked("peer-gpsd"):
        prefix = Prefix(local() / "peers/gpsd")
        if not prefix.ready(GPSD):
            prefix.root.parent.mkdir(exist_ok=True)
            prefix.build(GPSD, prefix.root.parent / "archive")
        return prefix.root / "usr/bin/gpsdecode"
