"""The console is built when, and only when, its sources changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FLEET_SKIP_CONSOLE", raising=False)
    (tmp_path / "web/src").mkdir(parents=True)
    (tmp_path / "web/package.json").write_text("{}")
    (tmp_path / "web/src/main.ts").write_text("1")
    return tmp_path


def built(root: Path) -> None:
    out = root / "fleet/api/console"
    out.mkdir(parents=True, exist_ok=True)
    (out / ".source").write_text(hatch_build.digest(root / "web"))


def edit(root: Path) -> None:
    (root / "web/src/main.ts").write_text("2")


def rename(root: Path) -> None:
    (root / "web/src/main.ts").rename(root / "web/src/other.ts")


def lose(root: Path) -> None:
    (root / "fleet/api/console/.source").unlink()


def install(root: Path) -> None:
    (root / "web/node_modules/x").mkdir(parents=True)
    (root / "web/node_modules/x/index.js").write_text("generated")


@pytest.mark.parametrize("change", [edit, rename, lose])
def test_stale_after(root: Path, change: Callable[[Path], None]) -> None:
    built(root)
    assert hatch_build.stale(root) is None
    change(root)
    assert hatch_build.stale(root) == hatch_build.digest(root / "web")


def test_what_npm_installs_is_no_source(root: Path) -> None:
    built(root)
    install(root)
    assert hatch_build.stale(root) is None


def test_nothing_to_build_without_sources_or_when_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hatch_build.stale(root / "elsewhere") is None
    monkeypatch.setenv("FLEET_SKIP_CONSOLE", "1")
    assert hatch_build.stale(root) is None


def test_npm_may_have_no_home(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("npm_config_cache", raising=False)
    monkeypatch.setenv("HOME", str(root / "nobody"))
    assert hatch_build.cache(root / "web") == root / "build/npm"
