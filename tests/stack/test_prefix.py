"""Packages in a private folder: fetched, unpacked, patched, and healed when half done."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.prefix import Prefix, Recipe, unpack
from deploy.local.say import Missing

HELLO = Recipe(
    what="hello", packages=("hello",), programs=("usr/bin/hello",), proof=("usr/bin/hello",)
)
BUILD = """
import sys; from pathlib import Path
from tests.stack.test_prefix import HELLO
from deploy.local.prefix import Prefix
Prefix(Path(sys.argv[1]) / "prefix").build(HELLO, Path(sys.argv[1]) / "archive")
"""
needs_apt = pytest.mark.skipif(not shutil.which("apt-get"), reason="fetching needs apt")


def deb(folder: Path, name: str, files: dict[str, str]) -> Path:
    tree = folder / name
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@localhost>\n"
        "Description: x\n"
    )
    made = folder / f"{name}_1_all.deb"
    subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(made)],
        check=True,
        capture_output=True,
    )
    return made


@needs_apt
def test_unpacks_and_reports_a_damaged_file(tmp_path: Path) -> None:
    good, bad = deb(tmp_path, "good", {"usr/x": "1"}), deb(tmp_path, "bad", {"usr/y": "2"})
    unpack([good], tmp_path / "root", "test")
    assert (tmp_path / "root/usr/x").read_text() == "1"
    bad.write_bytes(bad.read_bytes()[:-20])
    with pytest.raises(Missing, match="dpkg-deb failed"):
        unpack([bad], tmp_path / "other", "test")


def test_ready_only_where_it_was_patched_for(tmp_path: Path) -> None:
    prefix = Prefix(tmp_path / "prefix")
    prefix.root.mkdir()
    assert not prefix.ready(HELLO)
    prefix.seal(HELLO)
    assert prefix.ready(HELLO)
    assert not prefix.ready(Recipe("other", ("other",), ()))
    assert not prefix.ready(replace(HELLO, alone=("cowsay",)))
    assert not Prefix(prefix.root.rename(tmp_path / "moved")).ready(HELLO)
    (tmp_path / "moved/ready.json").write_text("{half")
    assert not Prefix(tmp_path / "moved").ready(HELLO)


@needs_apt
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", ["archive/debs/*.deb", "prefix.new/usr"])
def test_a_fetch_killed_half_way_is_healed_by_the_next(folder: Path, moment: str) -> None:
    """Really fetches: a few small packages from the machine's own Debian mirror."""
    command = [sys.executable, "-c", BUILD, str(folder)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as doomed:
        while not any(folder.glob(moment)) and doomed.poll() is None:
            time.sleep(0.002)
        os.killpg(doomed.pid, signal.SIGKILL)
    prefix = Prefix(folder / "prefix")
    if not prefix.ready(HELLO):  # on a machine busy enough it may have been done
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert prefix.ready(HELLO)
    told = subprocess.run([prefix.root / "usr/bin/hello"], check=True, capture_output=True)
    assert b"Hello" in told.stdout
    loader = prefix.one("usr/lib/*/ld-linux-*.so.*")
    maps = subprocess.run(
        [loader, "--list", prefix.root / "usr/bin/hello"], check=True, capture_output=True
    )
    assert str(prefix.root).encode() in maps.stdout
