"""Servers of a test's own: each in a folder that dies with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import Binaries, Broker, Cluster, discard, fetch, scratch

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"shared_buffers": "16MB", "max_connections": "20", "fsync": "off"}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = scratch("stack")
    yield made
    discard(made)


@pytest.fixture(scope="session")
def programs() -> Binaries:
    return fetch()


@pytest.fixture
def pg(folder: Path, programs: Binaries) -> Cluster:
    return Cluster(folder / "pg", programs, SMALL)


@pytest.fixture
def mq(folder: Path, programs: Binaries) -> Broker:
    return Broker(folder / "mq", programs, {"autosave_interval": "1"})


@pytest.fixture
def checkout(folder: Path) -> Path:
    """A fresh clone's worth of what the local stack needs, somewhere else."""
    return clone(folder / "clone")


def clone(into: Path) -> Path:
    copied = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "deploy", into / "deploy", ignore=copied)
    shutil.copytree(ROOT / "requirements", into / "requirements", ignore=copied)
    for name in ("pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, into / name)
    return into
