"""The virtual environment: from nothing, without ensurepip, and again after a kill."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STEPS = """
import sys
from deploy.local import installer, venv
if "cut" in sys.argv:  # as on a Debian without python3-venv and python3-pip
    installer.bundled = lambda: None
    installer.WHEELS = installer.Path("/usr/share/python-wheels/none")
    installer.importlib.util.find_spec = lambda name: None
if venv.read_stamp() is None:
    venv.create()
venv.install("build", venv.read_stamp() or {"root": str(venv.VENV)})
"""


def make(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", STEPS, *words],
        cwd=checkout,
        check=False,
        capture_output=True,
        text=True,
    )


def works(checkout: Path) -> bool:
    python = checkout / ".venv/bin/python"
    return subprocess.run([python, "-c", "import hatchling"], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_made_once_and_again_when_unfinished_or_moved(checkout: Path) -> None:
    first = make(checkout)
    assert "making the virtual environment" in first.stderr, first.stderr
    assert works(checkout)
    assert make(checkout).stderr == ""
    stamp = checkout / ".venv/fleet.json"
    stamp.write_text(stamp.read_text().replace("{", '{"busy": "dev",', 1))
    assert "making it again" in make(checkout).stderr
    moved = checkout.rename(checkout.with_name("moved"))
    assert "making it again" in make(moved).stderr
    assert works(moved)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not shutil.which("apt-get"), reason="Debian's pip comes through apt")
def test_made_on_a_python_without_ensurepip(checkout: Path) -> None:
    done = make(checkout, "cut")
    assert done.returncode == 0, done.stderr
    assert works(checkout)


def test_a_changed_lock_is_seen(checkout: Path) -> None:
    code = "from deploy.local import venv; print(venv.digest(venv.LOCKS / 'stack.txt'))"
    ask = [sys.executable, "-c", code]
    before = subprocess.run(ask, cwd=checkout, check=True, capture_output=True).stdout
    lock = checkout / "requirements/stack.txt"
    lock.write_text(lock.read_text() + "# new\n")
    assert subprocess.run(ask, cwd=checkout, check=True, capture_output=True).stdout != before
