"""The virtual environment: made without ensurepip if need be, filled from hashed locks only.

Invariant: a `.venv` whose stamp says what is wanted is whole and is not touched; one without a
stamp, with a stamp that says `busy`, or made for another place, is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

from deploy.local.account import remove
from deploy.local.installer import pip
from deploy.local.places import ROOT, VENV, local, locked
from deploy.local.process import tied
from deploy.local.say import Missing, Progress, say

LOCKS = ROOT / "requirements"
#: build first: it brings the pinned pip and the builder of the project itself.
ALWAYS, DEV, NODE = ("build", "runtime", "stack"), ("dev",), ("node",)
PYTHON = VENV / "bin/python"
STAMP = VENV / "fleet.json"
Stamp = dict[str, str]


def ensure(*, dev: bool) -> Path:
    """Make the environment hold what is wanted, and return its Python."""
    local()
    with locked("venv"):
        found = read_stamp()
        if found is None:
            create()
            found = {"root": str(VENV)}
        for group in (*ALWAYS, *(DEV if dev else ())):
            found = install(group, found)
        found = install_project(found)
        build_console(found)
    return PYTHON


def read_stamp() -> Stamp | None:
    """Read what the environment holds; nothing when it has to be made again."""
    try:
        found: Stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return None
    whole = PYTHON.exists() and (VENV / "bin/pip").exists() and "busy" not in found
    return found if whole and found.get("root") == str(VENV) else None


def write_stamp(stamp: Stamp) -> Stamp:
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp, indent=1))
    draft.replace(STAMP)
    return stamp


def create() -> None:
    if VENV.exists():
        say("the virtual environment is unfinished or was moved: making it again")
        remove(VENV)
    say(f"making the virtual environment with Python {sys.version.split()[0]}")
    try:
        venv.EnvBuilder(symlinks=True, with_pip=False).create(VENV)
    except OSError as error:
        raise Missing(f"cannot make {VENV}: {error.strerror}") from None


def digest(*files: Path) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def install(group: str, found: Stamp) -> Stamp:
    """Install one lock, unless it is in."""
    lock = LOCKS / f"{group}.txt"
    want = digest(lock)
    if found.get(group) == want:
        return found
    first = not (VENV / "bin/pip").exists()
    installer = pip(PYTHON) if first else [str(PYTHON), "-m", "pip"]
    pins = len(re.findall(r"^[a-z0-9]", lock.read_text(), re.MULTILINE))
    words = ["install", "--require-hashes", "--no-deps", "-r", str(lock)]
    write_stamp({**found, "busy": group})  # a pip that is killed leaves halves of packages
    try:
        run_pip([*installer, *words], Progress(f"installing {group}", pins))
    except Missing:
        write_stamp(found)
        raise
    return write_stamp({**found, group: want})


def install_project(found: Stamp) -> Stamp:
    """Install the project itself, editable, with the builder that the lock brought."""
    want = digest(ROOT / "pyproject.toml", ROOT / "hatch_build.py")
    if found.get("project") == want:
        return found
    say("installing fleet itself")
    words = ["install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)]
    skip = {"FLEET_SKIP_CONSOLE": "1"}
    run_pip([str(PYTHON), "-m", "pip", *words], Progress("installing fleet", 1), skip)
    return write_stamp({**found, "project": want})


def build_console(found: Stamp) -> None:
    """Build the web console where its sources changed, with the pinned Node."""
    if not (ROOT / "web/package.json").exists() or os.environ.get("FLEET_SKIP_CONSOLE"):
        return
    script = [str(PYTHON), str(ROOT / "hatch_build.py")]
    if subprocess.run([*script, "--stale"], check=False).returncode:
        return
    if not os.environ.get("FLEET_NODE"):
        install(*NODE, found)
    say("building the web console: npm ci, vite build")
    if subprocess.run(script, check=False, stdout=sys.stderr, env=clean()).returncode:
        raise Missing("the web console could not be built; FLEET_SKIP_CONSOLE=1 leaves it out")


def run_pip(command: list[str], progress: Progress, env: Stamp | None = None) -> None:
    """Run pip, telling which package it is at; say why when it fails."""
    command = [*command, "--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    said: list[str] = []
    with subprocess.Popen(
        command,
        env={**clean(), **(env or {})},
        preexec_fn=tied,  # noqa: PLW1509 -- no threads here
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        for line in running.stdout or ():
            said.append(line.rstrip())
            found = re.match(
                r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)", line
            )
            if found:
                progress.step(Path(found[1]).name)
    if running.returncode:
        reasons = [line for line in said if line.startswith("ERROR:")] or said[-1:]
        (local() / "pip.log").write_text("\n".join(said))
        told = " ".join(reasons[-1:]) or f"status {running.returncode}"
        raise Missing(f"pip could not install the pinned packages: {told} (all in .local/pip.log)")
    progress.finish()


def clean() -> dict[str, str]:
    """Our environment without what would make pip install elsewhere or refuse."""
    leave = {
        "PYTHONPATH",
        "PYTHONHOME",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_HASHES",
    }
    leave |= {"PIP_REQUIRE_VIRTUALENV", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "VIRTUAL_ENV"}
    return {key: value for key, value in os.environ.items() if key not in leave}
